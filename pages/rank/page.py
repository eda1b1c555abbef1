"""Rank: which instruction brings out what is asked for, held against labels and controls."""

import streamlit as st

from core.base.jobs import running
from pages.rank.results import results
from pages.rank.setup import setup
from pages.rank.state import rank_state
from pages.shared.frame import frame
from pages.shared.session import session

frame()
page, state = session(), rank_state()
asked = setup(page, state)
state.take()
if state.found is not None and state.shown is not None:
    results(state)
elif asked is not None and not running(state.job):
    st.info("Choose what to rank, then press Rank.", icon=":material/info:")
