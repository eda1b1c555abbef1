"""Figures of topics as an analyst labels them: their colours on the map, their tree, and a treemap."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from scipy.cluster.hierarchy import dendrogram

from core.figures.colours import NOISE, colour
from core.figures.map import PointGroup
from core.figures.words import plain, plot_label
from core.labelling.edited_run import EditedRun
from core.labelling.labels import Labels
from core.pipeline.topics.tree import TopicTree


def topic_colours(view: EditedRun, labels: Labels, slots: Sequence[int] = ()) -> tuple[str, ...]:
    """A colour for each of the view's topics: the analyst's, or that of the cluster it was, or the first free one.

    Parameters
    ----------
    slots : colour slots of the run's clusters, as the map of the run has them.
    """
    free = iter(slot for slot in range(len(labels.topics) + len(slots)) if slot not in slots)
    found = {}
    for place, topic in enumerate(labels.topics):
        slot = slots[place] if topic.id == f"c{place}" and place < len(slots) else next(free)
        found[topic.id] = topic.colour or (NOISE if topic.junk else colour(slot))
    return tuple(found[topic.id] for topic in view.topics)


def topic_groups(view: EditedRun, colours: Sequence[str]) -> tuple[PointGroup, ...]:
    """One group a topic; texts in none and what is set aside come first, so that they are drawn below the rest."""
    labels, junk = view.run.clustering.labels, set(view.junk)
    groups = [
        PointGroup(
            topic.name or "set aside",
            colours[topic.cluster],
            np.flatnonzero(labels == topic.cluster),
            topic.cluster in junk,
        )
        for topic in view.run.topics
        if topic.cluster >= 0
    ]
    none = np.flatnonzero(labels < 0)
    groups.sort(key=lambda group: not group.noise)
    return (PointGroup("in no topic", NOISE, none, noise=True), *groups) if len(none) else tuple(groups)


def tree_figure(tree: TopicTree, names: Sequence[str], colours: Sequence[str]) -> go.Figure:
    """The tree with a line a topic, and the cosine distance at which branches join along the bottom.

    Parameters
    ----------
    names, colours : by the topics' numbers.
    """
    drawn = dendrogram(tree.merges, no_plot=True)
    figure = go.Figure()
    for heights, places in zip(drawn["dcoord"], drawn["icoord"], strict=True):
        figure.add_trace(
            go.Scatter(
                x=heights,
                y=places,
                mode="lines",
                line={"color": NOISE, "width": 1.5},
                hovertemplate=f"join at {max(heights):.2f}<extra></extra>",
            )
        )
    leaves = [tree.topics[leaf] for leaf in drawn["leaves"]]
    places = [10 * place + 5 for place in range(len(leaves))]  # where scipy puts them
    figure.add_trace(
        go.Scatter(
            x=[0] * len(leaves),
            y=places,
            mode="markers",
            hoverinfo="skip",
            marker={"size": 10, "color": [colours[topic] for topic in leaves]},
        )
    )
    figure.update_layout(
        showlegend=False,
        height=80 + 26 * len(leaves),
        margin={"l": 0, "r": 10, "t": 10, "b": 40},
        xaxis={"title": "cosine distance of the topics' centres", "rangemode": "tozero", "zeroline": False},
        yaxis={
            "tickvals": places,
            "ticktext": [plot_label(names[topic]) for topic in leaves],
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
        },
    )
    return figure


def treemap_figure(
    tree: TopicTree, themes: int, names: Sequence[str], sizes: Sequence[int], colours: Sequence[str]
) -> go.Figure:
    """A rectangle a topic, as large as it has texts, side by side with those of its theme.

    Parameters
    ----------
    themes : into how many the tree is cut.
    names, sizes, colours : by the topics' numbers.
    """
    of = tree.themes(themes)
    count = len(set(of.values()))
    ids = [f"theme {theme}" for theme in range(count)]
    largest = [max((t for t in of if of[t] == theme), key=lambda t: sizes[t]) for theme in range(count)]
    titles = [
        f"{plot_label(names[topic])} and near" if list(of.values()).count(of[topic]) > 1 else "" for topic in largest
    ]
    totals = [sum(sizes[topic] for topic in of if of[topic] == theme) for theme in range(count)]
    figure = go.Figure(
        go.Treemap(
            ids=[*ids, *(f"topic {topic}" for topic in of)],
            labels=[*titles, *(plain(names[topic]) for topic in of)],
            parents=[*([""] * count), *(ids[of[topic]] for topic in of)],
            values=[*totals, *(sizes[topic] for topic in of)],
            branchvalues="total",
            marker={"colors": [*["rgba(127, 135, 170, 0.12)"] * count, *(colours[topic] for topic in of)]},
            texttemplate="%{label}<br>%{value:,}",
            hovertemplate="%{label}<br>%{value:,} texts<extra></extra>",
            tiling={"pad": 2},
        )
    )
    figure.update_layout(margin={"l": 0, "r": 0, "t": 4, "b": 4}, height=420)
    return figure
