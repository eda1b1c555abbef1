"""The Projects page without a browser: yesterday's work is found, opened, put in order, and never lost."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.workspace import projects
from pages.parts.catalogue import shared_workspace
from tests.app.test_explore import APP, CSV, settle, state

OWN = CSV.replace(b"ripe", b"sweet")  # texts that no other test has
NAME = "tomorrow"


def check(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def to(app: AppTest, page: str) -> AppTest:
    app.switch_page(f"pages/{page}.py")
    return check(app.run())


def button(app: AppTest, key: str):
    return next(each for each in app.button if each.key == key)


def said(app: AppTest) -> str:
    return " ".join(each.value for each in [*app.info, *app.error, *app.warning])


def listed(name: str = NAME):
    """The project of that name."""
    return next((each for each in projects.listed(shared_workspace()) if each.name == name), None)


@pytest.fixture(scope="module")
def before() -> AppTest:
    """A session that uploaded a file and chose an instruction."""
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.file_uploader(key="upload").upload(f"{NAME}.csv", OWN, "text/csv")
    settle(app.run())
    app.text_area(key="instruction").set_value("Represent the sentence for clustering by subject: ").run()
    return settle(app)


@pytest.fixture
def app(before: AppTest) -> AppTest:
    """Another session, looking into the project of that file."""
    app = to(AppTest.from_file(APP, default_timeout=60), "projects")
    app.session_state["projects"].choose(listed().id)
    return check(app.run())


def test_a_fresh_session_opens_the_map_as_it_was_left(before, app):
    button(app, f"open {listed().id}").click().run()
    assert app.session_state["projects"].opening.wait(60)
    check(app.run())
    to(app, "explore")
    was, now = state(before), state(app)
    assert now.shown.instruction == "Represent the sentence for clustering by subject: "
    assert now.shown.digest == was.shown.digest
    assert now.slots == was.slots
    np.testing.assert_array_equal(now.shown.layout.xy, was.shown.layout.xy)
    assert now.job is None  # nothing was computed again
    assert app.selectbox(key="source").value == f"{NAME}.csv"
    assert app.text_area(key="instruction").value == now.shown.instruction
    assert now.project == listed().id
    app.text_area(key="instruction").set_value("").run()
    settle(app)
    assert listed().runs == 3


def test_a_rename_that_somebody_else_was_faster_with_is_said(app):
    projects.rename(shared_workspace(), listed().id, "theirs")
    try:
        next(field for field in app.text_input if field.label == "Name").set_value("mine").run()
        assert "somebody renamed this project from “tomorrow” to “theirs”" in said(check(app))
        assert listed("theirs") is not None
        button(app, "rename again").click().run()
        assert listed("mine") is not None
    finally:
        own = listed("mine") or listed("theirs")
        projects.rename(shared_workspace(), own.id, NAME)


def test_a_deleted_project_comes_back_with_undo(app):
    button(app, "delete").click().run()
    assert "Deleted tomorrow." in said(check(app))
    assert listed() is None
    button(app, "undo delete").click().run()
    check(app)
    assert listed().runs >= 2


def test_a_copy_has_everything_and_a_name_of_its_own(app):
    button(app, "duplicate").click().run()
    assert "The copy is called tomorrow (copy)" in said(check(app))
    copy = listed("tomorrow (copy)")
    assert (copy.runs, copy.corpora) == (listed().runs, listed().corpora)
    projects.remove(shared_workspace(), copy.id)


def test_a_new_project_is_open_and_takes_new_work(app):
    app.text_input(key="new project name").set_value("empty at first")
    next(each for each in app.button if each.label == "Create").click().run()
    check(app)
    made = listed("empty at first")
    assert state(app).project == made.id
    to(app, "explore")
    app.file_uploader(key="upload").upload("other.csv", OWN.replace(b"sweet", b"sour"), "text/csv")
    settle(app.run())
    assert listed("empty at first").runs == 1
    assert listed("other") is None
    projects.remove(shared_workspace(), made.id)


def test_what_is_deleted_goes_for_good_only_when_that_is_confirmed(app):
    gone = projects.create(shared_workspace(), "to be gone")
    projects.remove(shared_workspace(), gone)
    check(app.run())
    button(app, "ask empty").click().run()
    assert any(each.id == gone for each in projects.listed(shared_workspace(), deleted=True))
    button(app, "confirmed").click().run()
    check(app)
    assert not projects.listed(shared_workspace(), deleted=True)
    assert listed() is not None


def test_an_instruction_is_used_again_pinned_and_forgotten(app):
    app.segmented_control(key="project section").set_value("Instructions").run()
    check(app)
    keys = [each.key for each in app.button if each.key and each.key.startswith("pin ")]
    assert len(keys) >= 2
    button(app, keys[-1]).click().run()
    first = next(each.key for each in check(app).button if each.key and each.key.startswith("pin "))
    assert first == keys[-1]
    button(app, keys[-1].replace("pin", "use")).click().run()
    to(app, "explore")
    used = ("Represent the text for clustering by topic: ", "Represent the sentence for clustering by subject: ", "")
    assert app.text_area(key="instruction").value in used
