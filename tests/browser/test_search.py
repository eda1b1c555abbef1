"""The Search page, used as its user would."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import App, shoot_both


def lit(page: Page) -> int:
    """Points of the map that are not dimmed."""
    return page.evaluate(
        """() => document.querySelector('.js-plotly-plot')._fullData
          .reduce((sum, trace) => sum + (trace.selectedpoints ?? trace.x).length, 0)"""
    )


def test_what_is_found_is_listed_and_lit_and_a_link_finds_it_again(page: Page, browser: Browser):
    App(page).wait_for_map(420)
    page.get_by_role("link", name="Search").click()
    field = page.get_by_role("textbox", name="Search for")
    field.fill("the strap came off")
    expect(page.get_by_text("The 25 best of 420 texts")).to_be_visible()
    page.wait_for_timeout(1000)
    assert lit(page) == 25
    shoot_both(page, "search")
    page.get_by_test_id("stButtonGroup").get_by_text("words", exact=True).click()
    field.fill('"thank you"')
    expect(page.get_by_text("texts that have the words")).to_be_visible()
    page.wait_for_url(re.compile("thank"))
    fresh = browser.new_page()
    fresh.goto(page.url)
    expect(fresh.get_by_role("textbox", name="Search for")).to_have_value('"thank you"', timeout=300_000)
    expect(fresh.get_by_text("of 420 texts")).to_be_visible()
    fresh.close()
