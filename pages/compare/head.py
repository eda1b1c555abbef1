"""The line above the maps: what is under way, what waits for a click, or what is lit."""

import streamlit as st

from pages.compare.setup import KINDS
from pages.compare.state import CompareRequest, CompareState
from pages.shared.elements.job_line import outcome, stopped
from pages.shared.session import Session


def head(page: Session, state: CompareState, asked: CompareRequest | None) -> None:
    """Start what is asked for, take what is done, and say where things are."""
    if state.refused_link is not None:
        st.warning(state.refused_link, icon=":material/link_off:")
    seconds = state.wait(asked, page) if asked is not None else None
    state.take(page)
    job = state.job
    if seconds is not None and asked is not None:
        _ask(state, asked, seconds)
    elif job is not None and job.state == "cancelled":
        last = "What is below is the last comparison." if state.compared is not None else "Nothing to show yet."
        stopped(last, state.again)
    elif job is not None and outcome(job, "comparison") is None:
        return
    elif state.compared is not None:
        _lit(state)


def _ask(state: CompareState, asked: CompareRequest, seconds: float) -> None:
    said, button = st.columns([3, 1], vertical_alignment="center")
    said.caption("The maps are of the last comparison." if state.compared is not None else "")
    button.button(
        f"Compare: about {seconds:,.0f} s",
        type="primary",
        on_click=state.start,
        args=(asked,),
        width="stretch",
        key="compare now",
    )


def _lit(state: CompareState) -> None:
    assert state.compared is not None
    total = state.texts
    said, clear = st.columns([5, 1], vertical_alignment="center")
    if state.group is not None:
        said.markdown(f"**{len(state.group.rows):,} of {total:,} texts** {state.group.title}")
        clear.button("All texts again", on_click=state.pick, args=(None,), width="stretch", type="primary")
    else:
        said.caption(f"{total:,} texts. Clusters that match have one colour. {KINDS[state.compared.kind]}")
