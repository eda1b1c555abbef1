"""Projects: open, list, rename, duplicate, delete with undo; how much room they take and how much is left."""

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Subquery, delete, func, select, true
from sqlalchemy.orm import Session

from core.base.errors import InputError
from core.labelling.labels import clean_name
from core.projects.database import Workspace
from core.projects.schema import (
    Base,
    ComparedRow,
    ComparisonRow,
    CorpusRow,
    EditRow,
    InstructionRow,
    LabellingRow,
    ProjectRow,
    RunRow,
    SetAsideRow,
    new_id,
    now,
)
from core.store.vectors import VectorStore

R = TypeVar("R", bound=Base)

# How long a deleted project can be brought back.
KEPT_DAYS = 30


@dataclass(frozen=True)
class Project:
    """A project for the list.

    Parameters
    ----------
    id : 32 hexadecimal characters.
    name : need not be the only one of its kind.
    created, changed : in UTC.
    deleted : when it was thrown away, or None.
    corpora, runs, labellings : how many it has.
    size : bytes of its files; what projects have in common counts for each.
    """

    id: str
    name: str
    created: datetime
    changed: datetime
    deleted: datetime | None
    corpora: int
    runs: int
    labellings: int
    size: int


@dataclass(frozen=True)
class DiskUse:
    """Room on the disk, in bytes: of the catalogue, its files and the saved vectors; of the whole disk what is free."""

    catalogue: int
    files: int
    vectors: int
    free: int


def create(workspace: Workspace, name: str) -> str:
    """Make a project; its id.

    Raises
    ------
    InputError
        For a name that is empty, too long or has line breaks.
    """
    with workspace.store.writing() as session:
        row = ProjectRow(id=new_id(), name=_name(name))
        session.add(row)
        return row.id


def listed(workspace: Workspace, deleted: bool = False) -> list[Project]:
    """The projects, or those that were deleted and can be brought back; the last changed first."""
    with workspace.store.reading() as session:
        return _listed(workspace, session, ProjectRow.deleted.is_not(None) if deleted else ProjectRow.deleted.is_(None))


def opened(workspace: Workspace, project: str) -> Project:
    """A project by its id.

    Raises
    ------
    InputError
        Where there is none, or it was deleted.
    """
    with workspace.store.reading() as session:
        return _listed(workspace, session, ProjectRow.id == there(session, project).id)[0]


def named(workspace: Workspace, project: str) -> str:
    """The name of a project by its id. Errors as `opened`."""
    with workspace.store.reading() as session:
        return there(session, project).name


def rename(workspace: Workspace, project: str, name: str, was: str | None = None) -> None:
    """Give a project another name.

    Parameters
    ----------
    was : the name that the user saw; where it isn't the name any more, they are told.

    Raises
    ------
    InputError
        As `create` and `opened`; where somebody else has renamed it meanwhile.
    """
    name = _name(name)
    with workspace.store.writing() as session:
        row = there(session, project, lock=True)
        if was is not None and row.name not in (was, name):
            raise InputError(
                f"Meanwhile somebody renamed this project from “{was}” to “{row.name}”. "
                f"Rename it again to make it “{name}”."
            )
        row.name, row.changed = name, now()


def duplicate(workspace: Workspace, project: str) -> str:
    """Copy a project with all that is in it, journals included; the copy's id. The files are shared.

    Errors as `create` and `opened`.
    """
    with workspace.store.writing() as session:
        row = there(session, project)
        copy = _copied(row, name=_name_of_copy(row.name), created=now(), changed=now())
        session.add(copy)
        session.flush()
        corpora = _copy_all(session, CorpusRow, CorpusRow.project_id == project, lambda r: {"project_id": copy.id})
        runs = _copy_all(session, RunRow, RunRow.corpus_id.in_(corpora), lambda r: {"corpus_id": corpora[r.corpus_id]})
        comparisons = _copy_all(
            session, ComparisonRow, ComparisonRow.project_id == project, lambda r: {"project_id": copy.id}
        )
        _copy_all(
            session,
            ComparedRow,
            ComparedRow.comparison_id.in_(comparisons),
            lambda r: {"comparison_id": comparisons[r.comparison_id], "run_id": runs[r.run_id]},
        )
        labellings = _copy_all(
            session, LabellingRow, LabellingRow.run_id.in_(runs), lambda r: {"run_id": runs[r.run_id]}
        )
        of_copy = _labelling_of(labellings)
        _copy_all(session, EditRow, EditRow.labelling_id.in_(labellings), of_copy)
        _copy_all(session, SetAsideRow, SetAsideRow.labelling_id.in_(labellings), of_copy)
        _copy_all(session, InstructionRow, InstructionRow.project_id == project, lambda r: {"project_id": copy.id})
        return copy.id


def remove(workspace: Workspace, project: str) -> None:
    """Delete a project; `restore` brings it back, within `KEPT_DAYS` days. Errors as `opened`."""
    with workspace.store.writing() as session:
        there(session, project, lock=True).deleted = now()


def restore(workspace: Workspace, project: str) -> None:
    """Undo `remove`. One that wasn't deleted stays as it is.

    Raises
    ------
    InputError
        Where it is gone for good.
    """
    with workspace.store.writing() as session:
        row = session.get(ProjectRow, project)
        if row is None:
            raise InputError("This project is gone: it was deleted for good.")
        row.deleted = None


