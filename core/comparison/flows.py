"""Where the texts of each cluster go when the instruction changes. Noise is a node of its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.comparison.agreement import Labels


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


def matched_ids(labels: Labels, k: int, reference: Labels, k_reference: int) -> tuple[int, ...]:
    """An id for each cluster: that of its counterpart in the reference, or a fresh one from ``k_reference`` on."""
    from core.matching import matched_clusters

    counterpart = matched_clusters(labels, k, reference, k_reference)
    fresh = iter(range(k_reference, k_reference + k))
    return tuple(counterpart[cluster] if cluster in counterpart else next(fresh) for cluster in range(k))
