"""The run that the Explore page shows, for the pages that work on it."""

import streamlit as st

from core.base.jobs import running
from core.pipeline.run import Run, Settings
from pages.shared.instruction import preset_instructions
from pages.shared.session import Session
from pages.shared.sidebar.model import chosen_model
from pages.shared.status import status_line


def run_on_show(page: Session) -> Run | None:
    """The run on show, or the one that Explore would show first; None while it is on its way, which is said."""
    if page.picture.run is None and page.work.job is None:
        corpus = page.texts.chosen()
        if corpus is None:
            st.info("Choose texts on the Explore page first.", icon=":material/info:")
            return None
        page.work.start(corpus, preset_instructions(page.texts.source)[0], Settings(model=chosen_model()))
    page.work.take()
    if running(page.work.job) or page.picture.run is None or not page.picture.run.settled:
        status_line(page)
        return None
    return page.picture.run
