"""Topics join as scipy and scikit-learn join them."""

import numpy as np
import pytest
from sklearn.cluster import AgglomerativeClustering

from core.figures.topics import tree_figure, treemap_figure
from core.pipeline.topics.tree import topic_tree


@pytest.fixture
def centroids() -> np.ndarray:
    found = np.random.default_rng(4).normal(size=(9, 12)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.mark.parametrize("count", range(1, 10))
def test_themes_are_those_of_scikit_learn(centroids, count):
    themes = topic_tree(centroids).themes(count)
    wanted = AgglomerativeClustering(count, metric="cosine", linkage="average").fit_predict(centroids)
    ours = [themes[topic] for topic in range(9)]
    assert len(set(zip(ours, wanted.tolist(), strict=True))) == len(set(ours)) == count


def test_only_the_chosen_topics_join(centroids):
    tree = topic_tree(centroids, (7, 2, 5))
    assert tree.topics == (2, 5, 7)
    assert set(tree.themes(3)) == {2, 5, 7}
    assert sorted(tree.leaves) == [0, 1, 2]


def test_themes_are_numbered_along_the_tree(centroids):
    tree = topic_tree(centroids)
    themes = tree.themes(4)
    along = [themes[tree.topics[leaf]] for leaf in tree.leaves]
    assert along == sorted(along)


@pytest.mark.parametrize("topics", [(), (3,)])
def test_one_topic_is_a_theme_of_its_own(centroids, topics):
    tree = topic_tree(centroids, topics)
    assert tree.themes(2) == dict.fromkeys(topics, 0)
    assert len(tree.merges) == 0


def test_the_figures_show_every_topic_once_with_its_size(centroids):
    tree = topic_tree(centroids, (0, 1, 2, 3))
    names = ["<b>a", "b", "c", "d"]
    sizes, colours = [5, 9, 2, 4], ["#111111", "#222222", "#333333", "#444444"]
    drawn = tree_figure(tree, names, colours)
    assert sorted(drawn.layout.yaxis.ticktext) == sorted(["&lt;b>a", "b", "c", "d"])
    shown = treemap_figure(tree, 2, names, sizes, colours).data[0]
    values = dict(zip(shown.ids, shown.values, strict=True))
    assert [values[f"topic {topic}"] for topic in range(4)] == sizes
    assert values["theme 0"] + values["theme 1"] == sum(sizes)
    for theme in ("theme 0", "theme 1"):
        own = [
            value for id, parent, value in zip(shown.ids, shown.parents, shown.values, strict=True) if parent == theme
        ]
        assert sum(own) == values[theme]
