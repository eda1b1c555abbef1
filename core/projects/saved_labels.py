"""Labellings in the catalogue: every edit is saved as it happens; one that collides with another's is kept and said.

An edit names the revision that its author saw. What others did since then and doesn't touch what it touches is no
matter. What does is told, and the edit waits in the catalogue until its author says whether it is still wanted.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.base.errors import InputError
from core.labelling.edits import Edit
from core.labelling.journal import Act, DoneEdit, Entry, History, Redo, Stale, Undo, act_from_json, act_json, told
from core.labelling.labels import Carried, Labels, carried_json, carry, clean_name, with_carried
from core.projects import projects, saved_runs
from core.projects.database import Workspace
from core.projects.schema import CorpusRow, EditRow, LabellingRow, RunRow, SetAsideRow, new_id
from core.results.run_format import corpus_from, picture_from


@dataclass(frozen=True)
class SavedLabelling:
    """A labelling for the list."""

    id: str
    run: str
    name: str
    created: datetime


@dataclass(frozen=True)
class ListedLabelling:
    """A labelling of a project.

    Parameters
    ----------
    instruction : of its run.
    edits : entries of its journal; what was undone counts, and so does the undoing.
    changed : when it was worked on last, in UTC.
    """

    id: str
    run: str
    name: str
    instruction: str
    edits: int
    changed: datetime


@dataclass(frozen=True)
class Kept:
    """An edit that is saved, and what others had done meanwhile."""

    revision: int
    others: tuple[DoneEdit, ...]


@dataclass(frozen=True)
class Collision:
    """An edit that isn't done, but kept: it touches what others changed meanwhile.

    Parameters
    ----------
    id : for `Labelling.settle`.
    act : the edit.
    message : what it was and what the others did, in plain words.
    others : what they did, as far as it is known.
    """

    id: str
    act: Act
    message: str
    others: tuple[DoneEdit, ...] = ()


def create(workspace: Workspace, run: str, name: str, carried_from: "Labelling | None" = None) -> tuple[str, Carried]:
    """Start labelling a saved run.

    Parameters
    ----------
    carried_from : a labelling of an earlier run, whose names go to the topics that have most of their texts from there.

    Returns
    -------
    Its id, and what was carried over.

    Raises
    ------
    InputError
        Where the run is gone, or nothing can be saved.
    """
    start = _start(workspace, run)
    carried = Carried(start, (), ()) if carried_from is None else carry(carried_from.history.labels, start)
    with workspace.store.writing() as session:
        projects.touch(session, _project(session, run))
        row = LabellingRow(id=new_id(), run_id=run, name=clean_name(name), carried=carried_json(carried.labels))
        session.add(row)
        return row.id, carried


def listed(workspace: Workspace, run: str) -> list[SavedLabelling]:
    """The labellings of a run, the last one first."""
    with workspace.store.reading() as session:
        rows = session.scalars(
            select(LabellingRow).where(LabellingRow.run_id == run).order_by(LabellingRow.created.desc())
        )
        return [SavedLabelling(row.id, row.run_id, row.name, row.created) for row in rows]


def of_project(workspace: Workspace, project: str) -> list[ListedLabelling]:
    """A project's labellings, the one that was worked on last first."""
    steps = func.count(EditRow.revision)
    changed = func.coalesce(func.max(EditRow.at), LabellingRow.created)
    with workspace.store.reading() as session:
        rows = session.execute(
            select(LabellingRow, RunRow.instruction, steps, func.max(EditRow.at))
            .join(RunRow, LabellingRow.run_id == RunRow.id)
            .join(CorpusRow, RunRow.corpus_id == CorpusRow.id)
            .outerjoin(EditRow, EditRow.labelling_id == LabellingRow.id)
            .where(CorpusRow.project_id == project)
            .group_by(LabellingRow.id, RunRow.id)
            .order_by(changed.desc())
        ).all()
    return [
        ListedLabelling(row.id, row.run_id, row.name, instruction, edits, at or row.created)
        for row, instruction, edits, at in rows
    ]


