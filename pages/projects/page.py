"""Projects: what was saved, to be found, opened and put in order; what it takes on the disk."""

import streamlit as st

from core.base.errors import InputError
from core.projects import projects
from pages.projects.details import details
from pages.projects.list import projects_list
from pages.projects.side import side
from pages.projects.state import ProjectsState, projects_state, remove_overdue
from pages.shared.elements.job_line import job_line
from pages.shared.frame import frame
from pages.shared.handover import EXPLORE
from pages.shared.session import Session, session
from pages.shared.session.resources import shared_workspace


def work(page: Session, state: ProjectsState) -> None:
    """The list on the left, what is in one of them on the right."""
    remove_overdue()
    found = projects.listed(shared_workspace())
    side(page, state)
    with st.container():  # it stays where it is, so that what comes and goes in it doesn't have all below drawn anew
        _say(page, state)
    if not found:
        st.info(
            "Nothing is saved yet. Choose a file of your own on Explore: its texts and every map of them are kept here "
            "as you work.",
            icon=":material/folder_open:",
        )
        st.page_link(EXPLORE, label="Go to Explore", icon=":material/scatter_plot:")
        return
    ids = [each.id for each in found]
    chosen = next((id for id in (state.chosen, page.project) if id in ids), ids[0])
    left, right = st.columns([1, 1.55], gap="medium")
    with left:
        projects_list(page, state, found, chosen)
    with right:
        details(page, state, found[ids.index(chosen)])


def _say(page: Session, state: ProjectsState) -> None:
    """Say what is under way, what was refused and what was done."""
    if state.opening is not None:
        job_line(state.opening, "opening", "Opening: ", state.opening.cancel)
    if state.conflict is not None:
        said, button = st.columns([4, 1.4], vertical_alignment="center")
        said.error(state.refused or "", icon=":material/call_split:")
        button.button(
            f"Rename it to “{state.conflict.wanted}”",
            key="rename again",
            on_click=state.rename,
            width="stretch",
            args=(state.conflict.project, state.conflict.now, state.conflict.wanted),
        )
    elif state.refused:
        st.error(state.refused, icon=":material/error:")
    if state.said:
        st.info(state.said, icon=":material/info:")
    if state.deleted is not None:
        id, name = state.deleted
        said, button = st.columns([6, 1], vertical_alignment="center")
        said.info(f"Deleted {name}.", icon=":material/delete:")
        button.button(
            "Undo", key="undo delete", icon=":material/undo:", on_click=state.restore, args=(id,), width="stretch"
        )


frame()
page, state = session(), projects_state()
try:
    if state.arrived(page):
        st.switch_page(EXPLORE)
    work(page, state)
except InputError as error:
    st.error(str(error), icon=":material/error:")
