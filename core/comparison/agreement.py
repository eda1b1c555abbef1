"""How far two embeddings, or two clusterings, of the same texts agree.

Everything is computed in the embedding spaces, on all texts, and never on a map.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.base.progress import UNWATCHED, Watch
from core.texts.grouping import known_values

T = TypeVar("T")
Vectors: TypeAlias = NDArray[np.float32]
Labels: TypeAlias = NDArray[np.int32]

_BLOCK_ROWS = 8192


@dataclass(frozen=True, eq=False)
class Agreement:
    """A figure for every pair of what is compared.

    Parameters
    ----------
    name : of the figure.
    values : (r, r) float64, symmetric; 1 is full agreement.
    texts : on how many texts each was computed.
    by_chance : what unrelated vectors would give, or None where there is no such figure.
    """

    name: str
    values: NDArray[np.float64]
    texts: int
    by_chance: float | None = None


@dataclass(frozen=True)
class ColumnScores:
    """The V-measure of each clustering against a column's values, on the texts that have one."""

    column: str
    scores: tuple[float, ...]
    texts: int
    values: int


def linear_cka(a: Vectors, b: Vectors, watch: Watch = UNWATCHED) -> float:
    """Linear centred kernel alignment of two sets of vectors (Kornblith et al. 2019, equation 5), from 0 to 1.

    Exact, a block of rows at a time in float64: ``|A'B|² / (|A'A| |B'B|)`` with centred columns and Frobenius norms.
    Independent vectors give about the number of dimensions over the number of texts, not 0.

    Parameters
    ----------
    a, b : (n, d) and (n, e) float32, row by row of the same texts.

    Returns
    -------
    float, or nan where all rows of one are the same.
    """
    mean_a, mean_b = a.mean(axis=0, dtype=np.float64), b.mean(axis=0, dtype=np.float64)
    ab = np.zeros((a.shape[1], b.shape[1]))
    aa, bb = np.zeros((a.shape[1], a.shape[1])), np.zeros((b.shape[1], b.shape[1]))
    for start in range(0, len(a), _BLOCK_ROWS):
        watch.check()
        rows_a = a[start : start + _BLOCK_ROWS] - mean_a
        rows_b = b[start : start + _BLOCK_ROWS] - mean_b
        ab += rows_a.T @ rows_b
        aa += rows_a.T @ rows_a
        bb += rows_b.T @ rows_b
    scale = float(np.linalg.norm(aa) * np.linalg.norm(bb))
    return float((ab**2).sum()) / scale if scale > 0 else float("nan")


def neighbour_overlap(a: NDArray[np.int32], b: NDArray[np.int32]) -> float:
    """Mean share of common neighbours.

    Parameters
    ----------
    a, b : (n, k) rows of each text's nearest neighbours, the text itself left out.
    """
    if not a.size:
        return float("nan")
    # Both lists of a row in one, sorted: a neighbour in common stands beside itself.
    both = np.sort(np.concatenate([a, b], axis=1), axis=1)
    return float((both[:, 1:] == both[:, :-1]).sum() / a.size)


def adjusted_rand(a: Labels, b: Labels) -> float:
    """Adjusted Rand index (Hubert & Arabie 1985)."""
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(a, b))


def adjusted_information(a: Labels, b: Labels) -> float:
    """Adjusted mutual information (Vinh, Epps & Bailey 2010)."""
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score(a, b))


def column_scores(column: str, values: pd.Series, labels: Sequence[Labels]) -> ColumnScores:
    """The V-measure (Rosenberg & Hirschberg 2007) of each clustering against the values, without missing ones."""
    text = known_values(values)
    there = text.notna().to_numpy()
    codes = pd.factorize(text[there])[0].astype(np.int32)
    scores = tuple(v_measure(codes, each[there]) for each in labels)
    return ColumnScores(column, scores, int(there.sum()), int(codes.max(initial=-1)) + 1)


def pairwise(
    name: str, items: Sequence[T], figure: Callable[[T, T], float], texts: int, by_chance: float | None = None
) -> Agreement:
    """A figure for every pair; the diagonal is 1."""
    values = np.eye(len(items))
    for i, j in combinations(range(len(items)), 2):
        values[i, j] = values[j, i] = figure(items[i], items[j])
    return Agreement(name, values, texts, by_chance)


def v_measure(a: Labels, b: Labels) -> float:
    """V-measure (Rosenberg & Hirschberg 2007) of two clusterings; it is the same both ways round."""
    from sklearn.metrics import v_measure_score

    return float(v_measure_score(a, b))


def homogeneity(classes: Labels, clusters: Labels) -> float:
    """How far each of the ``clusters`` has texts of one of the ``classes`` only (Rosenberg & Hirschberg 2007).

    The completeness of two clusterings is the homogeneity the other way round.
    """
    from sklearn.metrics import homogeneity_score

    return float(homogeneity_score(classes, clusters))
