"""Which texts stay together whatever the instruction, and which only under one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.comparison.agreement import Labels


@dataclass(frozen=True, eq=False)
class Consensus:
    """Pairs of texts that share a cluster. Texts that are noise somewhere share none there.

    Parameters
    ----------
    together : pairs that share a cluster in every clustering.
    only : for each clustering, pairs that share a cluster there and in no other.
    ever : pairs that share a cluster somewhere.
    groups : int64 rows of the groups of two or more texts that are together everywhere, the largest first.
    """

    together: int
    only: tuple[int, ...]
    ever: int
    groups: tuple[NDArray[np.int64], ...]


def consensus(clusterings: Sequence[Labels]) -> Consensus:
    """Count pairs, exactly, from the sizes of common groups; no pair is ever looked at.

    Pairs in one clustering alone follow by inclusion and exclusion over the sets of clusterings.

    Parameters
    ----------
    clusterings : two to four arrays (n,) int32; -1 is noise.
    """
    count = len(clusterings)
    pairs = {
        chosen: _pairs(_common([clusterings[place] for place in chosen]))
        for size in range(1, count + 1)
        for chosen in combinations(range(count), size)
    }
    everything = tuple(range(count))
    only = tuple(
        sum((-1) ** (len(chosen) - 1) * pairs[chosen] for chosen in pairs if place in chosen) for place in everything
    )
    ever = sum((-1) ** (len(chosen) - 1) * pairs[chosen] for chosen in pairs)
    common = _common(clusterings)
    order = np.argsort(common, kind="stable").astype(np.int64)
    order = order[common[order] >= 0]
    cuts = np.flatnonzero(np.diff(common[order])) + 1
    groups = sorted((group for group in np.split(order, cuts) if len(group) > 1), key=lambda group: -len(group))
    return Consensus(pairs[everything], only, ever, tuple(groups))


def _common(clusterings: Sequence[Labels]) -> NDArray[np.int64]:
    """(n,) the group of texts that are together in all of these clusterings; -1 where a text is noise in one."""
    stacked = np.stack(clusterings, axis=1)
    _, which = np.unique(stacked, axis=0, return_inverse=True)
    return np.where((stacked < 0).any(axis=1), -1, which.ravel())


def _pairs(groups: NDArray[np.int64]) -> int:
    sizes = np.bincount(groups[groups >= 0])
    return int((sizes * (sizes - 1) // 2).sum())
