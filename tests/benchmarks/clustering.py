"""How long neighbours, clusters, layouts and topics take, and how good they are.

Run as ``python tests/benchmarks/clustering.py [kmeans] [hdbscan] [layout]``; without a name, all three. The vectors are
synthetic: directions around centres, blurred so that clusters touch. ``hdbscan`` compares scikit-learn with
fast_hdbscan (skipped where that isn't installed), each in a process of its own, and fast_hdbscan also with an empty
cache of compiled code, as on a new machine.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))


def directions(n: int, d: int, seed: int = 0, blur: float = 1.0) -> NDArray[np.float32]:
    """Unit vectors around 12 random centres."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(12, d))[rng.integers(12, size=n)] + blur * rng.normal(size=(n, d))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def clouds(n: int, d: int, seed: int = 0) -> NDArray[np.float32]:
    """Points around 12 centres, as UMAP leaves them."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(12, d))[rng.integers(12, size=n)] + 0.3 * rng.normal(size=(n, d))).astype(np.float32)


def timed(work: Callable[[], object], repeats: int = 3) -> float:
    """The fastest of a few runs, in seconds: the others waited for something else."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def kmeans() -> None:
    """Neighbours, k-means and topics at the sizes that people use."""
    from core.pipeline.clustering.cluster import ClusterSettings, cluster
    from core.pipeline.layout.neighbours import exact_neighbours
    from core.pipeline.topics.describe import count_terms, describe

    rng = np.random.default_rng(0)
    words = [f"word{i}" for i in range(6000)]
    frequencies = 1 / np.arange(1, 6001)
    for n in (450, 5_000, 10_000):
        vectors = directions(n, 384, blur=1.5)
        cluster(vectors[:100], ClusterSettings())
        print(f"{n} x 384: 15 neighbours {timed(lambda v=vectors: exact_neighbours(v, 15)):.2f} s", end="")
        for spec in ("kmeans:8", "kmeans:20", "kmeans:auto"):
            settings = ClusterSettings.parse(spec)
            print(f", {spec} {timed(lambda v=vectors, s=settings: cluster(v, s)):.2f} s", end="")
        texts = [" ".join(rng.choice(words, 30, p=frequencies / frequencies.sum())) for _ in range(n)]
        counts, clustering = count_terms(texts), cluster(vectors, ClusterSettings(k=20))
        print(f", count_terms {timed(lambda t=texts: count_terms(t)):.2f} s", end="")
        print(f", describe {timed(lambda c=counts, v=vectors, g=clustering: describe(c, v, g)):.2f} s")


def hdbscan() -> None:
    """scikit-learn's HDBSCAN against fast_hdbscan, each in a fresh process."""
    with tempfile.TemporaryDirectory() as empty:
        for name, cache in (("sklearn", None), ("fast_hdbscan", empty), ("fast_hdbscan", empty)):
            environment = os.environ | ({"NUMBA_CACHE_DIR": cache} if cache else {})
            subprocess.run([sys.executable, __file__, f"run:{name}"], env=environment, check=False)


def hdbscan_with(library: str) -> None:
    """Import, first call, then each size."""
    import resource

    start = time.perf_counter()
    if library == "sklearn":
        from sklearn.cluster import HDBSCAN

        from core.pipeline.clustering.cluster import _pairwise

        def run(points: NDArray[np.float32]) -> NDArray[np.int64]:
            model = HDBSCAN(min_cluster_size=max(5, len(points) // 100), min_samples=5, copy=False)
            if points.shape[1] > 50:
                return model.set_params(metric="precomputed").fit(_pairwise(points, True).astype(np.float64)).labels_
            return model.fit(points.astype(np.float64)).labels_
    else:
        try:
            from fast_hdbscan import fast_hdbscan
        except ImportError:
            print("fast_hdbscan isn't installed")
            return

        def run(points: NDArray[np.float32]) -> NDArray[np.int64]:
            return fast_hdbscan(points, min_samples=5, min_cluster_size=max(5, len(points) // 100))[0]

    print(f"{library}: import {time.perf_counter() - start:.1f} s", end="")
    start = time.perf_counter()
    run(clouds(200, 5))
    print(f", first call {time.perf_counter() - start:.1f} s", flush=True)
    for n, d in ((450, 5), (5_000, 5), (20_000, 5), (450, 384), (5_000, 384), (10_000, 384)):
        points = directions(n, d) if d > 50 else clouds(n, d)
        start = time.perf_counter()
        labels = run(points)
        seconds = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f"  {n} x {d}: {seconds:.2f} s, {labels.max() + 1} clusters, {(labels < 0).sum()} noise, {memory:.1f} GB",
            flush=True,
        )


def layout() -> None:
    """UMAP from the principal components and from a previous layout, against PCA: trustworthiness and time."""
    from sklearn.manifold import trustworthiness

    from core.pipeline.layout.neighbours import exact_neighbours
    from core.pipeline.layout.projection import LayoutSettings, pca_layout, umap_layout, warm_up

    print(f"warm_up {timed(warm_up, 1):.1f} s")
    for n in (450, 2_000, 5_000, 20_000):
        vectors, changed = directions(n, 384, blur=2.0), directions(n, 384, blur=2.1)
        neighbours = exact_neighbours(vectors, 15)
        previous = umap_layout(changed, LayoutSettings()).xy
        for name, work in {
            "pca": partial(pca_layout, vectors),
            "cold": partial(umap_layout, vectors, LayoutSettings(), neighbours),
            "warm": partial(umap_layout, vectors, LayoutSettings(), neighbours, init=previous),
        }.items():
            start = time.perf_counter()
            xy = work().xy
            seconds = time.perf_counter() - start
            shown = slice(3_000)
            trust = trustworthiness(vectors[shown], xy[shown], n_neighbors=15, metric="cosine")
            print(f"  {n} {name}: {seconds:.2f} s, trustworthiness {trust:.3f}", flush=True)


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["kmeans", "hdbscan", "layout"]
    for name in chosen:
        if name.startswith("run:"):
            hdbscan_with(name.removeprefix("run:"))
        else:
            {"kmeans": kmeans, "hdbscan": hdbscan, "layout": layout}[name]()
