"""The bar above the map: search, filters, and what the colours mean."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from core.texts import filters
from core.texts.corpus import Corpus
from core.texts.grouping import grouping_columns

_BY_CLUSTER = "cluster"
_MANY_VALUES = 200


def filter_bar(corpus: Corpus) -> tuple[NDArray[np.bool_], str | None]:
    """Let the user search, filter and choose colours.

    Returns
    -------
    (n,) bool, the texts that match, and the metadata column to colour by, or None for the clusters.
    """
    key = corpus.digest
    search, filter_, colouring = st.columns([3, 1.2, 1.6], vertical_alignment="center")
    query = search.text_input(
        "Search",
        key=f"search {key}",
        live="300ms",
        placeholder='Search the texts; "in quotes" for a phrase',
        label_visibility="collapsed",
        icon=":material/search:",
    )
    with filter_.popover("Filter", icon=":material/filter_alt:", width="stretch"):
        chosen = criteria(corpus.metadata, key)
    columns = [_BY_CLUSTER, *grouping_columns(corpus.metadata)]
    by = colouring.selectbox(
        "Colour by",
        columns,
        key=f"colour {key}",
        format_func=lambda name: f"Colour by {name}",
        label_visibility="collapsed",
    )
    mask = filters.search(corpus.texts, query) & filters.keep(corpus.metadata, chosen)
    return mask, None if by == _BY_CLUSTER else by


def criteria(metadata: pd.DataFrame, key: str) -> dict[str, filters.Criterion]:
    """A widget a column that can be filtered by, and what was chosen there."""
    found: dict[str, filters.Criterion] = {}
    for name in metadata.columns:
        values = metadata[name]
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            low, high = float(values.min()), float(values.max())
            if low < high and np.isfinite([low, high]).all():
                chosen = st.slider(name, low, high, (low, high), key=f"filter {name} {key}")
                if chosen != (low, high):
                    found[name] = chosen
        elif 2 <= values.nunique() <= _MANY_VALUES:
            options = sorted(values.dropna().astype("string").unique())
            if picked := st.multiselect(name, options, key=f"filter {name} {key}", placeholder="all values"):
                found[name] = picked
    if not len(metadata.columns):
        st.caption("These texts have no other columns to filter by.")
    return found
