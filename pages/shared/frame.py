"""The frame of every page: title, look, navigation."""

from pathlib import Path

import streamlit as st

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def frame() -> None:
    """Set the page up. May be called more than once a run."""
    st.set_page_config(
        page_title="Refract", page_icon=str(ASSETS / "icon.svg"), layout="wide", initial_sidebar_state=352
    )
    st.logo(str(ASSETS / "logo.svg"), size="large")
    st.html(ASSETS / "style.css")
