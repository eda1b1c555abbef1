"""Ranking against scikit-learn and scipy, and on vectors whose right answer is known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.neighbors import KNeighborsClassifier

from core.base.errors import InputError
from core.base.recipe import Recipe
from core.instructions.paraphrases import paraphrases
from core.models.cards.spaces import Embedding, Space
from core.ranking.candidates import NONSENSE, Candidate, ablations, candidates, controls, named_column
from core.ranking.intervals import holm, interval, paired_p, weighted_v
from core.ranking.intrinsic import intrinsic
from core.ranking.matrix import matrix, selectivity
from core.ranking.rank import rank
from core.ranking.scores import knn_accuracy, labelled, score
from core.ranking.suggest import suggest, suggest_from_pairs, wordings_for

TEXTS = 240
BY = "Represent the ticket for clustering by {}: "
PRODUCT = pd.Series(np.repeat(["router", "watch", "robot"], TEXTS // 3))
MOOD = pd.Series(np.tile(["happy", "angry"], TEXTS // 2))
COLUMNS = {"product": PRODUCT, "mood": MOOD}


def pointing(values: pd.Series, strength: float, seed: int) -> np.ndarray:
    """Vectors that show a column as clearly as ``strength`` says."""
    rng = np.random.default_rng(seed)
    codes = pd.factorize(values)[0]
    vectors = rng.normal(size=(len(values), 16)) + strength * 4 * np.eye(16)[codes]
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def embed(recipe: Recipe | str) -> Embedding:
    """Vectors that follow what an instruction names, and noise where it names nothing."""
    text = recipe if isinstance(recipe, str) else recipe.instruction
    values, strength = (PRODUCT, 1.0) if "product" in text else (MOOD, 1.0) if "mood" in text else (PRODUCT, 0.0)
    vectors = pointing(values, strength, seed=len(text))
    whole = np.full(TEXTS, 12, np.int32)
    return Embedding(vectors, Space("m", "f", text, 16), whole, np.zeros(TEXTS, np.bool_), len(text.split()))


@pytest.fixture(scope="module")
def found():
    """Two instructions and their controls, ranked by both columns."""
    listed = [
        *candidates([BY.format("product"), BY.format("mood")], ["m"], list(COLUMNS)),
        *controls(BY.format("product"), "m"),
    ]
    return rank(listed, COLUMNS, embed)


def test_each_instruction_brings_out_its_own_column(found):
    rows, values = matrix(found)
    assert [each.candidate.column for each in rows] == ["product", "mood"]
    assert values.argmax(axis=1).tolist() == [0, 1]
    for each in rows:
        fit = selectivity(found, each)
        assert fit.value > 0.5
        assert fit.flags == ()


def test_the_first_is_ahead_of_noise_and_not_of_itself_in_other_words():
    same = [Candidate(Recipe("m", BY.format("product"))), Candidate(Recipe("m", "Represent it by product: "))]
    found = rank([*same, *controls("Represent it by zodiac sign: ", "m")], {"product": PRODUCT}, embed, reword=False)
    scores = [each.scores["product"] for each in found.ranked]
    assert scores[0].p_value > 0.05
    assert scores[1].p_value > 0.05
    assert all(score.p_value < 0.05 and score.behind > 0.3 for score in scores[2:])
    assert found.best_first("product")[0].candidate.recipe.instruction in {each.recipe.instruction for each in same}


def test_scores_are_scikit_learns():
    vectors, labels = pointing(PRODUCT, 0.4, 1), labelled("product", PRODUCT)
    found = score(vectors, labels, seeds=3)
    for seed in range(3):
        for ours, theirs in (
            (found.ari, metrics.adjusted_rand_score),
            (found.ami, metrics.adjusted_mutual_info_score),
            (found.v_measure, metrics.v_measure_score),
        ):
            assert ours[seed] == pytest.approx(theirs(labels.codes, found.clusterings[seed]))
    right = 0
    for row in range(TEXTS):
        rest = np.delete(np.arange(TEXTS), row)
        voter = KNeighborsClassifier(1, metric="cosine").fit(vectors[rest], labels.codes[rest])
        right += voter.predict(vectors[row : row + 1])[0] == labels.codes[row]
    assert knn_accuracy(vectors, labels.codes, 1) == pytest.approx(right / TEXTS, abs=0.01)


def test_texts_without_a_label_are_left_out():
    values = PRODUCT.where(np.arange(TEXTS) % 4 != 0, None)
    values.iloc[1] = ""
    labels = labelled("product", values)
    assert len(labels.rows) == TEXTS * 3 // 4 - 1
    assert labels.classes == ("robot", "router", "watch")
    found = rank([Candidate(Recipe("m", BY.format("product")))], {"product": values}, embed)
    assert found.ranked[0].scores["product"].texts == len(labels.rows)


@pytest.mark.parametrize(
    ("values", "said"),
    [(pd.Series(["a", "b"] * 10), "20 labels; ranking takes at least 30"), (pd.Series(["a"] * 40), "are the same")],
)
def test_too_few_labels_are_said(values: pd.Series, said: str):
    with pytest.raises(InputError, match=said):
        labelled("mood", values)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(1, 3)), min_size=1, max_size=40))
def test_weighted_v_measure_is_scikit_learns_on_repeated_texts(drawn):
    codes, clusters, weights = (np.asarray(each, np.int32) for each in zip(*drawn, strict=True))
    wanted = metrics.v_measure_score(np.repeat(codes, weights), np.repeat(clusters, weights))
    assert weighted_v(codes, clusters, weights.astype(float)) == pytest.approx(wanted, abs=1e-9)


def test_an_interval_holds_the_mean_and_widens_with_the_spread():
    rng = np.random.default_rng(0)
    narrow, wide = (rng.normal(0.5, spread, size=(5, 5)) for spread in (0.01, 0.1))
    for values in (narrow, wide):
        low, high = interval(values)
        assert low < values.mean() < high
    assert np.diff(interval(wide)) > 3 * np.diff(interval(narrow))


def test_wordings_that_differ_widen_it_more_than_seeds_that_differ():
    by_wording = np.repeat(np.asarray([[0.2], [0.4], [0.6], [0.8]]), 4, axis=1)
    assert np.diff(interval(by_wording)) > np.diff(interval(by_wording.T))


def test_holm_is_statsmodels_example():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])


def test_the_paired_test_finds_what_is_there_and_nothing_else():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 3, 300).astype(np.int32)
    good = np.where(rng.random((3, 300)) < 0.9, codes, rng.integers(0, 3, (3, 300))).astype(np.int32)
    bad = np.where(rng.random((3, 300)) < 0.5, codes, rng.integers(0, 3, (3, 300))).astype(np.int32)
    difference, p = paired_p(codes, good, bad)
    assert difference > 0.2
    assert p < 0.01
    _, p = paired_p(codes, good, good[::-1])
    assert p == 1


def test_an_instruction_is_tied_to_the_column_that_it_names():
    columns = ["product", "call_to_action", "action"]
    assert named_column("Represent the ad for clustering by call to action: ", columns) == "call_to_action"
    assert named_column("Represent the product review for clustering by tone: ", columns) == ""
    assert named_column("product", columns) == "product"


@pytest.mark.slow
def test_flags_say_what_is_wrong():
    listed = [
        Candidate(Recipe("m", BY.format("product")), column="mood"),
        Candidate(Recipe("m", BY.format("mood")), column="mood"),
        *controls(BY.format("product"), "m"),
    ]
    found = rank(listed, COLUMNS, embed)
    flags = selectivity(found, found.ranked[0]).flags
    assert any("brings out product more than mood" in flag for flag in flags)
    assert any("no better than no instruction" in flag for flag in flags)


def test_controls_are_what_they_say():
    found = controls(BY.format("product"), "m")
    assert [each.role for each in found] == ["no instruction", "nonsense", "shuffled words", "plain model"]
    assert found[1].recipe.instruction == NONSENSE
    assert sorted(found[2].recipe.instruction.split()) == sorted(BY.format("product").split())
    assert len(controls("x", "all-MiniLM-L6-v2")) == 3


def test_paraphrases_count_as_wordings(found):
    assert found.ranked[0].wordings == 1 + len(paraphrases(BY.format("product")))
    assert all(each.wordings == 1 for each in found.ranked if each.candidate.role != "instruction")


def test_ablation_drops_or_swaps_one_part():
    found = ablations("Represent the hotel review for clustering by sentiment: ")
    assert found["without domain"] == "Represent the review for clustering by sentiment: "
    assert found["without objective"] == "Represent the hotel review: "
    assert found["text type swapped for “text”"] == "Represent the hotel text for clustering by sentiment: "
    assert ablations("sentiment") == {}


def test_suggestions_are_chosen_on_one_half_and_scored_on_the_other():
    found = suggest("product", PRODUCT, embed, text_type="ticket")
    assert "product" in found[0].instruction
    assert found[0].scored_on > 0.8
    assert found[0].texts == TEXTS // 2
    assert [each.chosen_on for each in found] == sorted((each.chosen_on for each in found), reverse=True)
    assert len(wordings_for("product", ["router", "watch"])) == len({each.instruction for each in found})


def test_pairs_tell_which_aspect_is_meant():
    together, apart = [(0, 2), (1, 3)], [(0, 100), (1, 200)]
    found = suggest_from_pairs(together, apart, embed)
    assert "product" in found[0].instruction
    with pytest.raises(InputError, match="at least one pair"):
        suggest_from_pairs(together, [], embed)


def test_intrinsic_figures_see_groups_without_labels():
    clear, noise = (intrinsic(pointing(PRODUCT, strength, 1), 3) for strength in (2.0, 0.0))
    assert clear.stability > 0.95
    assert clear.silhouette > noise.silhouette + 0.2
    assert noise.stability < 0.7
    assert clear.silhouette_on == TEXTS


def test_nothing_to_rank_is_said():
    with pytest.raises(InputError, match="at least one instruction"):
        rank([], COLUMNS, embed)
