"""The Projects page, used as its user would: yesterday's work is found again, by everybody on the same server."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import App, serving, shoot_both
from tests.conftest import three_topics

SIZE = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with nothing saved yet."""
    folder = tmp_path_factory.mktemp("projects")
    with serving(folder / "log", REFRACT_HOME=str(folder / "home")) as address:
        yield address


def visit(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport=SIZE).new_page()
    page.goto(address)
    return page


def settled(page: Page) -> None:
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    page.wait_for_timeout(500)


def name_field(page: Page):
    return page.get_by_role("textbox", name="Name", exact=True)


def test_a_map_is_found_again_and_looks_as_it_was_left(browser: Browser, own_server: str, tmp_path: Path):
    file = tmp_path / "guest comments.csv"
    with file.open("w", newline="") as output:
        csv.writer(output).writerows([["comment"], *([text] for text in three_topics())])
    page = visit(browser, own_server)
    app = App(page)
    app.wait_for_map()
    app.upload(file)
    app.wait_for_map(30)
    app.instruction().fill("Represent the sentence for clustering by place: ")
    app.instruction().press("Enter")
    app.wait_for_details("UMAP from the last map")  # the second run, which starts from the first
    app.wait_for_map(30)
    places, colours, legend = app.places(), app.colours(), app.legend()

    later = visit(browser, f"{own_server}/projects")
    expect(later.get_by_text("1 project, the last changed first")).to_be_visible()
    moment = later.locator(".rf-quiet span[title]").first
    assert re.fullmatch(r"\d+ \w+ \d{4}, \d\d:\d\d \S+", moment.get_attribute("title") or "")
    expect(moment).to_have_text(re.compile("just now|minutes? ago"))
    later.get_by_role("button", name="Open", exact=True).first.click()
    again = App(later)
    again.wait_for_map(30)
    assert again.instruction().input_value() == "Represent the sentence for clustering by place: "
    assert (again.places(), again.colours(), again.legend()) == (places, colours, legend)
    expect(later.get_by_text("New work goes into guest comments")).to_be_visible()
    shoot_both(later, "projects-opened")
    for each in (page, later):
        each.context.close()


def test_two_at_once_rename_delete_and_bring_back(browser: Browser, own_server: str):
    one, two = visit(browser, f"{own_server}/projects"), visit(browser, f"{own_server}/projects")
    for name in ("Hotel reviews 2026", "Tickets, first half", "Interviews"):
        one.get_by_role("textbox", name="Its name").fill(name)
        one.get_by_role("button", name="Create").click()
        expect(name_field(one)).to_have_value(name)
    two.reload()
    expect(name_field(two)).to_have_value("Interviews")
    name_field(one).fill("Interviews in spring")
    name_field(one).press("Enter")
    expect(one.get_by_text("Interviews in spring", exact=True).first).to_be_visible()
    name_field(two).fill("Interviews in May")
    name_field(two).press("Enter")
    expect(two.get_by_text("Meanwhile somebody renamed this project")).to_be_visible()
    settled(two)
    shoot_both(two, "projects-conflict")
    two.get_by_role("button", name="Rename it to “Interviews in May”").click()
    expect(name_field(two)).to_have_value("Interviews in May")

    two.get_by_role("button", name="Delete", exact=True).click()
    expect(two.get_by_text("Deleted Interviews in May.")).to_be_visible()
    one.get_by_role("button", name="Duplicate").click()  # of what somebody else has deleted
    expect(one.get_by_text("This project was deleted").first).to_be_visible()
    two.get_by_text("Deleted: 1").click()
    settled(two)
    shoot_both(two, "projects-deleted")
    two.get_by_role("button", name="Empty for good").click()
    expect(two.get_by_role("dialog")).to_be_visible()
    settled(two)
    shoot_both(two, "projects-empty")
    two.get_by_role("button", name="Leave it").click()
    expect(two.get_by_role("dialog")).to_have_count(0)
    settled(two)
    two.get_by_role("button", name="Undo").click()
    expect(two.get_by_text("Deleted Interviews in May.")).to_have_count(0)
    expect(name_field(two)).to_have_value("Interviews in May")
    for each in (one, two):
        each.context.close()
