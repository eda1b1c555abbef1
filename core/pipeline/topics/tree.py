"""Which topics belong together: a tree of topics, from the pairs that are nearest up to one that holds all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import dendrogram, fcluster, linkage
from scipy.spatial.distance import pdist


@dataclass(frozen=True, eq=False)
class TopicTree:
    """How topics join, two by two.

    Parameters
    ----------
    topics : the numbers of the k topics that are its leaves, ascending.
    merges : (k - 1, 4) float64, as `scipy.cluster.hierarchy.linkage` writes it, leaves counted by their place.
    """

    topics: tuple[int, ...]
    merges: NDArray[np.float64]

    def themes(self, count: int) -> dict[int, int]:
        """The theme of each topic, where the tree is cut into at most ``count`` themes; numbered along the tree."""
        if len(self.topics) < 2:
            return dict.fromkeys(self.topics, 0)
        cut = fcluster(self.merges, count, "maxclust")
        order = list(dict.fromkeys(int(cut[leaf]) for leaf in self.leaves))
        return {topic: order.index(int(theme)) for topic, theme in zip(self.topics, cut, strict=True)}

    @property
    def leaves(self) -> list[int]:
        """The places of the topics in the order in which no branches cross."""
        if len(self.topics) < 2:
            return list(range(len(self.topics)))
        return list(dendrogram(self.merges, no_plot=True)["leaves"])


def topic_tree(centroids: NDArray[np.float32], topics: tuple[int, ...] | None = None) -> TopicTree:
    """Join topics by the mean cosine distance of their centroids (UPGMA; Sokal & Michener 1958).

    Parameters
    ----------
    centroids : (k, dimension) float32, rows of length 1, by the topics' numbers.
    topics : which of them; all by default.
    """
    chosen = tuple(range(len(centroids))) if topics is None else tuple(sorted(topics))
    if len(chosen) < 2:
        return TopicTree(chosen, np.empty((0, 4)))
    distances = np.clip(pdist(np.asarray(centroids, np.float64)[list(chosen)], "cosine"), 0, None)
    return TopicTree(chosen, linkage(distances, "average", optimal_ordering=True))
