"""Below the map: the texts of a topic, those between two topics, how topics belong together, and what was done."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from core.figures.topics import tree_figure, treemap_figure
from core.labelling.edited_run import EditedRun
from core.labelling.journal import DoneEdit
from core.pipeline.margins import Margins, margins
from core.pipeline.topics.tree import topic_tree
from pages.label.map import move_bar
from pages.label.state import LabelState
from pages.shared.elements.choice import one_of
from pages.shared.elements.texts_table import texts_table

_HEIGHT = 380


def tabs(state: LabelState, view: EditedRun) -> None:
    """One section at a time, so that the page stays short."""
    _SECTIONS[one_of("Details", list(_SECTIONS), "labelling section")](state, view)


def texts(state: LabelState, view: EditedRun) -> None:
    """The texts drawn around, or those of the topic worked on: the surest first, to be moved by choosing rows."""
    found = margins(view.run)
    if state.selected is not None:
        rows, what = np.array(state.selected, np.int64), "drawn around"
    else:
        number = state.number(view)
        rows = np.flatnonzero(view.run.clustering.labels == number)
        what = f"in “{_names(view)[number]}”"
    order = np.argsort(-np.nan_to_num(found.margin[rows], nan=-np.inf), kind="stable")
    st.markdown(f"**{len(rows):,} of {len(view.run.corpus):,} texts** {what}, those that fit it best first")
    _table(state, view, rows[order], found, "texts")


def review(state: LabelState, view: EditedRun) -> None:
    """The texts that are nearly as near to another topic as to their own, the most doubtful first."""
    found = margins(view.run)
    margin = found.margin
    known = margin[~np.isnan(margin)]
    if not len(known):
        st.caption("A text can be between topics once there are two topics at least.")
        return
    limit = st.slider(
        "Margin under",
        0.0,
        max(0.05, round(float(np.quantile(known, 0.9)), 2)),
        0.02,
        0.01,
        key="review limit",
        persist_state="session",
        help="By how much, in cosine, a text is nearer to the centre of its own topic than to the nearest other one. "
        "Below 0 it is nearer to the other.",
    )
    rows = np.flatnonzero(margin < limit)
    rows = rows[np.argsort(margin[rows], kind="stable")]
    nearer = int((margin[rows] < 0).sum())
    st.markdown(
        f"**{len(rows):,} of {len(known):,} texts in topics** have a margin under {limit:.2f}; {nearer:,} of them are "
        "nearer to another topic than to their own"
    )
    if len(rows):
        _table(state, view, rows, found, "review")


def tree(state: LabelState, view: EditedRun) -> None:
    """How topics join, and a treemap of them by theme."""
    by_number, colours, sizes = _names(view), state.colours(view), view.run.clustering.sizes
    names = [by_number.get(number, "") for number in range(len(view.topics))]
    kept = tuple(number for number, topic in enumerate(view.topics) if not topic.junk)
    if len(kept) < 2:
        st.caption("Topics can join once there are two of them.")
        return
    joined = topic_tree(view.run.clustering.centroids, kept)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**How {len(kept)} topics join**, by the distance of their centres in the embedding")
        st.plotly_chart(tree_figure(joined, names, colours), key="tree", config={"displayModeBar": False})
    with right:
        themes = st.slider(
            "Themes",
            1,
            len(kept),
            max(1, round(len(kept) ** 0.5)),
            key=f"themes {len(kept)}",
            help="Into how many the tree is cut. Topics of one theme stand together.",
        )
        figure = treemap_figure(joined, themes, names, sizes, colours)
        st.plotly_chart(figure, key="treemap", config={"displayModeBar": False})


def history(state: LabelState, view: EditedRun) -> None:
    """Everything that was done, the last first; what is undone is said to be."""
    assert state.labelling is not None
    past = state.labelling.history
    if not past.done:
        st.caption("Nothing was done to these topics yet.")
        return
    last = tuple(past.done.values())[::-1]
    rows = [
        {
            "": "undone" if done.entry.revision in past.undone else "",
            "who": done.entry.author or "–",
            "what": _what(done),
        }
        for done in last
    ]
    st.markdown(f"**{len(past.effective):,} of {len(past.done):,} edits hold**; the others were undone")
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height=_HEIGHT,
        column_config={"what": st.column_config.TextColumn(width="large")},
    )


def _what(done: DoneEdit) -> str:
    return done.sentence[:1].upper() + done.sentence[1:]


def _table(state: LabelState, view: EditedRun, rows: NDArray[np.int64], found: Margins, key: str) -> None:
    """Texts with their topic, the second-nearest and the margin; chosen rows can be moved."""
    names, corpus, labels = _names(view), view.run.corpus, view.run.clustering.labels
    columns = {
        "topic": [names.get(int(labels[row]), "in none") for row in rows],
        "second": [names.get(int(found.second[row]), "") for row in rows],
        "margin": found.margin[rows],
    }
    config = {
        "second": st.column_config.TextColumn("second-nearest", help="The nearest topic besides its own."),
        "margin": st.column_config.NumberColumn(
            format="%.2f", help="By how much, in cosine, its own topic is nearer than the second-nearest."
        ),
    }
    chosen = texts_table(corpus, rows, columns, config, _HEIGHT, f"{key} {state.seen[1]} {state.current}")
    if chosen:
        move_bar(state, view, tuple(corpus.ids[rows[place]] for place in chosen), "chosen", key)
    else:
        st.caption("Choose rows to move them to another topic.")


def _names(view: EditedRun) -> dict[int, str]:
    return {topic.cluster: topic.name or "set aside" for topic in view.run.topics if topic.cluster >= 0}


_SECTIONS = {"Texts": texts, "Between topics": review, "Tree": tree, "History": history}
