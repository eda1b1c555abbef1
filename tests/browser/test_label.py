"""The Label page, used as its user would: every step is kept, and can be undone."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import SCREENSHOTS, App, serving

SIZE = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with nothing saved yet."""
    folder = tmp_path_factory.mktemp("labelling")
    with serving(folder / "log", REFRACT_HOME=str(folder / "home")) as address:
        yield address


def opened(browser: Browser, address: str, scheme: str = "light") -> Page:
    page = browser.new_context(viewport=SIZE, color_scheme=scheme).new_page()
    page.goto(address)
    wait(page)
    return page


def wait(page: Page) -> None:
    expect(page.locator(".js-plotly-plot")).to_be_visible(timeout=300_000)
    expect(page.get_by_text(re.compile(r"of \d+ topics named"))).to_be_visible(timeout=300_000)
    settle(page)


def settle(page: Page) -> None:
    """Wait until nothing is running and the points have arrived."""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    page.wait_for_timeout(900)


def name(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Name", exact=True)


def rename(page: Page, to: str, kept: bool = True) -> None:
    expect(name(page)).to_have_count(1)  # while a page is drawn anew the old field stands beside the new one
    name(page).fill(to)
    name(page).press("Enter")
    if kept:
        assert_on_map(page, to)
    settle(page)


def groups(page: Page) -> dict[str, int]:
    """Topics on the map, with how many texts each has; none while the map is being drawn anew."""
    found = page.evaluate(
        """() => (document.querySelector('.js-plotly-plot')?.closest('.map-view').mapView.figure.traces ?? [])
             .map((trace) => trace.name)"""
    )
    return {each.rsplit(" (", 1)[0]: int(each.rsplit(" (", 1)[1].rstrip(")").replace(",", "")) for each in found}


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """Give a busy machine the time that it needs; what still doesn't hold then is for the caller to see."""
    for _ in range(120):
        if holds():
            return
        page.wait_for_timeout(500)


def assert_on_map(page: Page, topic: str) -> None:
    wait_until(page, lambda: topic in groups(page))
    assert topic in groups(page)


def assert_groups(page: Page, wanted: dict[str, int]) -> None:
    wait_until(page, lambda: groups(page) == wanted)
    assert groups(page) == wanted


def shoot(page: Page, called: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{called}.png")


def test_rename_merge_split_move_undo_and_reload(browser: Browser, own_server: str):
    page = opened(browser, f"{own_server}/label")
    shoot(page, "label-light")
    before = groups(page)
    assert sum(before.values()) == 420

    rename(page, "Tablets")
    first = before["tablet, screen, keyboard"]
    assert groups(page)["Tablets"] == first
    expect(page.get_by_text("1 of 7 topics named")).to_be_visible()

    page.get_by_role("button", name="Merge").click()
    page.get_by_role("combobox", name="Merge into this one").click()
    page.get_by_role("option", name=re.compile("vacuum cleaner, cleaning, brush")).click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Merge 1 into “Tablets”").click()
    wait_until(page, lambda: len(groups(page)) == 6)
    merged = groups(page)
    assert merged["Tablets"] == first + before["vacuum cleaner, cleaning, brush"]
    assert len(merged) == 6
    settle(page)

    page.get_by_role("button", name="Split").click()
    page.get_by_role("button", name="Split by k-means").click()
    wait_until(page, lambda: len(groups(page)) == 7)
    split = groups(page)
    assert len(split) == 7
    assert sum(split.values()) == 420
    assert split["Tablets"] < merged["Tablets"]
    settle(page)

    App(page).drag_lasso()
    expect(page.get_by_text(re.compile(r"texts drawn around")).first).to_be_visible()
    count = int(re.match(r"\d+", page.get_by_text(re.compile(r"texts drawn around")).first.inner_text())[0])
    page.get_by_role("textbox", name="Name of the new topic").fill("On the left")
    page.get_by_role("textbox", name="Name of the new topic").press("Enter")
    settle(page)
    page.get_by_role("button", name="Move", exact=False).last.click()
    assert_on_map(page, "On the left")
    assert groups(page)["On the left"] == count
    shoot(page, "label-moved")

    page.get_by_role("button", name="Undo").click()
    settle(page)
    assert_groups(page, split)
    address = page.url
    page.reload()
    wait(page)
    assert page.url == address
    assert_groups(page, split)
    for _ in range(3):
        page.get_by_role("button", name="Undo").click()
        settle(page)
    assert_groups(page, before)
    page.get_by_role("button", name="Redo").click()
    assert_on_map(page, "Tablets")
    assert groups(page)["Tablets"] == first
    page.context.close()


def test_keys_go_through_the_topics_and_undo(browser: Browser, own_server: str):
    page = opened(browser, f"{own_server}/label", "dark")
    shoot(page, "label-dark")
    page.locator(".rf-meter").first.click()  # away from every field
    expect(page.get_by_text("topic 1 of")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_text("topic 2 of")).to_be_visible()
    page.keyboard.press("x")
    expect(page.get_by_text(re.compile(r"\d+ set aside"))).to_be_visible()
    settle(page)
    page.keyboard.press("u")
    expect(page.get_by_text(re.compile(r"\d+ set aside"))).to_be_hidden()
    rename(page, "just")  # letters in a field are letters
    expect(page.get_by_text("topic 2 of")).to_be_visible()
    assert_on_map(page, "just")
    page.context.close()


def test_two_sessions_see_each_other_and_nothing_is_lost(browser: Browser, own_server: str):
    one, two = (opened(browser, f"{own_server}/label") for _ in range(2))
    for page, who in ((one, "Ann"), (two, "Ben")):
        page.get_by_role("textbox", name="Your name").fill(who)
        page.get_by_role("textbox", name="Your name").press("Enter")
        settle(page)
    rename(one, "Ann's name")
    rename(two, "Ben's name", kept=False)  # of the same topic, which Ben still sees as it was
    expect(two.get_by_text("Meanwhile Ann renamed")).to_be_visible()
    shoot(two, "label-collision")
    assert_on_map(two, "Ann's name")
    two.get_by_role("button", name="Do it all the same").click()
    assert_on_map(two, "Ben's name")
    one.keyboard.press("j")
    expect(one.get_by_text("Others were at work")).to_be_visible()
    assert_on_map(one, "Ben's name")
    for page in (one, two):
        page.context.close()


def test_every_section(browser: Browser, own_server: str):
    page = opened(browser, f"{own_server}/label")
    for section, said in (
        ("Texts", "those that fit it best first"),
        ("Between topics", "have a margin under"),
        ("Tree", "topics join"),
        ("History", "edits hold"),
    ):
        page.get_by_test_id("stButtonGroup").get_by_text(section, exact=True).click()
        line = page.get_by_text(said)
        expect(line).to_be_visible()
        line.scroll_into_view_if_needed()
        settle(page)
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 5000)")
        page.wait_for_timeout(400)
        shoot(page, f"label-{section.lower().replace(' ', '-')}")
    page.context.close()
