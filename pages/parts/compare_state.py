"""What the Compare page holds for one browser session."""

from dataclasses import dataclass, field

import streamlit as st

from core.clustering import ClusterSettings
from core.comparison.floor import Floor
from core.comparison.layouts import Kind
from core.comparison.recipes import Compared, Comparer
from core.corpus import Corpus
from core.jobs import Job
from core.model_comparison import Recipe
from pages.parts.session import projectors, shared_cache, shared_store


@dataclass(frozen=True)
class Asked:
    """What the user wants compared."""

    corpus: Corpus  # compared by identity, as everywhere
    recipes: tuple[Recipe, ...]
    clusters: ClusterSettings
    kind: Kind


@dataclass
class CompareState:
    """The comparison on show, and the work under way."""

    asked: Asked | None = None
    shown: Asked | None = None
    compared: Compared | None = None
    floors: tuple[Floor, ...] = ()
    job: Job[Compared] | None = None
    floor_job: Job[tuple[Floor, ...]] | None = None
    error: str | None = None
    linked: bool = False
    refused_link: str | None = None
    selected: tuple[int, ...] | None = None
    ribbon: tuple[int, int, int] | None = field(default=None)

    def follow(self, asked: Asked) -> None:
        """Start what is asked for, unless it is on show or under way; take what is done."""
        if asked != self.asked:
            self.start(asked)
        self.take()

    def start(self, asked: Asked) -> None:
        """Start a comparison, and stop the one under way."""
        for job in (self.job, self.floor_job):
            if job is not None:
                job.cancel()
        self.asked, self.error, self.floor_job = asked, None, None
        comparer = _comparer(asked.corpus)
        self.job = Job(
            lambda job: comparer.compare(asked.recipes, asked.clusters, asked.kind, job.progress, job.cancelled)
        )

    def take(self) -> bool:
        """Show what has come; True when the picture changed."""
        job, changed = self.job, False
        if job is not None and job.state == "failed":
            self.error = job.error
        elif job is not None and job.result is not None and job.result is not self.compared:
            if self.shown is None or self.asked is None or self.shown.corpus is not self.asked.corpus:
                self.selected = None
            self.compared, self.shown, self.floors, self.ribbon, changed = job.result, self.asked, (), None, True
        if self.floor_job is not None and self.floor_job.result is not None and not self.floors:
            self.floors, changed = self.floor_job.result, True
        return changed

    def ask_floor(self) -> None:
        """Start computing the noise floor of what is on show."""
        compared, shown = self.compared, self.shown
        if compared is None or shown is None:
            return
        comparer = _comparer(shown.corpus)
        self.floor_job = Job(lambda job: comparer.floors(compared.found, job.progress, job.cancelled))


def _comparer(corpus: Corpus) -> Comparer:
    return Comparer(corpus, shared_cache(), shared_store(), projectors())


def compare_state() -> CompareState:
    """This browser session's state of the page."""
    if "comparison" not in st.session_state:
        st.session_state["comparison"] = CompareState()
    state: CompareState = st.session_state["comparison"]
    return state
