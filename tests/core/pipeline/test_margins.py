"""Margins against scikit-learn's cosines."""

from dataclasses import replace

import numpy as np
from sklearn.metrics.pairwise import cosine_similarity

from core.pipeline.margins import margins


def numbered(done, labels):
    """The run with other clusters."""
    vectors = done.embedding.vectors
    means = [vectors[labels == number].mean(axis=0) for number in range(labels.max() + 1)]
    centroids = np.array([mean / np.linalg.norm(mean) for mean in means], np.float32)
    clustering = replace(done.clustering, labels=labels.astype(np.int32), centroids=centroids)
    return replace(done, clustering=clustering)


def test_margins_are_differences_of_cosines(done):
    labels = np.random.default_rng(1).integers(-1, 4, len(done.corpus))
    run = numbered(done, labels)
    found = margins(run)
    cosines = cosine_similarity(run.embedding.vectors, run.clustering.centroids)
    for row, label in enumerate(labels):
        others = [number for number in range(4) if number != label]
        second = max(others, key=lambda number: cosines[row, number])
        assert found.second[row] == second
        if label < 0:
            assert np.isnan(found.margin[row])
        else:
            np.testing.assert_allclose(found.margin[row], cosines[row, label] - cosines[row, second], atol=1e-6)


def test_one_topic_has_no_second(done):
    labels = np.zeros(len(done.corpus), np.int64)
    labels[:3] = -1
    found = margins(numbered(done, labels))
    assert (found.second[3:] == -1).all()
    assert (found.second[:3] == 0).all()
    assert np.isnan(found.margin).all()


def test_k_means_leaves_no_text_nearer_to_another_topic(done):
    assert (margins(done).margin >= -1e-6).all()
