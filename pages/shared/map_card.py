"""The map with the text under the pointer below it."""

from html import escape
from typing import Protocol

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from core.pipeline.attention import word_weights
from core.pipeline.run import Run
from pages.shared.elements.shaded import shaded
from pages.shared.map_view import map_view


class Selecting(Protocol):
    """The holder of the rows that the user has drawn around."""

    selected: tuple[int, ...] | None


def map_card(
    state: Selecting, run: Run, figure: go.Figure, mask: NDArray[np.bool_], height: int, key: str = "map"
) -> None:
    """Draw the map. Hovering reruns only this; a new selection reruns the page, for the table below."""
    matching = None if mask.all() else np.flatnonzero(mask).tolist()
    drawn = False

    @st.fragment
    def card() -> None:
        nonlocal drawn
        event = map_view(figure, key=f"{key} {run.corpus.digest}", matching=matching, height=height)
        if event.selected != state.selected:
            state.selected = event.selected
            if drawn:  # else the table is still to come in this very run
                st.rerun()
        drawn = True
        st.html(_card(run, event.hovered) if event.hovered is not None else _hint(run))

    card()


def _hint(run: Run) -> str:
    sketch = not run.settled and run.layout.method == "pca"
    first = "This is a first sketch by principal components; the UMAP map is being drawn. " if sketch else ""
    return (
        f'<div class="rf-card rf-quiet">{first}Point at one of the {len(run.corpus):,} texts to read it. Draw around '
        "points with the lasso or the box to list them below. Distances between far-apart groups mean little on a map "
        "like this.</div>"
    )


def _card(run: Run, row: int) -> str:
    topic = next((t.name for t in run.topics if t.cluster == run.clustering.labels[row] and t.cluster >= 0), "noise")
    return text_card(run, row, topic)


def text_card(run: Run, row: int, place: str) -> str:
    """HTML of a text with the words shaded that counted, where it is, and what the file says of it."""
    values = run.corpus.metadata.iloc[row]
    facts = " · ".join(f"{escape(str(name))}: {escape(str(value))}" for name, value in values.items())
    times = run.corpus.counts[row]
    repeated = f" · {times:,} times in the file" if times > 1 else ""
    words = word_weights(run, row)
    told = " · shaded: the words that counted under the instruction" if words else ""
    return (
        f'<div class="rf-card">{shaded(run.corpus.texts[row], words)}'
        f'<div class="rf-quiet">{escape(place)}{" · " if facts else ""}{facts}{repeated}{told}</div></div>'
    )
