"""A table of numbers, the darker the larger. No theme: fonts and background are the page's, light or dark."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.colours import CLEAR


def heat_figure(
    values: NDArray[Any],
    columns: Sequence[str],
    rows: Sequence[str],
    hover: str,
    height: int,
    *,
    largest: float = 1.0,
    text: NDArray[Any] | None = None,
    template: str = "%{text:.2f}",
    between: str = "<br>",
) -> go.Figure:
    """Draw it, the first row above.

    Parameters
    ----------
    values : (r, c) from 0.
    columns, rows : their names; two may be the same.
    hover : plotly's template for what is said of a cell after its names.
    height : in CSS pixels.
    largest : the value that is darkest.
    text, template : (r, c) what stands in the cells, and how; None is the values.
    between : stands between the names of row and column, which are the ``customdata`` of a cell.
    """
    shown = values if text is None else text
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=list(range(len(columns))),
            y=list(range(len(rows))),
            text=shown,  # for what the hover says
            customdata=[[f"{row}{between}{column}" for column in columns] for row in rows],
            zmin=0,
            zmax=largest,
            colorscale=[[0, "rgba(79, 91, 213, 0.04)"], [1, "rgba(79, 91, 213, 0.6)"]],
            showscale=False,
            xgap=3,
            ygap=3,
            hovertemplate=f"%{{customdata}}{hover}<extra></extra>",
        )
    )
    # Words of their own have the page's colour, light or dark; those of a heatmap only suit opaque colours.
    down, across = np.indices(np.shape(values))
    figure.add_trace(
        go.Scatter(
            x=across.ravel(),
            y=down.ravel(),
            mode="text",
            text=np.ravel(shown),
            texttemplate=template,
            hoverinfo="skip",
            showlegend=False,
        )
    )
    figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, **CLEAR)
    # Places are numbers, and names only stand beside them: two may have the same name.
    shared: dict[str, object] = {"showgrid": False, "zeroline": False, "fixedrange": True, "automargin": True}
    figure.update_xaxes(side="top", tickvals=list(range(len(columns))), ticktext=list(columns), **shared)
    figure.update_yaxes(autorange="reversed", tickvals=list(range(len(rows))), ticktext=list(rows), **shared)
    return figure


def cosine_figure(texts: Sequence[str], values: NDArray[np.float32]) -> go.Figure:
    """The (n, n) cosines of texts: darker where two are more alike."""
    figure = heat_figure(values, texts, texts, "<br>cosine %{z:.3f}", 90 + 48 * len(texts))
    figure.update_xaxes(showticklabels=False)
    return figure
