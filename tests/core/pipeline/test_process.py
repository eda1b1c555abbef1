"""UMAP elsewhere: the same map, stopped promptly, and not lost when a process dies."""

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from core.base.errors import Cancelled, RefractError
from core.base.progress import Progress, Watch
from core.pipeline.layout import projection
from core.pipeline.layout.neighbours import exact_neighbours
from core.pipeline.layout.process import ProjectionPool
from core.pipeline.layout.projection import LayoutSettings


@pytest.fixture(scope="module")
def pool() -> Iterator[ProjectionPool]:
    pool = ProjectionPool(size=1)
    yield pool
    pool.close()


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    centres = np.random.default_rng(0).normal(size=(4, 16))
    points = np.repeat(centres, 60, axis=0) + np.random.default_rng(1).normal(size=(240, 16)) * 0.4
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def test_the_map_is_the_one_this_process_would_draw(pool, vectors):
    neighbours = exact_neighbours(vectors, 15)
    there = pool.umap_layout(vectors, LayoutSettings(epochs=50), neighbours)
    here = projection.umap_layout(vectors, LayoutSettings(epochs=50), neighbours)
    np.testing.assert_array_equal(there.xy, here.xy)
    assert (there.method, there.warm, there.epochs) == (here.method, here.warm, here.epochs)


def test_it_starts_from_a_previous_map(pool, vectors):
    neighbours = exact_neighbours(vectors, 15)
    first = pool.umap_layout(vectors, LayoutSettings(epochs=50), neighbours)
    again = pool.umap_layout(vectors, LayoutSettings(epochs=20), neighbours, first.xy)
    assert again.warm


def test_the_reduction_is_the_same_too(pool, vectors):
    neighbours = exact_neighbours(vectors, 15)
    there = pool.umap_reduce(vectors, 3, 15, neighbours, seed=1)
    np.testing.assert_array_equal(there, projection.umap_reduce(vectors, 3, 15, neighbours, seed=1))


def test_progress_comes_through(pool, vectors):
    seen: list[Progress] = []
    pool.umap_layout(vectors, LayoutSettings(epochs=2000), exact_neighbours(vectors, 15), watch=Watch(seen.append))
    assert {progress.stage for progress in seen} == {"layout"}
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)


def test_cancel_is_prompt_and_the_process_goes_on(pool, vectors):
    neighbours = exact_neighbours(vectors, 15)
    pool.umap_layout(vectors, LayoutSettings(epochs=5), neighbours)  # it has warmed up by now
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        pool.umap_layout(vectors, LayoutSettings(epochs=2_000_000), neighbours, watch=Watch(cancel=cancel))
    assert time.monotonic() - start < 30, "2,000,000 rounds take minutes"
    assert np.isfinite(pool.umap_layout(vectors, LayoutSettings(epochs=5), neighbours).xy).all()


def test_who_waits_for_a_process_can_be_cancelled(pool, vectors):
    neighbours = exact_neighbours(vectors, 15)
    stop_first, cancel = threading.Event(), threading.Event()

    def occupy() -> None:
        with pytest.raises(Cancelled):
            pool.umap_layout(vectors, LayoutSettings(epochs=2_000_000), neighbours, watch=Watch(cancel=stop_first))

    first = threading.Thread(target=occupy)
    first.start()
    time.sleep(0.5)
    threading.Timer(0.2, cancel.set).start()
    with pytest.raises(Cancelled):
        pool.umap_layout(vectors, LayoutSettings(), neighbours, watch=Watch(cancel=cancel))
    stop_first.set()
    first.join(30)
    assert not first.is_alive()


def test_a_process_that_dies_is_said_and_replaced(vectors):
    pool = ProjectionPool(size=1)
    neighbours = exact_neighbours(vectors, 15)
    worker = pool._free.queue[0]
    threading.Timer(1.0, worker.end).start()
    with pytest.raises(RefractError, match="Try again"):
        pool.umap_layout(vectors, LayoutSettings(epochs=2_000_000), neighbours)
    assert np.isfinite(pool.umap_layout(vectors, LayoutSettings(epochs=5), neighbours).xy).all()
    pool.close()
