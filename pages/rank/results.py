"""The ranking: instructions by columns, each column's best, what is wrong, and what may be better."""

import pandas as pd
import streamlit as st

from core.base.spreadsheet import neutralised
from core.cli.rank import table
from core.figures.ranking import matrix_figure, ranking_figure, short
from core.ranking.candidates import ablations
from core.ranking.matrix import selectivity
from pages.rank.state import RankState
from pages.rank.suggestions import suggestions
from pages.shared.elements.job_line import outcome
from pages.shared.handover import use_on_explore
from pages.shared.session import session

_PLOT = {"displayModeBar": False}


def results(state: RankState) -> None:
    """The matrix, a column's ranking, and three ways to look further."""
    found = state.found
    assert found is not None
    if len(found.columns) > 1:
        st.markdown("**Instructions by columns** (V-measure; a frame marks the column that an instruction asks for)")
        st.plotly_chart(matrix_figure(found), config=_PLOT, key="rank matrix")
    _flags(state)
    column = found.columns[0]
    if len(found.columns) > 1:
        column = st.segmented_control(
            "Column", found.columns, default=column, required=True, key="rank column", label_visibility="collapsed"
        )
    _column(state, column)
    further = st.segmented_control(
        "Further",
        ["Scores", "Parts of an instruction", "Suggestions", "Without labels"],
        default="Scores",
        required=True,
        key="rank further",
        label_visibility="collapsed",
    )
    {"Scores": _scores, "Parts of an instruction": _parts, "Suggestions": suggestions, "Without labels": _inside}[
        further
    ](state, column)


def _flags(state: RankState) -> None:
    found = state.found
    assert found is not None
    lines = []
    for each in found.ranked:
        fit = selectivity(found, each)
        if fit is not None and fit.flags:
            lines.append(f"- {short(each.candidate)}: {'; '.join(fit.flags)}")
    if lines:
        with st.expander(f"What to be wary of: {len(lines)}", icon=":material/flag:"):
            st.markdown("\n".join(line.replace("$", r"\$") for line in lines))


def _column(state: RankState, column: str) -> None:
    found = state.found
    assert found is not None
    best = found.best_first(column)
    score = best[0].scores[column]
    st.plotly_chart(ranking_figure(found, column), config=_PLOT, key=f"ranking {column}")
    st.caption(
        f"V-measure of k-means with {score.classes} clusters, on the {score.texts:,} texts that have a label in "
        f"{column}; mean over seeds and wordings. The interval holds 95 % of the means over resampled wordings and "
        "seeds. Grey: controls."
    )
    first = next((each for each in best if each.candidate.role == "instruction"), None)
    if first is not None and st.button(
        "Use the best instruction on Explore", key=f"use {column}", icon=":material/check:"
    ):
        use_on_explore(session().texts.source, first.candidate.recipe.instruction, first.candidate.recipe.model)


def _scores(state: RankState, column: str) -> None:
    found = state.found
    assert found is not None
    frame = table(found)
    shown = frame[frame["column"] == column].drop(columns="column")
    st.dataframe(
        shown,
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(name, format="%.3f")
            for name in (
                "V-measure",
                "low",
                "high",
                "ARI",
                "AMI",
                "kNN accuracy",
                "as written",
                "behind the first",
                "p",
                "selectivity",
                "seconds",
            )
        },
    )
    st.download_button(
        "All of it as CSV",
        neutralised(frame).to_csv(index=False).encode(),
        "ranking.csv",
        "text/csv",
        help="Texts that a spreadsheet would take for formulas get an apostrophe in front.",
    )


def _parts(state: RankState, column: str) -> None:
    found = state.found
    assert found is not None
    rows = [each for each in found.best_first(column) if ablations(each.candidate.recipe.instruction)]
    if not rows:
        st.caption(
            "None of the instructions follows the template “Represent the … for …”, so none has parts to change."
        )
        return
    chosen = st.selectbox("Instruction", rows, format_func=lambda each: short(each.candidate), key=f"parts {column}")
    st.button("Drop and swap its parts", on_click=state.ablate, args=(chosen.candidate.recipe, column), key="ablate")
    tried = outcome(state.ablation, "ablation")
    if tried is not None and column in tried.columns:
        first = tried.ranked[0]
        names = {text: name for name, text in ablations(first.candidate.recipe.instruction).items()}
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "part": names.get(each.candidate.recipe.instruction, "as written"),
                        "instruction": each.candidate.recipe.instruction,
                        "V-measure": each.scores[column].v_measure,
                        "change": each.scores[column].v_measure - first.scores[column].v_measure,
                    }
                    for each in tried.ranked
                ]
            ),
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(name, format="%.3f") for name in ("V-measure", "change")
            },
        )


def _inside(state: RankState, column: str) -> None:
    found = state.found
    assert found is not None
    assert state.shown is not None
    k = found.ranked[0].scores[column].classes
    st.caption(
        "Figures that take no labels are weaker evidence: groups can be clear and stable without being those that were "
        f"asked for. k-means with {k} clusters."
    )
    st.button("Compute silhouette and stability", on_click=state.look_inside, args=(k,), key="inside")
    inner = outcome(state.inner, "inside")
    if inner is not None:
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "instruction": text or "no instruction",
                        "silhouette": each.silhouette,
                        "on texts": each.silhouette_on,
                        "stability": each.stability,
                    }
                    for text, each in inner
                ]
            ),
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(name, format="%.3f") for name in ("silhouette", "stability")
            },
        )
