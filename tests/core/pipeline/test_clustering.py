"""`core.pipeline.clustering.cluster`: what holds for every clustering, how k is chosen, and the edges."""

import threading
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_samples, silhouette_score, v_measure_score

from core.base.errors import Cancelled, InputError
from core.base.progress import Watch
from core.pipeline.clustering.cluster import Clustering, ClusterSettings, cluster, silhouette


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def blobs(n, k, d=24, blur=0.5, seed=0):
    """Unit vectors around k directions, and which direction each is around."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(k, size=n)
    points = rng.normal(size=(k, d))[truth] + blur * rng.normal(size=(n, d))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), truth


def check_invariants(found: Clustering, vectors):
    labels = found.labels
    assert labels.dtype == np.int32
    assert labels.shape == found.assigned.shape == (len(vectors),)
    assert set(labels[labels >= 0].tolist()) == set(range(found.k))
    assert found.noise == (labels == -1).sum()
    assert sum(found.sizes) + found.noise == len(vectors)
    firsts = [int(np.flatnonzero(labels == c)[0]) for c in range(found.k)]
    order = [(-size, first) for size, first in zip(found.sizes, firsts, strict=True)]
    assert order == sorted(order)
    assert found.centroids.shape == (found.k, vectors.shape[1])
    assert found.centroids.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found.centroids, axis=1), 1, atol=1e-5)


@settings(deadline=None, max_examples=40)
@given(
    n=st.integers(4, 80),
    k=st.integers(1, 6),
    spec=st.sampled_from(["kmeans:3", "kmeans", "hdbscan:2:embedding", "hdbscan:5:umap", "hdbscan"]),
    assign=st.booleans(),
    copies=st.booleans(),
    seed=st.integers(0, 3),
)
def test_invariants(n, k, spec, assign, copies, seed):
    vectors, _ = blobs(n, k, blur=0.8, seed=seed)
    if copies:
        vectors[n // 2 :] = vectors[: n - n // 2]
    parsed = ClusterSettings.parse(spec)
    wanted = ClusterSettings(
        parsed.method, parsed.k, parsed.min_cluster_size, space=parsed.space, assign_noise=assign, seed=seed
    )
    reduced = np.ascontiguousarray(vectors[:, :5])
    different = len(np.unique(vectors, axis=0))
    if (wanted.k or 0) > different or (wanted.min_cluster_size or 0) > n:
        with pytest.raises(InputError):
            cluster(vectors, wanted, reduced)
        return
    found = cluster(vectors, wanted, reduced)
    check_invariants(found, vectors)
    if wanted.method == "kmeans":
        assert found.noise == 0
        assert not found.assigned.any()
        assert wanted.k is None or found.k == wanted.k
    elif not assign:
        assert not found.assigned.any()
    elif found.k:
        assert found.noise == 0
        plain = cluster(vectors, ClusterSettings(**{**wanted.__dict__, "assign_noise": False}), reduced)
        np.testing.assert_array_equal(found.assigned, plain.labels == -1)
    again = cluster(vectors, wanted, reduced)
    np.testing.assert_array_equal(found.labels, again.labels)
    np.testing.assert_array_equal(found.centroids, again.centroids)


@pytest.mark.parametrize("k", [3, 7])
def test_kmeans_finds_what_is_there(k):
    vectors, truth = blobs(300, k)
    found = cluster(vectors, ClusterSettings(k=k))
    assert v_measure_score(truth, found.labels) > 0.98


@pytest.mark.parametrize("k", [2, 4, 9])
def test_auto_finds_how_many(k):
    vectors, truth = blobs(300, k)
    found = cluster(vectors, ClusterSettings())
    assert found.k == k
    assert [tried for tried, _ in found.silhouette_by_k] == list(range(2, 21))
    assert found.sampled is None
    assert v_measure_score(truth, found.labels) > 0.98


def test_auto_equals_asking_for_the_k_it_chose():
    vectors, _ = blobs(250, 5, blur=1.5)
    auto = cluster(vectors, ClusterSettings())
    np.testing.assert_array_equal(auto.labels, cluster(vectors, ClusterSettings(k=auto.k)).labels)


def test_auto_on_many_texts_says_it_sampled():
    vectors, truth = blobs(2600, 6)
    found = cluster(vectors, ClusterSettings())
    assert found.sampled == 2000
    assert found.k == 6
    assert v_measure_score(truth, found.labels) > 0.98


def test_no_worse_than_plain_kmeans():
    """Seeding in the principal components reaches an inertia as low as seeding in all dimensions does."""
    vectors, _ = blobs(600, 9, d=128, blur=2.0)
    labels = cluster(vectors, ClusterSettings(k=9)).labels
    inertia = sum(float(((vectors[labels == c] - vectors[labels == c].mean(0)) ** 2).sum()) for c in range(9))
    plain = KMeans(9, n_init=10, random_state=0).fit(vectors)
    assert inertia <= plain.inertia_ * 1.005
    # and it is a fixed point of k-means in all dimensions: every text is in the cluster of the nearest mean
    means = np.stack([vectors[labels == c].mean(0) for c in range(9)])
    nearest = ((vectors[:, None] - means) ** 2).sum(2).argmin(1)
    assert (nearest == labels).mean() > 0.995


def test_curve_is_the_silhouette_of_scikit_learn():
    vectors, _ = blobs(120, 4, blur=1.0)
    found = cluster(vectors, ClusterSettings())
    mine = dict(found.silhouette_by_k)[found.k]
    assert mine == pytest.approx(silhouette_score(vectors, found.labels, metric="cosine"), abs=0.01)


@settings(deadline=None, max_examples=50)
@given(n=st.integers(3, 40), k=st.integers(2, 8), seed=st.integers(0, 20))
def test_silhouette_equals_scikit_learn(n, k, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(min(k, n - 1), size=n).astype(np.int32)
    labels[:2] = 0, 1
    points = rng.normal(size=(n, 3))
    distances = np.linalg.norm(points[:, None] - points, axis=2).astype(np.float32)
    if len(np.unique(labels)) >= n:
        return
    expected = silhouette_samples(distances, labels, metric="precomputed")
    np.testing.assert_allclose(silhouette(distances, labels), expected, atol=1e-5)


def test_silhouette_of_equal_points_is_zero():
    assert (silhouette(np.zeros((4, 4), np.float32), np.array([0, 0, 1, 1], np.int32)) == 0).all()


def test_hdbscan_finds_clusters_and_leaves_noise_out():
    rng = np.random.default_rng(1)
    truth = np.r_[np.repeat(np.arange(3), 60), np.full(15, -1)]
    centres = np.eye(3, 5) * 10
    reduced = np.r_[centres[truth[:180]] + rng.normal(size=(180, 5)) * 0.3, rng.uniform(-12, 22, size=(15, 5))]
    vectors, _ = blobs(195, 3)
    found = cluster(vectors, ClusterSettings("hdbscan"), reduced.astype(np.float32))
    assert found.k == 3
    assert v_measure_score(truth[:180], found.labels[:180]) > 0.95
    assert (found.labels[180:] == -1).sum() >= 10


def test_assigned_noise_goes_to_the_nearest_centroid_and_is_recorded():
    vectors, _ = blobs(200, 4, blur=0.9)
    plain = cluster(vectors, ClusterSettings("hdbscan", 5, min_cluster_size=8, space="embedding"))
    assert 0 < plain.noise < 150
    full = cluster(vectors, ClusterSettings("hdbscan", 5, min_cluster_size=8, space="embedding", assign_noise=True))
    assert full.noise == 0
    np.testing.assert_array_equal(full.assigned, plain.labels == -1)
    nearest = (vectors @ full.centroids.T).argmax(axis=1)
    np.testing.assert_array_equal(full.labels[full.assigned], nearest[full.assigned])
    # its centroids are those of the texts that HDBSCAN itself put there
    assert {row.tobytes() for row in full.centroids} == {row.tobytes() for row in plain.centroids}


def test_kmeans_can_run_on_the_reduction():
    vectors, _ = blobs(60, 3)
    reduced = np.repeat([[0.0, 0], [50, 0], [0, 50]], 20, axis=0).astype(np.float32)
    reduced += np.random.default_rng(0).normal(size=reduced.shape).astype(np.float32)
    found = cluster(vectors, ClusterSettings(space="umap"), reduced)
    assert found.k == 3
    assert found.sizes == (20, 20, 20)
    assert found.labels[[0, 20, 40]].tolist() == [0, 1, 2]


@pytest.mark.parametrize("spec", ["kmeans", "hdbscan", "hdbscan:3:embedding"])
def test_identical_texts_are_one_cluster(spec):
    vectors = np.repeat(blobs(1, 1)[0], 12, axis=0)
    found = cluster(vectors, ClusterSettings.parse(spec), np.zeros((12, 5), np.float32))
    assert found.k == 1
    assert found.noise == 0


def test_three_texts():
    vectors, _ = blobs(3, 2)
    assert cluster(vectors, ClusterSettings()).k == 2
    assert cluster(vectors, ClusterSettings(k=3)).sizes == (1, 1, 1)
    found = cluster(vectors, ClusterSettings("hdbscan"), vectors[:, :5])
    assert found.noise == 3
    assert found.centroids.shape == (0, 24)


def test_all_noise_stays_noise_when_there_is_no_cluster_to_give_it_to():
    vectors, _ = blobs(3, 2)
    found = cluster(vectors, ClusterSettings("hdbscan", assign_noise=True), vectors[:, :5])
    assert found.noise == 3
    assert not found.assigned.any()


@pytest.mark.parametrize(
    ("n", "wanted", "message"),
    [
        (5, ClusterSettings(k=6), "at most 5"),
        (5, ClusterSettings(k=1), "from 2"),
        (2, ClusterSettings(), "at least 3"),
        (5, ClusterSettings("hdbscan", min_cluster_size=6), "2 to 5"),
    ],
)
def test_what_cannot_be_is_said(n, wanted, message):
    vectors, _ = blobs(n, 2)
    with pytest.raises(InputError, match=message):
        cluster(vectors, wanted, vectors[:, :5])


def test_more_clusters_than_different_texts_is_said():
    vectors = np.repeat(blobs(3, 3)[0], 10, axis=0)
    with pytest.raises(InputError, match="Only 3 of the 30"):
        cluster(vectors, ClusterSettings(k=4))


def test_a_missing_reduction_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="reduction"):
        cluster(blobs(20, 2)[0], ClusterSettings("hdbscan"))


def test_cancel_stops_between_candidates():
    vectors, _ = blobs(400, 3)
    stop = threading.Event()
    seen = []

    def progress(p):
        seen.append(p.done)
        if p.done == 3:
            stop.set()

    with pytest.raises(Cancelled):
        cluster(vectors, ClusterSettings(), watch=Watch(progress, stop))
    assert seen == [1, 2, 3]


@pytest.mark.parametrize(
    ("spec", "settings_"),
    [
        ("kmeans", ClusterSettings()),
        ("kmeans:auto", ClusterSettings()),
        ("kmeans:8", ClusterSettings(k=8)),
        ("hdbscan", ClusterSettings("hdbscan")),
        ("HDBSCAN:15 ", ClusterSettings("hdbscan", min_cluster_size=15)),
        ("hdbscan:15:embedding", ClusterSettings("hdbscan", min_cluster_size=15, space="embedding")),
        ("hdbscan:auto:umap", ClusterSettings("hdbscan", space="umap")),
    ],
)
def test_short_forms(spec, settings_):
    parsed = ClusterSettings.parse(spec)
    assert parsed == settings_
    assert ClusterSettings.parse(parsed.spec()) == parsed


@given(k=st.none() | st.integers(2, 999), size=st.none() | st.integers(2, 999), space=st.sampled_from([None, "umap"]))
def test_short_form_round_trip(k, size, space):
    for one in (ClusterSettings(k=k), ClusterSettings("hdbscan", min_cluster_size=size, space=space)):
        assert ClusterSettings.parse(one.spec()) == one


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "k-means",
        "kmeans:",
        "kmeans:1",
        "kmeans:x",
        "kmeans:8:umap",
        "hdbscan:5:tsne",
        "hdbscan:-3",
        "hdbscan:5:umap:1",
        "kmeans:²",
    ],
)
def test_other_forms_are_refused_with_the_accepted_ones(spec):
    with pytest.raises(InputError, match="hdbscan:15:umap"):
        ClusterSettings.parse(spec)


def test_which_settings_need_a_reduction():
    assert not ClusterSettings().needs_reduction
    assert ClusterSettings(space="umap").needs_reduction
    assert ClusterSettings("hdbscan").needs_reduction
    assert not ClusterSettings("hdbscan", space="embedding").needs_reduction
