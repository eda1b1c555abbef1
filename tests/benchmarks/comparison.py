"""Seconds and memory of comparing two runs, on made-up vectors and clusters.

Run it with ``python tests/benchmarks/comparison.py``; ``--texts 100000`` for the large one. The vectors lie around a
hundred centres, so that neighbours mean something; the second run's are the first's, disturbed. The peer for the
neighbours, where nearly all the time goes, is scikit-learn's exact search, on a share of the texts.
"""

import argparse
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.base.progress import Progress, Watch
from core.comparison.compare import compare
from tests.benchmarks.stream import peak, start_of_peak

PEER_ROWS = 2000


def main() -> None:
    """Print the seconds of a comparison and its peak memory."""
    parser = argparse.ArgumentParser(description="Comparing two runs.")
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--width", type=int, default=384)
    options = parser.parse_args()
    runs = made_up(options.texts, options.width)
    import torch

    compare(made_up(500, options.width))  # imports and first calls
    held = start_of_peak()
    marks: list[tuple[str, float]] = []
    began = time.perf_counter()
    compare(runs, watch=Watch(lambda said: note(said, marks, began)))
    seconds = time.perf_counter() - began
    print(f"{options.texts:,} texts x {options.width}, two runs, {torch.get_num_threads()} threads: {seconds:.2f} s")
    print(f"peak memory over the vectors: {(peak() - held) / 1024**3:.2f} GiB")
    steps = [(name, at) for name, at in marks if name.endswith(" of 4")]
    print("done after: " + ", ".join(f"step {name} {at:.1f} s" for name, at in steps))
    from sklearn.neighbors import NearestNeighbors

    vectors = runs[0].embedding.vectors
    search = NearestNeighbors(n_neighbors=11, metric="cosine", algorithm="brute", n_jobs=2).fit(vectors)
    began = time.perf_counter()
    search.kneighbors(vectors[:PEER_ROWS])
    theirs = (time.perf_counter() - began) * options.texts / PEER_ROWS
    ours = steps[0][1]
    print(f"neighbours of one run: {ours:.1f} s; scikit-learn's brute force {theirs:.1f} s; ratio {theirs / ours:.1f}")


def note(said: Progress, marks: list[tuple[str, float]], began: float) -> None:
    marks.append((f"{said.done} of {said.total}", time.perf_counter() - began))


def made_up(count: int, width: int) -> list[SimpleNamespace]:
    """Two runs as far as a comparison looks at them."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(100, width)).astype(np.float32)
    home = rng.integers(100, size=count)
    base = centres[home] + rng.normal(size=(count, width)).astype(np.float32)
    ids = tuple(map(str, range(count)))
    runs = []
    for noise in (0.0, 0.5):
        vectors = base + noise * rng.normal(size=base.shape).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        labels = (home % (20 if noise else 12)).astype(np.int32)
        clustering = SimpleNamespace(labels=labels, k=int(labels.max()) + 1)
        runs.append(
            SimpleNamespace(
                corpus=SimpleNamespace(ids=ids), embedding=SimpleNamespace(vectors=vectors), clustering=clustering
            )
        )
    return runs


if __name__ == "__main__":
    main()
