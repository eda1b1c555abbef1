"""Maps of several runs that can be held against each other. Three kinds, with what each is worth.

shared
    One map, of the first run, coloured by each: whatever differs is the clusters.
aligned
    Each map starts from the one before it and moves only as far as it has to: UMAP from a previous layout, as in an
    edit of the instruction. `tests/benchmarks/layouts.py` measures it against AlignedUMAP (McInnes et al., umap-learn).
independent
    Each map by itself, then turned, mirrored, moved and scaled onto the first (Procrustes; Gower 1975): what still
    differs may be the layout's chance as well as the instruction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.pipeline import Run
from core.progress import CancelSignal, check

Kind: TypeAlias = Literal["shared", "aligned", "independent"]
Places: TypeAlias = NDArray[np.float32]

# Texts on which trustworthiness is computed: it takes the rank of every text to every other.
TRUST_TEXTS = 5000
TRUST_NEIGHBOURS = 15


@dataclass(frozen=True, eq=False)
class RunLayout:
    """A run's map among others.

    Parameters
    ----------
    xy : (n, 2) float32.
    trustworthiness : 0 to 1, how far neighbours on the map are neighbours in the run's embedding (Venna & Kaski 2001).
    trusted_on : on how many texts that was computed.
    residual : root mean square distance to the first map, in units of the first map's own spread.
    """

    xy: Places
    trustworthiness: float
    trusted_on: int
    residual: float


def run_layouts(
    runs: Sequence[Run], kind: Kind, again: Callable[[Run, Run | None], Run], cancel: CancelSignal | None = None
) -> tuple[RunLayout, ...]:
    """Lay runs out so that they can be compared.

    Parameters
    ----------
    runs : over the same texts.
    again : ``again(run, previous)`` gives the run with a map that starts from that of ``previous``, or from nothing.
    """
    places = [again(runs[0], None).layout.xy]
    before = replace(runs[0], layout=replace(runs[0].layout, xy=places[0]))
    for run in runs[1:]:
        check(cancel)
        if kind == "shared":
            places.append(places[0])
        elif kind == "aligned":
            before = again(run, before)
            places.append(before.layout.xy)
        else:
            places.append(procrustes(places[0], again(run, None).layout.xy))
    found = []
    for run, xy in zip(runs, places, strict=True):
        check(cancel)
        trust, texts = trustworthiness(run.embedding.vectors, xy)
        found.append(RunLayout(xy, trust, texts, residual(places[0], xy)))
    return tuple(found)


def procrustes(onto: Places, xy: Places) -> Places:
    """(n, 2) float32, ``xy`` turned, mirrored, moved and scaled so that it lies as near to ``onto`` as it can."""
    from scipy.linalg import orthogonal_procrustes

    middle = onto.mean(axis=0, dtype=np.float64)
    target = onto - middle
    source = xy - xy.mean(axis=0, dtype=np.float64)
    size = float((source**2).sum())
    if size == 0:
        return np.broadcast_to(middle, xy.shape).astype(np.float32)
    turn, overlap = orthogonal_procrustes(source, target)
    fitted: Places = (source @ turn * (overlap / size) + middle).astype(np.float32)
    return fitted


def residual(first: Places, other: Places) -> float:
    """Root mean square distance of the points of two maps, in units of the first map's spread; 0 for the same map."""
    spread = float(np.sqrt(((first - first.mean(axis=0)) ** 2).sum(axis=1).mean()))
    distance = float(np.sqrt(((first - other) ** 2).sum(axis=1).mean()))
    return distance / spread if spread > 0 else distance


def trustworthiness(vectors: NDArray[np.float32], xy: Places, seed: int = 0) -> tuple[float, int]:
    """How far neighbours on a map are neighbours in the embedding, and on how many texts that was computed.

    Above `TRUST_TEXTS` texts a random sample of as many stands for all.
    """
    from sklearn.manifold import trustworthiness as measured

    rows = np.arange(len(xy))
    if len(rows) > TRUST_TEXTS:
        rows = np.sort(np.random.default_rng(seed).choice(len(xy), TRUST_TEXTS, replace=False))
    neighbours = min(TRUST_NEIGHBOURS, (len(rows) - 1) // 2)
    if neighbours < 1:
        return 1.0, len(rows)
    # On vectors of length 1, Euclidean and cosine distances rank alike.
    return float(measured(vectors[rows], xy[rows], n_neighbors=neighbours)), len(rows)
