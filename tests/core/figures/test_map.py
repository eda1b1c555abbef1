"""The map's figure: every text once, noise first, nothing shipped that isn't drawn."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.figures import map
from core.figures.colours import NOISE
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.run import Run, Settings, run
from core.texts.grouping import grouping_columns


@pytest.fixture(scope="module")
def done(small_corpus) -> Run:
    return run(small_corpus, "", Settings(clusters=ClusterSettings(k=3)))


def test_every_text_is_drawn_once_at_its_place(done):
    figure = map.map_figure(done, map.cluster_groups(done, (0, 1, 2)))
    rows = np.concatenate([trace.customdata for trace in figure.data])
    assert sorted(rows) == list(range(30))
    for trace in figure.data:
        np.testing.assert_array_equal(trace.x, done.layout.xy[trace.customdata, 0])
        np.testing.assert_array_equal(trace.y, done.layout.xy[trace.customdata, 1])


def test_the_legend_lists_every_cluster_with_its_count(done):
    figure = map.map_figure(done, map.cluster_groups(done, (0, 1, 2)))
    assert [trace.name for trace in figure.data] == [f"{topic.name} ({topic.size})" for topic in done.topics]


def test_no_text_is_shipped_with_the_points(done):
    figure = map.map_figure(done, map.cluster_groups(done, (0, 1, 2)))
    spec = json.dumps(figure.to_dict()["data"], default=str)
    assert not any(text in spec for text in done.corpus.texts)


def test_colours_follow_their_slots(done):
    groups = map.cluster_groups(done, (4, 0, 2))
    assert [group.colour for group in groups] == [map.colour(4), map.colour(0), map.colour(2)]


def test_noise_is_grey_and_drawn_first(done):
    labels = done.clustering.labels.copy()
    labels[:5] = -1
    noisy = replace(done, clustering=replace(done.clustering, labels=labels))
    groups = map.cluster_groups(noisy, (0, 1, 2))
    assert groups[0].noise
    assert groups[0].colour == NOISE
    assert groups[0].rows.tolist() == [0, 1, 2, 3, 4]
    assert map.map_figure(noisy, groups).data[0].name == "noise (5)"


def test_noise_given_to_a_cluster_is_drawn_as_rings(done):
    assigned = np.zeros(30, np.bool_)
    assigned[3] = True
    given = replace(done, clustering=replace(done.clustering, assigned=assigned))
    figure = map.map_figure(given, map.cluster_groups(given, (0, 1, 2)))
    rings = {
        int(row)
        for trace in figure.data
        if not isinstance(trace.marker.symbol, str)
        for row, symbol in zip(trace.customdata, trace.marker.symbol, strict=True)
        if symbol == "circle-open"
    }
    assert rings == {3}


def test_values_become_groups_and_missing_ones_are_grey():
    groups = map.value_groups(pd.Series(["b", "a", "b", None, "", "a", "b"], dtype="str"))
    assert [(group.name, group.rows.tolist()) for group in groups] == [
        ("no value", [3, 4]),
        ("b", [0, 2, 6]),
        ("a", [1, 5]),
    ]
    assert groups[0].colour == NOISE


def test_columns_of_many_or_single_values_are_no_colouring():
    metadata = pd.DataFrame({"kind": ["a", "b"] * 20, "same": "x", "id": range(40), "yes": [True, False] * 20})
    assert grouping_columns(metadata) == ("kind", "yes")


@pytest.mark.parametrize(("few", "many"), [(30, 450), (450, 20_000)])
def test_points_shrink_as_they_get_many(few, many):
    assert map.point_size(few) > map.point_size(many) > 2
