"""Kill writers at random moments, and look whether all that they acknowledged is there."""

import random
import time
from pathlib import Path

from sqlalchemy import select, text

from core.workspace.labellings import Labelling
from core.workspace.store import Workspace, open_workspace
from core.workspace.tables import EditRow, SetAsideRow
from tests.unit.workspace import editing


def kill_once(workspace: Workspace, folder: Path, id: str, chance: random.Random) -> tuple[set[str], set[str]]:
    """Start a writer and kill it with SIGKILL; the keys that it acknowledged as saved, and as set aside."""
    process = editing.start(workspace, folder, id, "writer", chance.randrange(2**31), 0)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()
    time.sleep(chance.random() * 0.4)
    process.kill()
    said, errors = process.communicate()
    assert process.returncode == -9, errors
    lines = [line.rsplit(" ", 1) for line in said.splitlines(keepends=True)]
    whole = [(what, key.strip()) for what, key in lines if key.endswith("\n")]
    return {key for what, key in whole if what == "saved"}, {key for what, key in whole if what == "set aside"}


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
    id = editing.prepared(workspace)
    saved: set[str] = set()
    set_aside: set[str] = set()
    untold = 0
    for _ in range(times):
        others = [
            editing.start(workspace, folder, id, f"other {n}", chance.randrange(2**31), 0) for n in range(writers - 1)
        ]
        more, aside = kill_once(workspace, folder, id, chance)
        for other in others:
            other.kill()
            other.communicate()
        saved |= more
        set_aside |= aside
        _, untold = check(workspace, folder, id, saved, set_aside)
    return len(saved), untold
