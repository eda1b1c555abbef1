"""The surroundings that stay the same from run to run: where results are kept, and who draws the map."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.base.cache import StageCache
from core.base.progress import Watch
from core.pipeline.layout import projection
from core.pipeline.layout.neighbours import Neighbours
from core.pipeline.layout.projection import Layout, LayoutSettings
from core.store.vectors import VectorStore


class Projector(Protocol):
    """Who computes the map: `core.pipeline.layout.projection` here and now, or a `ProjectionPool` elsewhere."""

    def umap_layout(
        self,
        vectors: NDArray[np.float32],
        settings: LayoutSettings,
        neighbours: Neighbours,
        init: NDArray[np.float32] | None,
        watch: Watch,
        /,
    ) -> Layout:
        """A layout of the vectors, starting from ``init`` if there is one."""

    def umap_reduce(
        self,
        vectors: NDArray[np.float32],
        dims: int,
        n_neighbors: int,
        neighbours: Neighbours,
        seed: int,
        watch: Watch,
        /,
    ) -> NDArray[np.float32]:
        """The vectors in a few dimensions."""


@dataclass(frozen=True, eq=False)
class Context:
    """The surroundings of a run; none of them changes a result.

    Parameters
    ----------
    cache : keeps stages for the next run, each under its own inputs alone; by default nothing is kept.
    store : keeps vectors on disk, so that no text is embedded twice; by default nothing is saved.
    projector : who computes the map; by default this process does.
    """

    cache: StageCache = field(default_factory=lambda: StageCache(0))
    store: VectorStore | None = None
    projector: Projector = projection
