"""A run under the analyst's topics: texts, keywords and names follow the edits, and only where they must."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from core.base.cache import StageCache
from core.base.errors import InputError
from core.labelling.edited_run import edited, split_by_kmeans
from core.labelling.edits import Gather, Merge, Move, Part, Rename, SetAside, Split
from core.labelling.labels import JUNK, NONE, Labels
from core.pipeline.run import run
from core.texts import corpus as corpora
from core.texts import readers
from tests.conftest import SUBJECT, three_topics


def labels_of(done) -> Labels:
    names = {topic.cluster: topic.name for topic in done.topics}
    return Labels.start(done.corpus.ids, done.clustering.labels, names)


def texts(labels: Labels, topic: str, count: int) -> tuple[str, ...]:
    return tuple(labels.texts[row] for row in labels.members(topic)[:count])


def test_without_edits_it_is_the_run(done):
    view = edited(done, labels_of(done))
    np.testing.assert_array_equal(view.run.clustering.labels, done.clustering.labels)
    assert view.run.topics == done.topics
    assert view.run.clustering is done.clustering
    assert [topic.id for topic in view.topics] == ["c0", "c1", "c2"]


def test_a_given_name_stands_and_the_others_stay(done):
    view = edited(done, Rename("c1", "Mine").apply(labels_of(done)))
    assert [topic.name for topic in view.run.topics] == [done.topics[0].name, "Mine", done.topics[2].name]


def test_a_merge_counts_words_anew_and_names_what_is_left_as_before(done):
    view = edited(done, Merge(("c1", "c2"), "c2").apply(labels_of(done)))
    assert view.run.clustering.sizes == (done.topics[1].size + done.topics[2].size, done.topics[0].size)
    both, left = view.run.topics
    assert left.name == done.topics[0].name
    assert both.size == 20
    words = {word for topic in done.topics[1:] for word, _ in topic.keywords}
    assert len({word for word, _ in both.keywords} & words) >= 3
    assert {int(view.run.clustering.labels[row]) for row in both.representatives} == {0}
    rows = view.run.clustering.labels == 0
    mean = done.embedding.vectors[rows].mean(axis=0)
    np.testing.assert_allclose(view.run.clustering.centroids[0], mean / np.linalg.norm(mean), atol=1e-6)


def test_a_new_topic_is_named_by_its_keywords(done):
    labels = labels_of(done)
    part = texts(labels, "c0", 4)
    view = edited(done, Split("c0", (Part("new", part),)).apply(labels))
    (new,) = (topic for topic, label in zip(view.run.topics, view.topics, strict=True) if label.id == "new")
    assert new.size == 4
    assert set(new.name.split(", ")) <= {word for word, _ in new.keywords}


def test_what_is_set_aside_comes_last_and_what_is_in_none_is_noise(done):
    labels = labels_of(done)
    for edit in (
        SetAside("c0", True),
        Move(texts(labels, "c1", 2), JUNK),
        Move(texts(labels, "c2", 3), NONE),
        Rename("c2", "Third"),
    ):
        labels = edit.apply(labels)
    view = edited(done, labels)
    assert [topic.id for topic in view.topics] == ["c1", "c2", "c0", JUNK]
    assert view.junk == (2, 3)
    assert view.run.clustering.noise == 3
    assert [(topic.cluster, topic.size) for topic in view.run.topics] == [(0, 8), (1, 7), (2, 10), (3, 2), (-1, 3)]
    assert [topic.name for topic in view.run.topics[1:4]] == ["Third", done.topics[0].name, "set aside"]


def test_what_was_computed_is_kept(done):
    cache = StageCache()
    labels = Merge(("c1", "c2"), "c2").apply(labels_of(done))
    first = edited(done, labels, cache)
    renamed = edited(done, Rename("c2", "Both").apply(labels), cache)
    assert renamed.run.topics[0].keywords is first.run.topics[0].keywords
    assert first.run.topics[0].name != renamed.run.topics[0].name == "Both"


def test_the_order_of_rows_changes_nothing(done):
    order = np.random.default_rng(3).permutation(30)
    lines = three_topics()
    corpus = corpora.build(readers.read_pasted("\n".join(lines[row] for row in order)))
    shuffled = run(corpus, SUBJECT, done.settings)
    edits = (Gather(Part("g", done.corpus.ids[:7])), Merge(("c1", "c2"), "c2"))
    views = []
    for result in (done, shuffled):
        labels = labels_of(result)
        for edit in edits:
            labels = edit.apply(labels)
        views.append(edited(result, labels).run)
    first, second = views
    place = {id: row for row, id in enumerate(second.corpus.ids)}
    rows = [place[id] for id in first.corpus.ids]
    np.testing.assert_array_equal(first.clustering.labels, second.clustering.labels[rows])
    assert [(t.name, t.keywords) for t in first.topics] == [(t.name, t.keywords) for t in second.topics]


def test_labels_of_other_texts_are_refused(done):
    with pytest.raises(ValueError, match="other texts"):
        edited(done, Labels.start(("a", "b"), np.zeros(2, np.int32)))


# Splitting by k-means


def test_k_means_splits_as_scikit_learn_does(done):
    labels = Merge(("c0", "c1", "c2"), "c0").apply(labels_of(done))
    edit = split_by_kmeans(done, labels, "c0", 3)
    split = edit.apply(labels)
    assert [len(part.texts) for part in edit.parts] == sorted((len(part.texts) for part in edit.parts), reverse=True)
    reference = KMeans(3, n_init=20, random_state=1).fit(done.embedding.vectors).labels_
    assert adjusted_rand_score(reference, split.of) == 1.0
    assert split.topic("c0").name == labels.topic("c0").name


def test_a_split_is_the_same_again_and_its_ids_are_new(done):
    labels = labels_of(done)
    one, two = split_by_kmeans(done, labels, "c0", 2), split_by_kmeans(done, labels, "c0", 2)
    assert [part.texts for part in one.parts] == [part.texts for part in two.parts]
    assert one.parts[0].id != two.parts[0].id


def test_more_parts_than_texts_are_refused(done):
    with pytest.raises(InputError, match="10 texts can't form 11 clusters"):
        split_by_kmeans(done, labels_of(done), "c0", 11)


def test_keywords_of_one_topic_of_all_are_its_commonest_words(done):
    view = edited(done, Merge(("c0", "c1", "c2"), "c0").apply(labels_of(done)))
    (topic,) = view.run.topics
    assert topic.size == 30
    weights = dict(topic.keywords)
    counts = {word: sum(word in text.lower() for text in done.corpus.texts) for word in weights}
    order = sorted(weights, key=lambda word: -weights[word])
    assert [counts[word] for word in order] == sorted(counts.values(), reverse=True)


def test_a_run_that_gave_noise_texts_away_forgets_those_that_are_taken_out(done):
    given = replace(done, clustering=replace(done.clustering, assigned=np.arange(30) < 2))
    labels = Move(done.corpus.ids[:1], NONE).apply(labels_of(given))
    assert edited(given, labels).run.clustering.assigned.tolist() == [False, True, *[False] * 28]
