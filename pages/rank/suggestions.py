"""Suggested instructions: from a label column, or from pairs of texts."""

import pandas as pd
import streamlit as st

from core.base.jobs import Job
from core.instructions.template import parse
from core.ranking.suggest import WARNING, Suggestion
from pages.rank.state import RankState
from pages.shared.elements.job_line import outcome
from pages.shared.handover import use_on_explore
from pages.shared.session import session


def suggestions(state: RankState, column: str) -> None:
    """A button for a column's suggestions, and fields for pairs."""
    assert state.shown is not None
    slots = next((parsed for text in state.shown.instructions if (parsed := parse(text))), None)
    domain, text_type = (slots.domain, slots.text_type) if slots is not None else ("", "text")
    st.caption(WARNING)
    st.button(
        f"Suggest instructions for {column}", key="suggest", on_click=state.suggest, args=(column, domain, text_type)
    )
    if state.suggestion is not None and state.suggestion[0] == column:
        _found(state, state.suggestion[1], "chosen on one half", "score on the other")
    with st.expander("From pairs of texts instead"):
        _pairs(state, domain, text_type)


def _pairs(state: RankState, domain: str, text_type: str) -> None:
    assert state.shown is not None
    texts = state.shown.corpus.texts
    rows = range(len(texts))
    picked = {}
    for side, label in (("together", "These two belong together"), ("apart", "These two don't")):
        st.markdown(f"**{label}**")
        for column, number in zip(st.columns(2), (0, 1), strict=True):
            picked[side, number] = column.selectbox(
                f"{label} {number + 1}",
                rows,
                None,
                format_func=texts.__getitem__,
                key=f"pair {side} {number}",
                label_visibility="collapsed",
                placeholder="type to find a text",
            )
    whole = [row for row in picked.values() if row is not None]
    st.button(
        "Suggest instructions for these pairs",
        key="suggest pairs",
        disabled=len(whole) < 4,
        on_click=state.suggest_from_pairs,
        args=(
            (picked["together", 0], picked["together", 1]),
            (picked["apart", 0], picked["apart", 1]),
            domain,
            text_type,
        ),
    )
    if state.from_pairs is not None:
        st.caption("The share of pairs that an instruction gets right. Two pairs are little: look at the maps as well.")
        _found(state, state.from_pairs, "pairs right", "")


def _found(state: RankState, job: Job[tuple[Suggestion, ...]], chosen: str, held: str) -> None:
    found = outcome(job, f"suggestion {chosen}")
    if found is None:
        return
    rows = [_row(each, chosen, held) for each in found]
    numbers = [name for name in (chosen, held) if name]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "instruction": st.column_config.TextColumn("instruction", width="large"),
            **{name: st.column_config.NumberColumn(name, format="%.3f") for name in numbers},
        },
    )
    assert state.shown is not None
    if st.button("Use the first on Explore", key=f"use suggestion {chosen}"):
        use_on_explore(session().texts.source, found[0].instruction, state.shown.models[0])


def _row(each: Suggestion, chosen: str, held: str) -> dict[str, object]:
    row: dict[str, object] = {"instruction": each.instruction, chosen: each.chosen_on}
    return {**row, held: each.scored_on, "texts": each.texts} if held else row
