"""Exact neighbours of very many rows, at a fraction of the work that comparing every pair in float32 takes.

Rows that lie close together are gathered into blocks. Each pair of blocks is compared once, for both sides, and in
bfloat16 where the processor multiplies that natively. No neighbour is lost by it: a product comes with a bound on its
error (Cauchy-Schwarz on what rounding took away), and whichever pair could, within that bound, belong to the nearest
of either row is computed again in float32. The bound is small because every block is centred on its own mean, so that
what is rounded is the distance from there and not the whole vector.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from core.base.progress import UNWATCHED, Watch

Tensor: TypeAlias = Any  # torch takes a second to import, and is imported where it is used
Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int64]
Offer: TypeAlias = tuple[Ints, Ints, Floats]  # rows, a possible neighbour of each, and their product

BLOCK_ROWS = 1024  # two blocks have 1,024 x 1,024 products, which stay in the cache
_BATCH = 64  # pairs of blocks between two updates of what is nearest so far
_DENSE = 0.03  # share of two blocks' products above which it is cheaper to compute all of them in float32
_PAIRS_AT_ONCE = 1024  # rows that are multiplied one by one, at a time: what stays in the cache
_SAMPLE = 1024  # rows on which the direction of a cut is found
_FLOAT32, _BFLOAT16 = 2.0**-24, 2.0**-9  # unit roundoffs


def nearest_by_tiles(vectors: Floats, k: int, watch: Watch = UNWATCHED) -> tuple[Ints, Floats]:
    """The ``k`` rows with the largest products with each row, itself left out.

    Parameters
    ----------
    vectors : (n, d) float32, n at least `BLOCK_ROWS`.
    k : at most a quarter of `BLOCK_ROWS`.

    Returns
    -------
    indices : (n, k) int64, in no order.
    products : (n, k) float32, theirs, computed in float32.
    """
    import torch

    order, edges = _close_together(vectors)
    blocks, best = _Blocks(vectors[order], edges), _Best(len(vectors), k)
    pairs = _nearest_first(blocks)
    batches = [[(block, block) for block in range(blocks.count)]]
    batches += [pairs[start : start + _BATCH] for start in range(0, len(pairs), _BATCH)]
    workers = torch.get_num_threads()
    with ThreadPoolExecutor(workers, initializer=_one_thread) as pool:
        for done, batch in enumerate(batches, 1):
            shares = [batch[turn::workers] for turn in range(workers)]
            work = [pool.submit(_offers, blocks, best.least, k, share, watch) for share in shares]
            best.take([offer for each in work for offer in each.result()])
            watch.report("neighbours", len(vectors) * done // len(batches), len(vectors))
    indices, products = np.empty_like(best.indices), np.empty_like(best.products)
    indices[order], products[order] = order[best.indices], best.products
    return indices, products


class _Best:
    """The nearest of every row so far: (n, k) indices and products, and the least of each row's products."""

    def __init__(self, count: int, k: int) -> None:
        self.indices = np.full((count, k), -1, np.int64)
        self.products = np.full((count, k), -np.inf, np.float32)
        self.least = np.full(count, -np.inf, np.float32)

    def take(self, offers: list[Offer]) -> None:
        """Keep the best of what there is and what is offered; among equals, smaller numbers."""
        if not offers:
            return
        rows, others, products = (np.concatenate(side) for side in zip(*offers, strict=True))
        k = self.products.shape[1]
        changed = np.unique(rows)
        rows = np.concatenate([rows, np.repeat(changed, k)])
        others = np.concatenate([others, self.indices[changed].ravel()])
        products = np.concatenate([products, self.products[changed].ravel()])
        sorting = np.lexsort((others, -products, rows))
        rows = rows[sorting]
        first = np.searchsorted(rows, changed)
        kept = sorting[first[:, None] + np.arange(k)]
        self.indices[changed], self.products[changed] = others[kept], products[kept]
        self.least[changed] = self.products[changed, -1]


class _Blocks:
    """Rows in blocks, and each row's difference from the mean of its block, rounded for fast products.

    With x = a + u and y = b + v, means and differences: x·y = u·v + u·b + a·v + a·b. The first is computed from
    rounded differences, the others in float32.
    """

    def __init__(self, vectors: Floats, edges: list[int]) -> None:
        import torch

        from core.models.encoder.precision import has_bfloat16

        self.rows = torch.from_numpy(vectors)
        self.spans = [slice(start, end) for start, end in pairwise(edges)]
        self.count = len(self.spans)
        centres = torch.stack([self.rows[span].mean(dim=0) for span in self.spans])
        difference = self.rows - centres.repeat_interleave(torch.diff(torch.tensor(edges)), dim=0)
        half = has_bfloat16(torch.device("cpu"))
        self.rounded = difference.to(torch.bfloat16) if half else difference
        self.to_centres = centres @ difference.T  # (blocks, n)
        self.between = (centres @ centres.T).numpy()
        size = self.rounded.float().norm(dim=1)
        lost = difference.sub_(self.rounded).norm(dim=1) if half else torch.zeros_like(size)
        self._size, self._lost = ([float(each[span].max()) for span in self.spans] for each in (size, lost))
        self._coarse = _BFLOAT16 if half else _FLOAT32
        # Sums of d products in float32, of the four terms and of the exact products they are held against.
        self._slack = 8 * vectors.shape[1] * _FLOAT32 * float(self.rows.norm(dim=1).max()) ** 2

    def error(self, a: int, b: int) -> float:
        """The most by which x·y, from rounded differences, may be wrong for rows of two blocks."""
        size, lost = self._size, self._lost
        rounding = lost[a] * (size[b] + lost[b]) + size[a] * lost[b]
        return float(1.01 * (rounding + self._coarse * size[a] * size[b]) + self._slack)


