"""Kill writers at random moments, and look whether all that they acknowledged is there."""

import random
import time
from pathlib import Path

from sqlalchemy import select, text

from core.projects.database import Workspace, open_workspace
from core.projects.saved_labels import Labelling
from core.projects.schema import EditRow, SetAsideRow
from tests.support.editing import Writer, prepared


def check(workspace: Workspace, folder: Path, id: str, saved: set[str], set_aside: set[str]) -> tuple[int, int]:
    """Open it all anew as after a restart; how many edits there are, and how many of them nobody was told of."""
    workspace.store.close()
    opened = open_workspace(folder, workspace.store.url.render_as_string(hide_password=False))
    labelling = Labelling(opened, id)  # reads the whole journal, and does it all again
    with opened.store.reading() as session:
        if opened.store.path is not None:
            assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        rows = session.execute(select(EditRow.key, EditRow.edit).where(EditRow.labelling_id == id)).all()
        waiting = set(session.scalars(select(SetAsideRow.key).where(SetAsideRow.labelling_id == id)))
    keys = {key for key, _ in rows}
    assert saved <= keys, f"{len(saved - keys)} acknowledged edits are lost"
    assert set_aside <= keys | waiting, f"{len(set_aside - keys - waiting)} edits that were set aside are lost"
    assert labelling.history.revision == len(rows)
    opened.store.close()
    acts = [key for key, edit in rows if "edit" in edit]
    return len(acts), len(set(acts) - saved)


def kill_many(folder: Path, times: int, seed: int, url: str | None = None, writers: int = 1) -> tuple[int, int]:
    """Do it many times over on one catalogue; acknowledged edits, and those that were there but not told any more."""
    chance = random.Random(seed)
    workspace = open_workspace(folder, url)
    id = prepared(workspace)
    saved: set[str] = set()
    set_aside: set[str] = set()
    untold = 0
    for _ in range(times):
        at_work = [Writer(workspace, folder, id, f"writer {n}", chance.randrange(2**31)) for n in range(writers)]
        for writer in at_work:
            writer.go()
        time.sleep(chance.random() * 0.4)
        for writer in at_work:
            writer.kill()
        for writer in at_work:
            told = writer.told()
            saved |= told["saved"]
            set_aside |= told["set aside"]
        _, untold = check(workspace, folder, id, saved, set_aside)
    return len(saved), untold
