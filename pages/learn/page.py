"""Learn: what an instruction does, in five steps on live data."""

import streamlit as st

from pages.learn.steps import STEPS
from pages.shared.frame import frame

frame()
titles = [title for title, _ in STEPS]
chosen = st.segmented_control(
    "Step",
    titles,
    default=titles[0],
    required=True,
    key="learn step",
    label_visibility="collapsed",
    persist_state="session",
)
dict(STEPS)[chosen]()
