"""Plotly figures from results. No state, no theme: the page brings the colours of text and background."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from core.figures.colours import NOISE, colour
from core.figures.words import plot_label
from core.pipeline.run import Run

_LABELLED_CLUSTERS = 24


@dataclass(frozen=True, eq=False)
class PointGroup:
    """Texts drawn alike: a cluster, the noise, or the texts that share a value of a metadata column."""

    name: str
    colour: str
    rows: NDArray[np.int64]
    noise: bool = False


def cluster_groups(run: Run, slots: Sequence[int]) -> tuple[PointGroup, ...]:
    """One group a cluster, in the colours of their slots; noise comes first so that it is drawn below the rest."""
    labels = run.clustering.labels
    groups = [
        PointGroup(topic.name, colour(slots[topic.cluster]), np.flatnonzero(labels == topic.cluster))
        for topic in run.topics
        if topic.cluster >= 0
    ]
    noise = np.flatnonzero(labels < 0)
    return (PointGroup("noise", NOISE, noise, noise=True), *groups) if len(noise) else tuple(groups)


def value_groups(values: pd.Series) -> tuple[PointGroup, ...]:
    """One group a value, the most frequent first; missing values are grey."""
    text = values.astype("string")
    counts = text.value_counts()
    groups = [
        PointGroup(str(value), colour(slot), np.flatnonzero((text == value).fillna(False)))
        for slot, value in enumerate(counts.index)
    ]
    missing = np.flatnonzero(text.isna() | (text == ""))
    groups = [group for group in groups if group.name != ""]
    return (PointGroup("no value", NOISE, missing, noise=True), *groups) if len(missing) else tuple(groups)


def map_figure(run: Run, groups: Sequence[PointGroup], labelled: bool = True) -> go.Figure:
    """The map: one scattergl trace a group, the row of each point in ``customdata``.

    No text is shipped with the points: the page fetches what is hovered or selected by its row. The axes have no
    scale, since distances in a UMAP layout have none.
    """
    xy = run.layout.xy
    size = point_size(len(xy))
    figure = go.Figure()
    for group in groups:
        assigned = run.clustering.assigned[group.rows]
        figure.add_trace(
            go.Scattergl(
                x=xy[group.rows, 0],
                y=xy[group.rows, 1],
                customdata=group.rows.astype(np.int32),
                mode="markers",
                name=f"{group.name} ({len(group.rows):,})",
                marker={
                    "size": size,
                    "color": group.colour,
                    "opacity": 0.45 if group.noise else 0.85,
                    # Noise that was given to a cluster shows as such: an open ring.
                    "symbol": np.where(assigned, "circle-open", "circle") if assigned.any() else "circle",
                    # Without a width the rings would not be drawn at all.
                    "line": {"width": np.where(assigned, 1.5, 0.0) if assigned.any() else 0},
                },
                hoverinfo="none",
            )
        )
    if labelled:
        for group in [g for g in groups if not g.noise][:_LABELLED_CLUSTERS]:
            figure.add_annotation(_label(group, xy))
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"visible": False},
        yaxis={"visible": False, "scaleanchor": "x"},
        legend={"itemsizing": "constant", "y": 0.93, "yanchor": "top"},  # below the tool bar
    )
    return figure


def point_size(points: int) -> float:
    """Diameter in pixels: large enough to hit with few points, small enough to tell apart with many."""
    return float(np.clip(26 / max(points, 1) ** 0.18, 2.5, 9))


def _label(group: PointGroup, xy: NDArray[np.float32]) -> dict[str, object]:
    """The group's name where most of it is: at the point nearest to its median."""
    places = xy[group.rows]
    centre = places[np.argmin(((places - np.median(places, axis=0)) ** 2).sum(axis=1))]
    return {
        "x": float(centre[0]),
        "y": float(centre[1]),
        "text": plot_label(group.name, 34),
        "xanchor": _anchor(float(centre[0]), xy),
        "showarrow": False,
        "font": {"size": 12},
        "name": group.name,
    }


def _anchor(x: float, xy: NDArray[np.float32]) -> str:
    """Names at the edge grow inwards: half of them would be cut off."""
    left, right = float(xy[:, 0].min()), float(xy[:, 0].max())
    share = (x - left) / (right - left) if right > left else 0.5
    return "left" if share < 0.1 else "right" if share > 0.9 else "center"
