"""A server and a browser for the tests that use the app as its user does."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "tests" / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The chart library talks of the software rendering that only these tests use.
HARMLESS = ("GPU stall", "WebGL", "GL Driver Message", "swiftshader")

expect.set_options(timeout=300_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip with a loud reason where there is no browser."""
    if CHROMIUM is None:
        for item in items:
            if "tests/browser" in item.path.as_posix():
                item.add_marker(pytest.mark.skip(reason="NO CHROMIUM: install it with apt-get install chromium"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on a free port; its log must stay free of tracebacks and warnings."""
    with serving(tmp_path_factory.mktemp("server") / "log") as address:
        yield address


@contextmanager
def serving(log: Path, **environment: str) -> Iterator[str]:
    """A server of its own, with these variables in its environment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "core.cli.main", "serve", "--port", str(port)]
    env = {**os.environ, **environment}
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env=env)
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(120)
    said = log.read_text()
    assert "Traceback" not in said, said
    assert "Warning" not in said, said


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1)
            return
        except (urllib.error.URLError, TimeoutError):
            assert process.poll() is None, log.read_text()
            time.sleep(0.2)
    pytest.fail(f"The server didn't start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, server: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh session at 1440x900. Whatever the browser complains about fails the test."""
    scheme = getattr(request, "param", "light")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    context.set_default_timeout(180_000)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: _note(complaints, message.type, message.text))
    page.goto(server)
    yield page
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{request.node.name}.png".replace("/", "-"))
    context.close()
    assert not complaints, complaints


def _note(complaints: list[str], kind: str, text: str) -> None:
    if kind in ("error", "warning") and not any(word in text for word in HARMLESS):
        complaints.append(f"{kind}: {text}")


class App:
    """What a user sees and does, in the page's own words."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def wait_for_map(self, texts: int | None = None) -> None:
        """Wait until the map is drawn and nothing is under way."""
        expect(self.page.locator(".js-plotly-plot")).to_be_visible(timeout=300_000)
        summary = f"{texts:,} texts in " if texts else re.compile(r"texts in \d+ groups")
        expect(self.page.get_by_text(summary).first).to_be_visible(timeout=300_000)
        expect(self.page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=300_000)
        self.page.wait_for_timeout(1200)  # the points travel for 0.7 s

    def wait_for_details(self, words: str) -> None:
        """Wait until the details of the picture, which stand in the summary's help, have these words."""
        summary = self.page.get_by_role("paragraph").filter(has_text=re.compile(r"texts in \d+ groups"))
        said = ""
        for _ in range(60):
            if summary.count():
                summary.get_by_role("button", name="Help").hover()
                self.page.wait_for_timeout(400)
                said = " ".join(self.page.get_by_role("tooltip").all_inner_texts())
                self.page.mouse.move(0, 0)
                if words in said:
                    return
            self.page.wait_for_timeout(400)
        pytest.fail(f"The picture's details don't say {words!r} but {said!r}")

    def instruction(self) -> Locator:
        return self.page.get_by_role("textbox", name="Instruction as written")

    def preset(self, label: str) -> None:
        presets = self.page.get_by_role("radiogroup", name="Ready-made instructions")
        presets.get_by_role("radio", name=label, exact=True).click()

    def places(self) -> dict[int, tuple[float, float]]:
        """Row to place on the map, as the chart holds it."""
        found = self.page.evaluate(
            """() => document.querySelector('.js-plotly-plot').closest('.map-view').mapView.figure.traces.flatMap(
                 (t) => Array.from(t.ids, (id, i) => [id, t.x[i], t.y[i]]))"""
        )
        return {int(row): (x, y) for row, x, y in found}

    def colours(self) -> dict[int, str]:
        """Row to colour."""
        found = self.page.evaluate(
            """() => document.querySelector('.js-plotly-plot').closest('.map-view').mapView.figure.traces.flatMap(
                 (t) => Array.from(t.ids, (id) => [id, t.marker.color]))"""
        )
        return {int(row): colour for row, colour in found}

    def legend(self) -> list[str]:
        return self.page.locator(".js-plotly-plot .legendtext").all_text_contents()

    def tool(self, title: str) -> None:
        self.page.locator(".js-plotly-plot").hover()
        self.page.locator(f'.modebar-btn[data-title="{title}"]').click()

    def drag_box(self) -> None:
        """Draw a box around the middle of the map."""
        self.tool("Box Select")
        area = self.page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
        assert area is not None
        left, top = area["x"] + area["width"] * 0.25, area["y"] + area["height"] * 0.25
        self.page.mouse.move(left, top)
        self.page.mouse.down()
        self.page.mouse.move(left + area["width"] * 0.5, top + area["height"] * 0.5, steps=8)
        self.page.mouse.up()

    def drag_lasso(self) -> None:
        """Draw a triangle over the map's left half."""
        self.tool("Lasso Select")
        area = self.page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
        assert area is not None
        corners = [(0.05, 0.05), (0.6, 0.5), (0.05, 0.95), (0.05, 0.05)]
        spots = [(area["x"] + area["width"] * x, area["y"] + area["height"] * y) for x, y in corners]
        self.page.mouse.move(*spots[0])
        self.page.mouse.down()
        for spot in spots[1:]:
            self.page.mouse.move(*spot, steps=8)
        self.page.mouse.up()

    def upload(self, *paths: Path) -> None:
        self.page.locator('[data-testid="stFileUploaderDropzoneInput"]').set_input_files([str(p) for p in paths])


def shoot_both(page: Page, name: str) -> None:
    """Take a picture in the light, and in the dark, to be looked at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(900)
        page.screenshot(path=SCREENSHOTS / f"{name}-{scheme}.png")


@pytest.fixture
def app(page: Page) -> App:
    return App(page)
