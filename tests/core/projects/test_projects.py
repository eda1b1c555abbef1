"""Projects: made, listed, renamed, copied, thrown away and brought back; what they take on the disk."""

import os
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.base.errors import InputError
from core.labelling.edits import Rename, SetAside
from core.projects import history, projects, saved_labels, saved_runs
from core.projects.file_store import KEPT_SECONDS
from core.projects.saved_labels import Collision, Labelling
from core.projects.schema import Base, ProjectRow
from core.results.run_format import run_bytes
from core.store.vectors import VectorStore
from tests.core.conftest import fill


def rows(workspace) -> dict[str, int]:
    tables = Base.metadata.tables
    with workspace.store.reading() as session:
        return {name: session.scalar(select(func.count()).select_from(table)) for name, table in tables.items()}


def test_a_list_of_what_there_is(workspace, done):
    project, _ = fill(workspace, done)
    empty = projects.create(workspace, " Later ")
    second, first = projects.listed(workspace)
    assert (first.id, second.id) == (project, empty)  # the one changed last comes first
    assert (first.name, first.corpora, first.runs) == ("Fruit and tools", 1, 1)
    assert (second.name, second.corpora, second.runs, second.size) == ("Later", 0, 0, 0)
    assert first.size == workspace.files.size() > 0
    assert projects.opened(workspace, project) == first


def test_two_rename_one_project_and_the_second_is_told(workspace):
    project = projects.create(workspace, "Tickets")
    projects.rename(workspace, project, "Tickets 2025", was="Tickets")
    with pytest.raises(InputError, match=r"“Tickets” to “Tickets 2025”.*“Old tickets”"):
        projects.rename(workspace, project, "Old tickets", was="Tickets")
    projects.rename(workspace, project, "Tickets 2025", was="Tickets")  # what both want is no conflict
    projects.rename(workspace, project, "Old tickets", was="Tickets 2025")
    assert projects.opened(workspace, project).name == "Old tickets"


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 201, "nul\0"])
def test_a_name_that_cannot_be_shown_is_said(workspace, name):
    with pytest.raises(InputError):
        projects.create(workspace, name)
    assert projects.listed(workspace) == []


def filled(workspace, done) -> tuple[str, str]:
    """A project with one of everything; its id and its labelling's."""
    project, run = fill(workspace, done)
    saved_runs.add_comparison(workspace, project, "twice", [run, run])
    history.remember(workspace, project, "By subject: ", "model")
    id, _ = saved_labels.create(workspace, run, "mine")
    mine, late = Labelling(workspace, id), Labelling(workspace, id)
    mine.save(Rename("c0", "Fruit"))
    assert isinstance(late.save(Rename("c0", "Food")), Collision)
    return project, id


def test_a_copy_has_everything_and_a_life_of_its_own(workspace, done):
    project, id = filled(workspace, done)
    before, size = rows(workspace), workspace.files.size()
    assert all(before.values())
    copy = projects.duplicate(workspace, project)
    assert rows(workspace) == {name: 2 * count for name, count in before.items()}
    assert workspace.files.size() == size
    assert projects.opened(workspace, copy).name == "Fruit and tools (copy)"

    (run,) = saved_runs.runs(workspace, copy)
    (twin,) = saved_labels.listed(workspace, run.id)
    own = Labelling(workspace, twin.id)
    assert own.labels.topic("c0").name == "Fruit"
    own.undo()
    own.save(SetAside("c1", True))
    assert Labelling(workspace, id).labels.topic("c0").name == "Fruit"
    assert not Labelling(workspace, id).labels.topic("c1").junk
    assert saved_runs.comparisons(workspace, copy)[0].runs == (run.id, run.id)
    projects.remove(workspace, project)
    projects.empty(workspace, older_than_days=-1)
    assert Labelling(workspace, twin.id).labels.topic("c1").junk


def test_deleting_can_be_undone(workspace, done):
    project, id = filled(workspace, done)
    before = rows(workspace)
    projects.remove(workspace, project)
    assert projects.listed(workspace) == []
    assert [found.id for found in projects.listed(workspace, deleted=True)] == [project]
    for refused in (
        lambda: projects.opened(workspace, project),
        lambda: projects.rename(workspace, project, "x"),
        lambda: saved_runs.add_corpus(workspace, project, done.corpus),
        lambda: Labelling(workspace, id).save(Rename("c1", "Tools")),
    ):
        with pytest.raises(InputError, match="Bring it back"):
            refused()
    projects.empty(workspace)  # deleted just now, it can still be brought back
    projects.restore(workspace, project)
    assert rows(workspace) == before
    assert Labelling(workspace, id).labels.topic("c0").name == "Fruit"


def test_only_what_was_named_is_emptied(workspace):
    one, other = projects.create(workspace, "one"), projects.create(workspace, "other")
    for project in (one, other):
        projects.remove(workspace, project)
    kept = projects.create(workspace, "kept")
    projects.empty(workspace, older_than_days=0, among=[one, kept])
    assert [each.id for each in projects.listed(workspace, deleted=True)] == [other]
    assert [each.id for each in projects.listed(workspace)] == [kept]


def test_counts_and_sizes_are_each_projects_own(workspace, done):
    for number in range(1, 4):
        project = projects.create(workspace, str(number))
        for part in range(number):
            corpus = saved_runs.add_corpus(workspace, project, replace(done.corpus, name=f"{number}.{part}.csv"))
            run = saved_runs.add_run(workspace, corpus, done)
            for _ in range(number):
                saved_labels.create(workspace, run, "mine")
    found = projects.listed(workspace)
    assert [(each.name, each.corpora, each.runs, each.labellings) for each in found] == [
        ("3", 3, 3, 9),
        ("2", 2, 2, 4),
        ("1", 1, 1, 1),
    ]
    run_file = len(run_bytes(done))  # the same run: one file for all, and counted for each
    assert workspace.files.size() == sum(each.size for each in found) - 2 * run_file
    assert projects.named(workspace, found[0].id) == "3"


def test_what_was_deleted_long_ago_goes_for_good_with_its_files(workspace, done):
    project, _ = filled(workspace, done)
    kept = projects.create(workspace, "kept")
    saved_runs.add_corpus(workspace, kept, done.corpus)
    projects.remove(workspace, project)
    with workspace.store.writing() as session:
        row = session.get(ProjectRow, project)
        row.deleted -= timedelta(days=projects.KEPT_DAYS + 1)
    then = time.time() - 2 * KEPT_SECONDS
    for path in workspace.files.directory.glob("[!.]*"):
        os.utime(path, (then, then))
    size = workspace.files.size()
    freed = projects.empty(workspace)
    assert 0 < freed == size - workspace.files.size()  # the run's file: the corpus is the other project's too
    assert {name for name, count in rows(workspace).items() if count} == {"projects", "corpora"}
    assert saved_runs.load_corpus(workspace, saved_runs.corpora(workspace, kept)[0].id).texts == done.corpus.texts
    with pytest.raises(InputError, match="for good"):
        projects.restore(workspace, project)


def test_room(workspace, done, tmp_path):
    fill(workspace, done)
    room = projects.space(workspace, VectorStore(tmp_path / "vectors"))
    assert room.catalogue > 0
    assert room.files == workspace.files.size()
    assert room.vectors == 0
    assert room.free > 0


def test_what_is_free_is_known_before_anything_is_saved(local, tmp_path):
    assert projects.space(local, VectorStore(tmp_path / "vectors")).free > 0
