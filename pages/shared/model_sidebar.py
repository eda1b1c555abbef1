"""The sidebar's part for the model."""

import streamlit as st

from core.models.catalogue import ready_names
from core.models.registry import DEFAULT_MODEL, card_of


def chosen_model() -> str:
    """The model that the user has chosen, or another where that has gone since."""
    names = ready_names()
    held: str = st.session_state.get("model", DEFAULT_MODEL)
    if names and held not in names:
        held = st.session_state["model"] = names[0]
    return held


def model_rail() -> str:
    """Let the user choose a model; its name."""
    names = ready_names()
    if not names:
        st.error("No model is on this machine. The Models page has some to download.", icon=":material/error:")
        st.stop()
    name = st.selectbox("Model", names, names.index(chosen_model()), key="model", persist_state="session")
    card = card_of(name)
    st.caption(
        f"{card.description} Licence {card.licence}, {card.dimension} dimensions, {card.max_tokens} tokens. "
        "The Models page has others, and takes in folders of your own."
    )
    return name
