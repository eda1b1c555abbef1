"""Names from a language model of the user's own: off until they give its address, and what is sent is shown first."""

import json

import streamlit as st

from core.base.jobs import Job, running
from core.labelling.edited_run import EditedRun
from core.labelling.naming_service import NamingService, ask, request
from pages.label.state import LabelState
from pages.shared.elements.job_line import outcome


def naming_service(state: LabelState, view: EditedRun) -> None:
    """Let the user ask a service for names; they come up among the suggestions of each topic."""
    with st.sidebar.expander("Names from a language model"):
        st.caption("Any service that speaks OpenAI’s protocol. Nothing is sent before you press the button.")
        address = st.text_input(
            "Address", key="service address", placeholder="http://127.0.0.1:11434/v1", persist_state="session"
        )
        model = st.text_input("Model", key="service model", persist_state="session")
        key = st.text_input("Key, if it wants one", key="service key", type="password", persist_state="session")
        service = NamingService(address.strip(), model.strip(), key.strip())
        if not (service.address and service.model):
            return
        body = request(service, view.run)
        with st.popover("What would be sent", width="stretch"):
            st.json(json.dumps(body, ensure_ascii=False), expanded=3)
        named = outcome(state.asking, "names", "Waiting for names: ")
        if running(state.asking):
            return
        if named is not None:
            state.named = named
            st.caption(f"{len(state.named)} names came; each topic offers its own.")
        ids = [topic.id for topic in view.topics]

        def start() -> None:
            state.asking = Job(lambda job: {ids[n]: name for n, name in ask(service, body).items() if n < len(ids)})

        st.button("Send it and ask for names", key="ask for names", on_click=start, width="stretch")
