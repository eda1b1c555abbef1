"""The Label page's state for one browser session."""

from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from core.base.errors import InputError
from core.base.jobs import Job
from core.figures.topics import topic_colours
from core.labelling.edited_run import EditedRun, edited
from core.labelling.edits import Edit
from core.labelling.labels import Labels
from core.pipeline.run import Run
from core.projects import saved_labels
from core.projects.saved_labels import Collision, Kept, Labelling
from core.projects.saved_runs import Opened
from core.results.labelled import Labelled
from core.results.reimport import LabelImport, labels_from_export, read_export
from pages.shared.catalogue import keep_run
from pages.shared.session import Session
from pages.shared.session.held import held
from pages.shared.session.resources import shared_cache, shared_workspace
from pages.shared.session.texts import Source

AUTHOR = "labelling author"


@dataclass
class LabelState:
    """The labelling that is worked on, and where the analyst is in it."""

    run: Run | None = None  # whose clusters are labelled
    labelling: Labelling | None = None
    view: EditedRun | None = None  # at `seen`
    seen: tuple[int, int] = (-1, -1)
    slots: tuple[int, ...] = ()
    current: str | None = None  # the topic that is worked on, by its id
    selected: tuple[int, ...] | None = None
    opening: Job[tuple[Opened, Source]] | None = None
    wanted: str | None = None  # a labelling that the address names, while its run is opened
    refused: str | None = None
    said: str | None = None
    asking: Job[dict[str, str]] | None = None  # a service for names
    named: dict[str, str] = field(default_factory=dict)  # what it said, by the topics' ids

    @property
    def labels(self) -> Labels:
        """The topics as they are now."""
        assert self.labelling is not None
        return self.labelling.labels

    def begin(self, page: Session, run: Run) -> None:
        """Go on with what was done to this run, or begin, with the names of what was done to these texts before.

        Raises
        ------
        InputError
            Where nothing can be saved.
        """
        if self.run is run and self.labelling is not None:
            return
        workspace, id = shared_workspace(), keep_run(page, run)
        found, same = saved_labels.latest(workspace, id)
        said = None
        if found is not None and same:
            labelling = Labelling(workspace, found.id)
        else:
            before = Labelling(workspace, found.id) if found is not None else None
            made, carried = saved_labels.create(workspace, id, "labels", before)
            labelling = Labelling(workspace, made)
            if carried.kept or carried.lost:
                said = carried.sentence()
        self._take(page, run, labelling)
        self.said = said

    def open(self, page: Session, run: Run, labelling: str) -> None:
        """Go on with a labelling by its id. Errors as `begin`."""
        self._take(page, run, Labelling(shared_workspace(), labelling))

    def look(self) -> EditedRun:
        """The run under the topics as they are now, others' edits among them."""
        assert self.run is not None
        assert self.labelling is not None
        others = [done for done in self.labelling.refresh() if done.entry.author != author()]
        if others:
            self.said = f"Others were at work: {'; '.join(done.sentence for done in others)}."
        seen = (id(self.labelling), self.labelling.history.revision)
        if self.view is None or seen != self.seen:
            self.view, self.seen = edited(self.run, self.labels, shared_cache()), seen
        shown = [topic.id for topic in self.view.topics]
        if self.current not in shown:
            self.current = shown[0] if shown else None
        return self.view

    def number(self, view: EditedRun) -> int:
        """The number of the topic that is worked on; only where there are topics."""
        return [topic.id for topic in view.topics].index(self.current or "")

    def colours(self, view: EditedRun) -> tuple[str, ...]:
        """The colour of each of the view's topics."""
        return topic_colours(view, self.labels, self.slots)

    def labelled(self, view: EditedRun) -> Labelled:
        """The result that is exported."""
        assert self.run is not None
        assert self.labelling is not None
        return Labelled(self.run, view, self.colours(view), self.labelling.carried, self.labelling.edits)

    def do(self, make: Edit | Callable[[], Edit]) -> None:
        """Do an edit and keep it. What stands in its way is said, and nothing is lost."""
        self._done(lambda labelling: labelling.save(make if isinstance(make, Edit) else make(), author()))

    def found_in(self, name: str, content: bytes) -> LabelImport:
        """The edits that the topics of an exported table would make here.

        Raises
        ------
        InputError
            Where it is no such table, or none of its texts are here.
        """
        return labels_from_export(read_export(content, name), self.labels, self.look())

    def undo(self) -> None:
        """Undo this author's last edit."""
        self._done(lambda labelling: labelling.undo(author()))

    def redo(self) -> None:
        """Do again what this author undid last."""
        self._done(lambda labelling: labelling.redo(author()))

    def settle(self, collision: str, again: bool) -> None:
        """Do an edit that waits after all, or leave it."""
        self._done(lambda labelling: labelling.settle(collision, again))

    def step(self, by: int) -> None:
        """Go to the next topic, or the one before."""
        shown = [topic.id for topic in self.view.topics] if self.view is not None else []
        if shown:
            place = shown.index(self.current) if self.current in shown else 0
            self.current = shown[(place + by) % len(shown)]

    def _take(self, page: Session, run: Run, labelling: Labelling) -> None:
        self.run, self.labelling, self.slots = run, labelling, page.picture.slots
        page.picture.labels = self
        self.view, self.current, self.selected, self.said, self.refused = None, None, None, None, None

    def _done(self, act: Callable[[Labelling], Kept | Collision | None]) -> None:
        assert self.labelling is not None
        self.refused = self.said = None
        try:
            kept = act(self.labelling)
        except InputError as error:
            self.refused = str(error)
            return
        if isinstance(kept, Kept) and kept.others:
            self.said = f"Saved. Meanwhile others were at work: {'; '.join(done.sentence for done in kept.others)}."


def author() -> str:
    """Who works in this session, as others are to read it; "" where they gave no name."""
    return str(st.session_state.get(AUTHOR, "")).strip()


def label_state() -> LabelState:
    """This browser session's state of the page."""
    return held("labelling", LabelState)
