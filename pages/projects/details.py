"""A project's contents: its runs, texts, labellings, comparisons and instructions, each a click from being used."""

from collections.abc import Callable
from html import escape

import streamlit as st

from core.base.errors import InputError
from core.base.wording import counted
from core.projects import history, saved_labels, saved_runs
from core.projects.history import UsedInstruction
from core.projects.projects import Project
from core.projects.saved_runs import SavedCorpus, SavedRun
from pages.projects.list import paged
from pages.projects.state import ProjectsState
from pages.projects.words import when
from pages.shared.catalogue import comparison_link
from pages.shared.elements.choice import one_of
from pages.shared.elements.words import size, visible
from pages.shared.handover import compare_again, go_on_labelling, use_on_explore
from pages.shared.project_line import CLOSING, close
from pages.shared.session import Session
from pages.shared.session.resources import shared_workspace


def details(page: Session, state: ProjectsState, project: Project) -> None:
    """Name and what can be done with all of it, then one section at a time."""
    with st.container(border=True, key="project details"):
        _head(page, state, project)
        made = f"Made {when(project.created)}, changed {when(project.changed)}."
        st.html(f'<div class="rf-quiet">{made}{_room(project)}</div>')
        _SECTIONS[one_of("What is in it", list(_SECTIONS), "project section")](page, state, project)


def _room(project: Project) -> str:
    if not project.size:
        return ""
    return (
        f" Its files take {size(project.size)}; what it has in common with other projects is kept once and counts for "
        "each."
    )


def _head(page: Session, state: ProjectsState, project: Project) -> None:
    # The key changes with the name: a field never goes on showing what somebody else has changed meanwhile.
    key = f"name {project.id} {project.name}"
    st.text_input(
        "Name",
        project.name,
        key=key,
        label_visibility="collapsed",
        help="Enter renames it.",
        on_change=lambda: state.rename(project.id, project.name, st.session_state[key]),
    )
    buttons = st.container(horizontal=True)
    if page.project == project.id:
        buttons.button("Close", key="close", icon=":material/close:", on_click=close, args=(page,), help=CLOSING)
    else:
        buttons.button("Open", key="open", icon=":material/folder_open:", on_click=state.open, args=(page, project.id))
    buttons.button(
        "Duplicate",
        key="duplicate",
        icon=":material/content_copy:",
        on_click=state.duplicate,
        args=(project.id,),
        help="A copy with all that is in it. Files are kept once for both.",
    )
    buttons.button(
        "Delete",
        key="delete",
        icon=":material/delete:",
        on_click=state.remove,
        args=(page, project),
        help="It can be brought back.",
    )


def _runs(page: Session, state: ProjectsState, project: Project) -> None:
    workspace = shared_workspace()
    found = saved_runs.runs(workspace, project.id)
    texts = {each.id: each for each in saved_runs.corpora(workspace, project.id)}
    empty = "No map yet. Open the project and choose an instruction on Explore."
    for run in paged(state, found, f"runs {project.id}", empty):
        said, button = _row()
        said.html(_entry(_code(run.instruction), _run_facts(run, texts.get(run.corpus))))
        button.button("Open", key=f"run {run.id}", on_click=state.open_run, args=(project.id, run.id), width="stretch")


def _texts(page: Session, state: ProjectsState, project: Project) -> None:
    found = saved_runs.corpora(shared_workspace(), project.id)
    empty = "No texts yet. Open the project and choose a file on Explore."
    for each in paged(state, found, f"texts {project.id}", empty):
        said, button = _row()
        kept = "with the file they were read from" if each.has_source else "the texts alone"
        facts = (f"{each.texts:,} texts", kept, when(each.created))
        said.html(_entry(f"<b>{escape(each.name)}</b>", facts))
        button.button(
            "Open",
            key=f"texts {each.id}",
            on_click=state.open_texts,
            args=(project.id, each.id),
            width="stretch",
            help="Choose these texts on Explore.",
        )


