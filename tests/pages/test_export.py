"""The export of what is on show: offered once the map is there, made when it is asked for."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.results import result_folder
from core.results.labelled import Labelled
from tests.support.export_runs import made_up

SCRIPT = """
import streamlit as st
from pages.shared.export_panel import export_panel
export_panel(st.session_state["done"])
"""


def panel(done: Labelled, open: bool) -> AppTest:
    """The panel, as it is when somebody has opened it or not."""
    app = AppTest.from_string(SCRIPT, default_timeout=600)
    app.session_state["done"] = done
    app.session_state["export"] = open
    app.run()
    assert not app.exception
    return app


def buttons(app: AppTest) -> dict[str, bool]:
    """The files on offer, and whether each can be had."""
    return {button.proto.label: not button.proto.disabled for button in app.get("download_button")}


def test_every_format_is_on_offer_and_what_becomes_of_formulas_is_said():
    app = panel(Labelled(made_up(60, 3)), open=True)
    assert buttons(app) == dict.fromkeys(
        ["CSV", "Excel", "Parquet", "JSON Lines", "PNG", "SVG", "Report", "Recipe"], True
    )
    assert all(button.proto.deferred_file_id for button in app.get("download_button"))
    assert "has an apostrophe before it" in app.caption[0].value
    assert "60 texts" in app.markdown[0].value


def test_nothing_is_computed_before_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(result_folder, "full_table", lambda run: pytest.fail("a table was made"))
    assert buttons(panel(Labelled(made_up(60, 3)), open=False)) == {}


def test_what_excel_can_not_hold_is_said_before():
    app = panel(Labelled(made_up(["x" * 40_000, "one", "two", "three"], 2)), open=True)
    assert not buttons(app)["Excel"]
    assert all(there for label, there in buttons(app).items() if label != "Excel")
    assert "1 text is longer than the 32,767 characters" in app.warning[0].value


def test_a_map_that_is_still_drawn_is_not_exported():
    app = panel(Labelled(replace(made_up(60, 3), settled=False)), open=False)
    assert app.get("popover")[0].proto.popover.disabled
