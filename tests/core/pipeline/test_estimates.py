"""What a change will cost is told from the tokens it takes and the pace of the last run."""

from typing import Any, cast

import pytest

from core.models.registry import load_model
from core.pipeline.estimates import encoding_seconds, tokens_per_second
from core.pipeline.run import Run, Settings, Stage
from core.texts.corpus import Corpus
from tests.support.tiny_bert import save_tiny_bert

NOT_LOOKED_AT = cast("Any", None)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(save_tiny_bert(tmp_path_factory.mktemp("tiny")))


def encoded(corpus: Corpus, model: str, instruction: str, seconds: float, cached: bool = False) -> Run:
    """A run as far as its encoding."""
    return Run(
        corpus=corpus,
        instruction=instruction,
        settings=Settings(model=model),
        embedding=load_model(model).embed(corpus.texts, instruction),
        clustering=NOT_LOOKED_AT,
        layout=NOT_LOOKED_AT,
        topics=(),
        language="en",
        stages=(Stage("embedding", seconds, cached), Stage("map", 3.0, False)),
    )


def test_the_pace_is_tokens_by_seconds_of_encoding(small_corpus: Corpus, model: str) -> None:
    run = encoded(small_corpus, model, "query ", seconds=2.0)
    assert tokens_per_second(run) == pytest.approx(run.embedding.tokens.sum() / 2)


def test_vectors_that_were_there_already_tell_no_pace(small_corpus: Corpus, model: str) -> None:
    assert tokens_per_second(encoded(small_corpus, model, "", seconds=0.1, cached=True)) is None
    assert tokens_per_second(encoded(small_corpus, model, "", seconds=0.0)) is None


@pytest.mark.parametrize("used", ["", "query "])
@pytest.mark.parametrize("wanted", ["", "query ", "Represent the text for clustering by topic: "])
def test_another_instruction_costs_the_tokens_that_it_takes(
    small_corpus: Corpus, model: str, used: str, wanted: str
) -> None:
    run = encoded(small_corpus, model, used, seconds=2.0)
    tokens = load_model(model).embed(small_corpus.texts, wanted).tokens.sum()
    assert encoding_seconds(run, wanted, rate=100.0) == pytest.approx(tokens / 100)