def empty(workspace: Workspace, older_than_days: float = KEPT_DAYS, among: Collection[str] | None = None) -> int:
    """Remove for good what was deleted so many days ago, and files that nothing uses any more; bytes of those files.

    Parameters
    ----------
    among : ids of the projects to remove, as far as they are deleted; all by default.
    """
    which = delete(ProjectRow).where(ProjectRow.deleted <= now() - timedelta(days=older_than_days))
    with workspace.store.writing() as session:
        session.execute(which if among is None else which.where(ProjectRow.id.in_(among)))
    with workspace.store.reading() as session:
        used = set[str]().union(*_files(session, true()).values())
    return workspace.files.collect(used)


def space(workspace: Workspace, vectors: VectorStore) -> DiskUse:
    """How much room everything takes, and how much is left."""
    files = workspace.files
    folder = next(path for path in (files.directory, *files.directory.parents) if path.exists())
    return DiskUse(workspace.store.size(), files.size(), vectors.size(), shutil.disk_usage(folder).free)


def there(session: Session, project: str, lock: bool = False) -> ProjectRow:
    """The row of a project that isn't deleted, for a writer ``lock``-ed until the end. Errors as `opened`."""
    row = session.get(ProjectRow, project, with_for_update=True if lock else None)
    if row is None or row.deleted is not None:
        raise InputError("This project was deleted. Bring it back from the list of deleted projects, or open another.")
    return row


def touch(session: Session, project: str) -> None:
    """Note that something in a project has changed. Errors as `opened`."""
    there(session, project, lock=True).changed = now()


def _listed(workspace: Workspace, session: Session, which: ColumnElement[bool]) -> list[Project]:
    """Some projects, with a few queries however many there are."""
    rows = session.scalars(select(ProjectRow).where(which).order_by(ProjectRow.changed.desc())).all()
    own = (
        select(CorpusRow.project_id.label("project"), CorpusRow.id.label("id"))
        .join(ProjectRow, CorpusRow.project_id == ProjectRow.id)
        .where(which)
        .subquery()
    )
    of_runs = select(own.c.project, RunRow.id).join(RunRow, RunRow.corpus_id == own.c.id).subquery()
    of_labellings = select(of_runs.c.project).join(LabellingRow, LabellingRow.run_id == of_runs.c.id).subquery()
    corpora, runs, labellings = (_counts(session, part) for part in (own, of_runs, of_labellings))
    files = _files(session, which)
    sizes = workspace.files.sizes(set[str]().union(*files.values()))
    return [
        Project(
            row.id,
            row.name,
            row.created,
            row.changed,
            row.deleted,
            corpora=corpora.get(row.id, 0),
            runs=runs.get(row.id, 0),
            labellings=labellings.get(row.id, 0),
            size=sum(sizes[name] for name in files.get(row.id, ())),
        )
        for row in rows
    ]


def _counts(session: Session, parts: Subquery) -> dict[str, int]:
    """How many rows each project has there; one that has none is left out."""
    counted = select(parts.c.project, func.count()).group_by(parts.c.project)
    return {row[0]: row[1] for row in session.execute(counted)}


def _files(session: Session, which: ColumnElement[bool]) -> dict[str, set[str]]:
    """Names of the files of some projects, by project."""
    of_corpora = (
        select(ProjectRow.id, CorpusRow.file, CorpusRow.source)
        .join(CorpusRow, CorpusRow.project_id == ProjectRow.id)
        .where(which)
    )
    of_runs = (
        select(ProjectRow.id, RunRow.file)
        .join(CorpusRow, CorpusRow.project_id == ProjectRow.id)
        .join(RunRow, RunRow.corpus_id == CorpusRow.id)
        .where(which)
    )
    files: dict[str, set[str]] = {}
    for project, *names in [*session.execute(of_corpora), *session.execute(of_runs)]:
        files.setdefault(project, set()).update(name for name in names if name is not None)
    return files


def _copy_all(session: Session, kind: type[R], which: Any, changes: Callable[[R], dict[str, Any]]) -> dict[str, str]:
    """Copy rows with new ids where they have one; the new id of each old one."""
    ids: dict[str, str] = {}
    rows: Sequence[R] = session.scalars(select(kind).where(which)).all()
    for row in rows:
        copy = _copied(row, **changes(row))
        session.add(copy)
        if hasattr(row, "id"):
            ids[row.id] = copy.id  # type: ignore[attr-defined]
    session.flush()
    return ids


def _labelling_of(labellings: Mapping[str, str]) -> "Callable[[EditRow | SetAsideRow], dict[str, Any]]":
    return lambda row: {"labelling_id": labellings[row.labelling_id]}


def _copied(row: R, **changes: Any) -> R:
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    if "id" in values:
        values["id"] = new_id()
    return type(row)(**{**values, **changes})


def _name(name: str) -> str:
    name = clean_name(name)
    if not name:
        raise InputError("Give the project a name.")
    return name


def _name_of_copy(name: str) -> str:
    ending = " (copy)"
    return name[: 200 - len(ending)] + ending
