"""The table below the map."""

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray


def table(frame: pd.DataFrame, chosen: NDArray[np.bool_], selected: bool) -> None:
    """List the chosen texts with their topics and metadata."""
    count = int(chosen.sum())
    if selected:
        what = f"{count:,} of {len(frame):,} texts in the selection"
    elif count < len(frame):
        what = f"{count:,} of {len(frame):,} texts match"
    else:
        what = f"All {count:,} texts"
    st.markdown(f"**{what}**")
    first = ["text", "topic"]
    last = ["cluster", "id", "count", "x", "y"]
    middle = [name for name in frame.columns if name not in {*first, *last}]
    st.dataframe(
        frame.loc[chosen, [*first, *middle, *last]],
        height=260,
        hide_index=True,
        column_config={
            "text": st.column_config.TextColumn("text", width="large"),
            "topic": st.column_config.TextColumn("topic", width="medium"),
            "x": st.column_config.NumberColumn("x", format="%.2f"),
            "y": st.column_config.NumberColumn("y", format="%.2f"),
        },
    )
