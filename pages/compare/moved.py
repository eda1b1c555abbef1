"""The texts that moved most from one run to the next, and why."""

from html import escape

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from core.comparison.change import NeighbourChange, neighbour_change
from core.figures.comparison import LETTERS, cluster_names
from core.pipeline.attention import word_weights
from pages.compare.maps import dot, short
from pages.compare.state import CompareState, Picked
from pages.shared.elements.shaded import shaded
from pages.shared.recipe_card import letter

_LISTED = 1000  # rows of the table: with all of 100,000 the browser would wait for megabytes at every click
_HEIGHT = 560


def moved(state: CompareState) -> None:
    """A list of the texts, the most moved first, and beside it what happened to the one that is chosen."""
    found = state.found
    step = chosen_step(state)
    change, lit = found.changes[step], state.lit()
    around = state.group is not None and state.group.ribbon is None  # lit for this very list: it keeps its rows
    rows = change.order if around else change.order[lit[change.order]]
    st.caption(
        f"From {LETTERS[step]} to {LETTERS[step + 1]} a text keeps {change.kept[rows].mean():.0%} of its {found.k} "
        f"nearest neighbours in the embedding, mean over {_texts(len(rows), state.texts)}. "
        f"{found.left(step)[rows].sum():,} of them left their cluster."
    )
    left, right = st.columns([1.25, 1], gap="medium")
    with left:
        chosen = _list(state, step, rows[:_LISTED])
        if len(rows) > _LISTED:
            st.caption(f"The {_LISTED:,} most moved of {len(rows):,}. `refract compare` writes all of them to a table.")
    with right, st.container(height=_HEIGHT, border=True):
        _why(state, step, chosen)


def chosen_step(state: CompareState) -> int:
    """Which pair of neighbouring runs is looked at."""
    steps = list(range(len(state.found.runs) - 1))
    if len(steps) == 1:
        return 0
    return int(
        st.segmented_control(
            "From",
            steps,
            default=0,
            required=True,
            key=f"comparing step {len(steps)}",
            label_visibility="collapsed",
            format_func=lambda step: f"{LETTERS[step]} to {LETTERS[step + 1]}",
        )
    )


def _texts(count: int, total: int) -> str:
    return f"all {total:,} texts" if count == total else f"the {count:,} of {total:,} texts that are lit"


def _list(state: CompareState, step: int, rows: NDArray[np.int64]) -> int:
    """The table; the row of the corpus that is chosen, or the first."""
    found, corpus = state.found, state.found.runs[0].corpus
    change = found.changes[step]
    columns = {"text": [corpus.texts[row] for row in rows], "neighbours kept": change.kept[rows]}
    for place in (step, step + 1):
        columns[LETTERS[place]] = np.asarray(cluster_names(found, place))[rows]
    columns |= {"margin before": change.margin_before[rows], "margin after": change.margin_after[rows]}
    key = f"moved {step} {found.runs[step].digest} {found.runs[step + 1].digest}"

    def choose() -> None:
        at = st.session_state[key].selection.rows
        state.pointed = int(rows[at[0]]) if at else None

    told = st.dataframe(
        pd.DataFrame(columns),
        key=key,
        hide_index=True,
        height=_HEIGHT,
        on_select=choose,
        selection_mode="single-row",
        column_config={
            "text": st.column_config.TextColumn("text", width="medium"),
            "neighbours kept": st.column_config.ProgressColumn(
                "kept",
                min_value=0,
                max_value=1,
                format="percent",
                help="The share of its nearest neighbours that the text keeps.",
            ),
            "margin before": st.column_config.NumberColumn(
                format="%.2f",
                help="Before: how much nearer, by cosine, the text was to its old cluster than to its new one.",
            ),
            "margin after": st.column_config.NumberColumn(
                format="%.2f", help="After: how much nearer it is to its new cluster than to its old one."
            ),
        },
    )
    at = [place for place in told.selection.rows if place < len(rows)]
    return int(rows[at[0]]) if at else int(rows[0])


def _why(state: CompareState, step: int, row: int) -> None:
    found, done = state.found, state.done
    assert done is not None
    change = neighbour_change(found.neighbours[step][row], found.neighbours[step + 1][row], done.counts)
    st.html(f'<div class="rf-topic">{_sides(state, step, row)}{_margins(state, step, row)}{_words(change)}</div>')
    before, after = st.columns(2)
    before.html(_neighbours(state, step, row, change.kept, change.lost, "lost"))
    after.html(_neighbours(state, step + 1, row, change.kept, change.gained, "new"))
    rows = np.asarray([row, *change.kept, *change.lost, *change.gained], np.int64)
    st.button("Light it and its neighbours on the maps", on_click=_light, args=(state, row, rows), key="light moved")


def _light(state: CompareState, row: int, rows: NDArray[np.int64]) -> None:
    state.pick(Picked(rows, "are the chosen one and its neighbours, before and after"))
    state.pointed = row


def _sides(state: CompareState, step: int, row: int) -> str:
    """The text under both instructions, with the words shaded that counted under each."""
    text, said = state.found.runs[step].corpus.texts[row], []
    told = False
    for place in (step, step + 1):
        run = state.found.runs[place]
        words = word_weights(run, row)
        told = told or bool(words)
        cluster = dot(state, place, int(run.clustering.labels[row]))
        said.append(f"<div>{letter(place)} {cluster}</div><p>{shaded(text, words)}</p>")
    hint = '<div class="rf-quiet">shaded: the words that counted under each instruction</div>' if told else ""
    return "".join(said) + hint


def _margins(state: CompareState, step: int, row: int) -> str:
    change = state.found.changes[step]
    before, after = float(change.margin_before[row]), float(change.margin_after[row])
    if np.isnan(before) or np.isnan(after):
        return ""
    return (
        f'<div class="rf-quiet">By cosine, it was {before:.2f} nearer to its old cluster than to where the texts of '
        f"its new one lay; now it is {after:.2f} nearer to its new one.</div>"
    )


def _words(change: NeighbourChange) -> str:
    if not change.words:
        return ""
    marks = "".join(f"<span>{escape(word)} {here}:{there}</span>" for word, here, there in change.words)
    return (
        '<div class="rf-quiet">words of the new neighbours, and how many of the new and of the lost have them</div>'
        f'<div class="rf-words">{marks}</div>'
    )


def _neighbours(
    state: CompareState, place: int, row: int, kept: tuple[int, ...], own: tuple[int, ...], what: str
) -> str:
    """The nearest texts in one run, the nearest first; those that the other run hasn't are marked."""
    corpus = state.found.runs[place].corpus
    items = "".join(
        f'<p class="{"rf-kept" if other in kept else "rf-own"}">{short(corpus.texts[other], 90)}</p>'
        for other in state.found.neighbours[place][row].tolist()
    )
    return (
        f'<div class="rf-topic"><div>{letter(place)} <b>nearest</b> <span class="rf-quiet">{len(own)} {what}, '
        f"{len(kept)} in both</span></div>{items}</div>"
    )
