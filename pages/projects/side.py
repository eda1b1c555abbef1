"""The sidebar of the Projects page: a new project, the deleted ones, where everything is and what room it takes."""

from collections.abc import Callable
from datetime import timedelta
from html import escape

import streamlit as st

from core.base.wording import counted
from core.projects import projects
from core.projects.projects import KEPT_DAYS, Project
from pages.projects.state import NEW_NAME, ProjectsState
from pages.projects.words import day, zone
from pages.shared.elements.words import size
from pages.shared.project_line import project_line
from pages.shared.session import Session
from pages.shared.session.resources import shared_store, shared_workspace

# Below this a large corpus may find no room for its vectors.
LOW_SPACE = 2e9


def side(page: Session, state: ProjectsState) -> None:
    """Draw it, and the question that is open."""
    deleted = projects.listed(shared_workspace(), deleted=True)
    with st.sidebar:
        project_line(page)
        _new(page, state)
        if deleted:
            _deleted(state, deleted)
        _space(state)
    if state.confirming == "empty":
        _confirm_empty(state, deleted)
    elif state.confirming == "vectors":
        _confirm_vectors(state)


def _new(page: Session, state: ProjectsState) -> None:
    st.subheader("New project", anchor=False)
    with st.form("new project", border=False):
        field, button = st.columns([2.2, 1], vertical_alignment="bottom")
        field.text_input("Its name", key=NEW_NAME, placeholder="such as Tickets 2026", label_visibility="collapsed")
        button.form_submit_button("Create", on_click=state.create, args=(page,), width="stretch")
    st.caption(
        "It is open from then on: new work goes into it. Without an open project, texts of your own are kept in one "
        "of their name."
    )


def _deleted(state: ProjectsState, deleted: list[Project]) -> None:
    with st.expander(f"Deleted: {len(deleted):,}", icon=":material/delete:"):
        for each in deleted:
            assert each.deleted is not None
            until = day((each.deleted + timedelta(days=KEPT_DAYS)).astimezone(zone()))
            said, button = st.columns([1.5, 1], vertical_alignment="center")
            said.html(f'<div class="rf-model">{escape(each.name)}<div class="rf-quiet">kept until {until}</div></div>')
            button.button(
                "Bring back", key=f"restore {each.id}", on_click=state.restore, args=(each.id,), width="stretch"
            )
        st.button(
            "Empty for good",
            key="ask empty",
            on_click=state.ask,
            args=("empty",),
            type="tertiary",
            icon=":material/delete_forever:",
        )


def _space(state: ProjectsState) -> None:
    workspace = shared_workspace()
    room = projects.space(workspace, shared_store())
    st.subheader("Where it is", anchor=False)
    folder, address = workspace.files.directory.parent, workspace.store
    where = (
        f"Everything is kept in <code>{escape(str(folder))}</code> on the machine that runs Refract."
        if address.path is not None
        else f"Texts and maps are kept in <code>{escape(str(folder))}</code> on the machine that runs Refract, the "
        f"list of them in <code>{escape(address.url.render_as_string(hide_password=True))}</code>."
    )
    facts = {
        "Catalogue": size(room.catalogue),
        "Texts and maps": size(room.files),
        "Saved vectors": size(room.vectors),
        "Free on the disk": size(room.free),
    }
    rows = "".join(f"<span>{name}</span><span>{value}</span>" for name, value in facts.items())
    st.html(
        f'<div class="rf-model rf-where">{where} Everybody who can open this server sees these projects.'
        f'<div class="rf-facts">{rows}</div></div>'
    )
    if room.free < LOW_SPACE:
        st.warning(
            f"Only {size(room.free)} are free on the disk. Make room there, empty the deleted projects or clear the "
            "saved vectors; otherwise new work may not be saved.",
            icon=":material/hard_drive:",
        )
    if room.vectors:
        st.button(
            "Clear the saved vectors",
            key="ask vectors",
            on_click=state.ask,
            args=("vectors",),
            type="tertiary",
            icon=":material/cleaning_services:",
        )


def _confirm_empty(state: ProjectsState, deleted: list[Project]) -> None:
    @st.dialog("Empty for good?", on_dismiss=lambda: state.ask(""))
    def ask() -> None:
        names = "".join(f"<li>{escape(each.name)}</li>" for each in deleted)
        st.html(
            f'<div class="rf-model">{counted(len(deleted), "deleted project")} with all that is in '
            f"{'it' if len(deleted) == 1 else 'them'} can’t be brought back afterwards, by anybody:<ul>{names}</ul>"
            "</div>"
        )
        st.caption("Files that other projects use stay. Files of the last 24 hours go the next time this is done.")
        # Those that the user has read, and not what somebody else deletes meanwhile.
        _answer(state, "Remove for good", lambda: state.empty([each.id for each in deleted]))

    ask()


def _confirm_vectors(state: ProjectsState) -> None:
    @st.dialog("Clear the saved vectors?", on_dismiss=lambda: state.ask(""))
    def ask() -> None:
        st.markdown(
            "They are what the models read in texts, kept so that no text is read twice. No project loses anything: "
            "maps, colours, topics and names stay as they are. But whoever opens a project next waits as long as the "
            "first time, while its texts are read again."
        )
        _answer(state, "Clear them", state.clear_vectors)

    ask()


def _answer(state: ProjectsState, yes: str, act: Callable[[], None]) -> None:
    buttons = st.container(horizontal=True)
    sure = buttons.button(yes, key="confirmed", type="primary")
    if sure:
        act()
    if buttons.button("Leave it", key="left") or sure:
        state.ask("")
        st.rerun()
