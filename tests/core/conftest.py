"""Workspaces on both databases, with a small project in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.pipeline.run import Run
from core.projects import projects, saved_labels, saved_runs
from core.projects.database import Workspace, open_workspace
from core.projects.saved_labels import Labelling
from tests.support.postgres import MISSING, Server, programs


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """PostgreSQL, or a loud skip where it isn't installed."""
    bin = programs()
    if bin is None:
        pytest.skip(MISSING)
    running = Server(tmp_path_factory.mktemp("postgres"), bin)
    yield running
    running.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalogue.sqlite3'}"
    server: Server = request.getfixturevalue("server")
    return server.database()


@pytest.fixture
def workspace(tmp_path: Path, url: str) -> Iterator[Workspace]:
    """An empty workspace on either database."""
    opened = open_workspace(tmp_path, url)
    yield opened
    opened.store.close()


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace on SQLite, where the database doesn't matter."""
    opened = open_workspace(tmp_path / "home")
    yield opened
    opened.store.close()


def fill(workspace: Workspace, done: Run) -> tuple[str, str]:
    """Save a run in a new project; the ids of the project and the run."""
    project = projects.create(workspace, "Fruit and tools")
    return project, saved_runs.add_run(workspace, saved_runs.add_corpus(workspace, project, done.corpus), done)


@pytest.fixture
def labelling(workspace: Workspace, done: Run) -> Labelling:
    """A labelling of the run, on either database."""
    _, run = fill(workspace, done)
    return Labelling(workspace, saved_labels.create(workspace, run, "mine")[0])
