"""The effect of a change of instruction on each text: its neighbours, and its place among the clusters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.comparison.agreement import Labels, Vectors
from core.pipeline.clustering.cluster import mean_directions
from core.pipeline.topics.describe import TermCounts

# Texts that must have a word for it to mark them.
FEWEST = 3
_MOST_WORDS = 6


@dataclass(frozen=True, eq=False)
class TextChange:
    """The change of each text between two runs.

    Parameters
    ----------
    kept : (n,) float32, the share of its nearest neighbours that a text keeps.
    margin_before : (n,) float32. In the embedding before: how much nearer a text is (cosine) to the centroid of its
        old cluster than to that of the texts of its new one. nan for a text that is noise on either side.
    margin_after : (n,) float32. In the embedding after: how much nearer it is to the centroid of its new cluster than
        to that of the texts of its old one.
    order : (n,) int64, rows from the most moved to the least: fewest neighbours kept; among equals, largest margins.
    """

    kept: NDArray[np.float32]
    margin_before: NDArray[np.float32]
    margin_after: NDArray[np.float32]
    order: NDArray[np.int64]


def text_change(
    vectors: tuple[Vectors, Vectors],
    labels: tuple[Labels, Labels],
    neighbours: tuple[NDArray[np.int32], NDArray[np.int32]],
) -> TextChange:
    """Compare two runs text by text.

    Parameters
    ----------
    vectors : (n, d) float32 before and after, rows of length 1.
    labels : (n,) int32 before and after; -1 is noise.
    neighbours : (n, k) rows of each text's nearest before and after, the text itself left out.
    """
    kept = kept_neighbours(*neighbours)
    before = _margin(vectors[0], labels[0], labels[1])
    after = _margin(vectors[1], labels[1], labels[0])
    total = np.nan_to_num(before) + np.nan_to_num(after)
    order = np.lexsort((np.arange(len(kept)), -total, kept)).astype(np.int64)
    return TextChange(kept, before, after, order)


@dataclass(frozen=True)
class NeighbourChange:
    """One text's neighbours kept, lost and gained, each list nearest first.

    Parameters
    ----------
    kept, lost, gained : rows of texts. Kept ones are in the order of the run before.
    words : that mark the gained against the lost, as of `marking_words`; empty where either has none.
    """

    kept: tuple[int, ...]
    lost: tuple[int, ...]
    gained: tuple[int, ...]
    words: tuple[tuple[str, int, int], ...]


def neighbour_change(
    before: NDArray[np.int32], after: NDArray[np.int32], counts: TermCounts | None = None
) -> NeighbourChange:
    """Compare one text's neighbours in two runs.

    Parameters
    ----------
    before, after : (k,) int32 rows, nearest first.
    counts : of all texts, in the order of the rows; without, no words are looked for.
    """
    old, new = before.tolist(), after.tolist()
    lost, gained = (tuple(row for row in a if row not in set(b)) for a, b in ((old, new), (new, old)))
    words = marking_words(counts, gained, lost) if counts is not None and lost and gained else ()
    return NeighbourChange(tuple(row for row in old if row in set(new)), lost, gained, words)


def kept_neighbours(before: NDArray[np.int32], after: NDArray[np.int32]) -> NDArray[np.float32]:
    """(n,) float32, the share of each row's neighbours before that are neighbours after."""
    both = np.sort(np.concatenate([before, after], axis=1), axis=1)
    common = (both[:, 1:] == both[:, :-1]).sum(axis=1)
    share: NDArray[np.float32] = (common / max(1, before.shape[1])).astype(np.float32)
    return share


def marking_words(counts: TermCounts, rows: Sequence[int], against: Sequence[int]) -> tuple[tuple[str, int, int], ...]:
    """Words that mark some texts against others.

    Parameters
    ----------
    counts : of all texts.
    rows, against : texts of the two sides.

    Returns
    -------
    (word, texts of ``rows`` that have it, texts of ``against`` that have it), the most telling first: by the
    log-odds of standing in a text, with half a text added everywhere (Agresti 2002, 3.1.1), among words that at
    least `FEWEST` texts of ``rows`` have.
    """
    here, there = (
        np.asarray((counts.counts[np.asarray(side, np.int64)] > 0).sum(axis=0)).ravel() for side in (rows, against)
    )
    odds = _log_odds(here, len(rows)) - _log_odds(there, len(against))
    telling = np.flatnonzero((here >= FEWEST) & (odds > 0))
    order = telling[np.lexsort((telling, -odds[telling]))][:_MOST_WORDS]
    return tuple((counts.terms[i], int(here[i]), int(there[i])) for i in order.tolist())


def _log_odds(having: NDArray[np.int64], texts: int) -> NDArray[np.float64]:
    odds: NDArray[np.float64] = np.log((having + 0.5) / (texts - having + 0.5))
    return odds


def _margin(vectors: Vectors, own: Labels, other: Labels) -> NDArray[np.float32]:
    """How much nearer each text is to the centroid of its ``own`` cluster than to that of its ``other`` one."""
    found = np.full(len(vectors), np.nan, np.float32)
    inside = (own >= 0) & (other >= 0)
    nearness = [
        np.einsum("nd,nd->n", vectors[inside], mean_directions(vectors, labels)[labels[inside]])
        for labels in (own, other)
    ]
    found[inside] = nearness[0] - nearness[1]
    return found
