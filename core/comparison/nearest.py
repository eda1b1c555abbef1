"""The nearest texts of every text under a run, searched once."""

import numpy as np
from numpy.typing import NDArray

from core.base.cache import StageCache
from core.base.digest import digest
from core.base.progress import UNWATCHED, Watch
from core.pipeline.layout.neighbours import exact_neighbours


def nearest(
    vectors: NDArray[np.float32], k: int, cache: StageCache | None = None, watch: Watch = UNWATCHED
) -> tuple[NDArray[np.int32], bool]:
    """Each text's ``k`` nearest, exactly, and whether they were in the cache.

    Parameters
    ----------
    vectors : (n, d) float32, rows of length 1.
    k : the text itself not counted; with fewer texts, all others.

    Returns
    -------
    (n, k) int32 rows, the text itself left out; bool
    """

    def search() -> NDArray[np.int32]:
        return exact_neighbours(vectors, k + 1, watch).indices[:, 1:]

    if cache is None:
        return search(), False
    return cache.get(digest("nearest", vectors, k), search, watch)
