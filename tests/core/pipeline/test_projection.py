"""`core.pipeline.layout.projection`: layouts are true to the vectors, repeatable, quiet, and can be stopped."""

import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness

from core.base.digest import digest
from core.base.errors import Cancelled
from core.base.progress import Progress, Watch
from core.pipeline.layout.neighbours import exact_neighbours
from core.pipeline.layout.projection import (
    LayoutSettings,
    pca_layout,
    principal_components,
    umap_layout,
    umap_reduce,
    warm_up,
)

ROOT = Path(__file__).parents[3]
SHORT = LayoutSettings(epochs=50)


@pytest.fixture(autouse=True, scope="module")
def _compiled():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImportWarning)  # umap-learn about TensorFlow, hidden by default
        warm_up()


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def blobs(n, k=5, d=32, blur=0.8, seed=0):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(k, d))[rng.integers(k, size=n)] + blur * rng.normal(size=(n, d))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def trust(vectors, points):
    return trustworthiness(vectors, points, n_neighbors=10, metric="cosine")


def test_umap_keeps_neighbours_better_than_pca_and_chance():
    vectors = blobs(400, k=8)
    layout = umap_layout(vectors, LayoutSettings())
    chance = trust(vectors, np.random.default_rng(0).normal(size=(400, 2)))
    assert layout.method == "umap"
    assert layout.epochs == 500
    assert not layout.warm
    assert layout.xy.dtype == np.float32
    assert trust(vectors, layout.xy) > 0.85 > 0.6 > chance
    assert trust(vectors, layout.xy) > trust(vectors, pca_layout(vectors).xy)


def test_a_warm_layout_is_as_good_and_keeps_places():
    before, after = blobs(300, k=6), blobs(300, k=6, blur=0.85)
    previous = umap_layout(before, LayoutSettings())
    cold = umap_layout(after, LayoutSettings(seed=1))
    warm = umap_layout(after, LayoutSettings(seed=1), init=previous.xy)
    assert warm.warm
    assert warm.epochs < cold.epochs
    assert trust(after, warm.xy) > trust(after, cold.xy) - 0.03

    def moved(layout):
        return np.sqrt(((layout.xy - previous.xy) ** 2).sum(axis=1).mean())

    assert moved(warm) < 0.8 * moved(cold)


def test_layouts_have_one_centre_and_size():
    vectors = blobs(120)
    first = umap_layout(vectors, SHORT)
    for layout in (pca_layout(vectors), first, umap_layout(vectors, SHORT, init=first.xy * 100 + 7)):
        np.testing.assert_allclose(layout.xy.mean(axis=0), 0, atol=1e-5)
        assert (layout.xy**2).sum(axis=1).mean() == pytest.approx(1, abs=1e-4)


def test_given_neighbours_change_nothing():
    vectors = blobs(90)
    plain = umap_layout(vectors, SHORT)
    np.testing.assert_array_equal(umap_layout(vectors, SHORT, exact_neighbours(vectors, 15)).xy, plain.xy)
    np.testing.assert_array_equal(umap_layout(vectors, SHORT, exact_neighbours(vectors, 5)).xy, plain.xy)


def test_settings_matter():
    vectors = blobs(90)
    layouts = [
        umap_layout(vectors, one).xy
        for one in (
            SHORT,
            LayoutSettings(8, 0.1, 0, 50),
            LayoutSettings(15, 0.5, 0, 50),
            LayoutSettings(15, 0.1, 1, 50),
        )
    ]
    assert len({xy.tobytes() for xy in layouts}) == 4


@settings(deadline=None, max_examples=25)
@given(
    n=st.integers(1, 30),
    different=st.integers(1, 30),
    neighbours=st.integers(2, 40),
    seed=st.integers(0, 3),
    warm=st.booleans(),
)
def test_few_and_equal_texts_get_finite_places(n, different, neighbours, seed, warm):
    vectors = blobs(different, seed=seed)[np.arange(n) % different]
    wanted = LayoutSettings(neighbours, epochs=10, seed=seed)
    init = pca_layout(vectors).xy if warm else None
    layout = umap_layout(vectors, wanted, init=init)
    assert layout.xy.shape == (n, 2)
    assert np.isfinite(layout.xy).all()
    assert layout.method == ("pca" if n <= 10 or different == 1 else "umap")
    assert layout.epochs == (0 if layout.method == "pca" else 10)
    assert layout.warm is (layout.method == "umap" and warm and bool((np.ptp(init, axis=0) > 0).all()))
    np.testing.assert_array_equal(layout.xy, umap_layout(vectors, wanted, init=init).xy)
    reduced = umap_reduce(vectors, dims=3, n_neighbors=neighbours, seed=seed)
    assert reduced.shape == (n, 3)
    assert np.isfinite(reduced).all()


