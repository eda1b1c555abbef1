"""The Models page without a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.models import added, catalogue, hub, registry
from pages.models import state as models_state
from pages.models.state import ModelsState
from pages.shared.elements.words import millions, size, visible
from tests.pages.conftest import write, written
from tests.pages.test_explore import APP, said
from tests.support.hub_server import Hub, serve
from tests.support.tiny_bert import save_tiny_bert
from tests.support.tiny_models import save_tiny_t5


@pytest.fixture(autouse=True)
def remote(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A home without models, and a hub with one."""
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path / "home"))
    models_state.downloads.cache_clear()
    published = Hub(hub_id="hkunlp/instructor-base").add(
        save_tiny_t5(tmp_path / "published", dense=768, max_tokens=512)
    )
    with serve(published) as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        yield published


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=600).run()
    return check(app.switch_page("pages/models/page.py").run())


def check(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def state(app: AppTest) -> ModelsState:
    return app.session_state["models"]


def go(app: AppTest, section: str) -> AppTest:
    app.segmented_control(key="models section").select(section)
    return check(app.run())


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return check(app.run())


def keys(app: AppTest) -> list[str]:
    return [button.key for button in app.button if button.key]


def html(app: AppTest) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


def test_every_model_is_listed_with_its_facts(app):
    shown = html(app)
    for part in (
        "all-MiniLM-L6-v2",
        "22.7 million",
        "Apache-2.0",
        "384 numbers",
        "256 tokens",
        "not measured",
        "instructor-xl",
        "1.2 billion",
        "Gemma terms of use",
        "follows instructions",
    ):
        assert part in shown
    assert "measure all-MiniLM-L6-v2" in keys(app)
    assert sum(key.startswith("download ") for key in keys(app)) == 19


def test_nothing_is_asked_of_the_hub_unasked(app, remote):
    for section in ("Add a folder", "All models"):
        go(app, section)
    assert remote.asked == []


def test_the_speed_is_measured_and_shown(app, tmp_path):
    catalogue.add_directory(save_tiny_bert(tmp_path / "tiny"))
    check(app.run())
    press(app, "measure tiny")
    assert state(app).measuring[1].wait(600)
    check(app.run())
    assert "texts a second" in html(app)


def test_the_size_comes_before_the_download(app, remote):
    press(app, "download instructor-base")
    assert state(app).plans["instructor-base"].wait(600)
    check(app.run())
    assert f"{size(hub.plan('instructor-base').size)}" in said(app)
    assert not any("/resolve/" in path for path, _ in remote.asked)
    press(app, "yes instructor-base")
    job = models_state.downloads().of("instructor-base")
    assert job.wait(600)
    check(app.run())
    assert "download instructor-base" not in keys(app)
    assert "measure instructor-base" in keys(app)
    assert catalogue.ready_names() == ["refract-small", "all-MiniLM-L6-v2", "instructor-base"]


def test_no_is_no(app, remote):
    press(app, "download instructor-base")
    state(app).plans["instructor-base"].wait(600)
    check(app.run())
    press(app, "no instructor-base")
    assert state(app).plans == {}
    assert not hub.models_home().exists()


def test_a_download_can_be_stopped_by_who_started_it_and_goes_on(app, remote):
    remote.slow = 0.5
    remote.files["model.safetensors"] *= 20
    state(app).download("instructor-base")
    check(app.run())
    assert "cancel download instructor-base" in keys(app)
    other = AppTest.from_file(APP, default_timeout=600).run()
    check(other.switch_page("pages/models/page.py").run())
    assert "cancel download instructor-base" not in keys(other)
    assert "download instructor-base" not in keys(other)
    press(app, "cancel download instructor-base")
    check(app.run())
    assert "What has arrived is kept" in said(app)
    press(app, "dismiss instructor-base")
    assert "download instructor-base" in keys(app)


def test_an_error_is_said_in_words(app, monkeypatch):
    press(app, "download bge-base-en-v1.5")
    state(app).plans["bge-base-en-v1.5"].wait(600)
    check(app.run())
    assert "no model called BAAI/bge-base-en-v1.5" in said(app)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    press(app, "dismiss bge-base-en-v1.5")
    press(app, "download bge-base-en-v1.5")
    state(app).plans["bge-base-en-v1.5"].wait(600)
    check(app.run())
    assert "can't be reached" in said(app)


def test_another_model_of_the_hub_is_asked_for_by_its_id(app, remote):
    remote.hub_id = "acme/tiny"
    app.text_input(key="other model name").input("acme/tiny")
    next(button for button in app.button if button.label == "Download" and button.form_id).click()
    check(app.run())
    state(app).plans["acme/tiny"].wait(600)
    check(app.run())
    press(app, "yes acme/tiny")
    assert models_state.downloads().of("acme/tiny").wait(600)
    check(app.run())
    assert "measure acme/tiny" in keys(app)


def test_a_folder_shows_its_recipe_and_is_added(app, tmp_path):
    folder = save_tiny_t5(tmp_path / "ours")
    go(app, "Add a folder")
    app.text_input(key="add path").input(str(tmp_path / "nowhere"))
    check(app.run())
    assert "There is no folder" in said(app)
    app.text_input(key="add path").input(str(folder))
    check(app.run())
    assert app.selectbox(key=f"add family {folder}").value == "instructor"
    assert "are left out of it" in html(app)
    app.selectbox(key=f"add family {folder}").select("e5")
    check(app.run())
    assert "query:␣" in html(app)
    app.text_input(key="add template e5").input("Instruct: {instruction}\\nQuery: ")
    app.selectbox(key="add pooled").select("left out of the mean")
    check(app.run())
    assert "Instruct: by topic: ⏎Query:␣" in html(app)
    press(app, "add")
    assert state(app).adding.wait(600)
    check(app.run())
    assert registry.card_of("ours").prefix("x") == "Instruct: x\nQuery: "
    assert registry.card_of("ours").pool_instruction is False
    go(app, "All models")
    press(app, "remove ours")
    assert "ours" not in added.added_models()


def test_an_added_folder_can_be_chosen_on_explore_and_its_loss_does_no_harm(app, tmp_path):
    catalogue.add_directory(save_tiny_bert(tmp_path / "tiny"))
    check(app.switch_page("pages/explore/page.py").run())
    assert app.selectbox(key="model").options == ["refract-small", "all-MiniLM-L6-v2", "tiny"]
    app.selectbox(key="model").select("tiny")
    check(app.run())
    catalogue.remove_directory("tiny")
    check(app.run())
    assert app.selectbox(key="model").value == "refract-small"


def test_models_that_are_chosen_stand_side_by_side_on_compare(app):
    assert app.multiselect[0].value == ["refract-small", "all-MiniLM-L6-v2"]
    app.multiselect[0].set_value(["refract-small"])
    check(app.run())
    assert app.button(key="compare models").disabled
    app.multiselect[0].set_value(["all-MiniLM-L6-v2", "refract-small"])
    check(app.run())
    press(app, "compare models")
    comparison = app.session_state["comparison"]
    assert comparison.job.wait(600)
    app.switch_page("pages/compare/page.py")  # the tester doesn't follow by itself
    check(app.run())
    instruction = "Represent the product review for clustering by product: "
    assert [(run.settings.model, run.instruction) for run in comparison.found.runs] == [
        ("all-MiniLM-L6-v2", ""),
        ("refract-small", instruction),
    ]
    assert "On all 420 texts" in said(app)
    shown = html(app)
    assert "Before every text" in shown
    for each in comparison.found.columns:
        assert f"{each.values} values, on {each.texts:,} texts" in shown
        for score in each.scores:
            assert f"<b>{score:.2f}</b>" in shown
    app.switch_page("pages/explore/page.py")
    write(check(app.run()), "Represent the note: ")
    check(app.run())
    app.switch_page("pages/compare/page.py")
    check(app.run())
    assert [recipe.model for recipe in comparison.asked.recipes] == ["all-MiniLM-L6-v2", "refract-small"]


def test_explore_keeps_its_choices_over_a_visit_to_the_models(app):
    check(app.switch_page("pages/explore/page.py").run())
    write(app, "Represent the note: ")
    app.toggle(key="auto_k").set_value(False)
    check(app.run())
    check(app.switch_page("pages/models/page.py").run())
    check(app.switch_page("pages/explore/page.py").run())
    assert written(app) == "Represent the note: "
    assert app.toggle(key="auto_k").value is False


def test_numbers_are_said_as_people_do():
    assert [size(n) for n in (0, 999, 1_500, 438_000_000, 1_240_000_000)] == [
        "0 bytes",
        "999 bytes",
        "1.5 kB",
        "438 MB",
        "1.2 GB",
    ]
    assert [millions(n) for n in (0, 22.7, 335, 1242)] == ["unknown", "22.7 million", "335 million", "1.2 billion"]
    assert [visible(text) for text in ("", "a: ", "x\ny", "  ")] == ["nothing", "a:␣", "x⏎y", "␣␣"]
