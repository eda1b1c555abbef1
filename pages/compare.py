"""Compare: the same texts under two to four instructions, side by side, with what moved and why."""

import streamlit as st

from pages.parts.compare_details import details
from pages.parts.compare_head import head
from pages.parts.compare_link import keep_compared, keep_link, open_link, waiting_link
from pages.parts.compare_maps import maps
from pages.parts.compare_setup import setup
from pages.parts.compare_state import compare_state
from pages.parts.frame import frame
from pages.parts.map_view import preload
from pages.parts.session import session

frame()
page, state = session(), compare_state()
open_link(page, state)
if state.pending is not None:
    waiting_link(state)
    st.stop()
asked = setup(page, state)
if asked is not None:
    keep_link(page, asked)
head(page, state, asked)
if state.compared is not None:
    keep_compared(page, state)
    maps(state)
    details(state)
else:
    preload()
