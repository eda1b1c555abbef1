"""Agreement between models, against scikit-learn and plain computations."""

import threading
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.neighbors import NearestNeighbors

from core.base.errors import Cancelled, InputError
from core.base.progress import Watch
from core.base.recipe import Recipe
from core.comparison.models import column_scores, compare, compare_on, linear_cka, neighbour_overlap
from core.models.cards.spaces import Embedding, Space
from core.pipeline.layout.neighbours import exact_neighbours

A, B, C = Recipe("a"), Recipe("b"), Recipe("c", "by topic: ")


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def noise(n: int = 300, d: int = 24, seed: int = 0) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(n, d)))


def groups(n: int = 300, d: int = 24, k: int = 5, spread: float = 0.2, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return unit(rng.normal(size=(k, d))[np.arange(n) % k] + spread * rng.normal(size=(n, d)))


def embedding(vectors: np.ndarray) -> Embedding:
    n, d = vectors.shape
    return Embedding(vectors, Space("m", "f", "", d), np.ones(n, np.int32), np.zeros(n, np.bool_), 0)


def giving(**vectors: np.ndarray) -> Callable[[Recipe], Embedding]:
    return lambda recipe: embedding(vectors[recipe.model])


def cka_by_kernels(a: np.ndarray, b: np.ndarray) -> float:
    """The definition: HSIC of the centred Gram matrices, in full."""
    n = len(a)
    centre = np.eye(n) - 1 / n
    k, m = (centre @ (x.astype(np.float64) @ x.T.astype(np.float64)) @ centre for x in (a, b))
    return float(np.trace(k @ m) / np.sqrt(np.trace(k @ k) * np.trace(m @ m)))


@pytest.mark.parametrize(("d", "e"), [(24, 24), (8, 40)])
def test_cka_is_that_of_the_kernels(d, e):
    a, b = groups(d=d), groups(d=e, seed=3) + 0.2 * noise(d=e)
    assert linear_cka(a, b) == pytest.approx(cka_by_kernels(a, b), abs=1e-9)
    assert linear_cka(a, b) == pytest.approx(linear_cka(b, a), abs=1e-12)


def test_cka_does_not_depend_on_the_blocks(monkeypatch):
    a, b = groups(), groups(seed=1)
    whole = linear_cka(a, b)
    monkeypatch.setattr("core.comparison.agreement._BLOCK_ROWS", 7)
    assert linear_cka(a, b) == pytest.approx(whole, abs=1e-12)


def test_cka_is_blind_to_rotation_and_scale_and_sees_nothing_in_noise():
    a = groups()
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(24, 24)))[0]
    assert linear_cka(a, (3 * a @ turn).astype(np.float32)) == pytest.approx(1, abs=1e-6)
    assert linear_cka(noise(4000, 16), noise(4000, 16, seed=1)) < 0.02
    assert np.isnan(linear_cka(a, np.ones_like(a)))


def test_overlap_is_that_of_brute_force():
    a, b = groups(), groups(spread=0.6, seed=0)
    mine = [exact_neighbours(x, 11).indices[:, 1:] for x in (a, b)]
    theirs = [NearestNeighbors(n_neighbors=11, metric="cosine").fit(x).kneighbors(x)[1][:, 1:] for x in (a, b)]
    expected = np.mean([len(set(x) & set(y)) / 10 for x, y in zip(*theirs, strict=True)])
    assert neighbour_overlap(*mine) == pytest.approx(expected, abs=1e-3)


def test_everything_is_as_scikit_learn_has_it():
    truth = pd.Series([f"group {row % 5}" for row in range(300)])
    found = compare(300, [A, B, C], giving(a=groups(), b=groups(spread=0.9), c=noise()), k=5, columns={"truth": truth})
    for i, first in enumerate(found.labels):
        assert found.columns[0].scores[i] == pytest.approx(metrics.v_measure_score(truth, first))
        for j, second in enumerate(found.labels):
            if i != j:
                assert found.ari.values[i, j] == pytest.approx(metrics.adjusted_rand_score(first, second))
                assert found.ami.values[i, j] == pytest.approx(metrics.adjusted_mutual_info_score(first, second))
    assert found.columns[0].scores[0] == pytest.approx(1)
    assert found.columns[0].scores[2] < 0.1
    assert found.reseeded[0] == pytest.approx((1, 1))
    assert found.reseeded[2][0] < 0.6


def test_figures_are_symmetric_one_for_the_same_and_near_chance_for_noise():
    found = compare(300, [A, B, C], giving(a=groups(), b=groups(), c=noise(seed=9)), k=5)
    for figure in (found.cka, found.overlap, found.ari, found.ami):
        np.testing.assert_array_equal(figure.values, figure.values.T)
        np.testing.assert_array_equal(np.diag(figure.values), 1)
        assert figure.values[0, 1] == pytest.approx(1, abs=1e-6)
        assert figure.texts == 300
    assert found.overlap.by_chance == pytest.approx(10 / 299)
    assert found.overlap.values[0, 2] == pytest.approx(10 / 299, abs=0.02)
    assert abs(found.ari.values[0, 2]) < 0.03
    assert abs(found.ami.values[0, 2]) < 0.03


def test_missing_values_are_left_out_and_counted():
    labels = np.array([0, 0, 1, 1, 2], np.int32)
    scores = column_scores("kind", pd.Series(["x", "x", "y", None, ""]), [labels])
    assert (scores.texts, scores.values, scores.scores[0]) == (3, 2, pytest.approx(1))


def test_few_texts_have_few_neighbours():
    found = compare(6, [A, B], giving(a=noise(6), b=noise(6, seed=1)), k=2)
    assert found.neighbours == 5
    assert found.overlap.values[0, 1] == 1


@pytest.mark.parametrize("recipes", [[A], [A, A], []])
def test_there_must_be_something_to_compare(recipes):
    with pytest.raises(InputError):
        compare(300, recipes, giving(a=noise()), k=3)


def test_a_wrong_k_is_said():
    with pytest.raises(InputError, match="at most 6"):
        compare(6, [A, B], giving(a=noise(6), b=noise(6, seed=1)), k=7)


def test_it_can_be_stopped():
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        compare(300, [A, B], giving(a=noise(), b=noise()), k=3, watch=Watch(cancel=cancel))


def test_on_a_corpus_the_vectors_are_made_once_and_the_columns_fit_their_rows(small_corpus):
    from core.base.cache import StageCache

    corpus = small_corpus
    corpus.metadata["subject"] = [("fruit", "tools", "places")[row % 3] for row in range(30)]
    cache, told = StageCache(), []
    recipes = [Recipe("all-MiniLM-L6-v2"), Recipe("all-MiniLM-L6-v2", "Represent the text for clustering by tone: ")]
    first = compare_on(corpus, recipes, 3, ["subject"], Watch(told.append), cache=cache)
    assert {said.stage for said in told} >= {"encoding for 1 of 2:", "encoding for 2 of 2:", "comparing"}
    assert first.columns[0].scores[0] > 0.5
    told.clear()
    again = compare_on(corpus, recipes, 3, cache=cache)
    assert again.embeddings[0] is first.embeddings[0]
    assert 0 < first.overlap.values[0, 1] < 1
    del corpus.metadata["subject"]
