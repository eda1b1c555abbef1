"""The rail of the Compare page: which texts, which recipes, how they are clustered and laid out."""

from collections.abc import Sequence
from typing import get_args

import streamlit as st

from core.base.recipe import Recipe
from core.comparison.layouts import Kind
from core.models.catalogue import ready_names
from core.models.registry import card_of
from pages.compare.state import CompareRequest, CompareState
from pages.shared.elements.choice import one_of
from pages.shared.handover import models_to_compare
from pages.shared.instruction import preset_instructions
from pages.shared.recipe_card import recipe_card
from pages.shared.session import Session
from pages.shared.sidebar.clustering import clustering_rail
from pages.shared.sidebar.model import chosen_model

KINDS: dict[Kind, str] = {
    "aligned": "Each map starts from the one before it, and moves only as far as it has to.",
    "shared": "The map of A for all: only the colours differ.",
    "independent": "Each map by itself, then turned and scaled onto A’s (Procrustes). What differs may be chance.",
}
COUNT, KIND = "comparing", "comparing kind"


def setup(page: Session, state: CompareState) -> CompareRequest | None:
    """Let the user choose; what is asked for, or None where there are no texts or nothing to compare yet."""
    corpus = page.texts.chosen()
    if corpus is None:
        st.info("Choose texts on the Explore page first.", icon=":material/info:")
        return None
    if not ready_names():
        st.error("No model is on this machine. The Models page has some to download.", icon=":material/error:")
        return None
    with st.sidebar:
        st.subheader(page.texts.source, anchor=False)
        st.caption(f"{len(corpus):,} texts. Others are chosen on the Explore page.")
        recipes = _recipes(page, state)
        clusters = clustering_rail(len(corpus))
        kind = _kind()
    if len(set(recipes)) < len(recipes):
        st.error("Two of these are the same. Change one of them.", icon=":material/error:")
        return None
    return CompareRequest(corpus, tuple(recipes), clusters, kind)


def recipe_keys(place: int, source: str) -> tuple[str, str]:
    """The keys of the widgets for a recipe's model and instruction."""
    return f"comparing model {place}", f"comparing instruction {place} {source}"


def set_recipes(source: str, recipes: Sequence[Recipe]) -> None:
    """Make the sidebar stand at these recipes."""
    held = st.session_state
    held[COUNT] = len(recipes)
    for place, recipe in enumerate(recipes):
        model, instruction = recipe_keys(place, source)
        held[model], held[instruction] = recipe.model, recipe.instruction


def _recipes(page: Session, state: CompareState) -> list[Recipe]:
    first = _explored(page)
    _take_models(page, state, first)
    count = st.segmented_control(
        "Instructions to compare", [2, 3, 4], default=2, required=True, key=COUNT, persist_state="session"
    )
    _follow(page, state, first)
    presets = [text for text in preset_instructions(page.texts.source) if text != first.instruction]
    firsts = [first, *(Recipe(first.model, text) for text in presets)]
    recipes = []
    for place in range(count):
        with st.container(border=True, gap="small"):
            recipes.append(
                recipe_card(
                    place, firsts[place % len(firsts)], recipe_keys(place, page.texts.source), 68 if count > 2 else 96
                )
            )
    return recipes


def _explored(page: Session) -> Recipe:
    """The recipe that the Explore page shows, or would show first."""
    run = page.picture.run
    if run is not None and run.corpus is page.texts.corpus and run.settings.model in ready_names():
        return Recipe(run.settings.model, run.instruction)
    return Recipe(chosen_model(), preset_instructions(page.texts.source)[0])


def _take_models(page: Session, state: CompareState, explored: Recipe) -> None:
    """Take over the models that were chosen on Models: all under Explore's instruction, where they follow one."""
    names = models_to_compare()
    if names:
        follows = {name: card_of(name).follows_instructions for name in names}
        recipes = [Recipe(name, explored.instruction if follows[name] else "") for name in names]
        set_recipes(page.texts.source, recipes)
        state.explored = None  # A is what was chosen now, not what Explore shows


def _follow(page: Session, state: CompareState, now: Recipe) -> None:
    """A is what Explore shows, and goes on being it until the user makes another of it."""
    model, instruction = recipe_keys(0, page.texts.source)
    held = st.session_state
    if state.explored is not None and Recipe(held.get(model, ""), held.get(instruction, "")) == state.explored:
        held[model], held[instruction] = now.model, now.instruction
    state.explored = now


def _kind() -> Kind:
    st.subheader("Maps", anchor=False)
    kind: Kind = one_of("Maps", get_args(Kind), KIND, default="aligned")
    st.caption(KINDS[kind])
    return kind
