"""How far the runs agree, with the noise floor beside each figure."""

from html import escape

import streamlit as st

from core.base.jobs import running
from core.comparison.floor import FIGURES, SEEDS, floor_cost
from core.figures.comparison import LETTERS, TITLES, agreement_rows
from core.models.cards.card import FAMILIES, ModelCard
from core.models.registry import card_of
from pages.compare.state import CompareState
from pages.shared.elements.job_line import outcome
from pages.shared.elements.words import visible
from pages.shared.recipe_card import letter

_ASKS = {
    "cka": "Do all texts lie alike, whichever way the space is turned?",
    "overlap": "Of each text’s nearest, how many are the same?",
    "ari": "Are the same pairs of texts together?",
    "ami": "What does one clustering tell of the other?",
    "v_measure": "The same, counted from homogeneity and completeness.",
}


def agreement(state: CompareState) -> None:
    """A row a figure, a column a pair of runs."""
    found = state.found
    rows = agreement_rows(found, state.floors)
    pairs = [(i, j) for i in range(len(found.runs)) for j in range(i + 1, len(found.runs))]
    by_pair = [rows[place : place + len(FIGURES)] for place in range(0, len(rows), len(FIGURES))]
    heads = "".join(f"<div>{letter(i)} {letter(j)}</div>" for i, j in pairs)
    lines = "".join(
        f'<div><b>{escape(TITLES[figure])}</b><div class="rf-quiet">{_ASKS[figure]}</div></div>'
        + "".join(_cell(column[place]) for column in by_pair)
        for place, figure in enumerate(FIGURES)
    )
    _grid(heads, lines, len(pairs))
    fit = ", ".join(
        f"{LETTERS[i]} to {LETTERS[j]} homogeneity {found.homogeneity[i, j]:.2f}, "
        f"completeness {found.homogeneity[j, i]:.2f}"
        for i, j in pairs
    )
    st.caption(
        f"On all {state.texts:,} texts; 1 is the same, 0 nothing in common. {found.k} neighbours a text: by chance "
        f"{found.figures['overlap'].by_chance or 0:.1%} of them are in common. Noise counts as one more cluster. {fit}."
    )
    _floor(state)
    _columns(state)
    with st.expander("What each model is given"):
        for place, run in enumerate(found.runs):
            st.html(_given(place, card_of(run.settings.model), run.instruction))


def _grid(heads: str, lines: str, columns: int) -> None:
    st.html(
        f'<div class="rf-agreement" style="grid-template-columns: 1.6fr repeat({columns}, minmax(0, 1fr))">'
        f"<div></div>{heads}{lines}</div>"
    )


def _columns(state: CompareState) -> None:
    """A row a column of the file, a column a run: how well its clusters match the values."""
    found = state.found
    if not found.columns:
        return
    st.markdown("**How well the clusters match the columns** (V-measure; 1 is exactly, 0 not at all)")
    heads = "".join(f"<div>{letter(place)}</div>" for place in range(len(found.runs)))
    lines = "".join(
        f'<div><b>{escape(each.column)}</b><div class="rf-quiet">{each.values} values, on {each.texts:,} texts</div>'
        "</div>" + "".join(_cell({"agreement": score}) for score in each.scores)
        for each in found.columns
    )
    _grid(heads, lines, len(found.runs))


def _given(place: int, card: ModelCard, instruction: str) -> str:
    """Say what stands before every text, and what the model's family makes of it."""
    family, prefix = FAMILIES[card.family], card.prefix(instruction)
    known = "".join(
        f"<li><code>{escape(visible(each.text))}</code> {escape(each.meaning)}</li>" for each in family.prefixes
    )
    return (
        f'<div class="rf-model">{letter(place)} <span class="rf-quiet">Before every text</span> '
        + (f"<code>{escape(visible(prefix))}</code>" if prefix else "nothing")
        + f'<p class="rf-quiet"><b>{escape(family.title)}.</b> {escape(family.meaning)}</p>'
        + (f'<ul class="rf-quiet">{known}</ul>' if known else "")
        + "</div>"
    )


def _cell(row: dict[str, object]) -> str:
    """A figure as a bar with the floor marked on it, and what follows."""
    value, floor, verdict = float(str(row["agreement"])), row.get("noise floor"), row.get("verdict")
    if value != value:
        return '<div><span class="rf-quiet">undefined</span></div>'
    mark = said = ""
    if floor is not None:
        place = min(1.0, max(0.0, float(str(floor))))
        mark = f'<i style="left:{place:.1%}"></i>'
        kind = "" if verdict == "no effect" else " rf-yes"
        said = (
            f'<div class="rf-quiet">floor {float(str(floor)):.2f}</div>'
            f'<span class="rf-badge{kind}">{escape(str(verdict))}</span>'
        )
    width = min(1.0, max(0.0, value))
    shown = f"{round(value, 2) + 0.0:.2f}"  # never -0.00
    return f'<div><b>{shown}</b><div class="rf-meter"><b style="width:{width:.1%}"></b>{mark}</div>{said}</div>'


def _floor(state: CompareState) -> None:
    found = state.found
    if state.floors:
        wordings = sum(len(floor.paraphrases) for floor in state.floors)
        st.caption(
            f"The floor is how far each run agrees with itself, clustered under {SEEDS} other seeds, and in other "
            f"words ({wordings} in all): the least of these figures of the two runs. Between runs that agree as "
            "well as that there is no effect to speak of; below the floor they agree less than noise alone would let "
            "them."
        )
        with st.expander("The other words"):
            for place, floor in enumerate(state.floors):
                lines = "".join(f"<div><code>{escape(each)}</code></div>" for each in floor.paraphrases)
                said = lines or "No instruction, so there are no other words for it."
                st.html(f'<div class="rf-model rf-legend"><div>{letter(place)}</div>{said}</div>')
        return
    outcome(state.floor_job, "floor")
    if running(state.floor_job):
        return
    button, cost = st.columns([1, 3], vertical_alignment="center")
    button.button("Compute the noise floor", key="floor", on_click=state.ask_floor, icon=":material/graphic_eq:")
    cost.caption(f"Only what stands out from noise is the instruction’s doing. Takes {floor_cost(found).sentence()}.")
