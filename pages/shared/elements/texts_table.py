"""Texts in a table: what is said of each, then what the file says."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from core.texts.corpus import Corpus


def texts_table(
    corpus: Corpus,
    rows: NDArray[Any],
    columns: Mapping[str, Any],
    config: Mapping[str, Any],
    height: int,
    key: str | None = None,
) -> tuple[int, ...]:
    """List texts with their metadata; a column of the file that is called like another has "(file)" behind its name.

    Parameters
    ----------
    rows : (m,) integer rows of the corpus, in the order of the table.
    columns : what is said of each, m values a column.
    config : of the columns, as Streamlit takes it.
    height : in CSS pixels.
    key : of the widget; with one, rows of the table can be chosen.

    Returns
    -------
    The places of the chosen rows in the table.
    """
    frame = pd.DataFrame({"text": [corpus.texts[row] for row in rows], **columns})
    for name, values in corpus.metadata.items():
        frame[f"{name} (file)" if name in frame.columns else str(name)] = values.iloc[rows].array
    shown = {"text": st.column_config.TextColumn(width="large"), **config}
    if key is None:
        st.dataframe(frame, height=height, hide_index=True, column_config=shown)
        return ()
    told = st.dataframe(
        frame,
        key=key,
        height=height,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        column_config=shown,
    )
    return tuple(place for place in told.selection.rows if place < len(rows))