def _labellings(page: Session, state: ProjectsState, project: Project) -> None:
    found = saved_labels.of_project(shared_workspace(), project.id)
    empty = "No topics are named yet. The Label page is for that."
    for each in paged(state, found, f"labellings {project.id}", empty):
        said, button = _row()
        edits = counted(each.edits, "edit") if each.edits else "no edit yet"
        said.html(_entry(f"<b>{escape(each.name)}</b> under {_code(each.instruction)}", (edits, when(each.changed))))
        if button.button("Open", key=f"labelling {each.id}", width="stretch", help="Go on with it on Label."):
            page.project = project.id
            go_on_labelling(each.id)


def _comparisons(page: Session, state: ProjectsState, project: Project) -> None:
    workspace = shared_workspace()
    found = saved_runs.comparisons(workspace, project.id)
    empty = "Nothing is compared yet. The Compare page is for that."
    for each in paged(state, found, f"comparisons {project.id}", empty):
        said, button = _row()
        said.html(_entry(f"<b>{escape(each.name)}</b>", (counted(len(each.runs), "run"), when(each.created))))
        if button.button(
            "Compare",
            key=f"comparison {each.id}",
            width="stretch",
            help="Compare the same instructions on the same texts again, on aligned maps.",
        ):
            try:
                link = comparison_link(project.id, each)
            except InputError as error:
                st.error(str(error), icon=":material/error:")
                continue
            page.project = project.id
            compare_again(link)


def _instructions(page: Session, state: ProjectsState, project: Project) -> None:
    workspace = shared_workspace()
    found = history.recent(workspace, project.id)
    empty = "No instruction was used yet."
    for each in paged(state, found, f"instructions {project.id}", empty):
        said, pin, forget, use = st.columns([8, 0.9, 0.9, 1.7], vertical_alignment="center", gap="small")
        said.html(_entry(_code(each.instruction), (each.model, f"used {counted(each.times, 'time')}", when(each.used))))
        pin.button(
            "",
            key=f"pin {each.id}",
            type="tertiary",
            on_click=state.attempt,
            args=(_pinning(each),),
            icon=":material/keep_off:" if each.pinned else ":material/keep:",
            help="Let it take its place by date" if each.pinned else "Keep it on top of the list",
        )
        forget.button(
            "",
            key=f"forget {each.id}",
            type="tertiary",
            icon=":material/close:",
            on_click=state.attempt,
            args=(lambda id=each.id: history.forget(workspace, id),),
            help="Take it off this list. Runs under it stay.",
        )
        if use.button(
            "Use it", key=f"use {each.id}", width="stretch", help="Put it into Explore, for the texts there."
        ):
            use_on_explore(page.texts.source, each.instruction, each.model)


def _pinning(used: UsedInstruction) -> Callable[[], None]:
    return lambda: history.pin(shared_workspace(), used.id, not used.pinned)


def _row() -> "tuple[st.delta_generator.DeltaGenerator, st.delta_generator.DeltaGenerator]":
    said, button = st.columns([8, 1.5], vertical_alignment="center", gap="small")
    return said, button


def _entry(first: str, facts: tuple[str, ...]) -> str:
    return f'<div class="rf-model">{first}<div class="rf-quiet">{" · ".join(facts)}</div></div>'


def _run_facts(run: SavedRun, texts: SavedCorpus | None) -> tuple[str, ...]:
    of = () if texts is None else (f"{texts.texts:,} texts of {escape(texts.name)}",)
    noise = (f"{run.noise:,} texts in none",) if run.noise else ()
    return (counted(run.clusters, "cluster"), *noise, *of, escape(run.model), when(run.created))


def _code(instruction: str) -> str:
    return f"<code>{escape(visible(instruction))}</code>" if instruction else "<b>no instruction</b>"


_SECTIONS: dict[str, Callable[[Session, ProjectsState, Project], None]] = {
    "Runs": _runs,
    "Texts": _texts,
    "Labels": _labellings,
    "Comparisons": _comparisons,
    "Instructions": _instructions,
}
