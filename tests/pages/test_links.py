"""A link to a comparison of uploaded texts shows the same in a session that never had the file."""

import pytest
from streamlit.testing.v1 import AppTest

from core.projects import projects, saved_runs
from pages.shared.session.resources import shared_workspace
from tests.pages.conftest import begin_at
from tests.pages.test_explore import APP, CSV, settle, state

OWN = CSV.replace(b"ripe", b"green")  # texts that no other test has


def compared(app: AppTest):
    held = app.session_state["comparison"]
    if held.job is not None:
        assert held.job.wait(600)
        app.run()
    assert not app.exception
    return held.compared


@pytest.fixture
def link() -> str:
    """Of a comparison of an uploaded file."""
    app = AppTest.from_file(APP, default_timeout=600).run()
    app.file_uploader(key="upload").upload("linked.csv", OWN, "text/csv")
    settle(app.run())
    app.switch_page("pages/compare/page.py").run()
    assert compared(app) is not None
    return app.query_params["view"]


def open_link(name: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=600)
    begin_at(app, "compare")
    app.query_params["view"] = name
    return app.run()


def test_a_fresh_session_finds_the_texts_in_their_project(link):
    app = open_link(link)
    found = compared(app)
    assert found is not None
    assert found.found.runs[0].corpus.name == "linked.csv"
    assert len(found.found.runs[0].corpus) == 30
    assert list(found.found.runs[0].corpus.metadata.columns) == ["group"]
    assert "linked.csv" in state(app).texts.sources
    app.switch_page("pages/explore/page.py").run()
    assert app.selectbox(key="source").value == "linked.csv"
    assert [box.value for box in settle(app).selectbox if box.label == "Text column"] == ["comment"]


def test_what_was_compared_is_kept_in_the_project_of_its_texts(link):
    workspace = shared_workspace()
    project = next(each.id for each in projects.listed(workspace) if each.name == "linked")
    (kept,) = saved_runs.comparisons(workspace, project)
    instructions = {run.id: run.instruction for run in saved_runs.runs(workspace, project)}
    assert [instructions[run] for run in kept.runs] == [
        "Represent the text for clustering by topic: ",
        "Represent the text for clustering by sentiment: ",
    ]


def test_a_link_to_texts_of_a_deleted_project_says_what_to_do(link):
    workspace = shared_workspace()
    gone = next(each.id for each in projects.listed(workspace) if each.name == "linked")
    projects.remove(workspace, gone)
    try:
        app = open_link(link)
        assert not app.exception
        assert any("are in no project any more" in warning.value for warning in app.warning)
    finally:
        projects.restore(workspace, gone)
