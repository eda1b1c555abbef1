"""The map under the analyst's topics, and what can be done with the texts that are drawn around."""

import numpy as np
import streamlit as st

from core.figures import map
from core.figures.topics import topic_groups
from core.labelling.edited_run import EditedRun
from core.labelling.edits import Edit, Gather, Move, Part, new_topic_id
from core.labelling.labels import JUNK, NONE
from pages.label.state import LabelState
from pages.shared.map_card import map_card

_NEW = "new"
LIT = "labelling lit"


def topics_map(state: LabelState, view: EditedRun, height: int) -> None:
    """The map; with a selection, a bar below it that moves the texts."""
    run = view.run
    mask = np.ones(len(run.corpus), np.bool_)
    if st.session_state.get(LIT) and state.current is not None:
        mask[:] = False
        mask[state.labels.members(state.current)] = True
    figure = map.map_figure(run, topic_groups(view, state.colours(view)))
    figure.update_layout(showlegend=False)  # the list beside the map has names, colours and counts
    map_card(state, run, figure, mask, height, key="labels")
    if state.selected is not None:
        ids = run.corpus.ids
        move_bar(state, view, tuple(ids[row] for row in state.selected), "drawn around", "map")


def move_bar(state: LabelState, view: EditedRun, texts: tuple[str, ...], what: str, key: str) -> None:
    """Let the user say where some texts go."""
    names = {topic.cluster: topic.name for topic in view.run.topics}
    targets = {topic.id: names.get(number, "") for number, topic in enumerate(view.topics) if topic.id != JUNK}
    targets |= {_NEW: "a new topic", NONE: "no topic", JUNK: "set aside"}
    said, where, name, go = st.columns([1.6, 2.2, 2, 1.1], vertical_alignment="center")
    said.markdown(f"**{len(texts):,} texts** {what}")
    target = where.selectbox(
        "Move to",
        list(targets),
        index=list(targets).index(_NEW),
        key=f"target {key}",
        format_func=targets.__getitem__,
        label_visibility="collapsed",
    )
    called = ""
    if target == _NEW:
        called = name.text_input(
            "Name of the new topic",
            key=f"new name {key}",
            placeholder="its name, or its keywords",
            label_visibility="collapsed",
        )
    go.button(
        "Move",
        key=f"move {key}",
        type="primary",
        width="stretch",
        icon=":material/drive_file_move:",
        on_click=_move,
        args=(state, texts, target, called),
        shortcut="m",
    )


def _move(state: LabelState, texts: tuple[str, ...], target: str, name: str) -> None:
    edit: Edit = Gather(Part(new_topic_id(), texts, name)) if target == _NEW else Move(texts, target)
    state.do(edit)
    if isinstance(edit, Gather) and state.refused is None:
        state.current = edit.part.id
