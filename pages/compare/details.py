"""Below the maps: agreement with its noise floor, flows, the most moved texts, a morph, what stays together."""

import streamlit as st

from core.figures.comparison import LETTERS, cluster_colour
from core.figures.map import point_size
from pages.compare.agreement import agreement
from pages.compare.flow import flow
from pages.compare.maps import SECTION, places_card
from pages.compare.moved import chosen_step, moved
from pages.compare.state import CompareState
from pages.compare.together import together
from pages.shared.compare_view import morph_view
from pages.shared.elements.choice import one_of


def details(state: CompareState) -> None:
    """One section at a time, so that the page stays short."""
    _SECTIONS[one_of("Details", list(_SECTIONS), SECTION)](state)


def morph(state: CompareState) -> None:
    """One canvas between two maps; what is lit stays lit on the way."""
    assert state.compared is not None
    found, layouts = state.found, state.compared.layouts
    step = chosen_step(state)
    before, after = (
        [cluster_colour(found, place, int(label)) for label in found.runs[place].clustering.labels]
        for place in (step, step + 1)
    )
    left, right = (f"{LETTERS[place]}: {state.names[place]}" for place in (step, step + 1))
    lit = state.lit()
    if state.compared.kind == "shared":
        st.caption("Both maps are the same here. Choose aligned or independent maps on the left to see points travel.")

    @st.fragment
    def canvas() -> None:
        hovered = morph_view(
            (layouts[step].xy, layouts[step + 1].xy),
            (before, after),
            (left, right),
            key=f"morph {step} {found.runs[0].corpus.digest}",
            size=point_size(state.texts),
            lit=None if lit.all() else lit.nonzero()[0],
        )
        quiet = f'<div class="rf-card rf-quiet">{state.texts:,} texts. Point at one to read it.</div>'
        st.html(places_card(state, hovered) if hovered is not None else quiet)

    canvas()


_SECTIONS = {"Agreement": agreement, "Flow": flow, "Moved texts": moved, "Morph": morph, "Together": together}
