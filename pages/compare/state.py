"""The Compare page's state for one browser session."""

import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.base.digest import digest
from core.base.jobs import Job
from core.base.recipe import Recipe
from core.comparison.alone import Alone, alone
from core.comparison.compare import Comparison
from core.comparison.floor import Floor
from core.comparison.layouts import Kind
from core.comparison.recipes import Compared, Comparer
from core.comparison.wording import run_names
from core.figures.comparison import LETTERS, cluster_name
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.estimates import encoding_seconds
from core.pipeline.topics.describe import TermCounts, count_terms
from core.projects.links import ComparedView
from core.texts.corpus import Corpus
from pages.shared.session import Session
from pages.shared.session.held import held
from pages.shared.session.resources import shared_cache, shared_context
from pages.shared.session.work import LIVE_SECONDS


@dataclass(frozen=True)
class CompareRequest:
    """The comparison that the user asks for."""

    corpus: Corpus  # compared by identity, as everywhere
    recipes: tuple[Recipe, ...]
    clusters: ClusterSettings
    kind: Kind


@dataclass(frozen=True, eq=False)
class CompareResult:
    """A comparison, with what else its page shows, and the seconds that it took besides embedding."""

    compared: Compared
    counts: TermCounts  # of the corpus's texts, in its order
    alone: tuple[Alone, ...]
    seconds: float


@dataclass(frozen=True, eq=False)
class Picked:
    """Texts that were picked otherwise than by a lasso: those of a ribbon, of a node, or around a moved text.

    Parameters
    ----------
    rows : int64.
    title : what they are, to go after "61 of 450 texts".
    ribbon : what is emphasised among the flows, as `pages.shared.compare_view.flow_view` takes it.
    """

    rows: NDArray[np.int64]
    title: str
    ribbon: tuple[int, int, int | None] | None = None


