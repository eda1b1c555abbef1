"""The topics beside the map: a list of all, and the one that is worked on."""

from html import escape

import pandas as pd
import streamlit as st

from core.base.errors import InputError
from core.labelling.edited_run import EditedRun, split_by_kmeans
from core.labelling.edits import Merge, Note, Recolour, Rename, SetAside
from core.labelling.labels import JUNK, TopicLabel
from core.models.registry import load_model
from core.pipeline.topics.describe import Topic
from core.pipeline.topics.naming import NearestLabel, label_topics
from pages.label.map import LIT
from pages.label.state import LabelState
from pages.shared.elements.shaded import short_text

CANDIDATES = "candidate names"
_ORIGINS = {"automatic": "keywords", "given": "hand", "carried": "carried"}
_LIST_HEIGHT = 218


def topics_list(state: LabelState, view: EditedRun) -> None:
    """All topics with their colours; a click makes one the topic that is worked on."""
    colours, names = state.colours(view), {topic.cluster: topic.name for topic in view.run.topics}
    sizes = view.run.clustering.sizes
    rows = [
        {
            "": "●",
            "topic": names.get(number, "") or "set aside",
            "texts": sizes[number],
            "named by": "set aside" if topic.junk else _ORIGINS[topic.origin],
        }
        for number, topic in enumerate(view.topics)
    ]
    current = state.number(view)

    def look(row: "pd.Series[str]") -> list[str]:
        place = int(str(row.name))
        back = "background-color: rgba(79, 91, 213, 0.16); font-weight: 600" if place == current else ""
        return [f"color: {colours[place]}; {back}", *[back] * 3]

    key = f"topics {state.seen[1]} {state.current}"

    def choose() -> None:
        at = st.session_state[key].selection.cells
        if at:
            state.current = view.topics[at[0][0]].id

    st.dataframe(
        pd.DataFrame(rows).style.apply(look, axis=1),
        key=key,
        hide_index=True,
        height=_LIST_HEIGHT,
        on_select=choose,
        selection_mode="single-cell",
        column_config={
            "": st.column_config.TextColumn(width=24),
            "topic": st.column_config.TextColumn(width=210),
            "texts": st.column_config.NumberColumn(format="localized", width=60),
        },
    )


def topic_card(state: LabelState, view: EditedRun) -> None:
    """The topic that is worked on: its name with suggestions, what is in it, and everything that can be done to it."""
    number = state.number(view)
    label, topic = view.topics[number], next(t for t in view.run.topics if t.cluster == number)
    with st.container(border=True, gap="small"):
        _steps(state, view, number, label, topic)
        if label.id == JUNK:
            st.caption(
                "Texts that were set aside one by one. Draw around them, or choose them below, to move them back."
            )
        else:
            _naming(state, view, number, label, topic)
        st.html(_body(view, topic))
        if label.id != JUNK:
            _tools(state, view, number, label)


def _steps(state: LabelState, view: EditedRun, number: int, label: TopicLabel, topic: Topic) -> None:
    colour = state.colours(view)[number]
    said, before, after = st.columns([3.4, 1, 1], vertical_alignment="center", gap="small")
    share = topic.size / len(view.run.corpus)
    carried = "" if label.share is None else f" · carried: {label.share:.0%} of its texts were in it before"
    dot = f'<span class="rf-dot" style="background:{colour}"></span>'
    said.html(
        f'<div class="rf-topic rf-quiet">{dot}topic {number + 1} of {len(view.topics)} · {topic.size:,} texts, '
        f"{share:.0%} · cohesion {topic.cohesion:.2f}{carried}</div>"
    )
    before.button(
        ":material/keyboard_arrow_up:",
        key="topic before",
        on_click=state.step,
        args=(-1,),
        shortcut="k",
        width="stretch",
        help="The topic before",
    )
    after.button(
        ":material/keyboard_arrow_down:",
        key="topic after",
        on_click=state.step,
        args=(1,),
        shortcut="j",
        width="stretch",
        help="The next topic",
    )


def _naming(state: LabelState, view: EditedRun, number: int, label: TopicLabel, topic: Topic) -> None:
    key = f"name {label.id} {state.seen[1]}"

    def rename(name: str | None = None) -> None:
        wanted = st.session_state[key] if name is None else name
        if wanted.strip() != label.name or label.origin == "automatic":
            state.do(Rename(label.id, wanted))

    st.text_input(
        "Name",
        label.name if label.origin != "automatic" else "",
        key=key,
        on_change=rename,
        placeholder=topic.name,
        label_visibility="collapsed",
        help="Enter keeps it. Empty gives it back to its keywords.",
    )
    suggestions = _suggestions(view, number, topic)
    if label.id in state.named:
        suggestions = {state.named[label.id]: "From the language model", **suggestions}
    with st.container(horizontal=True, gap="small"):
        for place, (name, why) in enumerate(suggestions.items()):
            if name != label.name or label.origin == "automatic":
                st.button(
                    name,
                    key=f"suggestion {place}",
                    on_click=rename,
                    args=(name,),
                    help=why,
                    icon=":material/auto_awesome:",
                )


