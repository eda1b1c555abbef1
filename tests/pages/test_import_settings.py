"""What reading decided is said, and can be had otherwise in one click."""

import pytest
from streamlit.testing.v1 import AppTest

from core.projects import projects
from core.texts.samples import SAMPLES
from pages.shared.session.resources import shared_workspace
from pages.shared.session.texts import ReadingOptions
from tests.conftest import three_topics
from tests.pages.test_explore import APP, said, settle, state

pytestmark = pytest.mark.usefixtures("own_home")

TITLED = "\n".join(
    ["Answers of March", "number,comment", *(f'{n},"{text}"' for n, text in enumerate(three_topics()[:30])), "30,a,b,c"]
).encode()


def opened(name: str, data: bytes) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=600).run()
    app.file_uploader(key="upload").upload(name, data, "text/csv")
    return settle(app.run())


@pytest.fixture
def app() -> AppTest:
    return opened("march.csv", TITLED)


def test_what_was_decided_is_said_and_the_file_is_read_once(app):
    assert "Header: line 2." in said(app)
    assert app.number_input(key="march.csv|header").value == 2
    assert app.selectbox(key="march.csv|delimiter").value == ","
    assert len(state(app).picture.run.corpus) == 30
    assert len({id(table) for (name, _), table in state(app).texts.tables.items() if name == "march.csv"}) == 1


def test_rows_that_were_left_out_are_named_and_can_be_had(app):
    assert "2 rows left out: line 1, 33." in said(app)
    assert [button.label for button in app.get("download_button") if button.label == "Rows left out"] == [
        "Rows left out"
    ]


def test_the_runner_up_is_one_click_away(app):
    other = next(button for button in app.button if button.key == "march.csv|other header")
    assert other.label == "Not so: none"
    other.click()
    settle(app.run())
    assert app.number_input(key="march.csv|header").value == 0
    assert state(app).texts.corpus.reading.header == 0
    assert "number" not in state(app).texts.corpus.metadata.columns


def test_a_header_that_is_not_there_is_said_and_can_be_taken_back(app):
    app.number_input(key="march.csv|header").set_value(500)
    app.run()
    assert not app.exception
    assert app.error
    app.number_input(key="march.csv|header").set_value(2)
    app.run()
    assert not app.error
    assert len(state(app).picture.run.corpus) == 30


def test_a_file_read_otherwise_is_read_so_again_when_its_project_is_opened(app):
    app.number_input(key="march.csv|header").set_value(0)
    settle(app.run())
    digest = state(app).picture.run.corpus.digest
    project, *_ = projects.listed(shared_workspace())  # the last changed first
    later = AppTest.from_file(APP, default_timeout=600).run()
    settle(later)
    later.switch_page("pages/projects/page.py")
    later.run()
    next(button for button in later.button if button.key == f"open {project.id}").click()
    later.run()
    while later.session_state["projects"].opening is not None:
        later.session_state["projects"].opening.wait(600)
        later.run()
    later.switch_page("pages/explore/page.py")
    later.run()
    assert not later.exception
    assert state(later).work.job is None  # nothing was computed
    assert state(later).picture.run.corpus.digest == digest
    assert later.number_input(key="march.csv|header").value == 0


def test_what_was_found_is_asked_for_by_the_same_options():
    options = ReadingOptions(text_column="a", duplicates="all", repair=True, sheet="s", header=3, delimiter=";")
    assert options.of_table == ReadingOptions(sheet="s", header=3, delimiter=";")


def test_garbled_texts_are_shown_and_repaired_in_one_click():
    garbled = [text.replace("e", "é").encode().decode("cp1252") for text in three_topics()[:6]]
    lines = "\n".join(["comment", *(f'"{text}"' for text in [*garbled, *three_topics()[6:30]])])
    app = opened("april.csv", lines.encode())
    assert "6 texts with garbled characters, such as “" in said(app)
    next(button for button in app.button if button.label == "Repair 6 texts").click()
    settle(app.run())
    assert state(app).texts.corpus.report.repaired == 6
    assert "6 texts with garbled characters repaired." in said(app)
    assert not any(button.label.startswith("Repair") for button in app.button)


def test_a_language_that_the_model_does_not_read_is_said():
    german = [f"Die Bestellung {n} ist nie angekommen und niemand antwortet auf meine Mails" for n in range(30)]
    app = opened("mai.csv", "\n".join(["kommentar", *german]).encode())
    assert any(
        "The texts look German, and refract-small was trained on English alone" in each.value for each in app.warning
    )
    app.selectbox(key="source").select(SAMPLES[0].name)
    settle(app.run())
    assert not any("was trained on" in each.value for each in app.warning)
