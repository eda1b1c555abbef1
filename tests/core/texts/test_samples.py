"""The samples are what a comparison of instructions needs: varied texts, balanced and independent labels."""

import re
from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import normalized_mutual_info_score

from core.base.errors import InputError
from core.instructions.template import lint, parse
from core.texts.samples import GENERIC_PRESETS, PLAIN, SAMPLES, Preset, Sample, presets_for, sample

PRESETS = [preset for s in SAMPLES for preset in s.presets] + list(GENERIC_PRESETS)


@pytest.fixture(params=SAMPLES, ids=lambda s: s.name)
def corpus(request: pytest.FixtureRequest) -> Sample:
    chosen: Sample = request.param
    return chosen


@pytest.fixture
def table(corpus: Sample) -> pd.DataFrame:
    return pd.read_csv(corpus.path)


def words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


def test_columns(corpus: Sample, table: pd.DataFrame) -> None:
    assert [column for column in table.columns if column != "id"] == [corpus.text_column, *corpus.label_columns]
    assert "id" not in table or table["id"].is_unique
    assert not table.isna().any().any()


def test_texts(corpus: Sample, table: pd.DataFrame) -> None:
    texts = table[corpus.text_column]
    assert len(texts) >= 400
    assert corpus.description.startswith(f"{len(texts)} ")
    assert texts.str.split().str.len().between(5, 60).all()
    assert not texts.map(lambda text: " ".join(words(text))).duplicated().any()


def test_no_phrase_is_shared_by_many_texts(corpus: Sample, table: pd.DataFrame) -> None:
    phrases: Counter[tuple[str, ...]] = Counter()
    for text in table[corpus.text_column]:
        said = words(text)
        phrases.update({tuple(said[start : start + 6]) for start in range(len(said) - 5)})
    assert [phrase for phrase, texts in phrases.items() if texts > 3] == []


def test_labels_are_balanced(corpus: Sample, table: pd.DataFrame) -> None:
    for column in corpus.label_columns:
        counts = table[column].value_counts()
        assert len(counts) > 1
        if (corpus.name, column) == ("product reviews", "sentiment"):  # as real reviews are
            shares = counts / len(table)
            assert dict(shares.round(2)) == {"positive": 0.45, "negative": 0.4, "mixed": 0.15}
            continue
        assert counts.max() / counts.min() <= 1.1, column


def test_labels_are_independent(corpus: Sample, table: pd.DataFrame) -> None:
    for one, other in combinations(corpus.label_columns, 2):
        cells = pd.crosstab(table[one], table[other]).to_numpy()
        expected = cells.sum(1, keepdims=True) * cells.sum(0, keepdims=True) / cells.sum()
        assert np.abs(cells / expected - 1).max() <= 0.2, (one, other)
        assert normalized_mutual_info_score(table[one], table[other]) < 0.01


def test_every_label_column_has_one_preset(corpus: Sample) -> None:
    assert len(set(corpus.label_columns)) >= 2
    assert len(set(corpus.label_columns)) == len(corpus.label_columns)
    assert len({preset.label for preset in corpus.presets}) == len(corpus.presets)


def test_what_you_see_is_two_short_sentences(corpus: Sample) -> None:
    sentences = re.findall(r"[^.]+\.", corpus.what_you_see)
    assert "".join(sentences) == corpus.what_you_see
    assert len(sentences) == 2
    assert all(len(sentence.split()) <= 20 for sentence in sentences)


def test_product_reviews_come_first() -> None:
    assert SAMPLES[0].name == "product reviews"
    assert [preset.label for preset in presets_for(SAMPLES[0])] == [
        "by product",
        "by sentiment",
        "by complaint reason",
        "no instruction",
    ]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.instruction or "plain")
def test_presets_are_good_instructions(preset: Preset) -> None:
    if preset == PLAIN:
        assert preset.instruction == ""
        return
    assert lint(preset.instruction) == ()
    slots = parse(preset.instruction)
    assert slots is not None
    assert slots.objective.startswith("clustering by ")


def test_presets_offered() -> None:
    assert presets_for(None) == GENERIC_PRESETS
    for chosen in SAMPLES:
        assert presets_for(chosen) == (*chosen.presets, PLAIN)


def test_a_sample_by_its_name() -> None:
    for chosen in SAMPLES:
        assert sample(chosen.name) is chosen
    with pytest.raises(
        InputError, match=r"no sample called tweets.*product reviews, support tickets, ad copy, contract clauses"
    ):
        sample("tweets")
