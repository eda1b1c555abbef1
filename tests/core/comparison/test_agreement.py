"""Agreement between embeddings and between clusterings, against scikit-learn and plain computations."""

import threading

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from sklearn.neighbors import NearestNeighbors

from core.base.errors import Cancelled
from core.base.progress import Watch
from core.comparison.agreement import (
    adjusted_information,
    adjusted_rand,
    column_scores,
    linear_cka,
    neighbour_overlap,
    pairwise,
)
from core.comparison.nearest import nearest
from core.pipeline.clustering.cluster import ClusterSettings, cluster
from core.pipeline.layout.neighbours import exact_neighbours


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def noise(n: int = 300, d: int = 24, seed: int = 0) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(n, d)))


def groups(n: int = 300, d: int = 24, k: int = 5, spread: float = 0.2, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return unit(rng.normal(size=(k, d))[np.arange(n) % k] + spread * rng.normal(size=(n, d)))


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


def test_figures_are_symmetric_one_for_the_same_and_near_chance_for_noise():
    vectors = [groups(), groups(), noise(seed=9)]
    nearby = [nearest(each, 10)[0] for each in vectors]
    labels = [cluster(each, ClusterSettings(k=5)).labels for each in vectors]
    cka = pairwise("linear CKA", vectors, linear_cka, 300)
    overlap = pairwise("neighbour overlap", nearby, neighbour_overlap, 300, 10 / 299)
    ari = pairwise("adjusted Rand index", labels, adjusted_rand, 300, 0.0)
    ami = pairwise("adjusted mutual information", labels, adjusted_information, 300, 0.0)
    for figure in (cka, overlap, ari, ami):
        np.testing.assert_array_equal(figure.values, figure.values.T)
        np.testing.assert_array_equal(np.diag(figure.values), 1)
        assert figure.values[0, 1] == pytest.approx(1, abs=1e-6)
        assert figure.texts == 300
    assert overlap.values[0, 2] == pytest.approx(10 / 299, abs=0.02)
    assert abs(ari.values[0, 2]) < 0.03
    assert abs(ami.values[0, 2]) < 0.03


def test_clusters_match_a_column_as_scikit_learn_has_it():
    truth = pd.Series([f"group {row % 5}" for row in range(300)])
    labels = [cluster(each, ClusterSettings(k=5)).labels for each in (groups(), groups(spread=0.9), noise())]
    found = column_scores("truth", truth, labels)
    assert found.scores == pytest.approx([metrics.v_measure_score(truth, each) for each in labels])
    assert found.scores[0] == pytest.approx(1)
    assert found.scores[2] < 0.1


def test_missing_values_are_left_out_and_counted():
    labels = np.array([0, 0, 1, 1, 2], np.int32)
    scores = column_scores("kind", pd.Series(["x", "x", "y", None, ""]), [labels])
    assert (scores.texts, scores.values, scores.scores[0]) == (3, 2, pytest.approx(1))


def test_few_texts_have_few_neighbours():
    near = [nearest(noise(6, seed=seed), 10)[0] for seed in (0, 1)]
    assert near[0].shape == (6, 5)
    assert neighbour_overlap(*near) == 1


def test_the_sum_over_texts_can_be_stopped():
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        linear_cka(noise(), noise(), Watch(cancel=cancel))
