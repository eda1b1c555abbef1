"""The column beside the map: a card a topic."""

from html import escape

import streamlit as st

from core.base.errors import InputError
from core.figures.colours import colour
from core.insight.columns import ColumnShares
from core.models.registry import load_model
from core.pipeline.run import Run
from core.pipeline.topics.describe import Topic, is_tight
from core.pipeline.topics.naming import NearestLabel, label_topics
from pages.explore.shares import bars
from pages.shared.elements.shaded import short_text
from pages.shared.session.picture import PictureOnShow


def topics_column(picture: PictureOnShow, run: Run, height: int, shares: ColumnShares | None = None) -> None:
    """Cards with size, shares of a column, keywords and representative texts; a click shows only the topic's texts."""
    with st.container(height=height, border=False, key="topics"):
        nearest = _nearest(run)
        for topic in run.topics:
            _card(picture, run, topic, nearest.get(topic.cluster), shares)


def _nearest(run: Run) -> dict[int, NearestLabel]:
    """For each topic the nearest of the names that the user gives, if any."""
    names = st.text_input(
        "Names to choose from",
        key="candidate names",
        placeholder="Match groups to my own names: billing, delivery, …",
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


def _card(
    picture: PictureOnShow, run: Run, topic: Topic, nearest: NearestLabel | None, shares: ColumnShares | None
) -> None:
    noise = topic.cluster < 0
    lit = picture.focus == topic.cluster
    with st.container(border=True):
        st.html(_heading(topic, run, colour(-1 if noise else picture.slots[topic.cluster])))
        if shares is not None:
            st.html(bars(shares, topic.cluster))
        st.html(_body(topic, run, nearest))
        st.button(
            "Show all" if lit else "Show only these",
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
    name = "ungrouped" if topic.cluster < 0 else topic.name
    exactly = f"mean cosine to the middle of the group: {topic.cohesion:.2f}"
    tightness = "tight" if is_tight(topic, run.topics) else "loose"
    cohesion = "" if topic.cluster < 0 else f' · <span title="{exactly}">{tightness}</span>'
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
