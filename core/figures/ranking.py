"""Plotly figures of a ranking. No theme: fonts and background are the page's, light or dark."""

import numpy as np
import plotly.graph_objects as go

from core.base.wording import shortened
from core.figures.colours import CLEAR, NOISE, colour
from core.figures.heat import heat_figure
from core.ranking.candidates import Candidate
from core.ranking.matrix import matrix
from core.ranking.rank import Ranking


def ranking_figure(ranking: Ranking, column: str) -> go.Figure:
    """A bar a candidate, the best above, with its 95 % interval; controls are grey."""
    ranked = ranking.best_first(column)
    scores = [each.scores[column] for each in ranked]
    several = len({each.candidate.recipe.model for each in ranked if each.candidate.role == "instruction"}) > 1
    figure = go.Figure(
        go.Bar(
            x=[score.v_measure for score in scores],
            y=[f"{place + 1}. {short(each.candidate, several)}" for place, each in enumerate(ranked)],
            orientation="h",
            marker={"color": [colour(0) if each.candidate.role == "instruction" else NOISE for each in ranked]},
            error_x={
                "type": "data",
                "symmetric": False,
                "thickness": 1.5,
                "color": "rgba(127, 135, 170, 0.9)",
                "array": [max(0.0, score.high - score.v_measure) for score in scores],
                "arrayminus": [max(0.0, score.v_measure - score.low) for score in scores],
            },
            text=[f"{score.v_measure:.2f}" for score in scores],
            textposition="inside",
            insidetextanchor="start",
            hovertemplate="%{y}<br>V-measure %{x:.3f}<extra></extra>",
        )
    )
    figure.update_layout(height=90 + 30 * len(ranked), margin={"l": 8, "r": 16, "t": 8, "b": 8}, **CLEAR)
    figure.update_xaxes(range=[0, 1], title="V-measure", fixedrange=True)
    figure.update_yaxes(autorange="reversed", automargin=True, fixedrange=True)
    return figure


def matrix_figure(ranking: Ranking) -> go.Figure:
    """V-measures of instructions by columns; a frame marks each instruction's own column."""
    rows, values = matrix(ranking)
    several = len({each.candidate.recipe.model for each in rows}) > 1
    names = [f"{place + 1}. {short(each.candidate, several)}" for place, each in enumerate(rows)]
    largest = max(0.2, float(np.nanmax(values, initial=0)))
    figure = heat_figure(values, ranking.columns, names, ": %{z:.3f}", 80 + 36 * len(rows), largest=largest)
    for row, each in enumerate(rows):
        if each.candidate.column in ranking.columns:
            x = ranking.columns.index(each.candidate.column)
            figure.add_shape(
                type="rect",
                x0=x - 0.47,
                x1=x + 0.47,
                y0=row - 0.45,
                y1=row + 0.45,
                line={"color": colour(1), "width": 2},
            )
    return figure


def short(candidate: Candidate, with_model: bool = False, limit: int = 64) -> str:
    """A candidate in a few words."""
    text = candidate.recipe.instruction.strip() or "no instruction"
    if candidate.role in ("nonsense", "shuffled words", "plain model"):
        text = candidate.role + (f": {text}" if candidate.role != "plain model" else "")
    text = shortened(text.removeprefix("Represent the "), limit)
    return f"{text} ({candidate.recipe.model})" if with_model else text
