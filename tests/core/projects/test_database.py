"""The catalogue opens, keeps what it acknowledges, and says what it can't do."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from core.base.errors import InputError
from core.projects import database, projects
from core.projects.database import CATALOGUE, VARIABLE, Store, open_workspace
from core.projects.schema import CorpusRow, ProjectRow, now


def names(opened: Store) -> list[str]:
    with opened.reading() as session:
        return sorted(session.scalars(select(ProjectRow.name)))


def test_what_was_written_is_there_when_it_is_opened_again(workspace, url, tmp_path):
    projects.create(workspace, "Nächste Woche 🌍")
    workspace.store.close()
    (found,) = projects.listed(open_workspace(tmp_path, url))
    assert found.name == "Nächste Woche 🌍"
    assert abs((found.created - now()).total_seconds()) < 60


def test_an_error_leaves_nothing_behind(workspace):
    def fail() -> None:
        with workspace.store.writing() as session:
            session.add(ProjectRow(name="half"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert names(workspace.store) == []


def test_what_is_changed_while_reading_is_not_kept(workspace):
    with workspace.store.reading() as session:
        session.add(ProjectRow(name="no"))
        session.flush()
    assert names(workspace.store) == []


def test_references_are_checked(workspace):
    with pytest.raises(IntegrityError), workspace.store.writing() as session:
        session.add(CorpusRow(project_id="f" * 32, name="x", digest="", texts=1, file=""))


def test_a_local_catalogue_loses_nothing_that_it_acknowledged(local):
    with local.store.reading() as session:
        settings = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")}
    assert settings == {"journal_mode": "wal", "synchronous": 2}  # 2: FULL


def test_a_reader_is_not_kept_waiting_and_sees_one_state(local):
    with local.store.reading() as reading:
        before = list(reading.scalars(select(ProjectRow.name)))
        projects.create(local, "new")
        assert list(reading.scalars(select(ProjectRow.name))) == before == []
    assert names(local.store) == ["new"]


def test_writers_wait_for_each_other(workspace):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: projects.create(workspace, f"project {number:02}"), range(40)))
    assert names(workspace.store) == [f"project {number:02}" for number in range(40)]


def test_a_writer_that_waits_too_long_is_told_so_and_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    local = open_workspace(tmp_path)
    with local.store.writing() as session:
        session.add(ProjectRow(name="first"))
        session.flush()
        with pytest.raises(InputError, match=r"locked.*kept"):
            projects.create(local, "second")
    assert names(local.store) == ["first"]


def test_many_can_open_an_empty_one_at_once(tmp_path, url):
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: Store(url), range(6)))
    projects.create(open_workspace(tmp_path, url), "x")
    assert [names(each) for each in stores] == [["x"]] * 6
    assert stores[0].size() > 0


def test_the_catalogue_is_in_the_home_unless_the_environment_says_otherwise(tmp_path, monkeypatch):
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path / "home"))
    assert open_workspace().store.path == tmp_path / "home" / CATALOGUE
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'other.sqlite3'}")
    assert open_workspace().store.path == tmp_path / "other.sqlite3"


BAD = {
    "no address": ("nonsense", "no address"),
    "another kind": ("mysql://user:secret@host/db", "Use PostgreSQL"),
    "in memory": ("sqlite://", "SQLite file"),
    "nobody there": ("postgresql://user:secret@127.0.0.1:9/none", "can't be used"),
}


@pytest.mark.parametrize(("address", "mentions"), BAD.values(), ids=BAD.keys())
def test_an_address_that_cannot_be_used_is_said_without_its_password(address, mentions):
    with pytest.raises(InputError, match=mentions) as caught:
        Store(address)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_catalogue_is_said_and_left_as_it_is(tmp_path: Path):
    (tmp_path / CATALOGUE).write_text("not a database, but long enough to be taken for one" * 100)
    before = (tmp_path / CATALOGUE).read_bytes()
    with pytest.raises(InputError, match="not a database"):
        open_workspace(tmp_path)
    assert (tmp_path / CATALOGUE).read_bytes() == before


def test_a_folder_in_the_way_is_said(tmp_path):
    (tmp_path / CATALOGUE).mkdir()
    with pytest.raises(InputError, match=VARIABLE):
        open_workspace(tmp_path)
