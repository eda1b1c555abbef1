"""The noise floor: how far a run agrees with itself under other seeds and in other words.

Only less agreement than that between two instructions can be the instruction's doing.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.base.cache import StageCache
from core.base.progress import UNWATCHED, Watch
from core.base.wording import listed
from core.comparison.agreement import adjusted_information, adjusted_rand, linear_cka, neighbour_overlap, v_measure
from core.comparison.compare import Comparison
from core.comparison.nearest import nearest
from core.instructions.paraphrases import paraphrases
from core.pipeline.run import Run

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
    watch: Watch = UNWATCHED,
    *,
    cache: StageCache | None = None,
) -> Floor:
    """Cluster a run again under other seeds, and embed and cluster it again in other words.

    Parameters
    ----------
    run : whose floor is wanted.
    again : ``again(instruction, like)`` gives the run over the same texts under an instruction, with the settings of
        ``like``; maps aren't looked at.
    neighbours : as for the figure that it is held against.
    cache : keeps the neighbours of each run.
    """
    fixed = _with_k(run)
    wordings = paraphrases(run.instruction)
    steps, done = SEEDS + len(wordings), 0

    def step() -> None:
        nonlocal done
        watch.check()
        done += 1
        watch.report("noise floor", done, steps)

    seeds: dict[str, list[float]] = {}
    for number in range(1, SEEDS + 1):
        clusters = fixed.settings.clusters
        settings = replace(fixed.settings, clusters=replace(clusters, seed=clusters.seed + number))
        _note(seeds, clusterings(run, again(run.instruction, replace(fixed, settings=settings))))
        step()
    words: dict[str, list[float]] = {}
    for wording in wordings:
        other = again(wording, fixed)
        own, theirs = (nearest(each.embedding.vectors, neighbours, cache, watch.quiet)[0] for each in (run, other))
        vectors = {
            "cka": linear_cka(run.embedding.vectors, other.embedding.vectors, watch),
            "overlap": neighbour_overlap(own, theirs),
        }
        _note(words, clusterings(run, other) | vectors)
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


def verdict(a: Run, b: Run, value: float, figure: str, floors: Sequence[Floor]) -> str:
    """The reading of a figure of two runs, in words: "no effect", or what it is that makes the difference.

    Parameters
    ----------
    value : of the figure; "undefined" where it is nan, as when all vectors of a run are the same.
    floors : those of the two runs.
    """
    lowest = [floor.lowest(figure) for floor in floors]
    if math.isnan(value) or any(math.isnan(each) for each in lowest):
        return "undefined"
    if no_effect(value, figure, floors):
        return "no effect"
    fixed = [replace(run.settings, model="") for run in (a, b)]
    pairs = {
        "instruction": (a.instruction, b.instruction),
        "model": (a.settings.model, b.settings.model),
        "settings": (fixed[0], fixed[1]),
    }
    differing = [name for name, (one, other) in pairs.items() if one != other]
    if len(differing) == 1:
        return f"the {differing[0]}'s doing".replace("s's", "s'")
    return f"the doing of {listed(differing)} together" if differing else "not explained"


@dataclass(frozen=True)
class FloorCost:
    """The work that the noise floor of a comparison takes.

    Parameters
    ----------
    clusterings : runs under other seeds: the vectors are there already.
    embeddings : runs in other words: each embeds and clusters all texts, and finds their neighbours.
    texts : how many are embedded and clustered each time.
    seconds : from what the same took for the runs themselves; None where none of it was timed, because all of it had
        been computed before.
    """

    clusterings: int
    embeddings: int
    texts: int
    seconds: float | None

    def sentence(self) -> str:
        """In plain words."""
        said = f"{self.clusterings} clusterings and {self.embeddings} embeddings more, of {self.texts:,} texts each"
        return said if self.seconds is None else f"{said}: about {max(1, round(self.seconds)):,} s"


def floor_cost(found: Comparison) -> FloorCost:
    """Count what `noise_floor` will do for every run of a comparison, and how long that takes at the runs' own pace."""
    wordings = [len(paraphrases(run.instruction)) for run in found.runs]
    neighbours = min((stage.seconds for stage in found.stages if not stage.cached), default=math.nan)
    seconds = 0.0
    for run, words in zip(found.runs, wordings, strict=True):
        alike = [each for each in found.runs if each.settings.model == run.settings.model]
        clustering = _took(alike, "clusters") + _took(alike, "topics")
        if run.settings.clusters.needs_reduction:
            clustering += _took(alike, "reduction")
        seconds += SEEDS * clustering
        if words:
            seconds += words * (clustering + _took(alike, "embedding") + neighbours)
    known = None if math.isnan(seconds) else seconds
    return FloorCost(SEEDS * len(found.runs), sum(wordings), len(found.runs[0].corpus), known)


def _took(runs: Sequence[Run], name: str) -> float:
    """The least that a stage took where it was computed: the first of several may have read the texts as well."""
    return min(
        (stage.seconds for run in runs for stage in run.stages if stage.name == name and not stage.cached),
        default=math.nan,
    )


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
