"""Runs side by side: the figures, the noise floor, the layouts."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import procrustes as scipys
from sklearn import metrics
from sklearn.neighbors import NearestNeighbors

from core import corpus as corpora
from core import readers, samples
from core.cache import StageCache
from core.clustering import ClusterSettings
from core.comparison.compare import compare
from core.comparison.floor import clusterings, no_effect, noise_floor
from core.comparison.layouts import procrustes, residual, run_layouts, trustworthiness
from core.errors import Cancelled, InputError
from core.pipeline import Run, Settings, run

TICKETS = samples.SAMPLES[0]
BY = "Represent the customer support ticket for clustering by {}: "
CACHE = StageCache()


@pytest.fixture(scope="module")
def tickets():
    return corpora.build(readers.read(TICKETS.path), TICKETS.text_column)


def made(corpus, instruction: str, **settings) -> Run:
    return run(
        corpus, instruction, Settings(clusters=ClusterSettings(**{"k": 5, **settings})), cache=CACHE, lay_out=False
    )


def again(instruction: str, like: Run) -> Run:
    return run(like.corpus, instruction, like.settings, cache=CACHE, lay_out=False)


@pytest.fixture(scope="module")
def product(tickets) -> Run:
    return made(tickets, BY.format("product"))


@pytest.fixture(scope="module")
def sentiment(tickets) -> Run:
    return made(tickets, BY.format("sentiment"), k=3)


@pytest.fixture(scope="module")
def found(product, sentiment):
    return compare([product, sentiment])


def test_the_figures_are_scikit_learns(found, product, sentiment):
    a, b = product.clustering.labels, sentiment.clustering.labels
    for name, theirs in (
        ("ari", metrics.adjusted_rand_score), ("ami", metrics.adjusted_mutual_info_score),
        ("v_measure", metrics.v_measure_score),
    ):  # fmt: skip
        assert found.figures[name].values[0, 1] == pytest.approx(theirs(a, b))
        assert found.figures[name].values[1, 0] == found.figures[name].values[0, 1]
        assert found.figures[name].texts == 450
    assert found.homogeneity[0, 1] == pytest.approx(metrics.homogeneity_score(a, b))
    assert found.homogeneity[1, 0] == pytest.approx(metrics.completeness_score(a, b))
    lists = [
        NearestNeighbors(n_neighbors=11, metric="cosine").fit(v).kneighbors(v)[1]
        for v in (product.embedding.vectors, sentiment.embedding.vectors)
    ]
    shared = [len((set(x) - {row}) & (set(y) - {row})) for row, (x, y) in enumerate(zip(*lists, strict=True))]
    assert found.figures["overlap"].values[0, 1] == pytest.approx(np.mean(shared) / 10, abs=2e-3)


def test_the_order_of_the_runs_changes_no_figure(found, product, sentiment):
    turned = compare([sentiment, product])
    for name, figure in found.figures.items():
        np.testing.assert_allclose(turned.figures[name].values, figure.values[::-1, ::-1])
    assert turned.consensus.together == found.consensus.together
    assert turned.consensus.only == found.consensus.only[::-1]


def test_the_same_run_twice_agrees_fully(product):
    same = compare([product, product])
    assert all(figure.values[0, 1] == pytest.approx(1) for figure in same.figures.values())
    assert same.moved(0) == ()
    assert (same.changes[0].kept == 1).all()
    assert same.ids[1] == same.ids[0]


def test_groups_that_moved_left_their_cluster(found):
    matched = dict(enumerate(found.ids[1]))
    for flow in found.moved(0):
        assert matched[flow.target] != flow.source
    stayed = sum(len(flow.rows) for flow in found.flows[0]) - sum(len(flow.rows) for flow in found.moved(0))
    assert 0 < stayed < 450


def test_two_paraphrases_have_no_effect_and_two_aspects_have(found, product, sentiment, tickets):
    floors = [noise_floor(each, again) for each in (product, sentiment)]
    for figure in ("cka", "overlap", "ari", "ami", "v_measure"):
        assert not no_effect(found.figures[figure].values[0, 1], figure, floors), figure
    other_words = made(tickets, "Represent the support ticket for clustering by the product: ")
    alike = compare([product, other_words])
    own = [floors[0], noise_floor(other_words, again)]
    assert no_effect(alike.figures["ari"].values[0, 1], "ari", own)
    assert no_effect(alike.figures["overlap"].values[0, 1], "overlap", own)


def test_the_floor_is_that_of_other_seeds_and_words(product):
    floor = noise_floor(product, again)
    assert len(floor.seeds["ari"]) == 3
    assert len(floor.words["ari"]) == len(floor.paraphrases) == 4
    assert "overlap" not in floor.seeds
    reseeded = again(
        product.instruction,
        replace(product, settings=replace(product.settings, clusters=replace(product.settings.clusters, seed=1))),
    )
    assert floor.seeds["ari"][0] == pytest.approx(clusterings(product, reseeded)["ari"])
    assert floor.lowest("ari") == min(*floor.seeds["ari"], *floor.words["ari"])


def test_without_an_instruction_only_seeds_make_the_floor(tickets):
    floor = noise_floor(made(tickets, ""), again)
    assert floor.words == {}
    assert floor.lowest("overlap") == 1


def test_a_variant_keeps_the_number_of_clusters_that_was_found(tickets):
    chosen = made(tickets, BY.format("product"), k=None)
    seen = []

    def watched(instruction: str, like: Run) -> Run:
        seen.append(like.settings.clusters.k)
        return again(instruction, like)

    noise_floor(chosen, watched)
    assert set(seen) == {chosen.clustering.k}


def test_a_stop_is_heeded(product, sentiment):
    import threading

    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        compare([product, sentiment], cancel=stop)
    with pytest.raises(Cancelled):
        noise_floor(product, again, cancel=stop)


def test_what_cant_be_compared_is_said(product, small_corpus):
    with pytest.raises(InputError, match="Between two and 4"):
        compare([product])
    with pytest.raises(InputError, match="different texts"):
        compare([product, made(small_corpus, "")])


def drawn(corpus):
    def again(like: Run, previous: Run | None) -> Run:
        return run(corpus, like.instruction, like.settings, cache=CACHE, previous=previous)

    return again


def test_three_kinds_of_layouts(small_corpus):
    runs = [made(small_corpus, i, k=3) for i in ("Represent the sentence for clustering by subject: ", "by length: ")]
    shared, aligned, alone = (
        run_layouts(runs, kind, drawn(small_corpus)) for kind in ("shared", "aligned", "independent")
    )
    np.testing.assert_array_equal(shared[0].xy, shared[1].xy)
    assert shared[1].residual == 0
    for one in (aligned, alone):
        np.testing.assert_array_equal(one[0].xy, shared[0].xy)
        assert one[1].residual > 0
        assert all(0 < layout.trustworthiness <= 1 and layout.trusted_on == 30 for layout in one)
    twice = run_layouts(runs, "aligned", drawn(small_corpus))
    np.testing.assert_array_equal(twice[1].xy, aligned[1].xy)


def test_procrustes_is_scipys():
    rng = np.random.default_rng(0)
    first, other = rng.normal(size=(2, 50, 2)).astype(np.float32)
    fitted = procrustes(first, other)
    _, _, disparity = scipys(first, other)
    assert residual(first, fitted) ** 2 == pytest.approx(disparity, rel=1e-4)
    turned = other @ np.asarray([[0, -1], [1, 0]], np.float32) * 3 + 5
    np.testing.assert_allclose(procrustes(other, turned), other, atol=1e-4)


def test_trustworthiness_says_on_how_many(monkeypatch):
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 2)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert trustworthiness(vectors, vectors) == (pytest.approx(1.0), 200)
    monkeypatch.setattr("core.comparison.layouts.TRUST_TEXTS", 100)
    value, texts = trustworthiness(vectors, rng.normal(size=(200, 2)).astype(np.float32))
    assert texts == 100
    assert value < 0.7
