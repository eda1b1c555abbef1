"""Which project is open, with a way to close it."""

from html import escape

import streamlit as st

from core.base.errors import InputError
from core.projects import projects
from pages.shared.session import Session
from pages.shared.session.resources import shared_workspace

CLOSING = "Close the project. New work then goes into the project that has its texts, or into a new one."


def project_line(state: Session) -> None:
    """Name the project that new work goes into; nothing where none is open."""
    if state.project is None:
        return
    said, button = st.columns([6, 1], vertical_alignment="center")
    try:
        said.html(
            f'<div class="rf-quiet">New work goes into <b>{escape(projects.named(shared_workspace(), state.project))}'
            "</b></div>"
        )
    except InputError as error:
        said.warning(f"The open project can’t take new work. {error}", icon=":material/cloud_off:")
    button.button(
        "", key="close project", icon=":material/close:", type="tertiary", help=CLOSING, on_click=close, args=(state,)
    )


def close(state: Session) -> None:
    """Let go of the open project."""
    state.project = None
