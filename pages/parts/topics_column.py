"""The column beside the map: a card a topic."""

from html import escape

import streamlit as st

from core.colours import colour
from core.pipeline import Run
from core.topics import Topic
from pages.parts.session import Session


def topics_column(state: Session, run: Run, height: int) -> None:
    """Cards with size, keywords, cohesion and representative texts; a click lights the topic's texts."""
    with st.container(height=height, border=False, key="topics"):
        for topic in run.topics:
            _card(state, run, topic)


def _card(state: Session, run: Run, topic: Topic) -> None:
    noise = topic.cluster < 0
    lit = state.focus == topic.cluster
    with st.container(border=True):
        st.html(_heading(topic, run, colour(-1 if noise else state.slots[topic.cluster])))
        st.html(_body(topic, run))
        st.button(
            "Light all texts again" if lit else "Show its texts", key=f"focus {topic.cluster}", type="tertiary",
            icon=":material/visibility_off:" if lit else ":material/visibility:",
            on_click=_focus, args=(state, None if lit else topic.cluster),
        )  # fmt: skip


def _focus(state: Session, cluster: int | None) -> None:
    state.focus = cluster


def _heading(topic: Topic, run: Run, dot: str) -> str:
    share = topic.size / len(run.corpus)
    name = "noise: in no cluster" if topic.cluster < 0 else topic.name
    cohesion = "" if topic.cluster < 0 else f" · cohesion {topic.cohesion:.2f}"
    return (
        f'<div class="rf-topic"><span class="rf-dot" style="background:{dot}"></span><b>{escape(name)}</b>'
        f'<div class="rf-quiet">{topic.size:,} texts, {share:.0%}{cohesion}</div></div>'
    )


def _body(topic: Topic, run: Run) -> str:
    words = "".join(f"<span>{escape(word)}</span>" for word, _ in topic.keywords)
    texts = "".join(f"<p>{escape(_short(run.corpus.texts[row]))}</p>" for row in topic.representatives[:2])
    return f'<div class="rf-topic"><div class="rf-words">{words}</div>{texts}</div>'


def _short(text: str, limit: int = 150) -> str:
    """The beginning of a text; the ellipsis says that there is more, and the table has it all."""
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
