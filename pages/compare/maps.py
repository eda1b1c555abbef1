"""The maps of the compared runs, linked, with the texts that are selected on them."""

from dataclasses import replace
from html import escape

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from core.base.wording import shortened
from core.comparison.layouts import RunLayout
from core.figures import map
from core.figures.comparison import LETTERS, cluster_colour, cluster_name, cluster_names, recipe_colour
from pages.compare.state import CompareState
from pages.shared.compare_view import PaneTitle, linked_maps
from pages.shared.elements.texts_table import texts_table
from pages.shared.filter_bar import filter_bar
from pages.shared.map_card import text_card

SECTION = "comparing section"
_HEIGHTS = {2: 460, 3: 400, 4: 270}  # of a map, by how many there are: at 900 pixels all of them are in sight


def maps(state: CompareState) -> None:
    """Two to four maps; what is selected on one is selected on all, and listed below."""
    found, corpus = state.found, state.found.runs[0].corpus
    mask, by = filter_bar(corpus)
    if state.group is not None:
        mask &= np.isin(np.arange(len(mask)), state.group.rows)
    count = len(found.runs)
    drawings = [str(_figure(state, place, by).to_json()) for place in range(count)]
    matching = None if mask.all() else np.flatnonzero(mask).tolist()
    drawn = False

    @st.fragment
    def panes() -> None:
        nonlocal drawn
        event = linked_maps(
            drawings,
            titles(state),
            key=f"compared {corpus.digest}",
            rows=len(corpus),
            matching=matching,
            height=_HEIGHTS[count],
            columns=2 if count == 4 else count,
            cleared=state.cleared,
            pointed=state.pointed,
        )
        if event.selected != state.selected:
            state.selected = event.selected
            if drawn:  # else what depends on it is still to come in this very run
                st.rerun()
        drawn = True
        hovered = event.hovered if event.hovered is not None else state.pointed
        st.html(places_card(state, hovered) if hovered is not None else _HINT)

    panes()
    lit = mask & state.lit()
    beside_the_flow = st.session_state.get(SECTION) == "Flow" and state.selected is None and state.group is not None
    if not lit.all() and not beside_the_flow:
        lit_texts(state, lit)


_HINT = (
    '<div class="rf-card rf-quiet">Point at a text to read it, and to see where it is on every map. Draw around points '
    "with the lasso or the box, or click a cluster below its map: the same texts stay lit on all maps, and are listed. "
    "All figures below are computed on the embeddings and clusterings, never on the maps. "
    "The address of this page is the link to this comparison.</div>"
)


def titles(state: CompareState) -> list[PaneTitle]:
    """The title of each run's map: its letter, its short name, and what the map is worth."""
    assert state.compared is not None
    return [
        PaneTitle(
            LETTERS[place],
            recipe_colour(place),
            name,
            f"{run.settings.model}: {run.instruction.strip() or 'no instruction'}",
            *_worth(state.compared.kind, place, layout, state.texts),
        )
        for place, (name, run, layout) in enumerate(
            zip(state.names, state.found.runs, state.compared.layouts, strict=True)
        )
    ]


def _worth(kind: str, place: int, layout: RunLayout, texts: int) -> tuple[str, str]:
    on = (
        f"all {texts:,} texts"
        if layout.trusted_on == texts
        else f"a sample of {layout.trusted_on:,} of {texts:,} texts"
    )
    meaning = (
        f"Trustworthiness, on {on}: how far neighbours on this map are neighbours in the embedding; 1 is fully. "
        "Below about 0.8 look at the figures, not at the map."
    )
    note = f"{kind} · trust {layout.trustworthiness:.2f}"
    if place == 0:
        return note, meaning
    return f"{note} · off A {layout.residual:.2f}", (
        f"{meaning} Off A: root mean square distance of a text to its place on A’s map, in units of that map’s spread."
    )


def places_card(state: CompareState, row: int) -> str:
    """A text with its cluster in every run."""
    found = state.found
    places = [
        f"{LETTERS[i]}: {cluster_name(found, i, int(run.clustering.labels[row]))}" for i, run in enumerate(found.runs)
    ]
    return text_card(found.runs[-1], row, " · ".join(places))


def lit_texts(state: CompareState, mask: NDArray[np.bool_], height: int = 220) -> None:
    """List the texts that are not dimmed."""
    said = "in the selection" if state.selected is not None else "match" if state.group is None else state.group.title
    st.markdown(f"**{int(mask.sum()):,} of {len(mask):,} texts {said}**")
    rows = np.flatnonzero(mask)
    columns = {
        LETTERS[place]: np.asarray(cluster_names(state.found, place))[rows] for place in range(len(state.found.runs))
    }
    texts_table(state.found.runs[0].corpus, rows, columns, {}, height)


def dot(state: CompareState, run: int, cluster: int) -> str:
    """HTML of a cluster: its colour and its name."""
    found = state.found
    colour = cluster_colour(found, run, cluster)
    return f'<span class="rf-dot" style="background:{colour}"></span>{escape(cluster_name(found, run, cluster))}'


def short(text: str, limit: int = 140) -> str:
    """HTML of the beginning of a text."""
    return escape(shortened(text, limit))


def _figure(state: CompareState, place: int, by: str | None) -> go.Figure:
    compared = state.compared
    assert compared is not None
    run = compared.found.runs[place]
    drawn = replace(run, layout=replace(run.layout, xy=compared.layouts[place].xy))
    if by is None:
        groups = map.cluster_groups(drawn, compared.found.ids[place])
    else:
        groups = map.value_groups(run.corpus.metadata[by])
    figure = map.map_figure(drawn, groups, labelled=by is None)
    # Each pane has its own list of the clusters below it; the tools stand above the points.
    figure.update_layout(showlegend=False, margin={"t": 26})
    return figure
