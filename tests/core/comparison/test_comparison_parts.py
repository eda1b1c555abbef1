"""Matching, flows, consensus, change and paraphrases against scipy, scikit-learn and counting by hand."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.cluster import contingency_matrix
from sklearn.neighbors import NearestNeighbors

from core.comparison.change import kept_neighbours, marking_words, neighbour_change, text_change
from core.comparison.consensus import consensus
from core.comparison.flows import contingency, flows, shared_ids
from core.instructions.paraphrases import paraphrases
from core.instructions.template import parse
from core.pipeline.clustering.matching import matched_clusters
from core.pipeline.layout.neighbours import exact_neighbours
from core.pipeline.topics.describe import count_terms

partitions = st.integers(2, 40).flatmap(
    lambda n: st.lists(st.lists(st.integers(-1, 4), min_size=n, max_size=n), min_size=2, max_size=4)
)


def arrays(drawn: list[list[int]]) -> list[np.ndarray]:
    return [np.asarray(labels, np.int32) for labels in drawn]


@given(partitions)
def test_no_other_matching_keeps_more_texts(drawn):
    before, after = arrays(drawn)[:2]
    found = matched_clusters(after, 5, before, 5)
    kept = sum(int(((after == now) & (before == was)).sum()) for now, was in found.items())
    best = max(
        sum(int(((after == now) & (before == was)).sum()) for now, was in enumerate(p)) for p in permutations(range(5))
    )
    assert kept == best
    assert len(set(found.values())) == len(found)
    assert all(((after == now) & (before == was)).any() for now, was in found.items())


@given(partitions)
def test_ids_are_all_different_and_equal_clusterings_keep_theirs(drawn):
    before = arrays(drawn)[0]
    first, *others = shared_ids([(labels, 5) for labels in arrays(drawn)])
    assert first == (0, 1, 2, 3, 4)
    assert all(len(set(ids)) == 5 for ids in others)
    renamed = np.asarray([3, 0, 4, 1, 2, -1], np.int32)[before]
    occurring = set(renamed[renamed >= 0].tolist())
    same = shared_ids([(before, 5), (renamed, 5)])[1]
    assert all(before[renamed == cluster][0] == same[cluster] for cluster in occurring)


@given(partitions)
def test_an_id_is_shared_only_by_clusters_that_match(drawn):
    labels = arrays(drawn)
    ids = shared_ids([(each, 5) for each in labels])
    counterpart = matched_clusters(labels[1], 5, labels[0], 5)
    assert {cluster: name for cluster, name in enumerate(ids[1]) if name < 5} == counterpart
    for place in range(1, len(labels)):
        for cluster, name in enumerate(ids[place]):
            rows = labels[place] == cluster
            earlier = [labels[i] == ids[i].index(name) for i in range(place) if name in ids[i]]
            assert not earlier or any((rows & each).any() for each in earlier)


def test_what_matches_nothing_in_the_first_is_still_told_apart():
    first = np.repeat([0, 1], 30).astype(np.int32)
    second, third = first.copy(), first.copy()
    second[:8], third[50:] = 2, 2  # a third cluster in each, without a common text
    ids = shared_ids([(first, 2), (second, 3), (third, 3)])
    assert ids == ((0, 1), (0, 1, 2), (0, 1, 3))
    third[:] = second
    assert shared_ids([(first, 2), (second, 3), (third, 3)])[2] == (0, 1, 2)


@given(partitions)
def test_flows_hold_every_text_once_and_contingency_is_scikit_learns(drawn):
    before, after = arrays(drawn)[:2]
    found = flows(before, after)
    assert sorted(np.concatenate([flow.rows for flow in found]).tolist()) == list(range(len(before)))
    assert [len(flow.rows) for flow in found] == sorted((len(flow.rows) for flow in found), reverse=True)
    for flow in found:
        assert (before[flow.rows] == flow.source).all()
        assert (after[flow.rows] == flow.target).all()
    rows, columns, counts = contingency(before, after)
    np.testing.assert_array_equal(counts, contingency_matrix(before, after))
    np.testing.assert_array_equal(rows, np.unique(before))
    np.testing.assert_array_equal(columns, np.unique(after))


@given(partitions)
def test_consensus_counts_pairs(drawn):
    clusterings = arrays(drawn)
    found = consensus(clusterings)
    shared = [
        {(i, j) for i, j in combinations(range(len(labels)), 2) if labels[i] == labels[j] >= 0}
        for labels in clusterings
    ]
    assert found.together == len(set.intersection(*shared))
    assert found.ever == len(set.union(*shared))
    for place, own in enumerate(shared):
        others = set().union(*(pairs for other, pairs in enumerate(shared) if other != place))
        assert found.only[place] == len(own - others)
    assert sum(len(group) * (len(group) - 1) // 2 for group in found.groups) == found.together
    for group in found.groups:
        assert all(len(set(labels[group].tolist())) == 1 for labels in clusterings)


def test_neighbours_kept_lost_and_margins():
    rng = np.random.default_rng(0)
    vectors = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in rng.normal(size=(2, 60, 8)).astype(np.float32)]
    labels = [rng.integers(-1, 3, 60).astype(np.int32) for _ in range(2)]
    nearest = [exact_neighbours(v, 6).indices[:, 1:] for v in vectors]
    theirs = [NearestNeighbors(n_neighbors=6, metric="cosine").fit(v).kneighbors(v)[1][:, 1:] for v in vectors]
    kept = kept_neighbours(*nearest)
    for row in range(60):
        assert kept[row] == pytest.approx(len(set(theirs[0][row]) & set(theirs[1][row])) / 5)
    change = text_change(tuple(vectors), tuple(labels), tuple(nearest))
    row = int(np.flatnonzero((labels[0] >= 0) & (labels[1] >= 0))[0])

    def centroid(side: int, member: np.ndarray) -> np.ndarray:
        mean = vectors[side][member].mean(axis=0)
        return mean / np.linalg.norm(mean)

    old, new = labels[0] == labels[0][row], labels[1] == labels[1][row]
    inside = (labels[0] >= 0) & (labels[1] >= 0)
    after = vectors[1][row] @ (centroid(1, new) - centroid(1, old))
    assert change.margin_after[row] == pytest.approx(after, abs=1e-5)
    before = vectors[0][row] @ (centroid(0, old) - centroid(0, new))
    assert change.margin_before[row] == pytest.approx(before, abs=1e-5)
    assert np.isnan(change.margin_after[~inside]).all()
    assert (np.diff(change.kept[change.order]) >= 0).all()


def test_nothing_moves_under_the_same_vectors():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(30, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    nearest = exact_neighbours(vectors, 6).indices[:, 1:]
    labels = rng.integers(0, 3, 30).astype(np.int32)
    change = text_change((vectors, vectors), (labels, labels), (nearest, nearest))
    assert (change.kept == 1).all()
    np.testing.assert_allclose(change.margin_after, 0, atol=1e-6)


def test_what_became_of_one_texts_neighbours():
    counts = count_terms(["red apple"] * 4 + ["blue car"] * 5, "en")
    change = neighbour_change(np.asarray([4, 5, 6, 7]), np.asarray([0, 5, 1, 2]), counts)
    assert (change.kept, change.lost, change.gained) == ((5,), (4, 6, 7), (0, 1, 2))
    assert {word for word, _, _ in change.words} == {"red", "apple", "red apple"}
    assert all((here, there) == (3, 0) for _, here, there in change.words)
    assert neighbour_change(np.asarray([1, 2]), np.asarray([2, 1]), counts).words == ()


def test_words_mark_one_side():
    texts = ["red apple pie", "red apple tart", "green apple pie", "blue car tyre", "blue car door", "red car"]
    counts = count_terms(texts, "en")
    words = marking_words(counts, [0, 1, 2], [3, 4, 5])
    assert words[0] == ("apple", 3, 0)
    assert all(here >= 3 for _, here, _ in words)
    assert "car" not in {word for word, _, _ in words}


GOOD = "Represent the customer review for clustering by complaint reason: "


def test_paraphrases_keep_the_slots():
    found = paraphrases(GOOD)
    assert len(set(found)) == 4
    assert GOOD not in found
    for text in found:
        assert "complaint reason" in text
        assert "review" in text
    assert parse(found[0]).objective.endswith("complaint reason")


@pytest.mark.parametrize("text", ["sentiment", "Which product is it?", "Represent the review for retrieval: "])
def test_what_names_no_aspect_keeps_its_words(text):
    core = text.strip().rstrip(":?").rstrip()
    assert len(paraphrases(text)) >= 3
    assert all(core in each and each != text for each in paraphrases(text))


def test_no_instruction_has_no_paraphrase():
    assert paraphrases("") == paraphrases(" : ") == ()
