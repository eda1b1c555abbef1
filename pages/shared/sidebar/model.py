"""The sidebar's part for the model, and the one place that writes which is chosen."""

import streamlit as st

from core.models.catalogue import ready_names
from core.models.registry import DEFAULT_MODEL, card_of

_MODEL = "model"


def chosen_model() -> str:
    """The model that the user has chosen, or another where that has gone since."""
    names = ready_names()
    held: str = st.session_state.get(_MODEL, DEFAULT_MODEL)
    if names and held not in names:
        held = st.session_state[_MODEL] = names[0]
    return held


def set_model(name: str) -> None:
    """Choose a model; one that isn't on this machine leaves the choice as it is."""
    if name in ready_names():
        st.session_state[_MODEL] = name


def model_rail() -> str:
    """Let the user choose a model; its name."""
    names = ready_names()
    if not names:
        st.error("No model is on this machine. The Models page has some to download.", icon=":material/error:")
        st.stop()
    name = st.selectbox("Model", names, names.index(chosen_model()), key=_MODEL, persist_state="session")
    card = card_of(name)
    st.caption(
        f"{card.description} Licence {card.licence}, {card.dimension} dimensions, {card.max_tokens} tokens. "
        "The Models page has others, and takes in folders of your own."
    )
    return name
