"""The column beside the map: a card a topic."""

from html import escape

import streamlit as st

from core.base.errors import InputError
from core.figures.colours import colour
from core.models.registry import load_model
from core.pipeline.attention import word_weights
from core.pipeline.run import Run
from core.pipeline.topics.describe import Topic
from core.pipeline.topics.naming import NearestLabel, label_topics
from pages.shared.session.picture import PictureOnShow
from pages.shared.shaded import shaded


def topics_column(picture: PictureOnShow, run: Run, height: int) -> None:
    """Cards with size, keywords, cohesion and representative texts; a click lights the topic's texts."""
    with st.container(height=height, border=False, key="topics"):
        nearest = _nearest(run)
        for topic in run.topics:
            _card(picture, run, topic, nearest.get(topic.cluster))


def _nearest(run: Run) -> dict[int, NearestLabel]:
    """For each topic the nearest of the names that the user gives, if any."""
    names = st.text_input(
        "Names to choose from",
        key="candidate names",
        placeholder="your own: billing, delivery, quality",
        label_visibility="collapsed",
        persist_state="session",
        help="Separated by commas. Each topic shows which of them is nearest to its texts under the instruction.",
    )
    if not names.strip(" ,"):
        return {}
    try:
        found = label_topics(load_model(run.settings.model), run.instruction, run.clustering, names.split(","))
    except InputError as error:
        st.error(str(error), icon=":material/error:")
        return {}
    return {each.cluster: each for each in found}


def _card(picture: PictureOnShow, run: Run, topic: Topic, nearest: NearestLabel | None) -> None:
    noise = topic.cluster < 0
    lit = picture.focus == topic.cluster
    with st.container(border=True):
        st.html(_heading(topic, run, colour(-1 if noise else picture.slots[topic.cluster])))
        st.html(_body(topic, run, nearest))
        st.button(
            "Light all texts again" if lit else "Show its texts",
            key=f"focus {topic.cluster}",
            type="tertiary",
            icon=":material/visibility_off:" if lit else ":material/visibility:",
            on_click=_focus,
            args=(picture, None if lit else topic.cluster),
        )


def _focus(picture: PictureOnShow, cluster: int | None) -> None:
    picture.focus = cluster


def _heading(topic: Topic, run: Run, dot: str) -> str:
    share = topic.size / len(run.corpus)
    name = "noise: in no cluster" if topic.cluster < 0 else topic.name
    cohesion = "" if topic.cluster < 0 else f" · cohesion {topic.cohesion:.2f}"
    return (
        f'<div class="rf-topic"><span class="rf-dot" style="background:{dot}"></span><b>{escape(name)}</b>'
        f'<div class="rf-quiet">{topic.size:,} texts, {share:.0%}{cohesion}</div></div>'
    )


def _body(topic: Topic, run: Run, nearest: NearestLabel | None) -> str:
    words = "".join(f"<span>{escape(word)}</span>" for word, _ in topic.keywords)
    texts = "".join(f"<p>{short_text(run, row)}</p>" for row in topic.representatives[:2])
    said = ""
    if nearest is not None:
        said = (
            f'<div class="rf-nearest">nearest of your names: <b>{escape(nearest.label)}</b> '
            f'<span class="rf-quiet">ahead by {nearest.margin:.2f}</span></div>'
        )
    return f'<div class="rf-topic">{said}<div class="rf-words">{words}</div>{texts}</div>'


def short_text(run: Run, row: int, limit: int = 150) -> str:
    """The beginning of a text; the ellipsis says that there is more, and the table has it all."""
    text = run.corpus.texts[row]
    end = None if len(text) <= limit else len(text[:limit].rsplit(" ", 1)[0])
    return shaded(text, word_weights(run, row), end) + ("" if end is None else " …")
