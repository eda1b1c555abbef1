"""Texts as a reader found them, before any instruction is known: small enough to keep, quick to ask again and again."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ReadingPart:
    """The readings of some texts that lie in one block of memory, or in one file.

    Parameters
    ----------
    rows : (n,) int64, which of all texts these are.
    starts : (n,) int64, where each text's first token is in ``tokens``; ascending.
    lengths : (n,) int32, tokens of each.
    plain : (n, width) float32, plain sentence vectors of length 1.
    tokens : (t, bytes) int8, keys and values of each token; may be memory-mapped.
    """

    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]
    plain: NDArray[np.float32]
    tokens: NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Readings:
    """The readings of n texts.

    Parameters
    ----------
    parts : the readings of the distinct texts, in any order.
    source : (n,) int64, for each text the row under which its reading stands in ``parts``: that of its first
        occurrence.
    tokens : (n,) int32, tokens of each text, special tokens counted in.
    truncated : (n,) bool, texts that were cut off at the reader's limit.
    """

    parts: tuple[ReadingPart, ...]
    source: NDArray[np.int64]
    tokens: NDArray[np.int32]
    truncated: NDArray[np.bool_]

    @property
    def memory(self) -> int:
        """Bytes in memory; what is mapped from files isn't counted."""
        arrays = [a for p in self.parts for a in (p.rows, p.starts, p.lengths, p.plain, p.tokens)]
        held = sum(array.nbytes for array in arrays if not isinstance(array, np.memmap))
        return held + self.source.nbytes + self.tokens.nbytes + self.truncated.nbytes


def same_lengths(lengths: NDArray[np.int32], most: int) -> "list[slice]":
    """Runs of neighbours with equal lengths, of at most ``most`` each."""
    edges = [0, *(np.flatnonzero(np.diff(lengths)) + 1).tolist(), len(lengths)]
    return [
        slice(start, min(start + most, stop)) for first, stop in pairwise(edges) for start in range(first, stop, most)
    ]
