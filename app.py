"""Refract in the browser: the frame and the navigation. The pages are in `pages/`, the computation in `core/`."""

import streamlit as st

from pages.shared.frame import frame

frame()
st.navigation(
    [
        st.Page("pages/explore/page.py", title="Explore", icon=":material/scatter_plot:", default=True),
        st.Page("pages/compare/page.py", title="Compare", icon=":material/compare:", url_path="compare"),
        st.Page("pages/rank/page.py", title="Rank", icon=":material/leaderboard:", url_path="rank"),
        st.Page("pages/label/page.py", title="Label", icon=":material/label:", url_path="label"),
        st.Page("pages/search/page.py", title="Search", icon=":material/search:", url_path="search"),
        st.Page("pages/projects/page.py", title="Projects", icon=":material/folder_open:", url_path="projects"),
        st.Page("pages/models/page.py", title="Models", icon=":material/deployed_code:", url_path="models"),
        st.Page("pages/learn/page.py", title="Learn", icon=":material/school:", url_path="learn"),
    ]
).run()
