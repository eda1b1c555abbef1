"""What the tests of the pages share: an app to press, and words of what it says."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from pages.shared.session import work as work_module
from pages.shared.session.resources import shared_cache, shared_store, shared_workspace


@pytest.fixture
def own_home(tmp_path, monkeypatch):
    """A catalogue with nothing in it, and a machine that is never too slow."""
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(work_module, "LIVE_SECONDS", float("inf"))
    for shared in (shared_workspace, shared_store, shared_cache):
        shared.cache_clear()
    yield
    for shared in (shared_workspace, shared_store, shared_cache):
        shared.cache_clear()


def begin_at(app: AppTest, page: str) -> AppTest:
    """Let a session's first page be this one, as from a link: before a first run the tester knows no pages."""
    app._page_hash = calc_hash(page)
    return app


def write(app: AppTest, text: str) -> AppTest:
    """Put an instruction in place, as a preset does; the next run works under it."""
    app.session_state["instruction"].write(app.session_state["refract"].texts.source, text)
    return app


def written(app: AppTest) -> str:
    """The instruction as it stands in the editor."""
    text: str = app.session_state["instruction"].text
    return text
