"""Names that follow the instruction."""

import numpy as np
import pytest
from numpy.typing import NDArray

from core.base.errors import InputError
from core.models.registry import load_model
from core.pipeline.clustering.cluster import Clustering, ClusterSettings
from core.pipeline.run import Settings, run
from core.pipeline.topics.describe import Topic
from core.pipeline.topics.naming import label_topics, name_topics, nearest_labels, relative_nearness
from core.texts import corpus, readers

SENTIMENT = "Represent the customer review for clustering by sentiment: "
REVIEWS = [
    f"{verdict} {thing}."
    for verdict in ("I love this wonderful", "A great and beautiful", "I hate this awful", "A terrible and ugly")
    for thing in ("blender", "kettle", "toaster", "lamp", "chair", "desk", "phone", "laptop")
]


def unit(*rows: list[float]) -> NDArray[np.float32]:
    array = np.asarray(rows, np.float32)
    return array / np.linalg.norm(array, axis=1, keepdims=True)


def clustering_of(centroids: NDArray[np.float32]) -> Clustering:
    found = run(corpus.build(readers.read_pasted("\n".join(REVIEWS))), "", Settings(clusters=ClusterSettings(k=2)))
    return type(found.clustering)(**{**vars(found.clustering), "centroids": centroids})


def test_the_nearest_candidate_wins_over_one_that_is_near_to_all() -> None:
    centroids = unit([1, 0, 0.9], [0, 1, 0.9])
    vectors = unit([1, 0, 0], [0, 1, 0], [0.45, 0.45, 0.9])
    assert (centroids @ vectors.T).argmax(1).tolist() == [2, 2]
    found = nearest_labels(centroids, ["red", "green", "anything"], vectors)
    assert [each.label for each in found] == ["red", "green"]
    assert found[0].margin == pytest.approx(found[0].nearness - np.sort(relative_nearness(centroids, vectors)[0])[-2])


def test_a_single_topic_takes_what_is_nearest() -> None:
    (found,) = nearest_labels(unit([1, 0.1]), ["a", "b"], unit([1, 0], [0, 1]))
    assert found.label == "a"


def test_the_users_names_follow_the_instruction() -> None:
    texts = corpus.build(readers.read_pasted("\n".join(REVIEWS)))
    found = run(texts, SENTIMENT, Settings(clusters=ClusterSettings(k=2)))
    labels = label_topics(load_model(), SENTIMENT, found.clustering, ["positive", "negative", " ", "positive"])
    loving = found.clustering.labels[0]
    assert labels[loving].label == "positive"
    assert labels[1 - loving].label == "negative"


def test_without_names_it_says_so() -> None:
    with pytest.raises(InputError, match="at least one name"):
        label_topics(load_model(), SENTIMENT, clustering_of(unit([1, 0])), ["  ", ""])


def test_a_topic_is_named_by_its_keywords_that_answer_the_instruction() -> None:
    loving, hating = load_model().encode(["positive", "negative"])
    topics = [
        Topic(0, 3, (("kettle", 0.9), ("blender", 0.8), ("lamp", 0.7), ("wonderful", 0.1)), (0,), 0.5, "kettle"),
        Topic(1, 3, (("kettle", 0.9), ("blender", 0.8), ("lamp", 0.7), ("awful", 0.1)), (0,), 0.5, "kettle"),
        Topic(-1, 2, (("desk", 0.5),), (1,), 0.1, "Noise"),
    ]
    named = name_topics(topics, clustering_of(np.stack([loving, hating])), load_model(), SENTIMENT)
    assert named[0].name.split(", ")[0] == "wonderful"
    assert named[1].name.split(", ")[0] == "awful"
    assert named[2] == topics[2]
    assert [topic.keywords for topic in named] == [topic.keywords for topic in topics]
