"""From one page to another: what it hands over, and how the other takes it."""

import streamlit as st

from pages.shared.instruction import instruction
from pages.shared.sidebar.model import set_model

EXPLORE, LABEL, COMPARE = "pages/explore/page.py", "pages/label/page.py", "pages/compare/page.py"
_MODELS = "models handed to compare"


def use_on_explore(source: str, text: str, model: str) -> None:
    """Go to Explore with an instruction and its model, for the texts of a source."""
    instruction().write(source, text)
    set_model(model)
    st.switch_page(EXPLORE)


def go_on_labelling(labelling: str) -> None:
    """Go to Label with a labelling that was saved, by its id."""
    _hand_over(LABEL, "labelling", labelling)


def compare_again(view: str) -> None:
    """Go to Compare with a comparison that was saved, by the id of its view."""
    _hand_over(COMPARE, "view", view)


def compare_models(names: list[str]) -> None:
    """Go to Compare with models side by side."""
    st.session_state[_MODELS] = names
    st.switch_page(COMPARE)


def models_to_compare() -> list[str]:
    """The models that were just handed to Compare."""
    names: list[str] = st.session_state.pop(_MODELS, [])
    return names


def handed_over(page: str) -> bool:
    """Whether the page's address was just handed over: then it is followed, even where it was followed before."""
    return bool(st.session_state.pop(f"handed to {page}", False))


def _hand_over(page: str, name: str, id: str) -> None:
    st.session_state[f"handed to {page}"] = True
    st.switch_page(page, query_params={name: id})
