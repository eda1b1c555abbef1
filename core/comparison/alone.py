"""Which clusters stand alone: their texts are together under one instruction, and under no other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.base.progress import UNWATCHED, Watch
from core.comparison.agreement import Labels
from core.comparison.consensus import consensus


@dataclass(frozen=True, eq=False)
class Alone:
    """How much of a cluster is together in its own clustering only.

    Parameters
    ----------
    run, cluster : which one.
    rows : int64, its texts.
    pairs : pairs of its texts.
    only : those of the pairs that share a cluster in no other clustering.
    """

    run: int
    cluster: int
    rows: NDArray[np.int64]
    pairs: int
    only: int

    @property
    def share(self) -> float:
        """The share of the pairs that are together here only."""
        return self.only / self.pairs


def alone(clusterings: Sequence[Labels], watch: Watch = UNWATCHED) -> tuple[Alone, ...]:
    """Every cluster of two texts or more, the one with the most pairs of its own first.

    The pairs of one clustering add up to its `Consensus.only`.

    Parameters
    ----------
    clusterings : two to four arrays (n,) int32 over the same texts; -1 is noise.
    """
    found = []
    for run, labels in enumerate(clusterings):
        for cluster in np.unique(labels[labels >= 0]):
            watch.check()
            rows = np.flatnonzero(labels == cluster)
            if len(rows) > 1:
                # Inside the cluster every pair is together here: what is here only, is here and nowhere else.
                only = consensus([each[rows] for each in clusterings]).only[run]
                found.append(Alone(run, int(cluster), rows, len(rows) * (len(rows) - 1) // 2, only))
    return tuple(sorted(found, key=lambda each: (-each.only, each.run, each.cluster)))