@dataclass
class CompareState:
    """The comparison on show, and the work under way."""

    asked: CompareRequest | None = None
    shown: CompareRequest | None = None
    done: CompareResult | None = None
    kept: CompareResult | None = None  # what was saved last
    names: tuple[str, ...] = ()
    floors: tuple[Floor, ...] = ()
    job: Job[CompareResult] | None = None
    floor_job: Job[tuple[Floor, ...]] | None = None
    took: tuple[float, ...] = ()  # seconds besides embedding, of the last two comparisons of these texts
    embedded: set[tuple[str, Recipe]] = field(default_factory=set)  # digest of the texts, recipe
    explored: Recipe | None = None  # what the Explore page showed when this page was last drawn
    linked: bool = False
    pending: ComparedView | None = None  # a link whose texts aren't there yet
    refused_link: str | None = None
    selected: tuple[int, ...] | None = None
    group: Picked | None = None
    cleared: int = 0
    pointed: int | None = None

    @property
    def compared(self) -> Compared | None:
        """The comparison on show."""
        return self.done.compared if self.done is not None else None

    @property
    def found(self) -> Comparison:
        """Its figures; only where there is one."""
        assert self.done is not None
        return self.done.compared.found

    @property
    def texts(self) -> int:
        """How many texts it is of."""
        return len(self.found.runs[0].corpus)

    def wait(self, asked: CompareRequest, page: Session) -> float | None:
        """Start what is asked for, unless it is there, under way, or waits for a click.

        Returns
        -------
        None, or the seconds that it would take, where that is long enough to ask first.
        """
        if asked == self.asked:
            return None
        seconds = self._cost(asked, page)
        if seconds > LIVE_SECONDS:
            return seconds
        self.start(asked)
        return None

    def start(self, asked: CompareRequest) -> None:
        """Start a comparison, and stop the one under way."""
        for job in (self.job, self.floor_job):
            if job is not None:
                job.cancel()
        self.asked, self.floor_job = asked, None
        self.job = Job(lambda job: _work(asked, job))

    def again(self) -> None:
        """Start once more what was asked for last."""
        if self.asked is not None:
            self.start(self.asked)

    def take(self, page: Session) -> None:
        """Show what has come."""
        done = self.job.result if self.job is not None else None
        if done is not None and done is not self.done:
            self._show(done, page)
        if self.floor_job is not None and self.floor_job.result is not None and not self.floors:
            self.floors = self.floor_job.result

    def ask_floor(self) -> None:
        """Start computing the noise floor of what is on show."""
        compared, shown = self.compared, self.shown
        if compared is None or shown is None:
            return
        comparer = _comparer(shown.corpus)
        self.floor_job = Job(lambda job: comparer.floors(compared.found, job.watch))

    def pick(self, group: Picked | None) -> None:
        """Light a group of texts, or all of them; what was drawn around with the lasso goes."""
        self.group, self.selected, self.pointed = group, None, None
        self.cleared += 1

    def pick_flow(self, place: tuple[int, int, int | None]) -> None:
        """Light the texts of a ribbon (step, source, target) or a node (run, cluster, None); once more: all again."""
        if self.done is None or (self.group is not None and self.group.ribbon == place):
            self.pick(None)
            return
        first, source, target = place
        if target is None:
            rows = np.flatnonzero(self.found.runs[first].clustering.labels == source)
            self.pick(Picked(rows, f"in {self._cluster(first, source)}", place))
            return
        flow = next((f for f in self.found.flows[first] if (f.source, f.target) == (source, target)), None)
        if flow is not None:
            went = f"from {self._cluster(first, source)} to {self._cluster(first + 1, target)}"
            self.pick(Picked(flow.rows, went, place))

    def lit(self) -> NDArray[np.bool_]:
        """(n,) bool, the texts that are dimmed neither by a group nor by a selection."""
        mask = np.ones(self.texts, np.bool_)
        for chosen in (self.group.rows if self.group is not None else None, self.selected):
            if chosen is not None:
                mask &= np.isin(np.arange(self.texts), chosen)
        return mask

    def _cluster(self, run: int, cluster: int) -> str:
        return f"{LETTERS[run]}’s “{cluster_name(self.found, run, cluster)}”"

    def _show(self, done: CompareResult, page: Session) -> None:
        if self.shown is None or self.asked is None or self.shown.corpus.digest != self.asked.corpus.digest:
            self.selected, self.took = None, ()
        self.done, self.shown, self.took = done, self.asked, (*self.took[-1:], done.seconds)
        self.floors, self.group, self.pointed = (), None, None
        runs = done.compared.found.runs
        self.names = run_names(runs)
        for run in runs:
            self.embedded.add((run.corpus.digest, Recipe(run.settings.model, run.instruction)))
            page.work.learn_pace(run)

    def _cost(self, asked: CompareRequest, page: Session) -> float:
        """Seconds that it will take, as far as can be told from what was done on these texts in this session."""
        texts = asked.corpus.digest
        explored = page.picture.run
        runs = [*(self.found.runs if self.done is not None else ()), *([explored] if explored is not None else ())]
        like = {run.settings.model: run for run in runs if run.corpus.digest == texts}
        new = [recipe for recipe in asked.recipes if (texts, recipe) not in self.embedded and recipe.model in like]
        encoding = sum(
            encoding_seconds(like[recipe.model], recipe.instruction, page.work.rates[recipe.model])
            for recipe in new
            if recipe.model in page.work.rates and like[recipe.model].instruction != recipe.instruction
        )
        # The lesser of two: what is done for the first time warms up for seconds.
        known = len(self.took) == 2 and self.shown is not None and self.shown.corpus.digest == texts
        return encoding + (min(self.took) if known else 0.0)


def _work(asked: CompareRequest, job: Job[CompareResult]) -> CompareResult:
    begun = time.perf_counter()
    compared = _comparer(asked.corpus).compare(asked.recipes, asked.clusters, asked.kind, job.watch)
    corpus, runs = asked.corpus, compared.found.runs
    key = digest("terms in the corpus's order", corpus.digest, *corpus.ids)
    counts = shared_cache().get(key, lambda: count_terms(corpus.texts, watch=job.watch), job.watch)[0]
    standing = alone([run.clustering.labels for run in runs], job.watch)
    embedding = sum(stage.seconds for run in runs for stage in run.stages if stage.name == "embedding")
    return CompareResult(compared, counts, standing, time.perf_counter() - begun - embedding)


def _comparer(corpus: Corpus) -> Comparer:
    return Comparer(corpus, shared_context())


def compare_state() -> CompareState:
    """This browser session's state of the page."""
    return held("comparison", CompareState)
