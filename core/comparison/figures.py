"""Plotly figures of a comparison. No theme: fonts and background are the page's, light or dark."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.colours import NOISE, colour
from core.comparison.compare import Comparison
from core.comparison.floor import FIGURES, Floor, no_effect
from core.comparison.flows import contingency

LETTERS = "ABCD"
TITLES = {
    "cka": "vectors: linear CKA",
    "overlap": "neighbours in common",
    "ari": "clusters: adjusted Rand index",
    "ami": "clusters: adjusted mutual information",
    "v_measure": "clusters: V-measure",
}
_SHADE = 0.38  # opacity of a ribbon


def agreement_rows(found: Comparison, floors: Sequence[Floor] = ()) -> list[dict[str, object]]:
    """A row for every figure and pair of runs: its value, the noise floor beside it, and what follows.

    Without floors the last two are missing: nothing can be said of the instruction then.
    """
    rows: list[dict[str, object]] = []
    for i in range(len(found.runs)):
        for j in range(i + 1, len(found.runs)):
            for name in FIGURES:
                value = float(found.figures[name].values[i, j])
                row: dict[str, object] = {
                    "pair": f"{LETTERS[i]} and {LETTERS[j]}",
                    "figure": TITLES[name],
                    "agreement": value,
                    "texts": found.figures[name].texts,
                }
                if floors:
                    pair = (floors[i], floors[j])
                    row["noise floor"] = min(floor.lowest(name) for floor in pair)
                    row["verdict"] = "no effect" if no_effect(value, name, pair) else "the instruction's doing"
                rows.append(row)
    return rows


def cluster_name(found: Comparison, run: int, cluster: int) -> str:
    """A cluster by its topic's name."""
    if cluster < 0:
        return "noise"
    return next(topic.name for topic in found.runs[run].topics if topic.cluster == cluster)


def cluster_colour(found: Comparison, run: int, cluster: int) -> str:
    """The colour of a cluster: that of its counterpart in the other runs."""
    return NOISE if cluster < 0 else colour(found.ids[run][cluster])


def flow_figure(found: Comparison, height: int = 420) -> go.Figure:
    """Where texts go from one run to the next: a Sankey diagram, noise as a node of its own.

    The customdata of a ribbon is ``[step, source, target]``, by which `Comparison.flows` has its texts.
    """
    nodes = [
        (run, int(cluster))
        for run in range(len(found.runs))
        for cluster in np.unique(found.runs[run].clustering.labels)
    ]
    place = {node: index for index, node in enumerate(nodes)}
    ribbons = [(step, flow) for step, flows in enumerate(found.flows) for flow in flows]
    last = max(1, len(found.runs) - 1)
    figure = go.Figure(
        go.Sankey(
            arrangement="snap",
            node={
                "label": [cluster_name(found, *node) for node in nodes],
                "color": [cluster_colour(found, *node) for node in nodes],
                "x": [0.001 + 0.998 * run / last for run, _ in nodes],
                "y": _heights(found, nodes),
                "pad": 12,
                "thickness": 14,
                "line": {"width": 0},
                "customdata": [f"{LETTERS[run]}, {_count(found, run, cluster):,} texts" for run, cluster in nodes],
                "hovertemplate": "%{label}<br>%{customdata}<extra></extra>",
            },
            link={
                "source": [place[(step, flow.source)] for step, flow in ribbons],
                "target": [place[(step + 1, flow.target)] for step, flow in ribbons],
                "value": [len(flow.rows) for _, flow in ribbons],
                "color": [_faded(cluster_colour(found, step, flow.source)) for step, flow in ribbons],
                "customdata": [[step, flow.source, flow.target] for step, flow in ribbons],
                "hovertemplate": "%{source.label} → %{target.label}<br>%{value:,} texts<extra></extra>",
            },
        )
    )
    figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, paper_bgcolor="rgba(0,0,0,0)")
    return figure


def contingency_figure(found: Comparison, step: int, height: int = 360) -> go.Figure:
    """How many texts of each cluster of a run are in each cluster of the next, darker for a larger share of its row."""
    before, after = found.runs[step], found.runs[step + 1]
    rows, columns, counts = contingency(before.clustering.labels, after.clustering.labels)
    shares = counts / counts.sum(axis=1, keepdims=True)
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=[cluster_name(found, step + 1, int(cluster)) for cluster in columns],
            y=[cluster_name(found, step, int(cluster)) for cluster in rows],
            text=counts,
            texttemplate="%{text:,}",
            zmin=0,
            zmax=1,
            colorscale=[[0, "rgba(79, 91, 213, 0.04)"], [1, "rgba(79, 91, 213, 0.72)"]],
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="%{y} → %{x}<br>%{text:,} texts, %{z:.0%} of the row<extra></extra>",
        )
    )
    figure.update_layout(
        height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )  # fmt: skip
    figure.update_xaxes(side="top", showgrid=False, fixedrange=True, type="category", automargin=True)
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, type="category", automargin=True)
    return figure


def _count(found: Comparison, run: int, cluster: int) -> int:
    return int((found.runs[run].clustering.labels == cluster).sum())


def _heights(found: Comparison, nodes: Sequence[tuple[int, int]]) -> list[float]:
    """The middle of each node, so that matched clusters stand at the same height as far as their sizes let them."""
    texts = len(found.runs[0].corpus)
    heights: dict[tuple[int, int], float] = {}
    for run in range(len(found.runs)):
        own = [node for node in nodes if node[0] == run]
        own.sort(key=lambda node: (node[1] < 0, found.ids[run][node[1]] if node[1] >= 0 else 0))
        top = 0.0
        for node in own:
            share = _count(found, *node) / texts
            heights[node] = min(0.999, max(0.001, top + share / 2))
            top += share
    return [heights[node] for node in nodes]


def _faded(hexadecimal: str) -> str:
    red, green, blue = (int(hexadecimal[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {_SHADE})"
