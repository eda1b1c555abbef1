"""Runs side by side: the figures, the noise floor, the layouts."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import procrustes as scipys
from sklearn import manifold, metrics
from sklearn.neighbors import NearestNeighbors

from core.base.cache import StageCache
from core.base.errors import Cancelled, InputError
from core.base.progress import Watch
from core.base.recipe import Recipe
from core.comparison.compare import compare
from core.comparison.floor import Floor, clusterings, floor_cost, no_effect, noise_floor, verdict
from core.comparison.layouts import procrustes, residual, run_layouts, trustworthiness
from core.comparison.recipes import Comparer
from core.figures.comparison import cluster_name, contingency_figure
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.context import Context
from core.pipeline.run import Run, Settings, Stage, run
from core.texts import corpus as corpora
from core.texts import readers, samples

TICKETS = samples.sample("support tickets")
BY = "Represent the customer support ticket for clustering by {}: "
CACHE = StageCache()


@pytest.fixture(scope="module")
def tickets():
    return corpora.build(readers.read(TICKETS.path), TICKETS.text_column)


def made(corpus, instruction: str, **settings) -> Run:
    return run(
        corpus,
        instruction,
        Settings(clusters=ClusterSettings(**{"k": 5, **settings})),
        context=Context(CACHE),
        lay_out=False,
    )


def again(instruction: str, like: Run) -> Run:
    return run(like.corpus, instruction, like.settings, context=Context(CACHE), lay_out=False)


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
        ("ari", metrics.adjusted_rand_score),
        ("ami", metrics.adjusted_mutual_info_score),
        ("v_measure", metrics.v_measure_score),
    ):
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


def test_clusters_are_held_against_every_column_that_groups(found, product, sentiment, tickets):
    assert {"product", "sentiment"} <= {each.column for each in found.columns}
    for each in found.columns:
        values = tickets.metadata[each.column].astype("string")
        for each_run, score in zip((product, sentiment), each.scores, strict=True):
            assert score == pytest.approx(metrics.v_measure_score(values, each_run.clustering.labels))
        assert each.texts == 450


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


@pytest.mark.slow
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
        compare([product, sentiment], watch=Watch(cancel=stop))
    with pytest.raises(Cancelled):
        noise_floor(product, again, watch=Watch(cancel=stop))


def test_what_cant_be_compared_is_said(product, small_corpus):
    with pytest.raises(InputError, match="Between two and 4"):
        compare([product])
    with pytest.raises(InputError, match="different texts"):
        compare([product, made(small_corpus, "")])


def test_a_verdict_names_what_differs(product, sentiment):
    floors = [Floor({"ari": (0.9,)}, {"ari": (0.8,)}, ("x",)), Floor({"ari": (0.95,)}, {}, ())]
    assert verdict(product, sentiment, 0.8, "ari", floors) == "no effect"
    assert verdict(product, sentiment, 0.79, "ari", floors) == "the doing of instruction and settings together"
    other = replace(product, instruction=sentiment.instruction)
    assert verdict(product, other, 0.79, "ari", floors) == "the instruction's doing"
    plain = replace(product, settings=replace(product.settings, model="all-MiniLM-L6-v2"))
    assert verdict(product, plain, 0.79, "ari", floors) == "the model's doing"
    both = replace(plain, instruction=sentiment.instruction)
    assert verdict(product, both, 0.79, "ari", floors) == "the doing of instruction and model together"
    assert verdict(product, sentiment, float("nan"), "ari", floors) == "undefined"
    undefined = Floor({"ari": (float("nan"),)}, {}, ())
    assert verdict(product, sentiment, 0.2, "ari", [floors[0], undefined]) == "undefined"


def test_what_the_floor_takes_is_what_it_does(product, tickets):
    runs = [
        replace(product, stages=stages(embedding=2.0, clusters=0.5, topics=0.25)),
        replace(made(tickets, ""), stages=stages(embedding=4.0, clusters=0.5, topics=0.25)),
    ]
    pair = replace(compare(runs), stages=stages(neighbours=1.0))
    cost = floor_cost(pair)
    asked: list[tuple[str, int]] = []

    def watched(instruction: str, like: Run) -> Run:
        asked.append((instruction, like.settings.clusters.seed))
        return again(instruction, like)

    for each in runs:
        noise_floor(each, watched)
    seeds = [instruction for instruction, seed in asked if seed]
    assert (cost.clusterings, cost.embeddings, cost.texts) == (len(seeds), len(asked) - len(seeds), 450)
    assert cost.seconds == pytest.approx(6 * 0.75 + 4 * (0.75 + 2.0 + 1.0))
    assert cost.sentence() == "6 clusterings and 4 embeddings more, of 450 texts each: about 20 s"
    cached = [replace(each, stages=tuple(replace(stage, cached=True) for stage in each.stages)) for each in runs]
    unknown = floor_cost(replace(pair, runs=tuple(cached)))
    assert unknown.seconds is None
    assert unknown.sentence().endswith("450 texts each")


def stages(**seconds: float) -> tuple[Stage, ...]:
    return tuple(Stage(name, took, cached=False) for name, took in seconds.items())


def test_neighbours_are_searched_once(product, sentiment):
    cache = StageCache()
    first = compare([product, sentiment], cache=cache)
    assert [stage.cached for stage in first.stages] == [False, False]
    again_ = compare([sentiment, product], cache=cache)
    assert [stage.cached for stage in again_.stages] == [True, True]
    np.testing.assert_array_equal(again_.neighbours[1], first.neighbours[0])


def test_too_many_are_refused_before_any_work(tickets, monkeypatch):
    monkeypatch.setattr("core.comparison.recipes.run", None)
    recipes = [Recipe("refract-small", f"by {number}: ") for number in range(5)]
    with pytest.raises(InputError, match="Between two and 4 runs can be compared, not 5"):
        Comparer(tickets, Context(StageCache())).compare(recipes, ClusterSettings(k=3))
    with pytest.raises(InputError, match="Between two and 4 runs can be compared, not 1"):
        Comparer(tickets, Context(StageCache())).compare(recipes[:1], ClusterSettings(k=3))
    with pytest.raises(InputError, match="chosen twice"):
        Comparer(tickets, Context(StageCache())).compare([recipes[0], recipes[0]], ClusterSettings(k=3))


def test_clusters_of_one_name_stay_apart(product, sentiment):
    alike = replace(sentiment, topics=tuple(replace(topic, name="same") for topic in sentiment.topics))
    found = compare([product, alike])
    figure = contingency_figure(found, 0)
    heat, words = figure.data
    assert np.asarray(heat.text).shape == (5, 3)
    np.testing.assert_array_equal(words.text, np.ravel(heat.text))
    assert "%{text:,} texts" in heat.hovertemplate
    np.testing.assert_array_equal(
        heat.text, metrics.cluster.contingency_matrix(product.clustering.labels, sentiment.clustering.labels)
    )
    assert len(set(heat.x)) == 3
    assert list(figure.layout.xaxis.ticktext) == ["same"] * 3
    assert list(figure.layout.yaxis.ticktext) == [cluster_name(found, 0, cluster) for cluster in range(5)]


def drawn(corpus):
    def again(like: Run, previous: Run | None) -> Run:
        return run(corpus, like.instruction, like.settings, context=Context(CACHE), previous=previous)

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
    monkeypatch.setattr("core.comparison.layouts.TRUST_PAIRS", 100 * 200)
    scattered = rng.normal(size=(200, 2)).astype(np.float32)
    value, texts = trustworthiness(vectors, scattered)
    assert texts == 100
    assert value == trustworthiness(vectors, scattered)[0] != trustworthiness(vectors, scattered, seed=1)[0]
    whole, every = trustworthiness(vectors, scattered, exact=True)
    assert every == 200
    assert whole == pytest.approx(manifold.trustworthiness(vectors, scattered, n_neighbors=15))
    assert value == pytest.approx(whole, abs=0.05)


@pytest.mark.parametrize("texts", [5, 40, 600])
def test_trustworthiness_is_scikit_learns(texts):
    rng = np.random.default_rng(texts)
    vectors = rng.normal(size=(texts, 12)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    xy = (vectors[:, :2] + 0.2 * rng.normal(size=(texts, 2))).astype(np.float32)
    theirs = manifold.trustworthiness(vectors, xy, n_neighbors=min(15, (texts - 1) // 2))
    assert trustworthiness(vectors, xy) == (pytest.approx(theirs, abs=1e-6), texts)
