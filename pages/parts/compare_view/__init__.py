"""What the Compare page draws that Streamlit has no element for: linked maps, flows that answer a click, a morph."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from pages.parts.map_view import plotly_url

_HERE = Path(__file__).parent
_MAPS = _HERE.parent / "map_view"


def _mounted(name: str, *scripts: Path) -> Any:
    return st.components.v2.component(
        name,
        js="\n".join(script.read_text("utf-8") for script in scripts),
        css=(_MAPS / "map_view.css").read_text("utf-8") + (_HERE / "compare_view.css").read_text("utf-8"),
        isolate_styles=False,
    )


_mount_panes = _mounted("refract_linked_maps", _MAPS / "figure.js", _MAPS / "map_view.js", _HERE / "panes.js")
_mount_flows = _mounted("refract_flows", _MAPS / "figure.js", _HERE / "sankey.js")
_mount_morph = _mounted("refract_morph", _MAPS / "figure.js", _HERE / "morph.js")


@dataclass(frozen=True)
class PaneTitle:
    """What stands above a pane: its letter in its colour, and what it shows."""

    letter: str
    colour: str
    text: str


@dataclass(frozen=True)
class PanesEvent:
    """What the user does on the panes: rows inside the lasso or box, or None; the row under the pointer, or None."""

    selected: tuple[int, ...] | None = None
    hovered: int | None = None


def linked_maps(
    figures: Sequence[go.Figure],
    titles: Sequence[PaneTitle],
    *,
    key: str,
    matching: Sequence[int] | None = None,
    height: int = 420,
    columns: int = 2,
) -> PanesEvent:
    """Show maps of the same texts side by side; see `pages.parts.map_view.map_view` for the figures.

    A lasso, a box or the pointer on one map shows on all of them at once. Row ids must mean the same texts in all.
    """
    result = _mount_panes(
        key=key,
        data={
            "figures": [figure.to_json() for figure in figures],
            "titles": [{"letter": t.letter, "colour": t.colour, "text": t.text} for t in titles],
            "matching": None if matching is None else [int(row) for row in matching],
            "height": height,
            "columns": columns,
            "key": key,
            "plotly": plotly_url(),
        },
        on_selected_change=_ignore,
        on_hovered_change=_ignore,
    )
    rows = {int(row) for trace in figures[0].data for row in trace.customdata}
    chosen = tuple(row for row in result.selected or () if row in rows)
    return PanesEvent(chosen or None, result.hovered if result.hovered in rows else None)


def flow_view(figure: go.Figure, *, key: str, height: int = 420) -> tuple[int, int, int] | None:
    """Show flows, and return the ribbon that was clicked last as (step, source, target), or None."""
    result = _mount_flows(
        key=key,
        data={"figure": figure.to_json(), "height": height, "label": "Flow of texts", "plotly": plotly_url()},
        on_ribbon_change=_ignore,
    )
    return tuple(int(value) for value in result.ribbon) if result.ribbon else None


def morph_view(
    places: tuple[NDArray[np.float32], NDArray[np.float32]],
    colours: tuple[Sequence[str], Sequence[str]],
    titles: tuple[str, str],
    *,
    key: str,
    size: float,
    height: int = 520,
) -> None:
    """Show points between two maps, with a slider that says how far they have come; colours change half way."""
    palette = sorted({*colours[0], *colours[1]})
    number = {colour: place for place, colour in enumerate(palette)}
    _mount_morph(
        key=key,
        data={
            "from": places[0].ravel().tolist(),
            "to": places[1].ravel().tolist(),
            "colours": [[number[colour] for colour in side] for side in colours],
            "palette": palette,
            "titles": list(titles),
            "size": size,
            "height": height,
        },
    )


def _ignore() -> None:
    """Stand in for the callback that makes Streamlit keep a state of this name."""
