"""Older catalogues are brought up to date with all that is in them; newer ones are left alone."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from core.base.errors import InputError
from core.labelling.edits import Rename
from core.projects import projects, saved_labels, saved_runs
from core.projects.database import Store, migrate, open_workspace
from core.projects.history import recent, remember
from core.projects.saved_labels import Labelling
from core.projects.schema import Base
from tests.core.conftest import fill

FIRST = "0001"


def test_the_migrations_make_the_tables_of_the_code(workspace):
    with workspace.store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert len(inspect(connection).get_table_names()) == len(Base.metadata.tables) + 1


def back_to_first(store: Store) -> None:
    """Take away what the later revisions brought, as if it had never been there."""
    with store.writing() as session:
        for table in ("instructions", "edits_set_aside"):
            session.execute(text(f"DROP TABLE {table}"))
        session.execute(text("ALTER TABLE runs DROP COLUMN slots"))
        session.execute(text(f"UPDATE alembic_version SET version_num = '{FIRST}'"))


def test_an_older_catalogue_keeps_what_is_in_it(workspace, url, tmp_path, done):
    project, run = fill(workspace, done)
    id, _ = saved_labels.create(workspace, run, "mine")
    Labelling(workspace, id).save(Rename("c0", "Fruit"))
    back_to_first(workspace.store)
    workspace.store.close()

    newer = open_workspace(tmp_path, url)
    assert [found.id for found in projects.listed(newer)] == [project]
    assert saved_runs.load_corpus(newer, saved_runs.corpora(newer, project)[0].id).texts == done.corpus.texts
    assert Labelling(newer, id).labels.topic("c0").name == "Fruit"
    remember(newer, project, "By subject: ", "model")
    assert recent(newer, project)[0].instruction == "By subject: "


def test_the_first_revision_alone_is_brought_to_the_last(url, tmp_path):
    address = make_url(url)
    engine = create_engine(address.set(drivername="postgresql+psycopg") if "postgres" in url else address)
    with engine.begin() as connection:
        migrate(connection, FIRST)
        tables = set(inspect(connection).get_table_names())
        connection.execute(
            text("INSERT INTO projects (id, name, created, changed) VALUES (:id, 'old', :at, :at)"),
            {"id": "a" * 32, "at": "2025-01-31 12:00:00+00:00"},
        )
    engine.dispose()
    assert "edits" in tables
    assert "edits_set_aside" not in tables
    opened = open_workspace(tmp_path, url)
    (found,) = projects.listed(opened)
    assert (found.name, found.created.isoformat()) == ("old", "2025-01-31T12:00:00+00:00")
    assert set(inspect(opened.store.engine).get_table_names()) > tables


def test_a_step_that_fails_changes_nothing(url, monkeypatch):
    from alembic import op

    def fails(*given, **named):
        raise ZeroDivisionError

    create = op.create_table
    monkeypatch.setattr(op, "create_table", lambda name, *rest: (fails if name == "edits" else create)(name, *rest))
    with pytest.raises(ZeroDivisionError):
        Store(url)
    monkeypatch.undo()
    assert len(inspect(Store(url).engine).get_table_names()) == len(Base.metadata.tables) + 1


def test_a_newer_catalogue_is_said_and_not_touched(workspace, url):
    with workspace.store.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match=r"newer Refract.*9999"):
        Store(url)
    with workspace.store.reading() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
