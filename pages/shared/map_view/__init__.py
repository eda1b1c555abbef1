"""The map of the texts: a plotly figure whose points travel to their places when a new result arrives.

Streamlit's own plotly element draws every figure anew. This component keeps one chart and hands it over from figure
to figure, so that zoom, selection and spotlight stay, and it tells Python which row the pointer is on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import plotly.graph_objects as go
import plotly.offline
import streamlit as st
from streamlit.runtime import get_instance

_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "refract_map_view",
    js="\n".join((_HERE / name).read_text("utf-8") for name in ("figure.js", "map_view.js", "mount.js")),
    css=(_HERE / "map_view.css").read_text("utf-8"),
    isolate_styles=False,  # plotly.js puts its styles into the document, out of a shadow root's reach
)


_mount_preload = st.components.v2.component(
    "refract_map_preload",
    js=(_HERE / "figure.js").read_text("utf-8") + "\nexport default ({ data }) => void loadPlotly(data.plotly);\n",
    isolate_styles=False,
)


@dataclass(frozen=True)
class MapEvent:
    """The user's act on a map.

    Attributes
    ----------
    selected
        Row ids inside the lasso or box, ascending; None when nothing is selected.
    hovered
        Row id the pointer was on last; None before the first.
    spotlight
        Name of the trace picked in the legend; None when all are lit.
    """

    selected: tuple[int, ...] | None = None
    hovered: int | None = None
    spotlight: str | None = None


def map_view(
    figure: go.Figure,
    *,
    key: str,
    matching: Sequence[int] | None = None,
    height: int = 620,
) -> MapEvent:
    """Show a figure as the map, and return what the user does on it.

    A figure equal to the one on show changes nothing. Points whose row ids were on the map before travel to their new
    places. The zoom stays; where the user has not zoomed, the view follows the points.

    Parameters
    ----------
    figure
        Scattergl traces, each with `x`, `y` and the row ids as int `customdata`, and one colour, size and opacity for
        all its points. Theme colours and fonts are set by the component; margins and legend are the figure's.
    key
        Names the map, as with any Streamlit widget. Row ids must mean the same texts for as long as the key is the
        same: put the data set's name or digest into it.
    matching
        Row ids that match a search or filter; all others are dimmed, and cannot be selected. None dims nothing.
    height
        In CSS pixels.

    Returns
    -------
    MapEvent
        Only rows and traces of `figure` appear in it.

    """
    result = _mount(
        key=key,
        data={
            "figure": figure.to_json(),
            "matching": None if matching is None else [int(row) for row in matching],
            "height": height,
            "key": key,
            "plotly": plotly_url(),
        },
        on_selected_change=_ignore,
        on_hovered_change=_ignore,
        on_spotlight_change=_ignore,
    )
    return _event(figure, result.selected, result.hovered, result.spotlight)


def preload() -> None:
    """Have the browser fetch plotly.js while there is no map yet: nothing is shown."""
    _mount_preload(key="map preload", data={"plotly": plotly_url()}, height=1)


def _event(figure: go.Figure, selected: list[int] | None, hovered: int | None, spotlight: str | None) -> MapEvent:
    """Keep what refers to this figure: the browser may still speak of the one before."""
    rows = {int(row) for trace in figure.data for row in trace.customdata}
    chosen = tuple(row for row in selected or () if row in rows)
    return MapEvent(
        selected=chosen or None,
        hovered=hovered if hovered in rows else None,
        spotlight=spotlight if spotlight in {trace.name for trace in figure.data} else None,
    )


def _ignore() -> None:
    """Stand in for the callback that makes Streamlit keep a state of this name."""


@cache
def _plotly_js() -> bytes:
    source: str = plotly.offline.get_plotlyjs()
    return source.encode()


def plotly_url() -> str:
    """Path of plotly.js on this server.

    As a media file it travels once a browser tab, over HTTP, instead of inside the messages of each run. Streamlit
    drops media files no session has named in its latest run, hence the call in each run.
    """
    return get_instance().media_file_mgr.add(_plotly_js(), "application/javascript", "refract_map_view")
