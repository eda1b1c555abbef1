"""The noise floor: how far a run agrees with itself under other seeds and in other words.

Only less agreement than that between two instructions can be the instruction's doing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.comparison.agreement import (
    adjusted_information,
    adjusted_rand,
    linear_cka,
    neighbour_overlap,
    v_measure,
)
from core.neighbours import exact_neighbours
from core.paraphrases import paraphrases
from core.pipeline import Run
from core.progress import CancelSignal, ProgressCallback, check, report

SEEDS = 3
FIGURES = ("cka", "overlap", "ari", "ami", "v_measure")


@dataclass(frozen=True)
class Floor:
    """How far one run agrees with its variants, by the name of the figure (see `FIGURES`).

    Parameters
    ----------
    seeds : of the clusterings of the same vectors under other seeds; embeddings don't change with a seed, so there is
        nothing for "cka" and "overlap".
    words : of the runs under paraphrases of the instruction; empty without an instruction, which has none.
    paraphrases : the instructions that were used.
    """

    seeds: dict[str, tuple[float, ...]]
    words: dict[str, tuple[float, ...]]
    paraphrases: tuple[str, ...]

    def lowest(self, figure: str) -> float:
        """The least agreement of the run with a variant of itself; 1 where there is no variant."""
        return min((*self.seeds.get(figure, ()), *self.words.get(figure, ())), default=1.0)


def noise_floor(
    run: Run,
    again: Callable[[str, Run], Run],
    neighbours: int = 10,
    progress: ProgressCallback | None = None,
    cancel: CancelSignal | None = None,
) -> Floor:
    """Cluster a run again under other seeds, and embed and cluster it again in other words.

    Parameters
    ----------
    run : whose floor is wanted.
    again : ``again(instruction, like)`` gives the run over the same texts under an instruction, with the settings of
        ``like``; maps aren't looked at.
    neighbours : as for the figure that it is held against.
    """
    fixed = _with_k(run)
    wordings = paraphrases(run.instruction)
    steps, done = SEEDS + len(wordings), 0

    def step() -> None:
        nonlocal done
        check(cancel)
        done += 1
        report(progress, "noise floor", done, steps)

    seeds: dict[str, list[float]] = {}
    for number in range(1, SEEDS + 1):
        clusters = fixed.settings.clusters
        settings = replace(fixed.settings, clusters=replace(clusters, seed=clusters.seed + number))
        _note(seeds, clusterings(run, again(run.instruction, replace(fixed, settings=settings))))
        step()
    words: dict[str, list[float]] = {}
    own = exact_neighbours(run.embedding.vectors, neighbours + 1, cancel).indices[:, 1:] if wordings else None
    for wording in wordings:
        other = again(wording, fixed)
        _note(words, clusterings(run, other))
        theirs = exact_neighbours(other.embedding.vectors, neighbours + 1, cancel).indices[:, 1:]
        assert own is not None
        _note(
            words,
            {
                "cka": linear_cka(run.embedding.vectors, other.embedding.vectors, cancel),
                "overlap": neighbour_overlap(own, theirs),
            },
        )
        step()
    return Floor(_frozen(seeds), _frozen(words), wordings)


def clusterings(a: Run, b: Run) -> dict[str, float]:
    """The figures of two runs' clusterings. Noise counts as one more cluster."""
    ours, theirs = a.clustering.labels, b.clustering.labels
    return {
        "ari": adjusted_rand(ours, theirs),
        "ami": adjusted_information(ours, theirs),
        "v_measure": v_measure(ours, theirs),
    }


def no_effect(value: float, figure: str, floors: Sequence[Floor]) -> bool:
    """Whether two runs agree as well as each does with its own variants: then nothing speaks of the instruction."""
    return value >= min(floor.lowest(figure) for floor in floors)


def _with_k(run: Run) -> Run:
    """The run, with k-means held to the number of clusters that was found: a variant must not choose another."""
    clusters = run.settings.clusters
    if clusters.method != "kmeans" or clusters.k is not None:
        return run
    return replace(run, settings=replace(run.settings, clusters=replace(clusters, k=run.clustering.k)))


def _note(found: dict[str, list[float]], values: dict[str, float]) -> None:
    for name, value in values.items():
        found.setdefault(name, []).append(value)


def _frozen(found: dict[str, list[float]]) -> dict[str, tuple[float, ...]]:
    return {name: tuple(values) for name, values in found.items()}
