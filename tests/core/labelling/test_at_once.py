"""Processes that edit at once lose nothing, on either database; neither do those that are killed."""

import json

import pytest
from sqlalchemy import select

from core.labelling.journal import act_json
from core.projects.saved_labels import Labelling
from core.projects.schema import EditRow, SetAsideRow
from tests.support.editing import Writer, prepared
from tests.support.killing import kill_many

EDITS = 60
KILLS = 10


@pytest.mark.slow
def test_two_processes_lose_nothing(workspace, tmp_path):
    id = prepared(workspace)
    writers = [Writer(workspace, tmp_path, id, name, seed, EDITS) for seed, name in enumerate(("Ada", "Ben"))]
    for writer in writers:
        writer.go()
    told = [writer.told() for writer in writers]
    assert [writer.process.exitcode for writer in writers] == [0, 0]
    saved = told[0]["saved"] | told[1]["saved"]
    collided = told[0]["set aside"] | told[1]["set aside"]
    assert collided  # they did get in each other's way
    assert len(saved | collided) == 2 * EDITS
    labelling = Labelling(workspace, id)
    with workspace.store.reading() as session:
        rows = session.scalars(select(EditRow).where(EditRow.labelling_id == id).order_by(EditRow.revision)).all()
    assert [row.revision for row in rows] == list(range(1, len(rows) + 1))
    assert saved == {row.key for row in rows if "edit" in row.edit}
    assert {row.author for row in rows} == {"Ada", "Ben"}
    assert any(row.based_on < row.revision - 1 for row in rows)
    assert labelling.history.revision == len(rows)
    waiting = [json.dumps(act_json(each.act), sort_keys=True) for each in labelling.waiting()]
    with workspace.store.reading() as session:
        aside = session.scalars(select(SetAsideRow).where(SetAsideRow.labelling_id == id)).all()
    assert sorted(waiting) == sorted(json.dumps(row.edit, sort_keys=True) for row in aside)
    assert {row.key for row in aside if "edit" in row.edit} == collided - saved


@pytest.mark.slow
def test_killed_again_and_again(workspace, tmp_path, url):
    saved, _ = kill_many(tmp_path, KILLS, seed=1, url=url, writers=2)
    assert saved > KILLS
