"""Milliseconds a query, each way to search, against the peers that do the same.

Run it with ``python tests/benchmarks/search.py --texts 100000``. Words against bm25s's own retrieval of the best,
meaning against scikit-learn's exact neighbours. Query's encoding included; the texts are those of the samples with a
number after them, their vectors random directions of the model's dimension: neither changes what a query takes.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.neighbors import NearestNeighbors

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.models.registry import load_model
from core.search.meaning import cosines, query_vector
from core.search.rank import ranked
from core.search.words import word_index, words
from tests.benchmarks.stream import made_up

QUERIES = ["router keeps dropping out", "refund", "battery of the watch", "wrong photo album", "thank you so much"]


def main() -> None:
    """Print what building takes, and the median of a query each way."""
    parser = argparse.ArgumentParser(description="Search among many texts.")
    parser.add_argument("--texts", type=int, default=100_000)
    options = parser.parse_args()
    texts = made_up(options.texts)
    began = time.perf_counter()
    index = word_index(texts)
    print(f"{len(texts):,} texts: words indexed in {time.perf_counter() - began:.1f} s, ", end="")
    print(f"{sum(array.nbytes for array in index.arrays) / 1024**2:,.0f} MiB")
    model = load_model()
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(len(texts), model.card.dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    everything = np.ones(len(texts), np.bool_)
    peer = NearestNeighbors(n_neighbors=25, metric="cosine", algorithm="brute").fit(vectors)

    def meaning(query: str) -> np.ndarray:
        return cosines(vectors, query_vector(model, query, ""))

    ways: dict[str, Callable[[str], object]] = {
        "words": lambda query: ranked(index.scores(query), None, everything),
        "words, bm25s's 25 best": lambda query: index.index.retrieve([words(query)], k=25, show_progress=False),
        "meaning": lambda query: ranked(None, meaning(query), everything),
        "meaning, scikit-learn's 25 best": lambda query: peer.kneighbors(query_vector(model, query, "")[None]),
        "both": lambda query: ranked(index.scores(query), meaning(query), everything),
    }
    for name, way in ways.items():
        print(f"{name}: {median(way):.1f} ms")


def median(way: Callable[[str], object]) -> float:
    """Milliseconds of a query, the median of three rounds over all queries, warmed up."""
    for query in QUERIES:
        way(query)
    taken = []
    for query in QUERIES * 3:
        began = time.perf_counter()
        way(query)
        taken.append(time.perf_counter() - began)
    return float(np.median(taken) * 1000)


if __name__ == "__main__":
    main()
