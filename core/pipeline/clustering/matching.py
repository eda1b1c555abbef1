"""Which cluster of one clustering is which of another."""

import numpy as np
from numpy.typing import NDArray


def matched_clusters(labels: NDArray[np.int32], k: int, before: NDArray[np.int32], k_before: int) -> dict[int, int]:
    """The clusters that have a counterpart, and which.

    They are matched one to one so that as many texts as possible are in matched clusters (the Hungarian method, Kuhn
    1955, on the table of common texts). Clusters without any common text don't match.

    Parameters
    ----------
    labels, before : (n,) int32, clusters of the same texts; -1 is noise, which matches nothing.
    k, k_before : how many clusters there are.
    """
    from scipy.optimize import linear_sum_assignment

    common = np.zeros((k, k_before), np.int64)
    both = (labels >= 0) & (before >= 0)
    np.add.at(common, (labels[both], before[both]), 1)
    pairs = zip(*linear_sum_assignment(common, maximize=True), strict=True)
    return {int(now): int(was) for now, was in pairs if common[now, was] > 0}
