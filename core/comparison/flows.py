"""Where the texts of each cluster go when the instruction changes. Noise is a node of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from core.comparison.agreement import Labels
from core.pipeline.clustering.matching import matched_clusters


@dataclass(frozen=True, eq=False)
class Flow:
    """The texts that are in cluster ``source`` of one clustering and in ``target`` of the next; -1 is noise.

    Parameters
    ----------
    rows : int64, the texts.
    """

    source: int
    target: int
    rows: NDArray[np.int64]


def flows(before: Labels, after: Labels) -> tuple[Flow, ...]:
    """All flows that have a text, the largest first.

    Parameters
    ----------
    before, after : (n,) int32, clusters of the same texts; -1 is noise.
    """
    pairs = np.stack([before, after], axis=1)
    kinds, which = np.unique(pairs, axis=0, return_inverse=True)
    order = np.argsort(which.ravel(), kind="stable").astype(np.int64)
    sizes = np.bincount(which.ravel(), minlength=len(kinds))
    groups = np.split(order, np.cumsum(sizes)[:-1])
    found = [Flow(int(s), int(t), rows) for (s, t), rows in zip(kinds, groups, strict=True) if len(rows)]
    return tuple(sorted(found, key=lambda flow: (-len(flow.rows), flow.source, flow.target)))


def contingency(before: Labels, after: Labels) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """How many texts are in each pair of clusters.

    Returns
    -------
    rows, columns : int32, the clusters that occur, in order; -1, the noise, comes first.
    counts : (rows, columns) int64, summing to n.
    """
    rows, a = np.unique(before, return_inverse=True)
    columns, b = np.unique(after, return_inverse=True)
    counts = np.zeros((len(rows), len(columns)), np.int64)
    np.add.at(counts, (a.ravel(), b.ravel()), 1)
    return rows, columns, counts


def shared_ids(clusterings: Sequence[tuple[Labels, int]]) -> tuple[tuple[int, ...], ...]:
    """An id for each cluster of each clustering; clusters that match have the same one.

    Each clustering is matched to the first, and what is left over to the one before it, and so on back to the second.
    A cluster without counterpart gets an id that no other has. So an id stands for one group of texts everywhere.

    Parameters
    ----------
    clusterings : (n,) int32 labels of the same texts, -1 for noise, and how many clusters there are.
    """
    found: list[tuple[int, ...]] = []
    for place, (labels, k) in enumerate(clusterings):
        own: dict[int, int] = {}
        for earlier in (0, *range(place - 1, 0, -1)) if place else ():
            ids = found[earlier]
            taken = [cluster for cluster, name in enumerate(ids) if name in own.values()]
            rest = np.where(np.isin(labels, list(own)), -1, labels)
            before = np.where(np.isin(clusterings[earlier][0], taken), -1, clusterings[earlier][0])
            counterpart = matched_clusters(rest, k, before, clusterings[earlier][1])
            own |= {cluster: ids[was] for cluster, was in counterpart.items()}
        fresh = count(1 + max((name for ids in found for name in ids), default=-1))
        found.append(tuple(own[cluster] if cluster in own else next(fresh) for cluster in range(k)))
    return tuple(found)
