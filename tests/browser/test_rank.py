"""The Rank page, used as its user would."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, shoot_both
from tests.browser.test_compare import section


@pytest.fixture
def ranked(page: Page) -> Page:
    """The page with the product reviews' presets ranked."""
    App(page).wait_for_map(420)
    page.get_by_role("link", name="Rank").click()
    page.get_by_role("button", name="Rank 3 instructions on 420 texts").click()
    expect(page.get_by_text("Instructions by columns")).to_be_visible(timeout=300_000)
    return page


def test_a_ranking_and_what_follows_from_it(ranked: Page):
    expect(ranked.get_by_text("What to be wary of")).to_be_visible()
    shoot_both(ranked, "rank")
    section(ranked, "Parts of an instruction")
    ranked.get_by_role("button", name="Drop and swap its parts").click()
    expect(ranked.get_by_test_id("stDataFrame").last).to_be_visible(timeout=300_000)
    section(ranked, "Suggestions")
    expect(ranked.get_by_text("Picking the best of many flatters it")).to_be_visible()
    ranked.get_by_role("button", name="Suggest instructions for product").click()
    expect(ranked.get_by_role("button", name="Use the first on Explore")).to_be_visible(timeout=300_000)
    ranked.get_by_text("From pairs of texts instead").click()
    expect(ranked.get_by_role("button", name="Suggest instructions for these pairs")).to_be_disabled()
    section(ranked, "Without labels")
    ranked.get_by_role("button", name="Compute silhouette and stability").click()
    expect(ranked.get_by_text("weaker evidence")).to_be_visible()
    section(ranked, "sentiment")
    expect(ranked.get_by_text(re.compile("420 texts that have a label in sentiment"))).to_be_visible()
    ranked.get_by_role("button", name="Use the best instruction on Explore").click()
    expect(ranked.get_by_role("textbox", name="Instruction as written")).to_have_value(re.compile("by sentiment: $"))
    App(ranked).wait_for_map(420)
