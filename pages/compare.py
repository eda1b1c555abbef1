"""Compare: the same texts under two to four instructions, side by side, with what moved and why."""

import streamlit as st

from pages.parts.compare_details import details
from pages.parts.compare_maps import maps
from pages.parts.compare_setup import setup
from pages.parts.compare_state import compare_state
from pages.parts.frame import frame
from pages.parts.session import session

frame()
page, state = session(), compare_state()
asked = setup(page, state)
if asked is not None:
    state.follow(asked)
if state.compared is not None:
    maps(state)
    details(state)
elif state.error is None and asked is not None:
    st.info("The maps appear here as soon as the texts are read under each instruction.", icon=":material/hourglass:")
