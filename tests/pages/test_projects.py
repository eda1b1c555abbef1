"""The Projects page without a browser: what was done yesterday is found again, and nothing is lost."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from streamlit.testing.v1 import AppTest

from core.labelling.edits import Rename
from core.projects import history, projects, saved_labels, saved_runs
from core.projects.saved_labels import Labelling
from core.projects.schema import RunRow
from core.texts.samples import SAMPLES
from pages.projects.state import ProjectsState
from pages.shared.session.resources import shared_store, shared_workspace
from tests.conftest import SUBJECT
from tests.pages.conftest import begin_at, write, written
from tests.pages.test_explore import APP, CSV, settle, state

PAGE = "pages/projects/page.py"


pytestmark = pytest.mark.usefixtures("own_home")


def fresh() -> AppTest:
    """A new browser session on the Projects page."""
    app = AppTest.from_file(APP, default_timeout=600)
    return check(begin_at(app, "projects").run())


def check(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def page(app: AppTest) -> ProjectsState:
    return app.session_state["projects"]


def press(app: AppTest, key: str) -> AppTest:
    return check(app.button(key=key).click().run())


def arrive(app: AppTest) -> AppTest:
    """Wait for what is being opened, and follow it to its page."""
    job = page(app).opening
    if job is not None:  # else it was there before the page was drawn
        assert job.wait(600)
        check(app.run())
    assert page(app).refused is None
    return stay(app, "pages/explore/page.py")


def stay(app: AppTest, path: str) -> AppTest:
    """Rerun the page that the app has gone to: by itself the tester would go back to the one it left."""
    app.switch_page(path)
    return check(app.run())


def said(app: AppTest) -> str:
    return " ".join(each.value for each in [*app.error, *app.warning, *app.info, *app.caption, *app.markdown])


def html(app: AppTest) -> str:
    return " ".join(each.proto.body for each in app.get("html"))


def uploaded(name: str = "comments.csv", data: bytes = CSV) -> AppTest:
    """A session that has mapped a file."""
    app = AppTest.from_file(APP, default_timeout=600).run()
    app.file_uploader(key="upload").upload(name, data, "text/csv")
    return settle(app.run())


def section(app: AppTest, name: str) -> AppTest:
    app.session_state["project section"] = name
    return check(app.run())


class Seen(NamedTuple):
    digest: str
    instruction: str
    slots: tuple[int, ...]
    options: dict[str, object]


def seen(app: AppTest) -> Seen:
    run = state(app).picture.run
    choices = {key: app.session_state[key] for key in ("source", "model", "method", "auto_k")}
    choices["instruction"] = app.session_state["instruction"].text
    return Seen(run.digest, run.instruction, state(app).picture.slots, choices)


def test_nothing_is_saved_yet():
    app = fresh()
    assert "Nothing is saved yet" in said(app)
    assert str(shared_workspace().files.directory.parent) in html(app)
    assert "Everybody who can open this server sees these projects" in html(app)


def test_a_fresh_session_finds_the_map_of_an_uploaded_file_as_it_was():
    app = uploaded()
    app.toggle(key="auto_k").set_value(False).run()
    app.slider(key="k").set_value(4).run()
    settle(app)
    write(app, "Represent the sentence for clustering by place: ").run()
    settle(app)
    column = next(box for box in app.radio if box.label == "Repeated texts")
    settle(column.set_value("all").run())
    before = seen(app)

    other = fresh()
    assert "comments" in html(other)
    (project,) = projects.listed(shared_workspace())
    arrive(press(other, f"open {project.id}"))
    assert state(other).project == project.id
    assert seen(other) == before
    assert state(other).work.job is None  # nothing was computed
    assert state(other).picture.run.corpus is state(other).texts.corpus
    assert next(box.value for box in other.selectbox if box.label == "Text column") == "comment"
    assert next(box.value for box in other.radio if box.label == "Repeated texts") == "all"
    assert other.slider(key="k").value == 4
    check(other.run())
    assert state(other).work.job is None
    (now,) = projects.listed(shared_workspace())
    assert (now.runs, now.changed) == (project.runs, project.changed)  # to look is not to change
    assert "New work goes into <b>comments</b>" in html(other)


def test_colours_are_those_that_were_on_the_map():
    app = uploaded()
    for topic in ("place", "food", "tool", "mood"):
        write(app, f"Represent the sentence for clustering by {topic}: ").run()
        settle(app)
    workspace = shared_workspace()
    (project,) = projects.listed(workspace)
    with workspace.store.reading() as session:
        kept = {row.id: row.slots for row in session.query(RunRow).all()}
    assert tuple(kept[saved_runs.runs(workspace, project.id)[0].id]) == state(app).picture.slots
    run = saved_runs.runs(workspace, project.id)[0].id
    turned = state(app).picture.slots[::-1]
    with workspace.store.writing() as session:
        session.get(RunRow, run).slots = list(turned)
    other = fresh()
    arrive(press(other, f"run {run}"))
    assert state(other).picture.slots == turned


def test_an_earlier_run_is_opened_from_the_list():
    app = uploaded()
    first = seen(app)
    write(app, "").run()
    settle(app)
    workspace = shared_workspace()
    (project,) = projects.listed(workspace)
    later, earlier = saved_runs.runs(workspace, project.id)
    assert (later.instruction, earlier.instruction) == ("", first.instruction)
    other = fresh()
    assert "<b>no instruction</b>" in html(other)
    arrive(press(other, f"run {earlier.id}"))
    assert seen(other) == first


def test_a_new_project_is_open_and_takes_new_work_until_it_is_closed():
    app = fresh()
    app.text_input(key="new project name").set_value("  ")
    create = next(each for each in app.button if each.label == "Create")
    create.click().run()
    assert "Give the project a name" in said(check(app))
    app.text_input(key="new project name").set_value("Mine")
    next(each for each in app.button if each.label == "Create").click().run()
    workspace = shared_workspace()
    (project,) = projects.listed(workspace)
    assert state(check(app)).project == project.id
    assert app.text_input(key="new project name").value == ""
    app.switch_page("pages/explore/page.py").run()
    settle(app)
    assert projects.listed(workspace)[0].runs == 0  # a sample is nobody's work
    app.file_uploader(key="upload").upload("comments.csv", CSV, "text/csv")
    settle(app.run())
    assert [(each.name, each.runs) for each in projects.listed(workspace)] == [("Mine", 1)]
    stay(app, "pages/explore/page.py")
    press(app, "close project")
    assert state(app).project is None
    app.file_uploader(key="upload").upload("more.csv", CSV + b"\none more text,A", "text/csv")
    settle(app.run())
    assert [(each.name, each.runs) for each in projects.listed(workspace)] == [("more", 1), ("Mine", 1)]


def test_a_sample_goes_on_being_kept_in_the_open_project_that_has_it():
    app = AppTest.from_file(APP, default_timeout=600).run()
    settle(app)
    app.switch_page("pages/label/page.py").run()
    workspace = shared_workspace()
    (project,) = projects.listed(workspace)
    assert (project.name, project.runs, project.labellings) == (SAMPLES[0].path.stem, 1, 1)
    other = fresh()
    arrive(press(other, f"open {project.id}"))
    assert state(other).work.job is None
    assert other.session_state["source"] == SAMPLES[0].name
    write(other, SUBJECT).run()
    settle(other)
    assert projects.listed(workspace)[0].runs == 2


def test_a_project_without_runs_opens_at_its_texts():
    done = state(uploaded()).picture.run
    workspace = shared_workspace()
    project = projects.create(workspace, "Texts alone")
    saved_runs.add_corpus(workspace, project, done.corpus)
    app = fresh()
    arrive(press(app, f"open {project}"))
    settle(app)
    assert state(app).texts.source == "comments.parquet"  # a table made of the texts: the file was not kept
    assert state(app).picture.run.corpus.texts == done.corpus.texts
    assert projects.opened(workspace, project).runs == 1


def test_two_sessions_rename_one_project_and_the_second_is_told():
    project = projects.create(shared_workspace(), "Tickets")
    one, two = fresh(), fresh()
    one.text_input(key=f"name {project} Tickets").set_value("Tickets 2025").run()
    check(one)
    two.text_input(key=f"name {project} Tickets").set_value("Old tickets").run()
    check(two)
    assert "Meanwhile somebody renamed this project from “Tickets” to “Tickets 2025”" in said(two)
    assert two.text_input(key=f"name {project} Tickets 2025").value == "Tickets 2025"
    assert projects.opened(shared_workspace(), project).name == "Tickets 2025"
    press(two, "rename again")
    assert projects.opened(shared_workspace(), project).name == "Old tickets"
    assert not two.error
    check(one.run())
    assert one.text_input(key=f"name {project} Old tickets").value == "Old tickets"
    assert "<b>Old tickets</b>" in html(one)


def test_a_deleted_project_is_brought_back_or_emptied_for_good():
    app = uploaded()
    (project,) = projects.listed(shared_workspace())
    app.switch_page(PAGE).run()
    press(app, "delete")
    assert "Deleted comments." in said(app)
    assert projects.listed(shared_workspace()) == []
    press(app, "undo delete")
    assert [each.id for each in projects.listed(shared_workspace())] == [project.id]
    press(app, "delete")
    other = fresh()
    assert "kept until" in html(other)
    press(other, f"restore {project.id}")
    press(other, "delete")
    press(other, "ask empty")
    press(other, "left")
    assert len(projects.listed(shared_workspace(), deleted=True)) == 1
    press(other, "ask empty")
    press(other, "confirmed")
    assert projects.listed(shared_workspace(), deleted=True) == []
    press(app, "undo delete")
    assert "deleted for good" in said(app)


def test_what_is_opened_by_one_and_deleted_by_another_is_said():
    app = uploaded()
    (project,) = projects.listed(shared_workspace())
    app.switch_page(PAGE).run()
    arrive(press(app, f"open {project.id}"))
    projects.remove(shared_workspace(), project.id)
    write(app, "").run()
    settle(app)
    assert "This project was deleted" in said(app)
    press(app, "close project")
    assert [each.name for each in projects.listed(shared_workspace())] == ["comments"]
    assert not app.warning


def test_a_copy_is_not_what_an_earlier_session_goes_on_in():
    app = uploaded()
    (project,) = projects.listed(shared_workspace())
    press(fresh(), "duplicate")
    write(app, "").run()
    settle(app)
    runs = {each.name: each.runs for each in projects.listed(shared_workspace())}
    assert runs == {project.name: 2, f"{project.name} (copy)": 1}


def test_instructions_are_pinned_forgotten_and_used():
    app = uploaded()
    workspace = shared_workspace()
    (project,) = projects.listed(workspace)
    history.remember(workspace, project.id, SUBJECT, state(app).picture.run.settings.model)
    app.switch_page(PAGE).run()
    section(app, "Instructions")
    last, first = history.recent(workspace, project.id)
    assert last.instruction == SUBJECT
    press(app, f"pin {first.id}")
    assert history.recent(workspace, project.id)[0].id == first.id
    press(app, f"forget {first.id}")
    assert [each.id for each in history.recent(workspace, project.id)] == [last.id]
    press(app, f"use {last.id}")
    stay(app, "pages/explore/page.py")
    assert written(app) == SUBJECT
    assert state(settle(app)).picture.run.instruction == SUBJECT


def test_a_labelling_goes_on_on_the_label_page():
    uploaded()
    workspace = shared_workspace()
    (project,) = projects.listed(workspace)
    id, _ = saved_labels.create(workspace, saved_runs.runs(workspace, project.id)[0].id, "mine")
    Labelling(workspace, id).save(Rename("c0", "Fruit"))
    (found,) = saved_labels.of_project(workspace, project.id)
    assert (found.name, found.edits) == ("mine", 1)
    other = section(fresh(), "Labels")
    assert "1 edit" in html(other)
    press(other, f"labelling {id}")
    job = other.session_state["labelling"].opening
    assert job is None or job.wait(600)
    stay(other, "pages/label/page.py")
    assert other.session_state["labelling"].labelling.id == id
    assert "Fruit" in {topic.name for topic in other.session_state["labelling"].view.topics}


def test_a_comparison_is_made_again_on_the_compare_page():
    app = uploaded()
    app.switch_page("pages/compare/page.py").run()
    held = app.session_state["comparison"]
    assert held.job.wait(600)
    check(app.run())
    workspace = shared_workspace()
    (project,) = projects.listed(workspace)
    (kept,) = saved_runs.comparisons(workspace, project.id)
    asked = app.session_state["comparison"].asked.recipes
    for other in (fresh(), app):  # one that never saw the page, and one that did
        other.switch_page(PAGE).run()
        section(other, "Comparisons")
        press(other, f"comparison {kept.id}")
        assert other.session_state["comparison"].asked.recipes == asked
        assert other.session_state["comparison"].asked.corpus.name == "comments.csv"


def test_little_room_is_said_and_vectors_can_be_cleared(monkeypatch):
    app = uploaded()
    before = seen(app)
    app.switch_page(PAGE).run()
    assert not app.warning
    usage = shutil.disk_usage(Path("/"))._replace(free=1_500_000_000)
    monkeypatch.setattr(projects.shutil, "disk_usage", lambda folder: usage)
    check(app.run())
    assert "Only 1.5 GB are free" in said(app)
    press(app, "ask vectors")
    press(app, "confirmed")
    assert shared_store().size() == 0
    other = fresh()
    (project,) = projects.listed(shared_workspace())
    arrive(press(other, f"open {project.id}"))
    assert seen(other) == before


def test_a_project_is_found_among_many():
    workspace = shared_workspace()
    ids = [projects.create(workspace, f"Survey {number}") for number in range(30)]
    app = fresh()
    cards = [each for each in app.button if each.key.startswith("look ")]
    assert len(cards) == 12
    press(app, "more projects")
    assert len([each for each in app.button if each.key.startswith("look ")]) == 24
    app.text_input(key="projects search").set_value("survey 17").run()
    assert [each.key for each in app.button if each.key.startswith("look ")] == [f"look {ids[17]}"]
    assert "1 of 30 projects" in said(app)
