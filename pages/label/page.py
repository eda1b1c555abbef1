"""Label: name the topics, merge and split them, move texts; every step is saved as it happens, and can be undone."""

import streamlit as st

from pages.label.card import CANDIDATES, topic_card, topics_list
from pages.label.head import head
from pages.label.map import topics_map
from pages.label.open import labelled_run
from pages.label.service import naming_service
from pages.label.state import AUTHOR, LabelState, label_state
from pages.label.tabs import tabs
from pages.shared.frame import frame
from pages.shared.map_view import preload
from pages.shared.session import Session, session

MAP_HEIGHT = 630


def rail(page: Session) -> None:
    """Show what is labelled, names to choose from, and who is at work."""
    run = page.picture.run
    with st.sidebar:
        st.subheader(page.texts.source, anchor=False)
        if run is not None:
            under = run.instruction.strip() or "no instruction"
            st.caption(
                f"{len(run.corpus):,} texts by {run.settings.model} under `{under}`. "
                "Another instruction is chosen on Explore: names come along to topics that have most of their texts "
                "from there."
            )
        st.text_area(
            "Names to choose from",
            key=CANDIDATES,
            height=96,
            persist_state="session",
            placeholder="billing, delivery, quality",
            help="Separated by commas. Each topic offers the one that is nearest to its texts under the instruction.",
        )
        st.text_input(
            "Your name",
            key=AUTHOR,
            persist_state="session",
            placeholder="as others are to read it",
            help="Undo and redo are of your own steps. Without a name they are of all that was done without one.",
        )
        st.caption("Keys: J and K go through the topics, U undoes, Y redoes, X sets a topic aside, M moves the texts.")


def work(state: LabelState) -> None:
    """Map and topics side by side, the details below."""
    view = state.look()
    head(state, view)
    if not view.topics:
        st.info("No text is in a topic here. Choose other settings for the clusters on the Explore page.")
        return
    naming_service(state, view)
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        topics_map(state, view, MAP_HEIGHT)
    with right:
        topics_list(state, view)
        topic_card(state, view)
    tabs(state, view)


frame()
page, state = session(), label_state()
run = labelled_run(page, state)
rail(page)
if run is not None:
    work(state)
else:
    preload()
