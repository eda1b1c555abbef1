"""The run that the Explore page shows, for the pages that work on it."""

import streamlit as st

from core.pipeline.run import Run, Settings
from pages.shared.instruction import preset_instructions
from pages.shared.model_sidebar import chosen_model
from pages.shared.session import Session, texts_of
from pages.shared.status import status_line


def run_on_show(page: Session) -> Run | None:
    """The run on show, or the one that Explore would show first; None while it is on its way, which is said."""
    if page.shown is None and page.job is None:
        corpus = texts_of(page)
        if corpus is None:
            st.info("Choose texts on the Explore page first.", icon=":material/info:")
            return None
        page.start(corpus, preset_instructions(page.source)[0], Settings(model=chosen_model()))
    page.take()
    if page.job is not None and page.job.state == "running":
        status_line(page)
        return None
    if page.shown is None or not page.shown.settled:
        status_line(page)
        return None
    return page.shown
