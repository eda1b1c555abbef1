"""How sure the topic of a text is: its second-nearest topic, and by how much its own is nearer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.pipeline.run import Run

_ROWS = 8192  # texts at a time: 100,000 by 60 topics would be 24 MB more at once


@dataclass(frozen=True, eq=False)
class Margins:
    """Membership of every text.

    Parameters
    ----------
    second : (n,) int32 number of the topic that is nearest to a text besides its own; of a text in none, the nearest;
        -1 where there is none.
    margin : (n,) float32 cosine to the centroid of its own topic less that to the second's; NaN where it is in none or
        there is no second. Below 0 the text is nearer to the other topic.
    """

    second: NDArray[np.int32]
    margin: NDArray[np.float32]


def margins(run: Run) -> Margins:
    """Second-nearest topics and margins of all texts, by cosine to the topics' mean directions."""
    vectors, labels, centroids = run.embedding.vectors, run.clustering.labels, run.clustering.centroids
    second = np.full(len(labels), -1, np.int32)
    margin = np.full(len(labels), np.nan, np.float32)
    if not len(centroids):
        return Margins(second, margin)
    for start in range(0, len(labels), _ROWS):
        part = slice(start, start + _ROWS)
        cosines = vectors[part] @ centroids.T
        inside = np.flatnonzero(labels[part] >= 0)
        own = cosines[inside, labels[part][inside]].copy()
        cosines[inside, labels[part][inside]] = -np.inf
        best = cosines.argmax(axis=1)
        other = cosines[np.arange(len(best)), best]
        second[part] = np.where(np.isneginf(other), -1, best)
        margin[part][inside] = np.where(np.isneginf(other[inside]), np.nan, own - other[inside])
    return Margins(second, margin)
