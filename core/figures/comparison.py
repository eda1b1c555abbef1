"""Plotly figures of a comparison. No theme: fonts and background are the page's, light or dark."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.comparison.compare import Comparison
from core.comparison.floor import FIGURES, Floor, verdict
from core.comparison.flows import contingency
from core.comparison.layouts import RunLayout
from core.figures.colours import CLEAR, NOISE, colour
from core.figures.heat import heat_figure
from core.figures.map import point_size
from core.figures.words import hover_text

LETTERS = "ABCD"
TITLES = {
    "cka": "vectors: linear CKA",
    "overlap": "neighbours in common",
    "ari": "clusters: adjusted Rand index",
    "ami": "clusters: adjusted mutual information",
    "v_measure": "clusters: V-measure",
}
READABLE = 5000  # texts that a map has beside its points: all of them are in the file then
_BESIDE = 300  # characters of each
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
                    row["verdict"] = verdict(found.runs[i], found.runs[j], value, name, pair)
                rows.append(row)
    return rows


def recipe_colour(place: int) -> str:
    """The colour of a run's letter."""
    return colour(place)


def cluster_name(found: Comparison, run: int, cluster: int) -> str:
    """A cluster by its topic's name."""
    if cluster < 0:
        return "noise"
    return next(topic.name for topic in found.runs[run].topics if topic.cluster == cluster)


def cluster_names(found: Comparison, run: int) -> list[str]:
    """The cluster of every text, by its topic's name."""
    labels = found.runs[run].clustering.labels.tolist()
    names = {label: cluster_name(found, run, label) for label in set(labels)}
    return [names[label] for label in labels]


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
    figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, **CLEAR)
    return figure


def contingency_figure(found: Comparison, step: int) -> go.Figure:
    """How many texts of each cluster of a run are in each cluster of the next, darker for a larger share of its row."""
    before, after = found.runs[step], found.runs[step + 1]
    rows, columns, counts = contingency(before.clustering.labels, after.clustering.labels)
    shares = counts / counts.sum(axis=1, keepdims=True)
    names = [
        [cluster_name(found, place, int(cluster)) for cluster in clusters]
        for place, clusters in ((step, rows), (step + 1, columns))
    ]
    hover = "<br>%{text:,} texts, %{z:.0%} of the row"
    return heat_figure(shares, names[1], names[0], hover, 360, text=counts, template="%{text:,}", between=" → ")


def maps_figure(found: Comparison, layouts: Sequence[RunLayout]) -> go.Figure:
    """The maps of the runs side by side, matched clusters in one colour.

    The text stands beside a point for up to `READABLE` texts, cut where it is long; with more, its cluster alone.
    """
    letters = LETTERS[: len(layouts)]
    figure = make_subplots(1, len(layouts), subplot_titles=list(letters), horizontal_spacing=0.01)
    corpus = found.runs[0].corpus
    shown = [hover_text(text, _BESIDE) for text in corpus.texts] if len(corpus) <= READABLE else None
    for run, layout in enumerate(layouts):
        labels = found.runs[run].clustering.labels
        for cluster in np.unique(labels).tolist():  # the noise, -1, comes first and is drawn below the rest
            rows = np.flatnonzero(labels == cluster)
            name = escape(cluster_name(found, run, cluster))
            trace = go.Scattergl(
                x=layout.xy[rows, 0],
                y=layout.xy[rows, 1],
                mode="markers",
                name=f"{letters[run]}: {name}",
                text=[shown[row] for row in rows] if shown else None,
                showlegend=False,
                marker={
                    "size": point_size(len(corpus)),
                    "color": cluster_colour(found, run, cluster),
                    "opacity": 0.45 if cluster < 0 else 0.85,
                },
                hovertemplate=f"{name}{'<br>%{text}' if shown else ''}<extra></extra>",
            )
            figure.add_trace(trace, row=1, col=run + 1)
    figure.update_xaxes(visible=False)
    for pane in range(1, len(layouts) + 1):
        figure.update_yaxes(visible=False, scaleanchor=f"x{pane}", row=1, col=pane)
    figure.update_layout(height=420, margin={"l": 8, "r": 8, "t": 28, "b": 8}, plot_bgcolor="rgba(0,0,0,0)")
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