def latest(workspace: Workspace, run: str) -> tuple[SavedLabelling | None, bool]:
    """The labelling to go on with on a saved run.

    Returns
    -------
    The one that was begun last of those over the same texts under the same instruction with the same clusters, and
    True: a run may be saved more than once, with other maps. Else the one begun last over the same texts in the
    project, and False: its names can be carried over. None where there is none at all.
    """
    with workspace.store.reading() as session:
        own = saved_runs.found(session, RunRow, run)
        corpus = saved_runs.found(session, CorpusRow, own.corpus_id)
        rows = session.execute(
            select(LabellingRow, RunRow)
            .join(RunRow, LabellingRow.run_id == RunRow.id)
            .join(CorpusRow, RunRow.corpus_id == CorpusRow.id)
            .where(CorpusRow.project_id == corpus.project_id, CorpusRow.digest == corpus.digest)
            .order_by(LabellingRow.created.desc())
        ).all()
    found = [(SavedLabelling(row.id, row.run_id, row.name, row.created), of) for row, of in rows]
    clusters = picture_from(workspace.files.get(own.file)).clustering.labels
    for labelling, of in found:
        alike = (of.corpus_id, of.instruction, of.model) == (own.corpus_id, own.instruction, own.model)
        if alike and np.array_equal(picture_from(workspace.files.get(of.file)).clustering.labels, clusters):
            return labelling, True
    return (found[0][0], False) if found else (None, False)


