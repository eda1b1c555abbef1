"""Models: what is here and what can be downloaded, a folder of one's own, and models side by side."""

import streamlit as st

from pages.models.add import models_add
from pages.models.compare import models_compare
from pages.models.list import models_list
from pages.models.state import models_state
from pages.shared.frame import frame
from pages.shared.session import session

LIST, ADD, COMPARE = "All models", "Add a folder", "Compare"

frame()
page, state = session(), models_state()
section = st.segmented_control(
    "Section",
    [LIST, ADD, COMPARE],
    default=LIST,
    required=True,
    key="models section",
    label_visibility="collapsed",
    persist_state="session",
)
if section == ADD:
    models_add(state)
elif section == COMPARE:
    models_compare(page, state)
else:
    models_list(state)
