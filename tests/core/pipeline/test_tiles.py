"""Tiles against products in float64, in both number formats, where rows are near, equal or zero."""

import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from core.base.errors import Cancelled
from core.base.progress import Progress, Watch
from core.models.encoder import precision
from core.pipeline.layout import neighbours, tiles
from core.pipeline.layout.neighbours import exact_neighbours
from core.pipeline.layout.tiles import nearest_by_tiles

FORMATS = [True, False]  # whether the processor is taken to multiply bfloat16


def clustered(n: int, d: int, centres: int, spread: float, seed: int = 0) -> np.ndarray:
    """Rows around some centres; the first column keeps every row from being zero by chance."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(centres, d))[rng.integers(centres, size=n)] + spread * rng.normal(size=(n, d))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(params=FORMATS, ids=["bfloat16", "float32"])
def small_blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "BLOCK_ROWS", 32)
    monkeypatch.setattr(tiles, "_BATCH", 3)
    monkeypatch.setattr(precision, "has_bfloat16", lambda _: request.param)


def assert_nearest(vectors: np.ndarray, k: int, found: tuple[np.ndarray, np.ndarray]) -> None:
    """No row that was left out is nearer than one that was found, beyond the rounding of float32."""
    indices, products = found
    truth = vectors.astype(np.float64) @ vectors.T.astype(np.float64)
    np.testing.assert_allclose(products, np.take_along_axis(truth, indices, axis=1), atol=1e-6)
    np.fill_diagonal(truth, -np.inf)
    best = -np.sort(-truth, axis=1)[:, :k]
    np.testing.assert_allclose(-np.sort(-products, axis=1), best, atol=1e-6)
    assert all(len(set(row)) == k for row in indices.tolist())
    assert not (indices == np.arange(len(vectors))[:, None]).any()


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("spread", [1.0, 0.1, 0.003, 0.0])
@pytest.mark.parametrize("k", [1, 7])
def test_nothing_nearer_is_left_out(spread: float, k: int):
    vectors = clustered(500, 24, 9, spread)
    assert_nearest(vectors, k, nearest_by_tiles(vectors, k))


@pytest.mark.parametrize("half", FORMATS)
@settings(deadline=None, max_examples=30)
@given(
    n=st.integers(40, 260),
    d=st.integers(2, 40),
    centres=st.integers(1, 12),
    seed=st.integers(0, 99),
    spread=st.sampled_from([0.0, 1e-3, 0.03, 0.3, 3.0]),
    copies=st.integers(1, 3),
    zeros=st.integers(0, 5),
)
def test_on_any_rows(half: bool, n: int, d: int, centres: int, seed: int, spread: float, copies: int, zeros: int):
    vectors = np.repeat(clustered(n, d, centres, spread, seed), copies, axis=0)
    vectors[:zeros] = 0
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tiles, "BLOCK_ROWS", 32)
        patched.setattr(precision, "has_bfloat16", lambda _: half)
        assert_nearest(vectors, 5, nearest_by_tiles(vectors, 5))


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("spread", [1.0, 0.05])
def test_the_error_of_a_product_is_within_its_bound(spread: float):
    vectors = clustered(256, 96, 5, spread)
    order, edges = tiles._close_together(vectors)
    blocks = tiles._Blocks(vectors[order], edges)
    truth = vectors[order].astype(np.float64) @ vectors[order].T.astype(np.float64)
    worst = 0.0
    for a in range(blocks.count):
        for b in range(blocks.count):
            rows, others = blocks.spans[a], blocks.spans[b]
            rough = torch.mm(blocks.rounded[rows], blocks.rounded[others].T).float()
            rough = rough + blocks.to_centres[a, others] + blocks.to_centres[b, rows][:, None] + blocks.between[a, b]
            worst = max(worst, float(np.abs(rough.numpy() - truth[rows, others]).max()) / blocks.error(a, b))
    assert worst <= 1
    assert worst > 1e-3  # a bound that says nothing would hold too


def test_blocks_hold_every_row_once():
    vectors = clustered(3000, 8, 4, 0.5)
    order, edges = tiles._close_together(vectors)
    assert sorted(order.tolist()) == list(range(3000))
    assert np.diff(edges).tolist() == [1000, 1000, 1000]


def test_the_number_of_threads_changes_nothing_and_stays(monkeypatch: pytest.MonkeyPatch):
    vectors = clustered(600, 24, 3, 0.2)
    monkeypatch.setattr(tiles, "BLOCK_ROWS", 32)
    before = torch.get_num_threads()
    many = nearest_by_tiles(vectors, 6)
    assert torch.get_num_threads() == before
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    one = nearest_by_tiles(vectors, 6)
    np.testing.assert_array_equal(one[0], many[0])
    np.testing.assert_array_equal(one[1], many[1])


@pytest.mark.usefixtures("small_blocks")
def test_as_scikit_learn_and_as_with_few_rows(monkeypatch: pytest.MonkeyPatch):
    vectors = clustered(700, 16, 5, 0.5)
    plain = exact_neighbours(vectors, 11)
    monkeypatch.setattr(neighbours, "_MANY", 100)
    found = exact_neighbours(vectors, 11)
    assert (found.indices.dtype, found.distances.dtype) == (np.int32, np.float32)
    np.testing.assert_allclose(found.distances, plain.distances, atol=1e-6)
    distances, indices = NearestNeighbors(n_neighbors=10, metric="cosine", algorithm="brute").fit(vectors).kneighbors()
    np.testing.assert_allclose(found.distances[:, 1:], distances, atol=2e-6)
    assert (found.indices[:, 1:] == indices).mean() > 0.999
    assert (found.indices[:, 0] == np.arange(700)).all()


@pytest.mark.usefixtures("small_blocks")
def test_equal_rows_are_at_distance_zero_in_order_of_their_number(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(neighbours, "_MANY", 100)
    found = exact_neighbours(np.repeat(clustered(100, 48, 100, 1.0), 4, axis=0), 5)
    assert (found.distances[:, :4] == 0).all()
    assert (found.distances[:, 4] > 0.1).all()
    assert (np.diff(found.indices[:, 1:4], axis=1) > 0).all()


@pytest.mark.usefixtures("small_blocks")
def test_progress_ends_with_all_and_cancel_stops():
    seen: list[Progress] = []
    stop = threading.Event()
    nearest_by_tiles(clustered(300, 8, 3, 0.5), 5, watch=Watch(seen.append))
    assert [said.done for said in seen] == sorted(said.done for said in seen)
    assert seen[-1].done == seen[-1].total == 300
    stop.set()
    with pytest.raises(Cancelled):
        nearest_by_tiles(clustered(300, 8, 3, 0.5), 5, watch=Watch(cancel=stop))
