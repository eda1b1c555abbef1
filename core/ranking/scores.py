"""How well vectors bring out the classes of a column: by clusters, and by neighbours."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch
from core.comparison.agreement import adjusted_information, adjusted_rand, v_measure
from core.pipeline.clustering.cluster import ClusterSettings, cluster
from core.pipeline.layout.neighbours import exact_neighbours

SEEDS = 5
NEAREST = 5
FEWEST_LABELS = 30


@dataclass(frozen=True, eq=False)
class LabelColumn:
    """The texts that have a label.

    Parameters
    ----------
    column : its name.
    rows : (m,) int64, texts with a label.
    codes : (m,) int32, the class of each.
    classes : names of the classes.
    """

    column: str
    rows: NDArray[np.int64]
    codes: NDArray[np.int32]
    classes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Scores:
    """One embedding against one column.

    Parameters
    ----------
    clusterings : (seeds, m) int32, k-means with as many clusters as classes.
    ari, ami, v_measure : (seeds,) float64.
    knn : share of texts whose `NEAREST` nearest labelled texts vote for their class.
    """

    clusterings: NDArray[np.int32]
    ari: NDArray[np.float64]
    ami: NDArray[np.float64]
    v_measure: NDArray[np.float64]
    knn: float


def labelled(column: str, values: pd.Series) -> LabelColumn:
    """Read a label column; missing and empty values are no label.

    Raises
    ------
    InputError
        For fewer than 30 labels or fewer than two classes.
    """
    text = values.astype("string")
    rows = np.flatnonzero(~(text.isna() | (text == "")).to_numpy()).astype(np.int64)
    codes, classes = pd.factorize(text.iloc[rows], sort=True)
    if len(rows) < FEWEST_LABELS:
        raise InputError(f"The column {column} has {len(rows)} labels; ranking takes at least {FEWEST_LABELS}.")
    if len(classes) < 2:
        raise InputError(f"All labels of the column {column} are the same. Choose one with at least two classes.")
    return LabelColumn(column, rows, codes.astype(np.int32), tuple(map(str, classes)))


def score(vectors: NDArray[np.float32], labels: LabelColumn, seeds: int = SEEDS, watch: Watch = UNWATCHED) -> Scores:
    """Score the vectors of all texts against a column, on the texts that have a label.

    Parameters
    ----------
    vectors : (n, d) float32, rows of length 1.
    """
    own = vectors[labels.rows]
    k = len(labels.classes)
    found = np.stack([cluster(own, ClusterSettings(k=k, seed=seed), watch=watch).labels for seed in range(seeds)])
    return Scores(
        clusterings=found,
        ari=np.asarray([adjusted_rand(labels.codes, each) for each in found]),
        ami=np.asarray([adjusted_information(labels.codes, each) for each in found]),
        v_measure=np.asarray([v_measure(labels.codes, each) for each in found]),
        knn=knn_accuracy(own, labels.codes, watch=watch),
    )


def knn_accuracy(
    vectors: NDArray[np.float32], codes: NDArray[np.int32], k: int = NEAREST, watch: Watch = UNWATCHED
) -> float:
    """Leave-one-out accuracy of the k nearest neighbours' vote; of classes with equal votes the nearest one's wins."""
    nearest = exact_neighbours(vectors, k + 1, watch).indices[:, 1:]
    votes = codes[nearest]
    weights = 1 - np.arange(votes.shape[1]) * 1e-3  # breaks ties towards the nearest
    counts = np.zeros((len(codes), int(codes.max()) + 1))
    np.add.at(counts, (np.arange(len(codes))[:, None], votes), weights)
    return float((counts.argmax(axis=1) == codes).mean())
