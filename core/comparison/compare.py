"""Two to four runs over the same texts, side by side."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from core.base.cache import StageCache
from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch
from core.comparison.agreement import (
    Agreement,
    ColumnScores,
    adjusted_information,
    adjusted_rand,
    column_scores,
    homogeneity,
    linear_cka,
    neighbour_overlap,
    pairwise,
    v_measure,
)
from core.comparison.change import TextChange, text_change
from core.comparison.consensus import Consensus, consensus
from core.comparison.flows import Flow, flows, shared_ids
from core.comparison.nearest import nearest
from core.pipeline.run import Run, Stage
from core.texts.grouping import grouping_columns

MOST_RUNS = 4
NEIGHBOURS = 10


@dataclass(frozen=True, eq=False)
class Comparison:
    """The agreement of runs, and where they differ. Rows are texts in the corpus's order.

    Parameters
    ----------
    runs : two to four, r of them, over the same texts.
    ids : for each run an id for each of its clusters; clusters that match across runs share one. The first run's ids
        are its cluster numbers.
    neighbours : (n, k) int32 for each run, each text's nearest, the text itself left out.
    figures : "cka", "overlap", "ari", "ami", "v_measure", each with an (r, r) matrix. Noise counts as a cluster.
    homogeneity : (r, r) float64; entry i, j is that of run j's clusters against run i's. Its transpose is the
        completeness.
    flows : for each pair of neighbouring runs, where texts go, the largest first.
    changes : for each pair of neighbouring runs, what happened to each text.
    consensus : texts that stay together.
    columns : how well the clusters of each run match the values of each column that groups the texts.
    stages : what it took to find the neighbours of each run.
    """

    runs: tuple[Run, ...]
    ids: tuple[tuple[int, ...], ...]
    neighbours: tuple[NDArray[np.int32], ...]
    figures: dict[str, Agreement]
    homogeneity: NDArray[np.float64]
    flows: tuple[tuple[Flow, ...], ...]
    changes: tuple[TextChange, ...]
    consensus: Consensus
    columns: tuple[ColumnScores, ...] = ()
    stages: tuple[Stage, ...] = ()

    @property
    def k(self) -> int:
        """Neighbours that were compared."""
        return int(self.neighbours[0].shape[1])

    def moved(self, step: int) -> tuple[Flow, ...]:
        """Groups of texts that left their cluster together between run ``step`` and the next, the largest first.

        A flow counts as moved where its two clusters don't match; to or from noise counts too.
        """
        before, after = self.ids[step], self.ids[step + 1]
        return tuple(
            flow
            for flow in self.flows[step]
            if (before[flow.source] if flow.source >= 0 else -1) != (after[flow.target] if flow.target >= 0 else -1)
        )

    def left(self, step: int) -> NDArray[np.bool_]:
        """(n,) bool, the texts that are no longer in the cluster, or the noise, that they were in before."""
        gone = np.zeros(len(self.runs[0].corpus), np.bool_)
        for flow in self.moved(step):
            gone[flow.rows] = True
        return gone


def compare(
    runs: Sequence[Run], neighbours: int = NEIGHBOURS, watch: Watch = UNWATCHED, *, cache: StageCache | None = None
) -> Comparison:
    """Compare runs over the same texts: in the embeddings and clusterings, never on a map.

    Neighbours are exact, found a block of texts at a time.

    Parameters
    ----------
    runs : two to four.
    neighbours : how many of each text's nearest are compared.
    cache : keeps the neighbours of each run, where nearly all the time goes.

    Raises
    ------
    InputError
        For fewer than two runs or more than four, or runs over different texts.
    Cancelled
        Once ``watch`` stops it.
    """
    check_count(len(runs))
    if any(run.corpus.ids != runs[0].corpus.ids for run in runs):
        raise InputError("These runs are over different texts. Compare runs over the same ones.")
    steps, done = len(runs) + 2, 0

    def step() -> None:
        nonlocal done
        watch.check()
        done += 1
        watch.report("comparing", done, steps)

    near, stages = [], []
    for run in runs:
        began = time.perf_counter()
        rows, cached = nearest(run.embedding.vectors, neighbours, cache, watch)
        near.append(rows)
        stages.append(Stage("neighbours", time.perf_counter() - began, cached))
        step()
    vectors = [run.embedding.vectors for run in runs]
    labels = [run.clustering.labels for run in runs]
    texts = len(labels[0])
    chance = near[0].shape[1] / max(texts - 1, 1)
    with threadpool_limits(1, "openmp"):
        figures = {
            "cka": pairwise("linear CKA", vectors, lambda a, b: linear_cka(a, b, watch), texts),
            "overlap": pairwise("neighbour overlap", near, neighbour_overlap, texts, chance),
            "ari": pairwise("adjusted Rand index", labels, adjusted_rand, texts, 0.0),
            "ami": pairwise("adjusted mutual information", labels, adjusted_information, texts, 0.0),
            "v_measure": pairwise("V-measure", labels, v_measure, texts),
        }
        fit = np.asarray([[homogeneity(classes, clusters) for clusters in labels] for classes in labels])
        metadata = runs[0].corpus.metadata
        columns = tuple(column_scores(name, metadata[name], labels) for name in grouping_columns(metadata))
    step()
    following = range(len(runs) - 1)
    found = Comparison(
        runs=tuple(runs),
        ids=shared_ids([(run.clustering.labels, run.clustering.k) for run in runs]),
        neighbours=tuple(near),
        figures=figures,
        homogeneity=fit,
        flows=tuple(flows(labels[i], labels[i + 1]) for i in following),
        changes=tuple(
            text_change((vectors[i], vectors[i + 1]), (labels[i], labels[i + 1]), (near[i], near[i + 1]))
            for i in following
        ),
        consensus=consensus(labels),
        columns=columns,
        stages=tuple(stages),
    )
    step()
    return found


def check_count(runs: int) -> None:
    """Raise an `InputError` unless so many runs can be compared."""
    if not 2 <= runs <= MOST_RUNS:
        raise InputError(f"Between two and {MOST_RUNS} runs can be compared, not {runs}.")
