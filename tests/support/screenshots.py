"""``python -m tests.support.screenshots``: pictures of every page in light and dark, from the app as it runs.

They go to `tests/screenshots/`; those of the Explore page are the README's as well.
"""

import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, ROOT, SCREENSHOTS, App, serving, shoot_both
from tests.browser.test_compare import wait_for_panes

DOCS = ROOT / "docs"
SIZE = {"width": 1440, "height": 900}


def rank(page: Page) -> None:
    """Rank what the page proposes."""
    page.get_by_role("button", name="Rank 3 instructions on 420 texts").click()
    expect(page.get_by_text("Instructions by columns")).to_be_visible(timeout=300_000)


def search(page: Page) -> None:
    """Search for something that is there."""
    page.get_by_role("textbox", name="Search for").fill("the strap came off")
    expect(page.get_by_text("The 25 best of 420 texts")).to_be_visible(timeout=300_000)


def first_picture(page: Page) -> None:
    """Wait for the sample's map, and for what is said of its instruction."""
    App(page).wait_for_map(420)
    expect(page.get_by_text("of each text's neighbours changed")).to_be_visible(timeout=300_000)


# What each page shows, in the order of the navigation, so that one session has it all.
PAGES: dict[str, Callable[[Page], None]] = {
    "Explore": first_picture,
    "Compare": lambda page: wait_for_panes(page, 2),
    "Rank": rank,
    "Label": lambda page: expect(page.get_by_text(re.compile(r"of \d+ topics named"))).to_be_visible(timeout=300_000),
    "Search": search,
    "Projects": lambda page: expect(page.get_by_text("1 project, the last changed first")).to_be_visible(
        timeout=300_000
    ),
    "Models": lambda page: expect(page.get_by_text("refract-small").first).to_be_visible(timeout=300_000),
    "Learn": lambda page: expect(page.get_by_test_id("stPlotlyChart")).to_have_count(2, timeout=300_000),
}


def main() -> int:
    """Take the pictures; 1 where there is no browser to take them with."""
    if CHROMIUM is None:
        print("### NO CHROMIUM: NO SCREENSHOTS. Install it with: apt-get install chromium ###", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="refract-screenshots-") as name, sync_playwright() as playwright:
        folder = Path(name)
        with serving(folder / "log", REFRACT_HOME=str(folder / "home")) as address:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport=SIZE, color_scheme="light")
            page.goto(address)
            for title, prepare in PAGES.items():
                if title != "Explore":
                    page.get_by_role("link", name=title, exact=True).click()
                prepare(page)
                expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=300_000)
                page.mouse.move(0, 0)
                page.wait_for_timeout(2000)  # points travel, charts draw themselves
                shoot_both(page, title.lower())
            browser.close()
    for scheme in ("light", "dark"):
        shutil.copyfile(SCREENSHOTS / f"explore-{scheme}.png", DOCS / f"screenshot-{scheme}.png")
    print(f"Pictures of {len(PAGES)} pages are in {SCREENSHOTS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
