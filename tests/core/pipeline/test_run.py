"""One call from corpus and instruction to clusters, map and topics."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import v_measure_score

from core.base.cache import StageCache
from core.base.errors import Cancelled, InputError
from core.base.progress import Watch
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.layout.projection import LayoutSettings
from core.pipeline.run import Run, Settings, run
from core.texts import corpus as corpora
from core.texts import readers
from tests.conftest import three_topics

THREE = Settings(clusters=ClusterSettings(k=3))
SUBJECT = "Represent the sentence for clustering by subject: "


@pytest.fixture(scope="module")
def done(small_corpus) -> Run:
    return run(small_corpus, SUBJECT, THREE)


def test_finds_the_three_subjects(done):
    truth = [row % 3 for row in range(30)]
    assert v_measure_score(truth, done.clustering.labels) > 0.8


def test_every_array_has_a_row_a_text_in_the_order_of_the_corpus(done, small_corpus):
    assert done.embedding.vectors.shape == (30, 384)
    assert done.clustering.labels.shape == (30,)
    assert done.layout.xy.shape == (30, 2)
    from core.models.registry import load_model

    direct = load_model().encode(list(small_corpus.texts), SUBJECT)
    np.testing.assert_allclose(done.embedding.vectors, direct, atol=1e-6)


def test_representatives_belong_to_their_topic(done):
    for topic in done.topics:
        assert topic.representatives
        assert {int(done.clustering.labels[row]) for row in topic.representatives} == {topic.cluster}


def test_sizes_of_topics_add_up(done):
    assert sum(topic.size for topic in done.topics) == 30


def test_the_order_of_rows_changes_nothing(done):
    texts = three_topics()
    order = np.random.default_rng(1).permutation(len(texts))
    shuffled = run(corpora.build(readers.read_pasted("\n".join(texts[i] for i in order))), SUBJECT, THREE)
    place = {text: row for row, text in enumerate(shuffled.corpus.texts)}
    rows = [place[text] for text in texts]
    np.testing.assert_array_equal(shuffled.clustering.labels[rows], done.clustering.labels)
    np.testing.assert_array_equal(shuffled.layout.xy[rows], done.layout.xy)
    np.testing.assert_array_equal(shuffled.embedding.vectors[rows], done.embedding.vectors)


def test_the_same_again_is_the_same_to_the_bit(done, small_corpus):
    again = run(small_corpus, SUBJECT, THREE)
    assert again.digest == done.digest


def test_another_instruction_gives_another_space(done, small_corpus):
    other = run(small_corpus, "Represent the sentence for clustering by length: ", THREE)
    assert other.embedding.space.digest != done.embedding.space.digest
    assert not np.allclose(other.embedding.vectors, done.embedding.vectors)


def stages(result: Run) -> dict[str, bool]:
    return {stage.name: stage.cached for stage in result.stages}


def test_each_stage_is_cached_by_its_own_inputs(small_corpus):
    cache = StageCache()
    first = run(small_corpus, SUBJECT, THREE, cache=cache)
    assert not any(stages(first).values())

    assert all(stages(run(small_corpus, SUBJECT, THREE, cache=cache)).values())

    other_k = run(small_corpus, SUBJECT, replace(THREE, clusters=ClusterSettings(k=4)), cache=cache)
    assert {name for name, cached in stages(other_k).items() if not cached} == {"clusters", "topics"}

    other_map = run(small_corpus, SUBJECT, replace(THREE, layout=LayoutSettings(min_dist=0.4)), cache=cache)
    assert {name for name, cached in stages(other_map).items() if not cached} == {"map"}

    fewer_words = run(small_corpus, SUBJECT, replace(THREE, keywords=3), cache=cache)
    assert {name for name, cached in stages(fewer_words).items() if not cached} == {"topics"}

    other_text = run(small_corpus, "Represent: ", THREE, cache=cache)
    assert {name for name, cached in stages(other_text).items() if cached} == {"words"}


def test_a_map_starts_from_the_one_before(small_corpus):
    plain = replace(THREE, model="all-MiniLM-L6-v2")  # its vectors hardly change: neither should the map
    other = "Represent the sentence for clustering by length: "
    first = run(small_corpus, SUBJECT, plain)
    cold = run(small_corpus, other, plain)
    warm = run(small_corpus, other, plain, previous=first)
    assert warm.layout.warm
    assert not cold.layout.warm

    def moved(result: Run) -> float:
        return float(np.median(np.linalg.norm(result.layout.xy - first.layout.xy, axis=1)))

    assert moved(warm) < moved(cold)


def test_a_picture_comes_before_the_map_is_settled(small_corpus):
    seen: list[Run] = []
    final = run(small_corpus, SUBJECT, THREE, partial=seen.append)
    assert [picture.settled for picture in seen] == [False]
    assert final.settled
    np.testing.assert_array_equal(seen[0].clustering.labels, final.clustering.labels)
    assert seen[0].layout.method == "pca"


def test_the_picture_before_the_map_keeps_the_places_of_the_last_one(small_corpus, done):
    seen: list[Run] = []
    run(small_corpus, "", THREE, previous=done, partial=seen.append)
    np.testing.assert_array_equal(seen[0].layout.xy, done.layout.xy)


def test_hdbscan_on_a_reduction(small_corpus):
    settings = Settings(clusters=ClusterSettings(method="hdbscan", min_cluster_size=5))
    result = run(small_corpus, SUBJECT, settings)
    assert "reduction" in stages(result)
    assert result.clustering.noise == int((result.clustering.labels < 0).sum())
    assert sum(topic.size for topic in result.topics) == 30


def test_cancel_stops_it(small_corpus):
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        run(small_corpus, SUBJECT, THREE, watch=Watch(cancel=cancel))


def test_too_many_clusters_is_said(small_corpus):
    with pytest.raises(InputError, match="31"):
        run(small_corpus, SUBJECT, Settings(clusters=ClusterSettings(k=31)))


@pytest.mark.parametrize("count", [3, 4, 5, 8])
def test_a_handful_of_texts_makes_a_map(count):
    corpus = corpora.build(readers.read_pasted("\n".join(three_topics()[:count])))
    result = run(corpus, SUBJECT)
    assert np.isfinite(result.layout.xy).all()
    assert 2 <= result.clustering.k <= count


def test_a_change_of_clusters_alone_moves_no_point(small_corpus, done):
    other = run(small_corpus, SUBJECT, replace(THREE, clusters=ClusterSettings(k=5)), previous=done)
    np.testing.assert_array_equal(other.layout.xy, done.layout.xy)
    assert other.settled
    assert other.clustering.k == 5
    assert "map" not in stages(other)