class Labelling:
    """A labelling as one session works on it.

    Parameters
    ----------
    id : of a labelling in the catalogue.

    Attributes
    ----------
    history : what this session has seen of it. `refresh` brings it up to date.
    carried : what its base holds beyond the run's clusters, as `core.labelling.labels.carried_json` writes it.

    Raises
    ------
    InputError
        Where it is gone or damaged.
    """

    def __init__(self, workspace: Workspace, id: str) -> None:
        self.id = id
        self._store = workspace.store
        with self._store.reading() as session:
            row = saved_runs.found(session, LabellingRow, id)
            self.run, self.carried = row.run_id, row.carried
        self.history = History.of(with_carried(_start(workspace, self.run), self.carried))
        self.refresh()

    @property
    def labels(self) -> Labels:
        """The topics as this session sees them."""
        return self.history.labels

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits that are done and not undone, in order."""
        return tuple(done.edit for done in self.history.effective)

    def refresh(self) -> tuple[DoneEdit, ...]:
        """Take in what was done since; what that was. Errors as for the constructor."""
        seen = self.history.revision
        with self._store.reading() as session:
            saved_runs.found(session, LabellingRow, self.id)
            self.history = self._caught_up(session)
        return self.history.since(seen)

    def save(self, act: Act, author: str = "", key: str | None = None) -> Kept | Collision:
        """Do something and keep it for good, or, where others got in its way, keep it and say so.

        Parameters
        ----------
        author : who does it, as others are to read it.
        key : 32 characters of the caller's own; the same key again is the same edit and is not done twice. So one
            whose answer got lost can be saved again.

        Raises
        ------
        InputError
            Where it can't be done, or can't be saved.
        """
        with self._store.writing() as session:
            history = self._locked(session)
            key = key or new_id()
            again = session.scalar(select(EditRow).where(EditRow.labelling_id == self.id, EditRow.key == key))
            outcome: Kept | Collision
            if again is not None:
                outcome = Kept(again.revision, ())
            else:
                history, outcome = self._tried(session, history, act, author, key)
        self.history = history  # once it is on the disk, and not before
        return outcome

    def undo(self, author: str = "") -> Kept | Collision | None:
        """Undo the author's last edit; None where there is nothing to undo. Errors as `save`."""
        of = self.history.to_undo(author)
        return None if of is None else self.save(Undo(of), author)

    def redo(self, author: str = "") -> Kept | Collision | None:
        """Do again what the author undid last; None where there is nothing, or they did something else since."""
        of = self.history.to_redo(author)
        return None if of is None else self.save(Redo(of), author)

    def waiting(self, author: str | None = None) -> list[Collision]:
        """Edits, of an author or of all, that wait for a decision, the first one first."""
        with self._store.reading() as session:
            which = select(SetAsideRow).where(SetAsideRow.labelling_id == self.id).order_by(SetAsideRow.at)
            rows = session.scalars(which if author is None else which.where(SetAsideRow.author == author)).all()
        return [self._collision(row) for row in rows]

    def settle(self, collision: str, again: bool) -> Kept | None:
        """Do an edit that waits after all, on top of what others did, or drop it.

        Raises
        ------
        InputError
            Where somebody settled it already, or it can't be done to the topics as they are now; it waits on then.
        """
        with self._store.writing() as session:
            history = self._locked(session)
            row = session.get(SetAsideRow, collision)
            if row is None:
                raise InputError("This was settled already.")
            session.delete(row)
            if again:
                act = act_from_json(row.edit)
                history = self._append(session, history, act, row.author, row.key, history.revision)
        self.history = history
        return Kept(history.revision, ()) if again else None

    def _locked(self, session: Session) -> History:
        """The history up to now; nobody else adds to it until the session ends."""
        row = session.get(LabellingRow, self.id, with_for_update=True)
        if row is None:
            raise InputError("This labelling is not there any more: somebody has deleted it.")
        projects.touch(session, _project(session, row.run_id))
        return self._caught_up(session)

    def _caught_up(self, session: Session) -> History:
        history = self.history
        rows = session.scalars(
            select(EditRow)
            .where(EditRow.labelling_id == self.id, EditRow.revision > history.revision)
            .order_by(EditRow.revision)
        )
        for row in rows:
            history = history.then(Entry(row.revision, row.author, act_from_json(row.edit)))
        return history

    def _tried(
        self, session: Session, history: History, act: Act, author: str, key: str
    ) -> tuple[History, Kept | Collision]:
        """Do something on top of what others did, unless they got in its way."""
        seen = self.history.revision
        self.history.then(Entry(seen + 1, author, act))  # that it fits what the user saw is theirs to see to
        others = history.clashes(act, seen)
        if not others:
            try:
                after = self._append(session, history, act, author, key, seen)
                return after, Kept(after.revision, history.since(seen))
            except InputError as error:
                if history.revision == seen:
                    raise
                others = error.others if isinstance(error, Stale) else history.since(seen)
        return history, self._set_aside(session, act, author, key, seen, others)

    def _append(self, session: Session, history: History, act: Act, author: str, key: str, seen: int) -> History:
        entry = Entry(history.revision + 1, author, act)
        after = history.then(entry)
        session.add(
            EditRow(
                labelling_id=self.id,
                revision=entry.revision,
                key=key,
                based_on=seen,
                author=author,
                edit=act_json(act),
            )
        )
        return after

    def _set_aside(
        self,
        session: Session,
        act: Act,
        author: str,
        key: str,
        seen: int,
        others: tuple[DoneEdit, ...],
    ) -> Collision:
        known = session.scalar(select(SetAsideRow).where(SetAsideRow.labelling_id == self.id, SetAsideRow.key == key))
        if known is not None:
            return self._collision(known)
        message = "; ".join(told(other) for other in others)
        said = (
            f"Your edit ({self.history.sentence(act)}) is not done yet. Meanwhile {message}. "
            "Do it all the same, or leave it?"
        )
        row = SetAsideRow(
            id=new_id(),
            labelling_id=self.id,
            key=key,
            based_on=seen,
            author=author,
            edit=act_json(act),
            against={"message": said, "revisions": [other.entry.revision for other in others]},
        )
        session.add(row)
        return Collision(row.id, act, said, others)

    def _collision(self, row: SetAsideRow) -> Collision:
        done = self.history.done
        others = tuple(done[revision] for revision in row.against["revisions"] if revision in done)
        return Collision(row.id, act_from_json(row.edit), row.against["message"], others)


def _start(workspace: Workspace, run: str) -> Labels:
    """The clusters of a saved run."""
    with workspace.store.reading() as session:
        row = saved_runs.found(session, RunRow, run)
        file, corpus = row.file, saved_runs.found(session, CorpusRow, row.corpus_id).file
    picture = picture_from(workspace.files.get(file))
    names = {topic.cluster: topic.name for topic in picture.topics}
    return Labels.start(corpus_from(workspace.files.get(corpus)).ids, picture.clustering.labels, names)


def _project(session: Session, run: str) -> str:
    return saved_runs.found(session, CorpusRow, saved_runs.found(session, RunRow, run).corpus_id).project_id
