"""A recipe to choose: its letter, a model, and an instruction."""

import streamlit as st

from core.base.recipe import Recipe
from core.figures.comparison import LETTERS, recipe_colour
from core.models.catalogue import ready_names


def letter(place: int) -> str:
    """A recipe's letter on its colour."""
    return f'<span class="rf-letter" style="background:{recipe_colour(place)}">{LETTERS[place]}</span>'


def recipe_card(place: int, first: Recipe, keys: tuple[str, str], height: int) -> Recipe:
    """Let the user choose the recipe of a letter.

    Parameters
    ----------
    first : what stands there before the user chooses.
    keys : of the widgets for the model and for the instruction.
    height : of the instruction's field, in CSS pixels.
    """
    names = ready_names()
    left, right = st.columns([1, 6], vertical_alignment="center")
    left.html(f'<div class="rf-model">{letter(place)}</div>')
    model = right.selectbox(
        f"Model {LETTERS[place]}",
        names,
        names.index(first.model),
        key=keys[0],
        label_visibility="collapsed",
        persist_state="session",
    )
    instruction = st.text_area(
        f"Instruction {LETTERS[place]}",
        first.instruction,
        key=keys[1],
        height=height,
        label_visibility="collapsed",
        placeholder="none: the plain embedding",
        persist_state="session",
    )
    return Recipe(model, instruction)
