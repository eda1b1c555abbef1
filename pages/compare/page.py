"""Compare: the same texts under two to four instructions, side by side, with what moved and why."""

import streamlit as st

from pages.compare.details import details
from pages.compare.head import head
from pages.compare.link import keep_compared, keep_link, open_link, waiting_link
from pages.compare.maps import maps
from pages.compare.setup import setup
from pages.compare.state import compare_state
from pages.shared.frame import frame
from pages.shared.map_view import preload
from pages.shared.session import session

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
