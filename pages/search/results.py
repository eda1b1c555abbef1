"""The texts that were found: on the map, and as a table from which more like it can be found."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.figures import map
from core.pipeline.run import Run
from core.search.rank import Found
from core.search.words import matched
from pages.search.state import SearchState
from pages.shared.elements.texts_table import texts_table
from pages.shared.map_card import map_card

_SHOWN = [25, 100, 500, 2000]
_MAP_HEIGHT = 590


@dataclass(frozen=True)
class Shown:
    """The run that is searched, under the analyst's topics where there are some, and how they are drawn."""

    run: Run
    groups: Sequence[map.PointGroup]


def results(state: SearchState, shown: Shown, found: Found, query: str, said: str) -> None:
    """The best of them lit on the map, and listed beside it."""
    run = shown.run
    left, right = st.columns([1, 1.2], gap="medium")
    with right:
        count = _count(len(found.rows))
        rows = found.rows[:count]
        if state.selected is not None:
            rows = rows[np.isin(rows, state.selected)]
        part = "" if state.selected is None else f"; {len(rows):,} of them drawn around"
        best = "All" if count == len(found.rows) else f"The {count:,} best"
        st.markdown(f"**{best} of {said}**{part}")
        _table(state, run, found, rows, query)
    with left:
        mask = np.zeros(len(run.corpus), np.bool_)
        mask[found.rows[:count]] = True
        figure = map.map_figure(run, shown.groups)
        figure.update_layout(showlegend=False)
        map_card(state, run, figure, mask, _MAP_HEIGHT, key="found")


def _count(total: int) -> int:
    """How many are shown, which the user chooses where there are more than the fewest."""
    choices = [each for each in _SHOWN if each < total] + [total]
    if len(choices) == 1:
        return total
    chosen: int = st.segmented_control(
        "Show",
        choices,
        default=choices[0],
        required=True,
        key=f"searching shown {min(total, _SHOWN[-1] + 1)}",
        format_func=lambda each: f"all {total:,}" if each == total else f"{each:,} best",
        label_visibility="collapsed",
    )
    return min(chosen, total)


def _table(state: SearchState, run: Run, found: Found, rows: NDArray[np.int64], query: str) -> None:
    names = {topic.cluster: topic.name for topic in run.topics}
    corpus = run.corpus
    columns: dict[str, object] = {}
    if found.meaning is not None:
        columns["cosine"] = found.meaning[rows]
    if found.words is not None:
        columns["words"] = [", ".join(matched(corpus.texts[row], query)) for row in rows]
        columns["BM25"] = found.words[rows]
    columns["topic"] = [names.get(int(run.clustering.labels[row]), "in none") for row in rows]
    config = {
        "text": st.column_config.TextColumn(width=330),
        "BM25": st.column_config.NumberColumn(format="%.2f", help="How well the words fit; 0 where none is in it."),
        "cosine": st.column_config.NumberColumn(format="%.2f", help="How near the meaning is; 1 is the same."),
    }
    key = f"found {query} {state.like} {len(rows)}"
    chosen = tuple(int(rows[place]) for place in texts_table(corpus, rows, columns, config, _MAP_HEIGHT - 60, key))
    if chosen:
        st.button(
            f"More like {'this one' if len(chosen) == 1 else f'these {len(chosen):,}'}",
            type="primary",
            on_click=_more,
            args=(state, chosen),
            icon=":material/manage_search:",
        )
    else:
        st.caption("Choose rows to find more like them.")


def _more(state: SearchState, rows: tuple[int, ...]) -> None:
    state.like, state.selected = rows, None
