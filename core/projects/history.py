"""The instructions that were used in a project, with which model, how often and when last."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.base.digest import digest
from core.projects import projects, saved_runs
from core.projects.database import Workspace
from core.projects.schema import InstructionRow, new_id, now


@dataclass(frozen=True)
class UsedInstruction:
    """An instruction, exactly as it was used.

    Parameters
    ----------
    id : for `pin` and `forget`.
    times : how often it was used with this model.
    used : when last, in UTC.
    pinned : whether it stays on top of the list.
    """

    id: str
    instruction: str
    model: str
    times: int
    used: datetime
    pinned: bool


def remember(workspace: Workspace, project: str, instruction: str, model: str) -> None:
    """Note that an instruction was used; an `InputError` where the project is gone or nothing can be saved."""
    name = digest(instruction, model)
    with workspace.store.writing() as session:
        projects.touch(session, project)
        row = session.scalar(
            select(InstructionRow).where(InstructionRow.project_id == project, InstructionRow.digest == name)
        )
        if row is None:
            row = InstructionRow(
                id=new_id(),
                project_id=project,
                digest=name,
                instruction=instruction,
                model=model,
                times=0,
                pinned=False,
            )
            session.add(row)
        row.times += 1
        row.used = now()


def recent(workspace: Workspace, project: str) -> list[UsedInstruction]:
    """The instructions used in a project: pinned ones first, then the one used last."""
    with workspace.store.reading() as session:
        rows = session.scalars(
            select(InstructionRow)
            .where(InstructionRow.project_id == project)
            .order_by(InstructionRow.pinned.desc(), InstructionRow.used.desc())
        )
        return [UsedInstruction(r.id, r.instruction, r.model, r.times, r.used, r.pinned) for r in rows]


def pin(workspace: Workspace, id: str, pinned: bool) -> None:
    """Keep an instruction on top of the list, or no longer; an `InputError` where it is gone."""
    with workspace.store.writing() as session:
        row = saved_runs.found(session, InstructionRow, id)
        projects.touch(session, row.project_id)
        row.pinned = pinned


def forget(workspace: Workspace, id: str) -> None:
    """Take an instruction off the list. Runs under it stay; one that is gone already is no error."""
    with workspace.store.writing() as session:
        row = session.get(InstructionRow, id)
        if row is not None:
            session.delete(row)
