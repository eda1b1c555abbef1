"""Names for topics that follow the instruction: which of some candidates is nearest to a topic's texts?

Zero-shot labelling in the embedding space (Yin, Hay & Roth 2019 name the task): a candidate's vector is held against
the topic's centroid. Some candidates are near to everything (hubs; Radovanović et al. 2010), so what counts is how much
nearer a candidate is to this topic than to the topics on average.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch
from core.models.encoder.text_encoder import TextEncoder
from core.pipeline.clustering.cluster import Clustering
from core.pipeline.topics.describe import Topic

# Words of a topic's name.
NAME_WORDS = 3


@dataclass(frozen=True)
class NearestLabel:
    """A topic's nearest candidate.

    Parameters
    ----------
    cluster : the topic's number.
    label : the candidate.
    nearness : cosine of the candidate to the topic's centroid, less the mean of its cosines to all topics' centroids.
    margin : how much nearer it is than the second; 0 with a single candidate.
    """

    cluster: int
    label: str
    nearness: float
    margin: float


def candidate_vectors(
    model: TextEncoder, candidates: Sequence[str], instruction: str, watch: Watch = UNWATCHED
) -> NDArray[np.float32]:
    """(c, dimension) float32: where names stand among the texts of an instruction."""
    return model.encode(list(candidates), model.card.for_answers(instruction), watch=watch)


def nearest_labels(
    centroids: NDArray[np.float32], candidates: Sequence[str], vectors: NDArray[np.float32]
) -> tuple[NearestLabel, ...]:
    """For each topic the nearest of the candidates.

    Parameters
    ----------
    centroids : (k, dimension) float32, rows of length 1.
    candidates : c names.
    vectors : (c, dimension) float32, theirs.
    """
    nearness = relative_nearness(centroids, vectors)
    found = []
    for cluster, row in enumerate(nearness):
        order = np.argsort(-row, kind="stable")
        margin = float(row[order[0]] - row[order[1]]) if len(order) > 1 else 0.0
        found.append(NearestLabel(cluster, candidates[order[0]], float(row[order[0]]), margin))
    return tuple(found)


def label_topics(
    model: TextEncoder, instruction: str, clustering: Clustering, candidates: Sequence[str]
) -> tuple[NearestLabel, ...]:
    """For each cluster the nearest of the user's candidates, under the instruction.

    Raises
    ------
    InputError
        Without any candidate.
    """
    wanted = list(dict.fromkeys(name.strip() for name in candidates if name.strip()))
    if not wanted:
        raise InputError("Give at least one name to choose from.")
    return nearest_labels(clustering.centroids, wanted, candidate_vectors(model, wanted, instruction))


def name_topics(
    topics: Sequence[Topic], clustering: Clustering, model: TextEncoder, instruction: str, watch: Watch = UNWATCHED
) -> tuple[Topic, ...]:
    """The topics, each named by those of its keywords that are nearest to it under the instruction.

    Keywords tell what a topic's texts talk about more than others do; which of them answer the instruction, the model
    says. Topics without keywords, and the noise, keep their names.
    """
    words = list(dict.fromkeys(word for topic in topics if topic.cluster >= 0 for word, _ in topic.keywords))
    if not words:
        return tuple(topics)
    place = {word: row for row, word in enumerate(words)}
    nearness = relative_nearness(clustering.centroids, candidate_vectors(model, words, instruction, watch))

    def named(topic: Topic) -> Topic:
        if topic.cluster < 0 or not topic.keywords:
            return topic
        own = [word for word, _ in topic.keywords]
        own.sort(key=lambda word: -nearness[topic.cluster, place[word]])
        return replace(topic, name=", ".join(own[:NAME_WORDS]))

    return tuple(named(topic) for topic in topics)


def relative_nearness(centroids: NDArray[np.float32], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(k, c) float32, cosines of candidates to topics, less each candidate's mean over the topics where k > 1."""
    cosines: NDArray[np.float32] = centroids @ vectors.T
    return cosines - cosines.mean(axis=0) if len(cosines) > 1 else cosines
