"""`core.pipeline.layout.neighbours` against scikit-learn's exhaustive search, and where rows are few or equal."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from core.base.errors import Cancelled
from core.base.progress import Progress, Watch
from core.pipeline.layout import neighbours
from core.pipeline.layout.neighbours import exact_neighbours


def unit(n, d=16, seed=0):
    points = np.random.default_rng(seed).normal(size=(n, d))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("n", [20, 700, 1500])
def test_same_neighbours_as_scikit_learn(n):
    vectors = unit(n)
    distances, indices = NearestNeighbors(n_neighbors=15, metric="cosine", algorithm="brute").fit(vectors).kneighbors()
    found = exact_neighbours(vectors, 16)
    assert found.indices.dtype == np.int32
    assert found.distances.dtype == np.float32
    np.testing.assert_allclose(found.distances[:, 1:], distances, atol=2e-6)
    # scikit-learn rounds otherwise, so neighbours at nearly the same distance may change places
    assert (found.indices[:, 1:] == indices).mean() > 0.999


@settings(deadline=None, max_examples=40)
@given(n=st.integers(1, 40), k=st.integers(1, 50), copies=st.integers(1, 5), seed=st.integers(0, 5))
def test_every_row_comes_first_and_distances_rise(n, k, copies, seed):
    vectors = np.repeat(unit(n, 6, seed), copies, axis=0)
    found = exact_neighbours(vectors, k)
    assert found.indices.shape == (n * copies, min(k, n * copies))
    assert found.k == min(k, n * copies)
    assert (found.indices[:, 0] == np.arange(n * copies)).all()
    assert (found.distances[:, 0] == 0).all()
    assert (np.diff(found.distances, axis=1) >= 0).all()
    assert all(len(set(row)) == len(row) for row in found.indices.tolist())
    ties = np.diff(found.distances[:, 1:], axis=1) == 0
    assert (np.diff(found.indices[:, 1:], axis=1)[ties] > 0).all()


def test_equal_rows_are_at_distance_zero():
    vectors = np.repeat(unit(4, 384), 3, axis=0)
    found = exact_neighbours(vectors, 4)
    assert (found.distances[:, :3] == 0).all()
    assert (found.distances[:, 3] > 0.1).all()


def test_block_size_does_not_matter(monkeypatch):
    vectors = unit(300)
    whole = exact_neighbours(vectors, 10)
    monkeypatch.setattr(neighbours, "_BLOCK_VALUES", 300 * 7)
    parts = exact_neighbours(vectors, 10)
    np.testing.assert_array_equal(whole.indices, parts.indices)
    np.testing.assert_allclose(whole.distances, parts.distances, atol=1e-6)


def test_first_keeps_the_nearest():
    found = exact_neighbours(unit(30), 10)
    np.testing.assert_array_equal(found.first(4).indices, exact_neighbours(unit(30), 4).indices)


def test_k_below_one_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        exact_neighbours(unit(5), 0)


def test_progress_ends_with_all_and_cancel_stops():
    seen: list[Progress] = []
    stop = threading.Event()
    exact_neighbours(unit(1200), 5, watch=Watch(seen.append))
    assert [p.done for p in seen] == [512, 1024, 1200]
    stop.set()
    with pytest.raises(Cancelled):
        exact_neighbours(unit(1200), 5, watch=Watch(cancel=stop))
