"""The search box: the query, the filters, and the strings put before query and texts."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.models.registry import load_model
from core.pipeline.run import Run
from core.search.meaning import SearchInstructions, as_on_the_map, search_instructions
from core.texts import filters
from pages.shared.elements.choice import one_of
from pages.shared.filter_bar import criteria

_WAYS = {"both": "words and meaning", "words": "words", "meaning": "meaning"}
_QUERY = "q"
_MAP, _MODEL = "as on the map", "as the model searches"


@dataclass(frozen=True, eq=False)
class Query:
    """A query and how it is to be answered.

    Parameters
    ----------
    text : as it was written.
    way : "both", "words" or "meaning".
    keep : (n,) bool, texts that the filters leave.
    before : the instructions for query and texts.
    """

    text: str
    way: str
    keep: NDArray[np.bool_]
    before: SearchInstructions


def search_box(run: Run) -> Query:
    """The bar above the map, and the rail's choices."""
    before = _rail(run)
    held = st.session_state
    if "searching for" not in held:
        held["searching for"] = st.query_params.get(_QUERY, "")
    field, ways, narrow = st.columns([3, 2.1, 1], vertical_alignment="center")
    text = field.text_input(
        "Search for",
        held["searching for"],
        key="searching for",
        live="400ms",
        persist_state="session",
        placeholder='a question, or words; "in quotes" for a phrase',
        label_visibility="collapsed",
        icon=":material/search:",
    )
    way = one_of("By", list(_WAYS), "searching by", _WAYS.__getitem__, where=ways)
    with narrow.popover("Filter", icon=":material/filter_alt:", width="stretch"):
        keep = _filters(run)
    if text != st.query_params.get(_QUERY, ""):
        st.query_params[_QUERY] = text
    return Query(text, way, keep, before)


def _rail(run: Run) -> SearchInstructions:
    card = load_model(run.settings.model).card
    with st.sidebar:
        st.subheader(run.corpus.name, anchor=False)
        st.caption(f"{len(run.corpus):,} texts, as Explore shows them, by {card.name}.")
        st.subheader("What stands before", anchor=False)
        ways = {
            "as on the map": as_on_the_map(card, run.instruction),
            "as the model searches": search_instructions(card),
        }
        chosen = st.radio(
            "Instructions",
            list(ways),
            key="searching with",
            label_visibility="collapsed",
            persist_state="session",
            help="As on the map: the texts are where the map’s instruction puts them, and nothing is embedded again. "
            "As the model searches: query and texts get what the model was trained to search with; the texts are "
            "embedded once more for it.",
        )
        first, key = ways[chosen], f"{chosen} {card.name} {run.instruction}"
        query = st.text_area(
            "Before the query",
            first.query,
            key=f"before query {key}",
            height=68,
            persist_state="session",
            placeholder="nothing",
        )
        text = first.text
        if chosen == _MODEL:
            text = st.text_area(
                "Before the texts",
                first.text,
                key=f"before texts {key}",
                height=68,
                persist_state="session",
                placeholder="nothing",
            )
        else:
            st.caption(f"Before the texts: `{text.strip() or 'nothing'}`")
    return SearchInstructions(query, text)


def _filters(run: Run) -> NDArray[np.bool_]:
    names = {topic.cluster: topic.name for topic in run.topics}
    topics = st.multiselect(
        "Topic",
        list(names),
        key=f"searching topics {run.digest}",
        format_func=names.__getitem__,
        placeholder="all topics",
    )
    keep = filters.keep(run.corpus.metadata, criteria(run.corpus.metadata, f"searching {run.corpus.digest}"))
    return keep & np.isin(run.clustering.labels, topics) if topics else keep
