"""UMAP elsewhere: the same map, stopped promptly, and not lost when a process dies."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from core.base.errors import Cancelled, RefractError
from core.base.progress import Progress, Watch
from core.pipeline.layout import process, projection
from core.pipeline.layout.neighbours import exact_neighbours
from core.pipeline.layout.process import ProjectionPool
from core.pipeline.layout.projection import LayoutSettings

pytestmark = pytest.mark.slow  # processes are started


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


def test_cancel_is_prompt_and_the_process_goes_on(pool, vectors, monkeypatch):
    monkeypatch.setattr(process, "_PATIENCE_SECONDS", 200.0)  # so that it is the process itself that stops
    neighbours = exact_neighbours(vectors, 15)
    worker, cancel = pool._free.queue[0], threading.Event()
    with pytest.raises(Cancelled):
        pool.umap_layout(
            vectors, LayoutSettings(epochs=2_000_000), neighbours, watch=Watch(lambda _: cancel.set(), cancel)
        )
    assert list(pool._free.queue) == [worker]
    assert np.isfinite(pool.umap_layout(vectors, LayoutSettings(epochs=5), neighbours).xy).all()


def test_who_waits_for_a_process_can_be_cancelled(pool, vectors):
    neighbours = exact_neighbours(vectors, 15)
    occupied, stop_first, cancel = threading.Event(), threading.Event(), threading.Event()

    def occupy() -> None:
        with pytest.raises(Cancelled):
            pool.umap_layout(
                vectors,
                LayoutSettings(epochs=2_000_000),
                neighbours,
                watch=Watch(lambda _: occupied.set(), stop_first),
            )

    first = threading.Thread(target=occupy)
    first.start()
    assert occupied.wait(600)
    threading.Timer(0.2, cancel.set).start()
    with pytest.raises(Cancelled):
        pool.umap_layout(vectors, LayoutSettings(), neighbours, watch=Watch(cancel=cancel))
    stop_first.set()
    first.join(200)
    assert not first.is_alive()


def test_a_process_that_dies_is_said_and_replaced(pool, vectors):
    neighbours = exact_neighbours(vectors, 15)
    worker = pool._free.queue[0]
    with pytest.raises(RefractError, match="Try again"):
        pool.umap_layout(
            vectors, LayoutSettings(epochs=2_000_000), neighbours, watch=Watch(lambda _: worker._process.kill())
        )
    assert list(pool._free.queue) == []
    assert np.isfinite(pool.umap_layout(vectors, LayoutSettings(epochs=5), neighbours).xy).all()


def test_a_process_that_takes_nothing_more_is_not_given_to_anybody_again(pool, vectors, monkeypatch):
    def broken(*_: object) -> None:
        raise BrokenPipeError

    neighbours = exact_neighbours(vectors, 15)
    with monkeypatch.context() as patched:
        patched.setattr(process, "send", broken)
        with pytest.raises(RefractError, match="Try again"):
            pool.umap_layout(vectors, LayoutSettings(epochs=5), neighbours)
    assert pool._free.empty()
    assert np.isfinite(pool.umap_layout(vectors, LayoutSettings(epochs=5), neighbours).xy).all()


def test_a_folder_with_a_package_of_the_same_name_is_not_in_the_way(tmp_path, vectors, monkeypatch):
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    pool = ProjectionPool(size=1)
    assert np.isfinite(pool.umap_layout(vectors, LayoutSettings(epochs=5), exact_neighbours(vectors, 15)).xy).all()
    pool.close()
