"""Plotly figures of how far models agree. No theme: fonts and background are the page's, light or dark."""

from itertools import combinations

import numpy as np
import plotly.graph_objects as go

from core.comparison.models import ModelComparison
from core.figures.colours import NOISE, colour

LETTERS = "ABCDEFGH"
_TINT = "79, 91, 213"  # laid over the page's background, so that the page's text reads on it in light and dark
_STRONGEST = 0.72


def agreement_figure(found: ModelComparison, ink: str | None = None) -> go.Figure:
    """A cell for every pair of recipes and every figure, with the number in it; the stronger, the more agreement.

    Parameters
    ----------
    ink : colour of the numbers: that of the page's text.
    """
    pairs = list(combinations(range(len(found.recipes)), 2))
    figures = [
        ("vectors<br>linear CKA", found.cka),
        (f"neighbours<br>overlap of {found.neighbours}", found.overlap),
        ("clusters<br>ARI", found.ari),
        ("clusters<br>AMI", found.ami),
    ]
    values = np.array([[figure.values[i, j] for _, figure in figures] for i, j in pairs])
    names = [f"{LETTERS[i]} and {LETTERS[j]}" for i, j in pairs]
    drawn = go.Figure(
        go.Heatmap(
            z=values,
            x=[title for title, _ in figures],
            y=names,
            zmin=0,
            zmax=1,
            colorscale=[[0, f"rgba({_TINT}, 0.04)"], [1, f"rgba({_TINT}, {_STRONGEST})"]],
            showscale=False,
            xgap=3,
            ygap=3,
            hovertemplate="%{y}, %{x}: %{z:.3f}<extra></extra>",
        )
    )
    for row, name in enumerate(names):
        for column, (title, _) in enumerate(figures):
            value = values[row, column]
            text = f"{round(value, 2) + 0.0:.2f}" if np.isfinite(value) else "none"  # never -0.00
            drawn.add_annotation(
                x=title, y=name, text=f"<b>{text}</b>", showarrow=False, font={"size": 15, "color": ink}
            )
    drawn.update_layout(_layout(80 + 52 * len(pairs)))
    drawn.update_xaxes(side="top", showgrid=False, tickfont={"size": 13}, fixedrange=True)
    drawn.update_yaxes(autorange="reversed", showgrid=False, tickfont={"size": 13}, fixedrange=True)
    return drawn


def overlap_figure(found: ModelComparison) -> go.Figure:
    """A bar for every pair: the share of common neighbours, with what chance would give as a dotted line."""
    pairs = list(combinations(range(len(found.recipes)), 2))
    values = [float(found.overlap.values[i, j]) for i, j in pairs]
    names = [f"{LETTERS[i]} and {LETTERS[j]}" for i, j in pairs]
    drawn = go.Figure(
        go.Bar(
            x=values,
            y=names,
            orientation="h",
            marker={"color": f"rgba({_TINT}, {_STRONGEST})"},
            text=[f"{value:.0%}" for value in values],
            textposition="outside",
            cliponaxis=False,
            width=0.55,
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )
    )
    if found.overlap.by_chance is not None:
        drawn.add_vline(x=found.overlap.by_chance, line={"dash": "dot", "width": 1.5, "color": NOISE})
    drawn.update_layout(_layout(80 + 52 * len(pairs)))
    drawn.update_xaxes(range=[0, 1.08], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1], fixedrange=True)
    drawn.update_yaxes(autorange="reversed", tickfont={"size": 13}, fixedrange=True)
    return drawn


def column_figure(found: ModelComparison) -> go.Figure:
    """A group of bars for every label column: how well each recipe's clusters match its values."""
    drawn = go.Figure()
    names = [f"{each.column}<br>{each.values} values" for each in found.columns]
    for place in range(len(found.recipes)):
        scores = [each.scores[place] for each in found.columns]
        drawn.add_trace(
            go.Bar(
                name=LETTERS[place],
                x=names,
                y=scores,
                marker={"color": recipe_colour(place)},
                text=[f"{score:.2f}" for score in scores],
                textposition="outside",
                cliponaxis=False,
                hovertemplate=f"{LETTERS[place]}, %{{x}}: %{{y:.3f}}<extra></extra>",
            )
        )
    drawn.update_layout(_layout(280), barmode="group", bargap=0.35, showlegend=True)
    drawn.update_layout(legend={"orientation": "h", "y": 1.12, "x": 0})
    drawn.update_xaxes(showgrid=False, tickfont={"size": 13}, fixedrange=True)
    drawn.update_yaxes(range=[0, 1.05], tickvals=[0, 0.25, 0.5, 0.75, 1], fixedrange=True)
    return drawn


def recipe_colour(place: int) -> str:
    """The colour that a recipe has in every figure."""
    return colour(place)


def _layout(height: int) -> dict[str, object]:
    return {
        "height": height,
        "margin": {"l": 8, "r": 30, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
    }
