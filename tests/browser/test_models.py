"""The Models page, used as its user would: with a hub of our own, and small random models."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import SCREENSHOTS, App, serving, shoot_both
from tests.support.hub_server import Hub, serve
from tests.support.tiny_models import save_tiny_t5


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub that has an INSTRUCTOR model under the name of a real one."""
    published = save_tiny_t5(tmp_path_factory.mktemp("published") / "instructor-base", dense=768, max_tokens=512)
    hub = Hub(hub_id="hkunlp/instructor-base").add(published)
    with serve(hub) as address:
        hub.address = address  # type: ignore[attr-defined]
        yield hub


@pytest.fixture(scope="module")
def server(remote: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app whose home is empty and whose hub is ours."""
    home = tmp_path_factory.mktemp("home")
    log = tmp_path_factory.mktemp("server") / "log"
    with serving(log, REFRACT_HOME=str(home), HF_ENDPOINT=remote.address) as address:  # type: ignore[attr-defined]
        yield address


@pytest.fixture
def models(page: Page) -> Page:
    """The Models page, reached as the user does."""
    App(page).wait_for_map(420)
    page.get_by_role("link", name="Models").click()
    expect(page.get_by_text("On this machine", exact=False).first).to_be_visible()
    return page


def shoot(page: Page, name: str, full: bool = False) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.mouse.move(5, 895)
    page.wait_for_timeout(500)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full)


def section(page: Page, name: str) -> None:
    page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()


def choose(page: Page, box: Locator, name: str) -> None:
    """Choose one more of a list, which closes whenever the page is drawn anew."""
    option = page.get_by_role("option", name=name)
    for _ in range(60):
        box.click()
        page.wait_for_timeout(500)
        if option.count():
            option.click()
            box.press("Escape")
            return
        box.press("Escape")
    pytest.fail(f"There is no {name} to choose")


def test_the_list_says_what_is_here_and_measures_it(models: Page):
    expect(models.get_by_text("Can be downloaded")).to_be_visible()
    button = models.get_by_role("button", name=re.compile("^Measure"))
    button.first.click()
    expect(models.get_by_text(re.compile(r"[\d,]+ texts a second"))).to_be_visible()
    expect(models.get_by_role("button", name="Measure again").first).to_be_enabled()
    shoot_both(models, "models-list")


def test_models_that_are_chosen_stand_side_by_side_on_compare(models: Page):
    models.get_by_role("button", name="Compare these").click()
    expect(models.get_by_text("How well the clusters match the columns")).to_be_visible(timeout=300_000)
    expect(models.get_by_text(re.compile("On all 420 texts"))).to_be_visible()
    expect(models.get_by_role("combobox", name="Model B")).to_have_value("all-MiniLM-L6-v2")
    shoot_both(models, "models-compare")
    models.get_by_text("What each model is given").click()
    models.get_by_text(re.compile("A plain model reads every text once")).scroll_into_view_if_needed()
    shoot_both(models, "models-figures")


def test_a_folder_is_added_and_can_be_chosen_on_explore(models: Page, tmp_path: Path):
    folder = save_tiny_t5(tmp_path / "our-instructor")
    section(models, "Add a folder")
    shoot(models, "models-add-empty")
    field = models.get_by_role("textbox", name="Folder")
    field.fill(str(tmp_path / "nowhere"))
    field.press("Enter")
    expect(models.get_by_role("alert").filter(has_text="There is no folder")).to_be_visible()
    field.fill(str(folder))
    field.press("Enter")
    expect(models.get_by_text("are left out of it")).to_be_visible()
    shoot(models, "models-add")
    models.get_by_role("button", name="Load it and add it to the list").click()
    expect(models.get_by_text("is in the list")).to_be_visible()
    section(models, "All models")
    expect(models.get_by_text("our-instructor", exact=True)).to_be_visible()
    models.get_by_role("link", name="Explore").click()
    App(models).wait_for_map(420)
    box = models.get_by_role("combobox", name="Model")
    box.scroll_into_view_if_needed()
    models.wait_for_timeout(500)  # a list that is open while its box scrolls closes again
    box.click()
    models.get_by_role("option", name="our-instructor").click()
    expect(models.get_by_text("A model from a local directory.")).to_be_visible()
    App(models).wait_for_map(420)


def test_the_size_is_said_first_and_the_download_shows_where_it_is(models: Page, remote: Hub):
    row = models.locator(".rf-model-row").filter(has_text="instructor-base").first
    expect(row).to_be_visible()
    models.locator('[class*="st-key-download-instructor-base"] button').click()
    agree = models.get_by_role("button", name=re.compile(r"^Download [\d.]+ kB"))
    expect(agree).to_be_visible()
    assert not any("/resolve/" in path for path, _ in remote.asked)
    shoot(models, "models-agree")
    remote.cut_after, remote.times_to_cut = 2_000, 3
    agree.click()
    expect(models.get_by_text(re.compile("Downloading instructor-base"))).to_be_visible()
    expect(row).to_have_count(0, timeout=300_000)
    chosen = models.get_by_role("combobox", name="Compare on the texts of Explore")
    choose(models, chosen, "instructor-base")
    models.get_by_role("button", name="Compare these").click()
    expect(models.get_by_text("How well the clusters match the columns")).to_be_visible(timeout=300_000)
    models.get_by_text("What each model is given").click()
    expect(models.get_by_text("The instruction stands before every text as you write it.").first).to_be_visible()
    shoot(models, "models-compare-three", full=True)


def test_an_error_of_the_hub_is_said_in_words(models: Page):
    models.locator('[class*="st-key-download-e5-base-v2"] button').click()
    alert = models.get_by_role("alert").filter(has_text="no model called intfloat/e5-base-v2")
    expect(alert).to_be_visible()
    shoot(models, "models-error")
    models.get_by_role("button", name="Dismiss").click()
    expect(alert).to_have_count(0)


def test_explore_is_as_it_was_left(models: Page):
    models.get_by_role("link", name="Explore").click()
    app = App(models)
    app.wait_for_map(420)
    app.preset("by complaint reason")
    expect(app.instruction()).to_have_value(re.compile("by complaint reason: $"))
    app.wait_for_map(420)
    models.get_by_role("link", name="Models").click()
    expect(models.get_by_text("Can be downloaded")).to_be_visible()
    models.get_by_role("link", name="Explore").click()
    app.wait_for_map(420)
    expect(app.instruction()).to_have_value(re.compile("by complaint reason: $"))
    expect(models.get_by_role("textbox", name="Group by")).to_have_value("complaint reason")


def test_a_deep_link_to_the_page_works(browser: Browser, server: str):
    page = browser.new_page()
    page.goto(f"{server}/models")
    expect(page.get_by_text("Can be downloaded")).to_be_visible()
    expect(page.get_by_role("button", name="Compare these")).to_be_visible()
    page.close()
