"""Figures without labels: weaker evidence, since groups can be clear and still not be the ones that were asked for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.base.progress import UNWATCHED, Watch
from core.comparison.agreement import adjusted_rand
from core.pipeline.clustering.cluster import ClusterSettings, cluster

SILHOUETTE_TEXTS = 2000
SHARE = 0.8
PAIRS = 5


@dataclass(frozen=True)
class Intrinsic:
    """Parameters
    ----------
    k : clusters of k-means.
    silhouette : mean silhouette in the embedding (Rousseeuw 1987), by cosine distance; -1 to 1.
    silhouette_on : on how many texts.
    stability : mean adjusted Rand index between the clusterings of two random parts of the texts, on those that both
        have (Ben-Hur, Elisseeff & Guyon 2002).
    """

    k: int
    silhouette: float
    silhouette_on: int
    stability: float


def intrinsic(vectors: NDArray[np.float32], k: int, seed: int = 0, watch: Watch = UNWATCHED) -> Intrinsic:
    """Silhouette and stability of k-means on an embedding, (n, d) float32 with rows of length 1."""
    from sklearn.metrics import silhouette_score

    rng = np.random.default_rng(seed)
    labels = cluster(vectors, ClusterSettings(k=k, seed=seed), watch=watch).labels
    rows = np.arange(len(vectors))
    if len(rows) > SILHOUETTE_TEXTS:
        rows = np.sort(rng.choice(len(vectors), SILHOUETTE_TEXTS, replace=False))
    several = len(np.unique(labels[rows])) > 1
    silhouette = float(silhouette_score(vectors[rows], labels[rows], metric="cosine")) if several else 0.0
    return Intrinsic(k, silhouette, len(rows), _stability(vectors, k, rng, watch))


def _stability(vectors: NDArray[np.float32], k: int, rng: np.random.Generator, watch: Watch) -> float:
    size = max(k + 1, int(SHARE * len(vectors)))
    agreements = []
    for number in range(PAIRS):
        found = []
        for _ in range(2):
            rows = np.sort(rng.choice(len(vectors), size, replace=False))
            labels = np.full(len(vectors), -1, np.int32)
            labels[rows] = cluster(vectors[rows], ClusterSettings(k=k, seed=number), watch=watch).labels
            found.append(labels)
        both = (found[0] >= 0) & (found[1] >= 0)
        agreements.append(adjusted_rand(found[0][both], found[1][both]))
    return float(np.mean(agreements))