def test_identical_texts_lie_in_one_place():
    layout = umap_layout(np.repeat(blobs(1), 40, axis=0), LayoutSettings())
    assert layout.method == "pca"
    assert np.abs(layout.xy).max() < 1e-3


def test_a_previous_layout_of_other_texts_is_refused():
    with pytest.raises(ValueError, match="shape"):
        umap_layout(blobs(20), SHORT, init=np.zeros((19, 2), np.float32))


def test_reduction_separates_clusters():
    vectors = blobs(200, k=4)
    reduced = umap_reduce(vectors)
    assert reduced.shape == (200, 5)
    assert reduced.dtype == np.float32
    assert trust(vectors, reduced) > 0.85
    np.testing.assert_array_equal(reduced, umap_reduce(vectors, neighbours=exact_neighbours(vectors, 15)))


def test_principal_components_are_those_of_scikit_learn():
    vectors = blobs(80, d=12)
    mine, theirs = principal_components(vectors, 4), PCA(4).fit_transform(vectors)
    signs = np.sign((mine * theirs).sum(axis=0))
    np.testing.assert_allclose(mine, theirs * signs, atol=1e-5)
    np.testing.assert_array_equal(mine, principal_components(vectors.copy(), 4))
    assert (principal_components(vectors[:, :2], 3)[:, 2] == 0).all()


def test_progress_reaches_the_last_epoch():
    seen: list[Progress] = []
    umap_layout(blobs(100), SHORT, watch=Watch(seen.append))
    assert {p.stage for p in seen} == {"layout"}
    assert [p.done for p in seen] == sorted(p.done for p in seen)
    assert seen[-1] == Progress("layout", 50, 50)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5])
def test_cancel_is_prompt(share):
    vectors = blobs(600, d=64)
    neighbours = exact_neighbours(vectors, 15)
    stop, after = threading.Event(), []

    def cancel_at_that_share(progress: Progress) -> None:
        if stop.is_set():
            after.append(progress)
        elif progress.done >= share * progress.total:
            stop.set()

    with pytest.raises(Cancelled):
        umap_layout(vectors, LayoutSettings(epochs=5_000), neighbours, watch=Watch(cancel_at_that_share, stop))
    assert after == []


def test_cancelled_beforehand_it_draws_nothing():
    stop, seen = threading.Event(), []
    stop.set()
    with pytest.raises(Cancelled):
        umap_layout(blobs(600, d=64), SHORT, watch=Watch(seen.append, stop))
    assert seen == []


TWO_AT_ONCE = """
import threading
import numpy as np
from core.base.digest import digest
from core.pipeline.layout.projection import LayoutSettings, umap_layout, umap_reduce
from tests.core.pipeline.test_projection import SHORT, blobs

vectors, found = blobs(150), {}
def work(name, function):
    for _ in range(3):
        found[name] = digest(function())
threads = [
    threading.Thread(target=work, args=("layout", lambda: umap_layout(vectors, SHORT).xy)),
    threading.Thread(target=work, args=("other", lambda: umap_layout(vectors, LayoutSettings(seed=3, epochs=50)).xy)),
    threading.Thread(target=work, args=("reduction", lambda: umap_reduce(vectors))),
]
for thread in threads: thread.start()
for thread in threads: thread.join()
import numba
print(numba.threading_layer(), found["layout"], found["other"], found["reduction"])
"""


@pytest.mark.slow
def test_threads_and_processes_agree_and_nothing_else_is_printed(monkeypatch):
    """Three at once under numba's workqueue layer, which ends a process that enters parallel code twice at once."""
    monkeypatch.setenv("NUMBA_THREADING_LAYER", "workqueue")
    monkeypatch.chdir(ROOT)
    result = subprocess.run(
        [sys.executable, "-c", TWO_AT_ONCE], capture_output=True, text=True, check=False, timeout=200
    )
    vectors = blobs(150)
    expected = [
        digest(umap_layout(vectors, SHORT).xy),
        digest(umap_layout(vectors, LayoutSettings(seed=3, epochs=50)).xy),
        digest(umap_reduce(vectors)),
    ]
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.split() == ["workqueue", *expected]


def test_importing_is_quick(monkeypatch):
    monkeypatch.chdir(ROOT)
    names = ("layout.projection", "clustering.cluster", "topics.describe", "layout.neighbours")
    code = f"import sys, {', '.join(f'core.pipeline.{name}' for name in names)}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"umap", "numba", "sklearn", "torch", "fast_hdbscan", "stopwordsiso"} & set(loaded)
