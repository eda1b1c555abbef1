"""Refract in the browser: the frame and the navigation. The pages are in `pages/`, the computation in `core/`."""

import streamlit as st

from pages.parts.frame import frame

frame()
st.navigation(
    [
        st.Page("pages/explore.py", title="Explore", icon=":material/scatter_plot:", default=True),
        st.Page("pages/compare.py", title="Compare", icon=":material/compare:"),
        st.Page("pages/rank.py", title="Rank", icon=":material/leaderboard:"),
        st.Page("pages/label.py", title="Label", icon=":material/label:"),
        st.Page("pages/search.py", title="Search", icon=":material/search:"),
        st.Page("pages/projects.py", title="Projects", icon=":material/folder_open:"),
        st.Page("pages/models.py", title="Models", icon=":material/deployed_code:"),
        st.Page("pages/learn.py", title="Learn", icon=":material/school:"),
    ]
).run()
