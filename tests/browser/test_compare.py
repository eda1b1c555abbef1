"""The Compare page, used as its user would."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SCREENSHOTS, App, shoot_both


@pytest.fixture
def compared(page: Page) -> Page:
    """The page with the product reviews by product and by sentiment on it."""
    App(page).wait_for_map(420)
    page.get_by_role("link", name="Compare").click()
    wait_for_panes(page, 2)
    return page


def wait_for_panes(page: Page, count: int, points: int = 420) -> None:
    page.wait_for_function(
        """([count, points]) => {
          const charts = [...document.querySelectorAll('.linked-maps .js-plotly-plot')];
          const drawn = (chart) => chart._fullData?.reduce((sum, trace) => sum + trace.x.length, 0) === points;
          return charts.length === count && charts.every(drawn);
        }""",
        arg=[count, points],
        timeout=300_000,
    )


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.wait_for_timeout(500)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def bright(page: Page, pane: int) -> int:
    """Points of a pane that are not dimmed."""
    return page.evaluate(
        """(pane) => [...document.querySelectorAll('.linked-maps .js-plotly-plot')][pane]._fullData
          .reduce((sum, trace) => sum + (trace.selectedpoints ?? trace.x).length, 0)""",
        pane,
    )


def drag_lasso(page: Page) -> None:
    """Draw around the left half of the first pane."""
    page.locator('.linked-maps [data-title="Lasso Select"]').first.click()
    area = page.locator(".linked-maps .nsewdrag").first.bounding_box()
    assert area is not None
    corners = [(0.02, 0.02), (0.6, 0.5), (0.02, 0.98), (0.02, 0.02)]
    spots = [(area["x"] + area["width"] * x, area["y"] + area["height"] * y) for x, y in corners]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=8)
    page.mouse.up()


def section(page: Page, name: str) -> None:
    page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()


def test_two_instructions_stand_side_by_side(compared: Page):
    expect(compared.locator(".linked-maps .title").first).to_contain_text("trust 0.")
    expect(compared.get_by_label("Instruction A")).to_have_value(re.compile("by product: $"))
    expect(compared.get_by_label("Instruction B")).to_have_value(re.compile("by sentiment: $"))
    shoot_both(compared, "compare")


def test_a_lasso_in_one_pane_selects_in_the_other(compared: Page):
    drag_lasso(compared)
    line = compared.get_by_text(re.compile(r"\d+ of 420 texts in the selection"))
    expect(line).to_be_visible()
    count = int(re.match(r"\d+", line.inner_text())[0])
    assert 0 < count < 420
    assert bright(compared, 0) == bright(compared, 1) == count
    shoot(compared, "compare-lasso")


def test_search_dims_both(compared: Page):
    box = compared.get_by_placeholder("Search the texts")
    box.fill("backpack")
    box.press("Enter")
    line = compared.get_by_text(re.compile(r"\d+ of 420 texts match"))
    expect(line).to_be_visible()
    count = int(re.match(r"\d+", line.inner_text())[0])
    compared.wait_for_timeout(500)
    assert bright(compared, 0) == bright(compared, 1) == count


def test_a_ribbon_opens_its_texts(compared: Page):
    section(compared, "Flow")
    ribbon = compared.locator(".flows .sankey-link").first
    expect(ribbon).to_be_visible()
    ribbon.scroll_into_view_if_needed()
    x, y = ribbon.evaluate(
        """path => {
          const corner = path.getPointAtLength(0).matrixTransform(path.getScreenCTM());
          return [corner.x + 4, corner.y + 4];
        }"""
    )
    compared.mouse.click(x, y)
    line = compared.get_by_text(re.compile(r"\d+ of 420 texts from A’s “.+” to B’s “.+”")).first
    expect(line).to_be_visible()
    count = int(re.match(r"\d+", line.inner_text())[0])
    compared.wait_for_timeout(800)
    assert bright(compared, 0) == bright(compared, 1) == count
    shoot(compared, "compare-ribbon")
    compared.get_by_role("button", name="All texts again").click()
    expect(line).to_be_hidden()


def test_the_link_reproduces_the_view_in_a_fresh_session(compared: Page, browser: Browser):
    compared.get_by_label("Instruction B").fill("Represent the ticket for clustering by urgency: ")
    compared.get_by_label("Instruction B").press("Control+Enter")
    expect(compared.locator(".linked-maps .title").nth(1)).to_contain_text("by urgency", timeout=300_000)
    wait_for_panes(compared, 2)
    titles = compared.locator(".linked-maps .title").all_inner_texts()
    colours = (
        "() => [...document.querySelectorAll('.linked-maps .js-plotly-plot')].map(c => c._fullData.map(t => t.name))"
    )
    names = compared.evaluate(colours)
    fresh = browser.new_context(viewport={"width": 1440, "height": 900})
    page = fresh.new_page()
    page.goto(compared.url)
    wait_for_panes(page, 2)
    assert page.locator(".linked-maps .title").all_inner_texts() == titles
    assert page.evaluate(colours) == names
    expect(page.get_by_label("Instruction B")).to_have_value("Represent the ticket for clustering by urgency: ")
    fresh.close()


def test_a_link_from_elsewhere_is_refused_in_words(browser: Browser, server: str):
    fresh = browser.new_context(viewport={"width": 1440, "height": 900})
    page = fresh.new_page()
    page.goto(f"{server}/compare?view=0123456789ab")
    expect(page.get_by_text("not kept on this machine")).to_be_visible(timeout=300_000)
    fresh.close()


def test_the_noise_floor_and_every_section(compared: Page):
    compared.get_by_role("button", name="Compute the noise floor").click()
    expect(compared.get_by_text("The floor is how far each run agrees with itself")).to_be_visible(timeout=300_000)
    shoot(compared, "compare-floor")
    section(compared, "Moved texts")
    expect(compared.get_by_text("nearest neighbours in the embedding")).to_be_visible()
    expect(compared.locator("mark").first).to_be_visible()
    shoot(compared, "compare-moved")
    section(compared, "Morph")
    slider = compared.get_by_label("From the first map to the second")
    expect(slider).to_be_visible()
    slider.fill("500")
    shoot(compared, "compare-morph")
    section(compared, "Together")
    expect(compared.get_by_text("Together under every instruction")).to_be_visible()
    shoot(compared, "compare-together")


def test_three_and_four_panes(compared: Page):
    section(compared, "Agreement")
    for count in (3, 4):
        compared.get_by_test_id("stButtonGroup").get_by_text(str(count), exact=True).click()
        wait_for_panes(compared, count)
    expect(compared.get_by_label("Instruction D")).to_be_visible()
    shoot(compared, "compare-four")
