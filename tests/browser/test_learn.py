"""The Learn page, used as its reader would."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App, shoot_both
from tests.browser.test_compare import section, shoot


@pytest.fixture
def lesson(page: Page) -> Page:
    App(page).wait_for_map(420)
    page.get_by_role("link", name="Learn").click()
    expect(page.get_by_text("Which of these texts are alike?")).to_be_visible()
    return page


def test_the_same_texts_are_alike_in_different_ways(lesson: Page):
    expect(lesson.get_by_test_id("stPlotlyChart")).to_have_count(2)
    shoot_both(lesson, "learn-1")
    lesson.get_by_label("Texts, one a line").fill("one text only")
    lesson.get_by_label("Texts, one a line").press("Control+Enter")
    expect(lesson.get_by_text("Write at least two texts.")).to_be_visible()


def test_every_step_works(lesson: Page):
    section(lesson, "2 Where it goes in")
    expect(lesson.locator(".rf-pieces .rf-instruction").first).to_be_visible()
    expect(lesson.locator(".rf-card mark").first).to_be_visible()
    shoot(lesson, "learn-2")
    section(lesson, "3 Clusters re-form")
    expect(lesson.get_by_text("agree at an adjusted Rand index")).to_be_visible(timeout=300_000)
    lesson.get_by_label("From the first map to the second").fill("1000")
    shoot(lesson, "learn-3")
    section(lesson, "4 What goes wrong")
    expect(lesson.get_by_text("Measured on all 450 messages just now.")).to_be_visible(timeout=300_000)
    expect(lesson.get_by_text("best of three")).to_be_visible(timeout=300_000)
    lesson.wait_for_timeout(1000)
    shoot(lesson, "learn-4")
    section(lesson, "5 Which models listen")
    expect(lesson.get_by_text("Which models listen to instructions?")).to_be_visible()
    lesson.wait_for_timeout(800)
    shoot(lesson, "learn-5")
