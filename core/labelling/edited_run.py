"""A run as its labels have it: the analyst's topics in place of the clusters, with keywords of their own."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.base.cache import StageCache
from core.base.digest import digest
from core.labelling.edits import Part, Split, new_topic_id
from core.labelling.labels import JUNK, Labels, TopicLabel
from core.pipeline.clustering.cluster import ClusterSettings, cluster, mean_directions
from core.pipeline.run import Run, describe_topics, topics_in_file_order
from core.pipeline.topics.describe import Topic, count_terms


@dataclass(frozen=True, eq=False)
class EditedRun:
    """A run under the analyst's topics.

    Parameters
    ----------
    run : with clusters numbered by size, what is set aside after the others; texts in none are -1. Its topics have
        the names of the labels.
    topics : what is said of the topic of each number.
    suggested : the name that its keywords give the topic of each number, whatever it is called.
    """

    run: Run
    topics: tuple[TopicLabel, ...]
    suggested: tuple[str, ...]

    @property
    def junk(self) -> tuple[int, ...]:
        """Numbers of the topics that are set aside."""
        return tuple(number for number, topic in enumerate(self.topics) if topic.junk)


def edited(run: Run, labels: Labels, cache: StageCache | None = None) -> EditedRun:
    """Put the analyst's topics in the place of a run's clusters.

    Keywords and representative texts are those of the topics as they are now. A name that nobody has given stays as
    long as no text comes or goes; otherwise the new keywords give it.

    Parameters
    ----------
    run : the one that the labels started from.
    cache : keeps what is computed, which takes as long as describing the run took.
    """
    if labels.texts != run.corpus.ids:
        raise ValueError("the labels are of other texts")
    shown = sorted(labels.shown, key=lambda topic: (topic.junk, topic.id == JUNK, -labels.size(topic.id)))
    number = np.full(len(labels.topics) + 1, -1, np.int32)
    for place, topic in enumerate(shown):
        number[labels.place(topic.id)] = place
    numbers = number[labels.of]
    described = _described(run, numbers, cache)
    untouched = _untouched(run, labels)
    named = [
        replace(topic, name=_name(shown[topic.cluster], topic, untouched)) if topic.cluster >= 0 else topic
        for topic in described
    ]
    clustering = run.clustering
    if not np.array_equal(numbers, clustering.labels):
        order = run.corpus.order
        centroids = mean_directions(run.embedding.vectors[order], numbers[order])
        assigned = clustering.assigned & (numbers >= 0)
        clustering = replace(clustering, labels=numbers, centroids=centroids, assigned=assigned)
    suggested = tuple(topic.name for topic in described if topic.cluster >= 0)
    return EditedRun(replace(run, clustering=clustering, topics=tuple(named)), tuple(shown), suggested)


def split_by_kmeans(run: Run, labels: Labels, topic: str, k: int) -> Split:
    """The edit that splits a topic into ``k`` by k-means on its texts' vectors; the largest part keeps the name.

    Raises
    ------
    InputError
        Where it has too few texts for that.
    """
    rows = labels.members(topic)
    rows = rows[np.argsort(np.array([labels.texts[row] for row in rows]), kind="stable")]  # whatever the file's order
    found = cluster(run.embedding.vectors[rows], ClusterSettings("kmeans", k=k)).labels
    parts = (tuple(labels.texts[row] for row in rows[found == part]) for part in range(1, k))
    return Split(topic, tuple(Part(new_topic_id(), texts) for texts in parts))


def _described(run: Run, numbers: NDArray[np.int32], cache: StageCache | None) -> tuple[Topic, ...]:
    """Keywords and representatives of topics, computed in the corpus's canonical order as a run's are."""
    if np.array_equal(numbers, run.clustering.labels):
        return run.topics
    cache = cache or StageCache(0)
    corpus, settings, order = run.corpus, run.settings, run.corpus.order

    def compute() -> tuple[Topic, ...]:
        key = digest("terms", corpus.digest, settings.language)
        counts, _ = cache.get(key, lambda: count_terms(corpus.canonical_texts, settings.language))
        vectors, labels = run.embedding.vectors[order], numbers[order]
        clustering = replace(
            run.clustering,
            labels=labels,
            centroids=mean_directions(vectors, labels),
            assigned=np.zeros(len(labels), bool),
        )
        return describe_topics(counts, vectors, clustering, run.instruction, settings)

    key = digest(
        "edited topics",
        corpus.digest,
        run.embedding.space.digest,
        numbers[order],
        settings.language,
        settings.keywords,
        settings.representatives,
    )
    topics, _ = cache.get(key, compute)
    return topics_in_file_order(corpus, topics)


def _untouched(run: Run, labels: Labels) -> frozenset[str]:
    """The topics that have exactly the texts of the cluster that they were."""
    clusters = (f"c{number}" for number in range(run.clustering.k))
    same = [
        topic
        for number, topic in enumerate(clusters)
        if np.array_equal(run.clustering.labels == number, labels.of == labels.place(topic))
    ]
    return frozenset(same)


def _name(label: TopicLabel, topic: Topic, untouched: frozenset[str]) -> str:
    keeps = label.origin != "automatic" or label.id == JUNK or (label.id in untouched and label.name)
    return label.name if keeps else topic.name
