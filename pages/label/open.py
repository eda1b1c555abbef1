"""Which run is labelled: the one on show, or the one whose labels the address names."""

import streamlit as st

from core.base.errors import InputError
from core.base.jobs import running
from core.pipeline.run import Run
from core.projects.saved_labels import Labelling
from pages.label.state import LabelState
from pages.shared.catalogue import opening, show_opened
from pages.shared.elements.job_line import job_line
from pages.shared.handover import LABEL, handed_over
from pages.shared.run_on_show import run_on_show
from pages.shared.session import Session
from pages.shared.session.resources import shared_workspace

_NAME = "labelling"


def labelled_run(page: Session, state: LabelState) -> Run | None:
    """The run to label, with its labels in ``state``; None while it is on its way, which is said."""
    _follow_link(page, state)
    if state.opening is not None:
        job_line(state.opening, "opening labels", "Opening: ", state.opening.cancel)
        return None
    run = run_on_show(page)
    if run is None:
        return None
    try:
        state.begin(page, run)
    except InputError as error:
        st.error(f"There is no labelling without a place to keep it. {error}", icon=":material/error:")
        return None
    assert state.labelling is not None
    if st.query_params.get(_NAME) != state.labelling.id:
        st.query_params[_NAME] = state.labelling.id
    return run


def _follow_link(page: Session, state: LabelState) -> None:
    """Open what the address names, unless it is what is open; once for each name."""
    if handed_over(LABEL):
        state.wanted = None  # else a labelling that was opened before isn't opened again
    named = st.query_params.get(_NAME)
    if (
        named
        and state.opening is None
        and named != state.wanted
        and (state.labelling is None or named != state.labelling.id)
    ):
        state.wanted = named
        try:
            state.opening = opening(Labelling(shared_workspace(), named).run)
        except InputError as error:
            state.refused = str(error)
    job = state.opening
    if job is None or running(job):
        return
    state.opening = None
    if job.result is not None and state.wanted is not None:
        opened, source = job.result
        show_opened(page, opened, source)
        state.open(page, opened.run, state.wanted)
        state.said = " ".join(opened.notes) or None
    elif job.error:
        state.refused = job.error