def _suggestions(view: EditedRun, number: int, topic: Topic) -> dict[str, str]:
    """Names to choose from, and where each comes from."""
    suggested = {view.suggested[number]: "From its keywords, by what the instruction asks for"}
    if topic.keywords:
        suggested.setdefault(topic.keywords[0][0], "Its first keyword")
    nearest = _nearest(view).get(number)
    if nearest is not None:
        suggested = {nearest.label: f"The nearest of your names, ahead by {nearest.margin:.2f}", **suggested}
    return {name: why for name, why in suggested.items() if name}


def _nearest(view: EditedRun) -> dict[int, NearestLabel]:
    names = str(st.session_state.get(CANDIDATES, ""))
    if not names.strip(" ,"):
        return {}
    try:
        run = view.run
        found = label_topics(load_model(run.settings.model), run.instruction, run.clustering, names.split(","))
    except InputError as error:
        st.error(str(error), icon=":material/error:")
        return {}
    return {each.cluster: each for each in found}


def _body(view: EditedRun, topic: Topic) -> str:
    words = "".join(f"<span>{escape(word)}</span>" for word, _ in topic.keywords)
    texts = "".join(f"<p>{short_text(view.run, row)}</p>" for row in topic.representatives[:3])
    return f'<div class="rf-topic"><div class="rf-words">{words}</div>{texts}</div>'


def _tools(state: LabelState, view: EditedRun, number: int, label: TopicLabel) -> None:
    with st.container(horizontal=True, gap="small"):
        with st.popover("Merge", icon=":material/merge:"):
            _merge(state, view, number, label)
        with st.popover("Split", icon=":material/call_split:"):
            _split(state, view, label)
        with st.popover("Notes" + (" ●" if label.notes else ""), icon=":material/notes:"):
            _notes(state, label)
        with st.popover("Colour", icon=":material/palette:"):
            _colour(state, label, state.colours(view)[number])
        st.button(
            "Take back" if label.junk else "Set aside",
            key="set aside",
            on_click=state.do,
            shortcut="x",
            args=(SetAside(label.id, not label.junk),),
            icon=":material/delete_sweep:",
            help="What is set aside as junk is grey on the map, counted, and marked in every export.",
        )
        st.toggle("Light it", key=LIT, persist_state="session")


def _merge(state: LabelState, view: EditedRun, number: int, label: TopicLabel) -> None:
    """Other topics, the nearest first."""
    names = {topic.cluster: topic.name for topic in view.run.topics}
    near = view.run.clustering.centroids @ view.run.clustering.centroids[number]
    others = sorted((n for n, t in enumerate(view.topics) if n != number and t.id != JUNK), key=lambda n: -near[n])
    by_id = {view.topics[n].id: f"{names[n]} ({view.run.clustering.sizes[n]:,})" for n in others}
    chosen = st.multiselect(
        "Merge into this one",
        list(by_id),
        key=f"merge {label.id} {state.seen[1]}",
        format_func=by_id.__getitem__,
        placeholder="nearest first",
    )
    st.button(
        f"Merge {len(chosen)} into “{names[number]}”" if chosen else "Merge",
        key="merge",
        type="primary",
        disabled=not chosen,
        on_click=state.do,
        args=(Merge((label.id, *chosen), label.id),),
    )


def _split(state: LabelState, view: EditedRun, label: TopicLabel) -> None:
    size = state.labels.size(label.id)
    if size < 2:
        st.caption("One text can't be split.")
        return
    parts = st.number_input("Into how many", 2, min(20, size), 2, key=f"parts {label.id}")
    run, labels = state.run, state.labels
    assert run is not None
    st.button(
        "Split by k-means",
        key="split",
        type="primary",
        on_click=state.do,
        args=(lambda: split_by_kmeans(run, labels, label.id, int(parts)),),
    )
    st.caption("The largest part keeps the name. To split by hand, draw around texts on the map and move them.")


def _notes(state: LabelState, label: TopicLabel) -> None:
    key = f"notes {label.id} {state.seen[1]}"
    st.text_area(
        "Notes",
        label.notes,
        key=key,
        height=160,
        on_change=lambda: state.do(Note(label.id, st.session_state[key])),
        placeholder="What belongs here, what doesn’t; Ctrl+Enter keeps them",
    )


def _colour(state: LabelState, label: TopicLabel, now: str) -> None:
    key = f"colour {label.id} {state.seen[1]}"
    st.color_picker("Colour", now, key=key, on_change=lambda: state.do(Recolour(label.id, st.session_state[key])))
    if label.colour:
        st.button("Give it its own again", key="colour back", on_click=state.do, args=(Recolour(label.id, ""),))