def _offers(blocks: _Blocks, least: Floats, k: int, pairs: list[tuple[int, int]], watch: Watch) -> list[Offer]:
    """The offers of pairs of blocks to each other's rows, of products above the ``least`` of each."""
    import torch

    most = max(span.stop - span.start for span in blocks.spans) ** 2
    kinds = (blocks.rounded.dtype, torch.float32, torch.bool, torch.bool)
    room = [torch.empty(most, dtype=kind) for kind in kinds]  # fresh memory for each pair would cost more than its use
    found: list[Offer] = []
    for a, b in pairs:
        watch.check()
        places = _possible(blocks, least, a, b, room) if a != b else None
        for rows, others, products in _whole(blocks, k, a, b) if places is None else _one_by_one(blocks, *places):
            better = products > least[rows]
            if better.any():
                found.append((rows[better], others[better], products[better]))
    return found


def _one_thread() -> None:
    """Keep a worker to one thread: several that share each small product would mostly wait for each other."""
    import torch

    torch.get_num_threads()  # sets torch's own number in this thread, which must not come after the limit
    threadpool_limits(1, "openmp")  # of this thread alone


def _possible(blocks: _Blocks, least: Floats, a: int, b: int, room: list[Tensor]) -> tuple[Ints, Ints] | None:
    """The pairs of rows of two blocks that may be neighbours; None where they are too many to look at one by one."""
    import torch

    rows, others = blocks.spans[a], blocks.spans[b]
    shape = (rows.stop - rows.start, others.stop - others.start)
    product, rough, possible, either = (each[: shape[0] * shape[1]].view(shape) for each in room)
    torch.mm(blocks.rounded[rows], blocks.rounded[others].T, out=product)
    torch.add(blocks.to_centres[a, others], blocks.to_centres[b, rows][:, None], out=rough).add_(product)
    beyond = float(blocks.between[a, b]) + blocks.error(a, b)
    wanted = torch.from_numpy(least) - beyond
    torch.gt(rough, wanted[rows][:, None], out=possible)
    torch.gt(rough, wanted[others], out=either)
    places = np.flatnonzero(possible.logical_or_(either).numpy())
    if len(places) > _DENSE * possible.numel():
        return None
    left, right = np.divmod(places, shape[1])
    return left + rows.start, right + others.start


def _one_by_one(blocks: _Blocks, rows: Ints, others: Ints) -> Iterator[Offer]:
    """The products of pairs of rows, offered to both."""
    import torch

    for start in range(0, len(rows), _PAIRS_AT_ONCE):
        at = slice(start, start + _PAIRS_AT_ONCE)
        left, right = (blocks.rows[torch.from_numpy(side[at])] for side in (rows, others))
        products = left.mul_(right).sum(dim=1).numpy()
        yield rows[at], others[at], products
        yield others[at], rows[at], products


def _whole(blocks: _Blocks, k: int, a: int, b: int) -> Iterator[Offer]:
    """The best of all products of two blocks, or of a block with itself."""
    rows, others = blocks.spans[a], blocks.spans[b]
    table = blocks.rows[rows] @ blocks.rows[others].T
    if a == b:
        table.fill_diagonal_(-float("inf"))
    for own, other, products in ((rows, others, table), (others, rows, table.T))[: 1 if a == b else 2]:
        count = min(k, products.shape[1])
        values, places = products.topk(count, dim=1)
        numbers = np.arange(own.start, own.stop).repeat(count)
        yield numbers, places.numpy().ravel() + other.start, values.numpy().ravel()


def _nearest_first(blocks: _Blocks) -> list[tuple[int, int]]:
    """Every two different blocks, those with near means first: they soon tell what is near."""
    a, b = np.triu_indices(blocks.count, 1)
    length = np.sqrt(np.diagonal(blocks.between))
    nearness = blocks.between[a, b] / np.maximum(length[a] * length[b], 1e-12)
    order = np.argsort(-nearness, kind="stable")
    return list(zip(a[order].tolist(), b[order].tolist(), strict=True))


def _close_together(vectors: Floats) -> tuple[Ints, list[int]]:
    """An order of the rows in which those of a block are close together, and where the blocks begin and end.

    The rows are cut in two along the direction in which they differ most, again and again.
    """
    order = np.arange(len(vectors), dtype=np.int64)
    edges = [0]

    def cut(start: int, end: int, blocks: int) -> None:
        if blocks == 1:
            edges.append(end)
            return
        rows = order[start:end]
        left = blocks // 2
        middle = (end - start) * left // blocks
        along = vectors[rows] @ _main_direction(vectors[rows[:: -(-len(rows) // _SAMPLE)]])
        order[start:end] = rows[np.argpartition(along, middle)]
        cut(start, start + middle, left)
        cut(start + middle, end, blocks - left)

    cut(0, len(vectors), -(-len(vectors) // BLOCK_ROWS))
    return order, edges


def _main_direction(rows: Floats, rounds: int = 8) -> Floats:
    """(d,) the first principal component, as near as a few power iterations bring it."""
    centred = rows - rows.mean(axis=0)
    direction: Floats = centred[(centred**2).sum(axis=1).argmax()]
    for _ in range(rounds):
        direction = centred.T @ (centred @ direction)
        direction = direction / max(float(np.linalg.norm(direction)), 1e-30)
    return direction
