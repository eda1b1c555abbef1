"""The Projects page's state for one browser session."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import streamlit as st

from core.base.errors import InputError
from core.base.jobs import Job, running
from core.projects import projects, saved_runs
from core.projects.projects import KEPT_DAYS, Project
from core.projects.saved_runs import Opened
from core.texts.corpus import Corpus
from pages.shared.catalogue import opening, opening_texts, show_opened, show_texts
from pages.shared.elements.words import size
from pages.shared.session import Session
from pages.shared.session.held import held
from pages.shared.session.resources import shared_store, shared_workspace
from pages.shared.session.texts import Source

NEW_NAME = "new project name"


@dataclass(frozen=True)
class Conflict:
    """A name that waits, because somebody else gave the project another one meanwhile."""

    project: str
    wanted: str
    now: str


@dataclass
class ProjectsState:
    """The project that is looked into, and what has to be said."""

    chosen: str | None = None
    opening: Job[tuple[Opened, Source]] | Job[tuple[Corpus, Source]] | None = None
    opening_in: str | None = None
    deleted: tuple[str, str] | None = None  # id and name of the one that was deleted last
    conflict: Conflict | None = None
    refused: str | None = None
    said: str | None = None
    confirming: str = ""  # a question that is open: "empty" or "vectors"
    more: dict[str, int] = field(default_factory=dict)  # rows of a list that were asked for beyond the first ones

    def choose(self, project: str) -> None:
        """Look into a project."""
        self.chosen, self.conflict = project, None
        self.refused = self.said = None

    def create(self, page: Session) -> None:
        """Make the project whose name stands in the field, and open it. A name that is refused stays there."""

        def make() -> None:
            self.chosen = page.project = projects.create(shared_workspace(), st.session_state[NEW_NAME])
            st.session_state[NEW_NAME] = ""

        self.attempt(make)

    def open(self, page: Session, project: str) -> None:
        """Start opening a project at its last run, or its last texts; an empty one is open at once."""

        def start() -> None:
            workspace = shared_workspace()
            name = projects.named(workspace, project)
            runs, texts = saved_runs.runs(workspace, project), saved_runs.corpora(workspace, project)
            if runs:
                self._opening(opening(runs[0].id), project)
            elif texts:
                self._opening(opening_texts(texts[0].id), project)
            else:
                page.project = self.chosen = project
                self.said = f"{name} is open and empty. What you map on Explore from now on goes into it."

        self.attempt(start)

    def open_run(self, project: str, run: str) -> None:
        """Start opening a run."""
        self.attempt(lambda: self._opening(opening(run), project))

    def open_texts(self, project: str, corpus: str) -> None:
        """Start opening a corpus."""
        self.attempt(lambda: self._opening(opening_texts(corpus), project))

    def arrived(self, page: Session) -> bool:
        """Take what was being opened once it is there; True when it is on show."""
        job = self.opening
        if job is None or running(job):
            return False
        self.opening = None
        if job.result is None:
            self.refused = job.error
            return False
        what, source = job.result
        if isinstance(what, Opened):
            show_opened(page, what, source)
        else:
            show_texts(page, what, source)
        page.project = self.chosen = self.opening_in
        return True

    def rename(self, project: str, was: str, name: str) -> None:
        """Give a project the name that was typed. Where somebody else was faster, it waits for a decision."""
        if name.strip() == was:
            return
        self.attempt(lambda: projects.rename(shared_workspace(), project, name, was))
        if self.refused is None:
            return
        try:
            now = projects.named(shared_workspace(), project)
        except InputError:
            return
        if now != was:
            self.conflict = Conflict(project, name, now)

    def duplicate(self, project: str) -> None:
        """Copy a project and look into the copy."""

        def copy() -> None:
            self.chosen = projects.duplicate(shared_workspace(), project)
            self.said = f"Copied. The copy is called {projects.named(shared_workspace(), self.chosen)}."

        self.attempt(copy)

    def remove(self, page: Session, project: Project) -> None:
        """Delete a project, so that it can be brought back."""

        def delete() -> None:
            projects.remove(shared_workspace(), project.id)
            self.deleted = (project.id, project.name)
            self.chosen = None if self.chosen == project.id else self.chosen
            page.project = None if page.project == project.id else page.project

        self.attempt(delete)

    def restore(self, project: str) -> None:
        """Bring a deleted project back."""
        self.attempt(lambda: projects.restore(shared_workspace(), project))
        if self.refused is None:
            self.chosen = project

    def empty(self, those: Sequence[str]) -> None:
        """Remove deleted projects for good."""

        def remove() -> None:
            freed = projects.empty(shared_workspace(), older_than_days=0, among=those)
            self.said = f"The deleted projects are gone for good; {size(freed)} of files were removed."

        self.attempt(remove)

    def clear_vectors(self) -> None:
        """Remove the saved vectors."""

        def remove() -> None:
            shared_store().clear()
            self.said = "The saved vectors are gone. Texts are read again when they are opened."

        self.attempt(remove)

    def ask(self, question: str) -> None:
        """Open a question, or close it with ""."""
        self.confirming = question

    def attempt(self, what: Callable[[], None]) -> None:
        """Do something that may be refused; what stands in its way is said."""
        self.refused = self.said = self.conflict = self.deleted = None
        try:
            what()
        except InputError as error:
            self.refused = str(error)

    def _opening(self, job: Job[tuple[Opened, Source]] | Job[tuple[Corpus, Source]], project: str) -> None:
        if self.opening is not None:
            self.opening.cancel()
        self.opening, self.opening_in = job, project


def remove_overdue() -> None:
    """Remove for good what was deleted longer ago than it is kept."""
    workspace, limit = shared_workspace(), datetime.now(UTC) - timedelta(days=KEPT_DAYS)
    if any(each.deleted is not None and each.deleted < limit for each in projects.listed(workspace, deleted=True)):
        projects.empty(workspace)


def projects_state() -> ProjectsState:
    """This browser session's state of the page."""
    return held("projects", ProjectsState)
