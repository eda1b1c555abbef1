"""Where the texts of each cluster go from one run to the next."""

import streamlit as st

from core.figures.comparison import LETTERS, cluster_name, contingency_figure, flow_figure
from pages.compare.maps import lit_texts, titles
from pages.compare.state import CompareState
from pages.shared.compare_view import flow_view

_HEIGHT = 440
_LISTED = 9


def flow(state: CompareState) -> None:
    """Ribbons on the left; on the right the texts of the one that was clicked, or those that left their cluster."""
    found = state.found
    left, right = st.columns([1.35, 1], gap="medium")
    with left:
        flow_view(
            flow_figure(found, _HEIGHT),
            titles(state),
            state.group.ribbon if state.group is not None else None,
            state.pick_flow,
            key=f"flows {found.runs[0].corpus.digest}",
            height=_HEIGHT,
        )
    with right:
        if state.group is not None and state.group.ribbon is not None:
            lit_texts(state, state.lit(), _HEIGHT - 30)
        else:
            _groups(state)
    with st.expander("How many texts of each cluster are in each of the next"):
        for step in range(len(found.runs) - 1):
            st.markdown(f"**{LETTERS[step]} (rows) and {LETTERS[step + 1]} (columns)**")
            st.plotly_chart(
                contingency_figure(found, step), key=f"contingency {step}", config={"displayModeBar": False}
            )


def _groups(state: CompareState) -> None:
    """The largest groups that moved together, each a way to its texts without the pointer on a ribbon."""
    found = state.found
    groups = [(step, each) for step in range(len(found.runs) - 1) for each in found.moved(step)]
    groups.sort(key=lambda group: -len(group[1].rows))
    shown = f"The {_LISTED} largest of {len(groups):,} groups" if len(groups) > _LISTED else "Groups"
    st.markdown(f"**{shown} that left their cluster together**")
    for step, each in groups[:_LISTED]:
        before, after = cluster_name(found, step, each.source), cluster_name(found, step + 1, each.target)
        where = f"{LETTERS[step]}→{LETTERS[step + 1]} " if len(found.runs) > 2 else ""
        st.button(
            f"{len(each.rows):,} · {where}{before} → {after}",
            key=f"group {step} {each.source} {each.target}",
            on_click=state.pick_flow,
            args=((step, each.source, each.target),),
            width="stretch",
            type="tertiary",
        )
    st.caption("Click a ribbon for its texts, a bar for those of a cluster; once more for all texts again.")
