"""The Compare page's own views, for which Streamlit has no element: linked maps, flows that answer a click, a morph."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from core.figures.colours import NOISE
from pages.shared.map_view import plotly_url

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
    """The title of a pane.

    Parameters
    ----------
    letter, colour : of the run.
    text : short; ``whole`` is shown where the pointer rests on it.
    note : on the right, small; ``meaning`` is shown where the pointer rests on it.
    """

    letter: str
    colour: str
    text: str
    whole: str = ""
    note: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class PanesEvent:
    """The user's act on the panes: rows inside the lasso or box, or None; the row under the pointer, or None."""

    selected: tuple[int, ...] | None = None
    hovered: int | None = None


def linked_maps(
    figures: Sequence[str],
    titles: Sequence[PaneTitle],
    *,
    key: str,
    rows: int,
    matching: Sequence[int] | None = None,
    height: int = 420,
    columns: int = 2,
    cleared: int = 0,
    pointed: int | None = None,
) -> PanesEvent:
    """Show maps of the same texts side by side.

    A lasso, a box, a click on a cluster or the pointer on one map shows on all of them at once.

    Parameters
    ----------
    figures : as JSON; see `pages.shared.map_view.map_view`. Row ids, below ``rows``, mean the same texts in all.
    titles, height, columns : one title a map; the height of a map in CSS pixels; maps side by side at most.
    key, matching : as for a single map.
    cleared : another number than before takes the selection away.
    pointed : a row to ring on all maps, once, as if the pointer were on it.
    """
    result = _mount_panes(
        key=key,
        data={
            "figures": list(figures),
            "titles": [asdict(title) for title in titles],
            "matching": None if matching is None else [int(row) for row in matching],
            "height": height,
            "columns": columns,
            "cleared": cleared,
            "pointed": pointed,
            "key": key,
            "plotly": plotly_url(),
        },
        on_selected_change=_ignore,
        on_hovered_change=_ignore,
        on_spotlight_change=_ignore,
    )
    chosen = tuple(row for row in result.selected or () if row < rows)
    hovered = result.hovered
    return PanesEvent(chosen or None, hovered if hovered is not None and hovered < rows else None)


def flow_view(
    figure: go.Figure,
    heads: Sequence[PaneTitle],
    chosen: tuple[int, int, int | None] | None,
    on_pick: Callable[[tuple[int, int, int | None]], None],
    *,
    key: str,
    height: int = 420,
) -> None:
    """Show flows between runs.

    Parameters
    ----------
    figure : from `core.figures.comparison.flow_figure`.
    heads : what stands above each column of nodes.
    chosen : what to emphasise, as ``on_pick`` gets it.
    on_pick : called with the ribbon that was clicked, as (step, source, target), or the node, as (run, cluster, None).
    """

    def told() -> None:
        picked = st.session_state[key].picked
        if picked:
            first, second, third = picked
            on_pick((int(first), int(second), None if third is None else int(third)))

    _mount_flows(
        key=key,
        data={
            "figure": figure.to_json(),
            "heads": [asdict(head) for head in heads],
            "chosen": chosen,
            "height": height,
            "label": "Flow of texts",
            "plotly": plotly_url(),
        },
        on_picked_change=told,
    )


def morph_view(
    places: tuple[NDArray[np.float32], NDArray[np.float32]],
    colours: tuple[Sequence[str], Sequence[str]],
    titles: tuple[str, str],
    *,
    key: str,
    size: float,
    lit: NDArray[np.int64] | None = None,
    height: int = 520,
) -> int | None:
    """Show points between two maps, with a slider that says how far they have come; colours change half way.

    Parameters
    ----------
    places, colours : (n, 2) float32 and n colours on either side.
    titles : of the two sides.
    size : of a point, in CSS pixels.
    lit : rows that stay bright; None dims nothing.

    Returns
    -------
    The row that the pointer was on last, or None.
    """
    palette = sorted({*colours[0], *colours[1]})
    number = {colour: place for place, colour in enumerate(palette)}
    result = _mount_morph(
        key=key,
        data={
            "from": _packed(places[0].ravel().astype(np.float32), "f4"),
            "to": _packed(places[1].ravel().astype(np.float32), "f4"),
            "colours": [_packed(np.asarray([number[each] for each in side], np.int16), "i2") for side in colours],
            "palette": palette,
            "noise": number.get(NOISE, -1),
            "titles": list(titles),
            "lit": None if lit is None else _packed(lit.astype(np.int32), "i4"),
            "size": size,
            "height": height,
        },
        on_hovered_change=_ignore,
    )
    hovered = result.hovered
    return hovered if hovered is not None and hovered < len(places[0]) else None


def _packed(values: NDArray[Any], dtype: str) -> dict[str, str]:
    """An array as plotly's JSON writes it: a third of the size of its digits."""
    return {"dtype": dtype, "bdata": b64encode(values.tobytes()).decode("ascii")}


def _ignore() -> None:
    """Stand in for the callback that makes Streamlit keep a state of this name."""
