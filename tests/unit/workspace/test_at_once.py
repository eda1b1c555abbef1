"""Processes that edit at once lose nothing, on either database; neither do those that are killed."""

from sqlalchemy import select

from core.workspace.journal import act_json
from core.workspace.labellings import Labelling
from core.workspace.tables import EditRow
from tests.unit.workspace import editing
from tests.unit.workspace.killing import kill_many

EDITS = 60


def test_two_processes_lose_nothing(workspace, tmp_path):
    id = editing.prepared(workspace)
    writers = [editing.start(workspace, tmp_path, id, name, seed, EDITS) for seed, name in enumerate(("Ada", "Ben"))]
    told = set[str]()
    for writer in writers:
        said, errors = writer.communicate(timeout=240)
        assert writer.returncode == 0, errors
        lines = [line.rsplit(" ", 1) for line in said.splitlines()]
        told |= {key for what, *key in lines if what == "saved" for key in key}
    assert len(told) == 2 * EDITS
    labelling = Labelling(workspace, id)
    with workspace.store.reading() as session:
        rows = session.scalars(select(EditRow).where(EditRow.labelling_id == id).order_by(EditRow.revision)).all()
    assert [row.revision for row in rows] == list(range(1, len(rows) + 1))
    assert told == {row.key for row in rows if "edit" in row.edit}
    assert {row.author for row in rows} == {"Ada", "Ben"}
    assert labelling.history.revision == len(rows)
    waiting = labelling.waiting()
    assert all("edit" not in act_json(each.act) for each in waiting)  # undos that came too late


def test_killed_again_and_again(workspace, tmp_path, url):
    saved, _ = kill_many(tmp_path, 5, seed=1, url=url, writers=2)
    assert saved > 5
