"""How sure a score is, and whether the first is really ahead."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

DRAWS = 1000
RESAMPLES = 400
LEVEL = 0.95


def interval(values: NDArray[np.float64], seed: int = 0) -> tuple[float, float]:
    """A 95 % percentile interval of the mean (Efron & Tibshirani 1993, chapter 13), over wordings and seeds.

    Parameters
    ----------
    values : (wordings, seeds). Wordings are drawn with replacement, and seeds within each: what differs between
        paraphrases is not averaged away by many seeds.
    """
    rng = np.random.default_rng(seed)
    wordings, seeds = values.shape
    drawn = rng.integers(wordings, size=(DRAWS, wordings))
    inner = rng.integers(seeds, size=(DRAWS, wordings, seeds))
    means = values[drawn[:, :, None], inner].mean(axis=(1, 2))
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def paired_p(
    codes: NDArray[np.int32], first: NDArray[np.int32], other: NDArray[np.int32], seed: int = 0
) -> tuple[float, float]:
    """Is the V-measure of one set of clusterings above another's? A paired bootstrap over texts.

    Both are measured on the same resampled texts, mean over their seeds; the p-value is two-sided, from the share of
    resamples in which the sign turns (Efron & Tibshirani 1993, 15.4; with one added to both counts).

    Parameters
    ----------
    codes : (m,) classes.
    first, other : (seeds, m) clusterings.

    Returns
    -------
    The mean difference and the p-value.
    """
    rng = np.random.default_rng(seed)
    count = len(codes)
    differences = np.empty(RESAMPLES)
    for draw in range(RESAMPLES):
        weights = np.bincount(rng.integers(count, size=count), minlength=count).astype(np.float64)
        ours, theirs = (np.mean([weighted_v(codes, each, weights) for each in side]) for side in (first, other))
        differences[draw] = ours - theirs
    turned = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
    return float(differences.mean()), min(1.0, 2 * (turned + 1) / (RESAMPLES + 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values corrected for their number (Holm 1979)."""
    order = np.argsort(p_values, kind="stable")
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(order.tolist()):
        highest = max(highest, min(1.0, p_values[place] * (len(p_values) - rank)))
        adjusted[place] = highest
    return adjusted


def weighted_v(codes: NDArray[np.int32], clusters: NDArray[np.int32], weights: NDArray[np.float64]) -> float:
    """V-measure (Rosenberg & Hirschberg 2007) of weighted texts; clusters are numbered from 0, without noise."""
    width = int(clusters.max()) + 1
    table = np.bincount(codes * width + clusters, weights, (int(codes.max()) + 1) * width).reshape(-1, width)
    joint = table / table.sum()
    classes, groups = _entropy(joint.sum(axis=1)), _entropy(joint.sum(axis=0))
    shared = classes + groups - _entropy(joint.ravel())
    if classes + groups == 0:
        return 1.0
    return max(0.0, float(2 * shared / (classes + groups)))


def _entropy(shares: NDArray[np.float64]) -> float:
    positive = shares[shares > 0]
    return float(-(positive * np.log(positive)).sum())
