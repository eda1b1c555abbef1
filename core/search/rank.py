"""From scores to a ranking: by words, by meaning, or by both."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Of reciprocal rank fusion (Cormack, Clarke & Buettcher 2009).
K = 60


@dataclass(frozen=True, eq=False)
class Found:
    """A ranking.

    Parameters
    ----------
    rows : (m,) int64 rows of the texts, the best first; ties as the corpus has them.
    scores : (m,) float32, theirs: BM25, cosine, or the fused score.
    words : (n,) float32 BM25 of all texts, or None where it wasn't asked for.
    meaning : (n,) float32 cosine of all texts, or None.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    words: NDArray[np.float32] | None = None
    meaning: NDArray[np.float32] | None = None


def ranked(
    words: NDArray[np.float32] | None,
    meaning: NDArray[np.float32] | None,
    keep: NDArray[np.bool_],
) -> Found:
    """Rank texts.

    Parameters
    ----------
    words : (n,) float32 BM25; a text with 0 has no word of the query, and is not among what is found by words.
    meaning : (n,) float32 cosine; every text has one, so that every text is among what is found by meaning.
    keep : (n,) bool, texts that the filters leave.

    Returns
    -------
    By words alone the texts that have some; with a meaning all texts that the filters leave. With both, a text's score
    is the sum of 1 / (60 + its rank) over the two rankings that it is in.
    """
    if words is None and meaning is None:
        raise ValueError("nothing to rank by")
    if meaning is None:
        assert words is not None
        rows = _order(words, keep & (words > 0))
        return Found(rows, words[rows], words)
    rows = _order(meaning, keep)
    if words is None:
        return Found(rows, meaning[rows], None, meaning)
    fused = np.zeros(len(meaning), np.float64)
    for order in (rows, _order(words, keep & (words > 0))):
        fused[order] += 1 / (K + 1 + np.arange(len(order)))
    rows = rows[np.argsort(-fused[rows], kind="stable")]
    return Found(rows, fused[rows].astype(np.float32), words, meaning)


def _order(scores: NDArray[np.float32], keep: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows of the texts to keep, the highest score first, ties in order."""
    rows = np.flatnonzero(keep)
    return rows[np.argsort(-scores[rows], kind="stable")]
