"""The maps of the compared runs, linked, with the texts that are selected on them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core import figures, filters
from core.comparison.figures import cluster_name
from core.model_figures import LETTERS, recipe_colour
from core.pipeline import Run
from pages.parts.compare_state import CompareState
from pages.parts.compare_view import PaneTitle, linked_maps
from pages.parts.map_card import text_card

_HEIGHT = 400


def maps(state: CompareState) -> None:
    """Two to four maps; what is selected on one is selected on all, and listed below."""
    compared = state.compared
    assert compared is not None
    found, corpus = compared.found, compared.found.runs[0].corpus
    query = st.text_input(
        "Search", key=f"comparing search {corpus.digest}", live="300ms", icon=":material/search:",
        placeholder='Search the texts on all maps; "in quotes" for a phrase', label_visibility="collapsed",
    )  # fmt: skip
    mask = filters.search(corpus.texts, query)
    if state.ribbon is not None:
        mask = mask & np.isin(np.arange(len(mask)), ribbon_rows(state))
    drawn = False

    @st.fragment
    def panes() -> None:
        nonlocal drawn
        event = linked_maps(
            [_figure(state, place) for place in range(len(found.runs))],
            [PaneTitle(LETTERS[i], recipe_colour(i), _title(run)) for i, run in enumerate(found.runs)],
            key=f"compared {corpus.digest}",
            matching=None if mask.all() else np.flatnonzero(mask).tolist(),
            height=_HEIGHT if len(found.runs) <= 3 else _HEIGHT - 60,
            columns=2 if len(found.runs) == 4 else len(found.runs),
        )
        if event.selected != state.selected:
            state.selected = event.selected
            if drawn:
                st.rerun()
        drawn = True
        _below(state, event.hovered)

    panes()
    _selected(state, mask)


def ribbon_rows(state: CompareState) -> np.ndarray:
    """The texts of the ribbon that was clicked."""
    assert state.compared is not None
    if state.ribbon is None:
        return np.empty(0, np.int64)
    step, source, target = state.ribbon
    flows = state.compared.found.flows[step] if step < len(state.compared.found.flows) else ()
    rows = [flow.rows for flow in flows if (flow.source, flow.target) == (source, target)]
    return rows[0] if rows else np.empty(0, np.int64)


def _figure(state: CompareState, place: int) -> go.Figure:
    compared = state.compared
    assert compared is not None
    run = compared.found.runs[place]
    drawn = replace(run, layout=replace(run.layout, xy=compared.layouts[place].xy))
    groups = figures.cluster_groups(drawn, compared.found.ids[place])
    figure = figures.map_figure(drawn, groups)
    figure.update_layout(showlegend=False)
    return figure


def _title(run: Run) -> str:
    return run.instruction.strip() or f"{run.settings.model}, no instruction"


def _below(state: CompareState, hovered: int | None) -> None:
    """The text under the pointer with its place in each run, or what the maps are worth."""
    compared = state.compared
    assert compared is not None
    found = compared.found
    if hovered is not None:
        places = [
            f"{LETTERS[i]}: {cluster_name(found, i, int(run.clustering.labels[hovered]))}"
            for i, run in enumerate(found.runs)
        ]
        st.html(text_card(found.runs[-1], hovered, " · ".join(places)))
        return
    trust = ", ".join(f"{LETTERS[i]} {layout.trustworthiness:.2f}" for i, layout in enumerate(compared.layouts))
    on = compared.layouts[0].trusted_on
    texts = f"all {on:,} texts" if on == len(found.runs[0].corpus) else f"a sample of {on:,} texts"
    residual = ", ".join(f"{LETTERS[i]} {x.residual:.2f}" for i, x in enumerate(compared.layouts) if i)
    st.html(
        f'<div class="rf-card rf-quiet">Matched clusters have one colour. Draw with the lasso or the box on any map. '
        f"Trustworthiness of the maps (1 is full), on {texts}: {trust}. Root mean square distance to the map of A, in "
        f"units of its spread: {residual}. Figures below are computed on the embeddings, never on the maps.</div>"
    )


def _selected(state: CompareState, mask: np.ndarray) -> None:
    compared = state.compared
    assert compared is not None
    found = compared.found
    rows = np.flatnonzero(mask)
    if state.selected is not None:
        rows = np.intersect1d(rows, state.selected)
    elif mask.all():
        return
    what = "in the selection" if state.selected is not None else "match"
    if state.ribbon is not None and state.selected is None:
        step, source, target = state.ribbon
        what = f"went from “{cluster_name(found, step, source)}” to “{cluster_name(found, step + 1, target)}”"
    said, clear = st.columns([6, 1], vertical_alignment="center")
    said.markdown(f"**{len(rows):,} of {len(mask):,} texts {what}**")
    if state.ribbon is not None:
        clear.button("All texts again", on_click=_forget_ribbon, args=(state,), width="stretch")
    st.dataframe(table(state, rows), height=220, hide_index=True,
                 column_config={"text": st.column_config.TextColumn("text", width="large")})  # fmt: skip


def _forget_ribbon(state: CompareState) -> None:
    state.ribbon = None


def table(state: CompareState, rows: np.ndarray) -> pd.DataFrame:
    """Texts with their cluster in each run, and their metadata."""
    assert state.compared is not None
    found = state.compared.found
    corpus = found.runs[0].corpus
    columns = {"text": [corpus.texts[row] for row in rows]}
    for place, run in enumerate(found.runs):
        columns[LETTERS[place]] = [cluster_name(found, place, int(run.clustering.labels[row])) for row in rows]
    frame = pd.DataFrame(columns)
    for name, values in corpus.metadata.items():
        frame[f"{name} (file)" if name in frame.columns else str(name)] = values.iloc[rows].array
    return frame
