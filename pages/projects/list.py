"""The list of projects, the last changed first."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import TypeVar

import streamlit as st

from core.base.wording import counted
from core.projects.projects import Project
from pages.projects.state import ProjectsState
from pages.projects.words import when
from pages.shared.elements.words import size
from pages.shared.session import Session

T = TypeVar("T")

_MANY = 8  # from here on there is a search
_ROWS = 12


def projects_list(page: Session, state: ProjectsState, found: Sequence[Project], chosen: str) -> None:
    """A card each: what it is, a way to open it, and a way to look into it."""
    st.markdown(f"**{counted(len(found), 'project')}**, the last changed first")
    sought = ""
    if len(found) > _MANY:
        sought = st.text_input(
            "Search by name",
            key="projects search",
            placeholder="Search by name",
            icon=":material/search:",
            label_visibility="collapsed",
            live=True,
            persist_state="session",
        )
    matching = [each for each in found if sought.strip().casefold() in each.name.casefold()]
    if sought.strip():
        st.caption(f"{len(matching):,} of {len(found):,} projects have “{sought.strip()}” in their name.")
    with st.container(gap="xsmall"):
        for each in paged(state, matching, "projects", count=_ROWS):
            _card(page, state, each, each.id == chosen)


def paged(state: ProjectsState, rows: Sequence[T], key: str, empty: str = "", count: int = 10) -> Iterator[T]:
    """The first rows of a list and those that were asked for; after them, how many there are, and a way to more.

    Parameters
    ----------
    empty : said where there are none.
    """
    if not rows and empty:
        st.caption(empty)
    shown = count + state.more.get(key, 0)
    yield from rows[:shown]
    if shown < len(rows):
        st.button(
            f"{shown:,} of {len(rows):,} shown. Show {min(count, len(rows) - shown):,} more",
            key=f"more {key}",
            on_click=state.more.__setitem__,
            args=(key, shown),
            type="tertiary",
        )


def _card(page: Session, state: ProjectsState, project: Project, chosen: bool) -> None:
    key = "rf-chosen-project" if chosen else f"rf-project-{project.id}"
    with st.container(border=True, key=key):
        said, look, open_it = st.columns([6, 1, 1.7], vertical_alignment="center", gap="small")
        said.html(_facts(project, page.project == project.id))
        look.button(
            "",
            key=f"look {project.id}",
            icon=":material/read_more:",
            help="See what is in it",
            type="tertiary",
            on_click=state.choose,
            args=(project.id,),
            disabled=chosen,
        )
        open_it.button(
            "Open",
            key=f"open {project.id}",
            on_click=state.open,
            args=(page, project.id),
            width="stretch",
            help="Show its last map on Explore. New work goes into it.",
        )


def _facts(project: Project, opened: bool) -> str:
    badge = ' <span class="rf-badge rf-yes">open</span>' if opened else ""
    facts = [when(project.changed), *(_held(project) if project.corpora else ["empty"])]
    return (
        f'<div class="rf-model"><b>{escape(project.name)}</b>{badge}'
        f'<div class="rf-quiet">{" · ".join(facts)}</div></div>'
    )


def _held(project: Project) -> list[str]:
    return [
        counted(project.corpora, "corpus", "corpora"),
        counted(project.runs, "run"),
        *([counted(project.labellings, "labelling")] if project.labellings else []),
        size(project.size),
    ]
