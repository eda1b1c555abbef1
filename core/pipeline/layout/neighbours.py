"""The nearest texts of every text, exactly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.base.progress import UNWATCHED, Watch
from core.pipeline.layout.tiles import BLOCK_ROWS, nearest_by_tiles

_BLOCK_ROWS = 512  # measured at 5,000 and 10,000 rows: 256 to 1,024 cost the same, larger blocks fall out of the cache
_BLOCK_VALUES = 50_000_000  # float32 similarities held at once: 200 MB
_ROUNDING = 1e-6  # a float32 dot product of two equal unit vectors is this close to 1
_MANY = 12_000  # rows from which `core.pipeline.layout.tiles` is faster; measured on normal vectors around 100 centres


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The ``k`` nearest rows of every row, itself first.

    Attributes
    ----------
    indices : int32 array, shape (n, k)
        Row numbers, nearest first; column 0 is the row itself.
    distances : float32 array, shape (n, k)
        Cosine distances, from 0 to 2; column 0 is 0.
    """

    indices: NDArray[np.int32]
    distances: NDArray[np.float32]

    @property
    def k(self) -> int:
        """How many neighbours every row has, itself included."""
        return int(self.indices.shape[1])

    def first(self, k: int) -> "Neighbours":
        """The same with only the ``k`` nearest."""
        return Neighbours(self.indices[:, :k], self.distances[:, :k])


def exact_neighbours(vectors: NDArray[np.float32], k: int, watch: Watch = UNWATCHED) -> Neighbours:
    """Find the ``k`` nearest rows of every row by cosine distance.

    Every pair is compared, by matrix products of one block of rows with all rows; no more than 200 MB of similarities
    exist at a time. Nearly all the time goes to the products: selecting the neighbours costs less than a tenth. From
    12,000 rows on the same is found by `core.pipeline.layout.tiles`, with fewer and cheaper products.

    Parameters
    ----------
    vectors : float32 array, shape (n, d)
        L2-normalised rows.
    k : int
        Neighbours of each row, itself included. With fewer rows than ``k``, all rows are neighbours.

    Returns
    -------
    Neighbours
        Each row starts with itself at distance 0. Rows at equal distance stand in order of their number. Distances
        within the rounding of a float32 product are 0, so equal texts are at distance 0 exactly.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    n = len(vectors)
    k = min(k, n)
    if n >= _MANY and 1 < k <= BLOCK_ROWS // 4:
        return _by_tiles(vectors, k, watch)
    return _block_by_block(vectors, k, watch)


def _by_tiles(vectors: NDArray[np.float32], k: int, watch: Watch) -> Neighbours:
    others, products = nearest_by_tiles(np.ascontiguousarray(vectors, np.float32), k - 1, watch)
    distances = np.clip(1 - products, 0, 2)
    distances[distances < _ROUNDING] = 0
    order = np.lexsort((others, distances))
    own = np.arange(len(vectors))[:, None]
    return Neighbours(
        np.hstack([own, np.take_along_axis(others, order, axis=1)]).astype(np.int32),
        np.hstack([np.zeros_like(own), np.take_along_axis(distances, order, axis=1)]).astype(np.float32),
    )


def _block_by_block(vectors: NDArray[np.float32], k: int, watch: Watch) -> Neighbours:
    import torch  # takes a second, and nothing else here needs it

    n = len(vectors)
    indices = np.empty((n, k), np.int32)
    distances = np.empty((n, k), np.float32)
    rows = torch.tensor(vectors, dtype=torch.float32)  # a copy: torch warns of read-only arrays
    step = max(1, min(_BLOCK_ROWS, _BLOCK_VALUES // max(n, 1)))
    for start in range(0, n, step):
        watch.check()
        block = rows[start : start + step]
        similarity = block @ rows.T
        own = torch.arange(len(block))
        similarity[own, start + own] = torch.inf  # itself first, whatever the rounding says
        nearest, index = similarity.topk(k)
        distance = (1 - nearest).clamp_(0, 2).numpy()
        distance[distance < _ROUNDING] = 0
        distance[:, 0] = -1  # keeps itself first in the sort below
        order = np.lexsort((index.numpy(), distance))
        indices[start : start + step] = np.take_along_axis(index.numpy(), order, axis=1)
        distances[start : start + step] = np.take_along_axis(distance, order, axis=1)
        watch.report("neighbours", min(start + step, n), n)
    distances[:, :1] = 0
    return Neighbours(indices, distances)
