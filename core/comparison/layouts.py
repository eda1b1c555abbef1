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
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.base.progress import UNWATCHED, Watch
from core.pipeline.run import Run

Kind: TypeAlias = Literal["shared", "aligned", "independent"]
Places: TypeAlias = NDArray[np.float32]

# Pairs of texts that trustworthiness looks at unless it is to be exact: all of 10,000 texts, or 1,000 of 100,000.
TRUST_PAIRS = 10**8
TRUST_NEIGHBOURS = 15
_BLOCK_ROWS = 256


@dataclass(frozen=True, eq=False)
class RunLayout:
    """A run's map among others.

    Parameters
    ----------
    xy : (n, 2) float32.
    trustworthiness : 0 to 1, how far neighbours on the map are neighbours in the run's embedding (Venna & Kaski 2001).
    trusted_on : for how many texts that was computed; fewer than n is a random sample.
    residual : root mean square distance to the first map, in units of the first map's own spread.
    drawn : the run as it was drawn, before its map was turned onto the first; None where it has no map of its own.
    """

    xy: Places
    trustworthiness: float
    trusted_on: int
    residual: float
    drawn: Run | None = None


def run_layouts(
    runs: Sequence[Run],
    kind: Kind,
    again: Callable[[Run, Run | None], Run],
    watch: Watch = UNWATCHED,
    exact: bool = False,
) -> tuple[RunLayout, ...]:
    """Lay runs out so that they can be compared.

    Parameters
    ----------
    runs : over the same texts.
    again : ``again(run, previous)`` gives the run with a map that starts from that of ``previous``, or from nothing.
    exact : whether trustworthiness is computed for every text, as in `trustworthiness`.
    """
    before = again(runs[0], None)
    drawn: list[Run | None] = [before]
    places = [before.layout.xy]
    for run in runs[1:]:
        watch.check()
        own = None if kind == "shared" else again(run, before if kind == "aligned" else None)
        drawn.append(own)
        if own is None:
            places.append(places[0])
        elif kind == "aligned":
            before = own
            places.append(own.layout.xy)
        else:
            places.append(procrustes(places[0], own.layout.xy))
    found = []
    for run, xy, own in zip(runs, places, drawn, strict=True):
        watch.check()
        trust, texts = trustworthiness(run.embedding.vectors, xy, exact, watch=watch)
        found.append(RunLayout(xy, trust, texts, residual(places[0], xy), own))
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


def trustworthiness(
    vectors: NDArray[np.float32], xy: Places, exact: bool = False, seed: int = 0, watch: Watch = UNWATCHED
) -> tuple[float, int]:
    """How far neighbours on a map are neighbours in the embedding (Venna & Kaski 2001), and for how many texts.

    A text's neighbours are looked for among all texts, and ranked among all. Where that is more than `TRUST_PAIRS` it
    is done for a random sample, whose mean stands for that of all.

    Parameters
    ----------
    vectors : (n, d) float32, rows of length 1, so that products rank as distances do.
    xy : (n, 2) float32.
    exact : for every text, however many there are.
    seed : of the sample.

    Returns
    -------
    float, 0 to 1; int
    """
    from scipy.spatial import cKDTree

    texts = len(xy)
    rows = np.arange(texts)
    if not exact and texts**2 > TRUST_PAIRS:
        sample = np.random.default_rng(seed).choice(texts, TRUST_PAIRS // texts, replace=False)
        rows = np.sort(sample)
    k = min(TRUST_NEIGHBOURS, (texts - 1) // 2)
    if k < 1:
        return 1.0, len(rows)
    tree, beyond = cKDTree(xy), 0
    for start in range(0, len(rows), _BLOCK_ROWS):
        watch.check()
        block = rows[start : start + _BLOCK_ROWS]
        near = _without_itself(tree.query(xy[block], k + 1)[1], block)
        products = vectors[block] @ vectors.T
        products[np.arange(len(block)), block] = -np.inf
        for column in near.T:
            rank = 1 + (products > products[np.arange(len(block)), column][:, None]).sum(axis=1)
            beyond += int(np.maximum(rank - k, 0).sum())
    return 1 - 2 * beyond / (len(rows) * k * (2 * texts - 3 * k - 1)), len(rows)


def _without_itself(near: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """(m, k) of the (m, k + 1) nearest of each row, without the row; without the last where equal ones hide it."""
    itself = near == rows[:, None]
    itself[~itself.any(axis=1), -1] = True
    others: NDArray[np.int64] = near[~itself].reshape(len(rows), -1)
    return others
