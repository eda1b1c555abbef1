"""Groups of similar texts.

k-means (Lloyd 1982; k-means++ seeding, Arthur & Vassilvitskii 2007) or HDBSCAN (Campello, Moulavi & Sander 2013),
both scikit-learn's.

k-means is seeded in the first 32 principal components, which hold what it looks for (Ding & He 2004), and then runs on
all dimensions to the end. On four sets of about 225 labelled texts the best of 10 such seedings came 0.3 to 0.8 % below
the best inertia of 30 in all dimensions, and closer to the labels than the best of 10 of those; at 5,000 x 384 it took
a sixth of the time. Everything runs on one thread: k-means++ on two took 10 times as long on a busy machine, and sums
of several threads differ from run to run in their last digits.

HDBSCAN is scikit-learn's and not fast_hdbscan's: on 20,000 x 5 that takes 0.4 s against 3.2 s (5,000 x 5: 0.1 s both),
but importing it takes 4 s, or 52 s where its compiled code isn't cached yet, a first call 18 s more, and a first call
in the embedding 77 s. In the embedding scikit-learn takes 4.9 s for 5,000 texts, and 18 s and 2.6 GB for 10,000
(tests/benchmarks/clustering.py, two busy cores).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch
from core.pipeline.layout.projection import principal_components

_LARGEST_AUTO_K = 20
_SAMPLE = 2_000  # texts on which silhouettes are computed
_TRIAL_STARTS = 4  # k-means++ seedings for each k that is tried
_STARTS = 10  # and for the k that is kept
_COMPONENTS = 32  # dimensions in which seedings are tried
_DENSE_ROWS = (
    10_000  # HDBSCAN in the embedding keeps every pairwise distance: 0.8 GB at 10,000 texts, twice at the peak
)

_FORMS = "kmeans, kmeans:8, kmeans:auto, hdbscan, hdbscan:15, hdbscan:15:umap, hdbscan:15:embedding"


@dataclass(frozen=True)
class ClusterSettings:
    """How texts are grouped.

    Attributes
    ----------
    method : "kmeans" or "hdbscan"
    k : int or None
        Clusters of k-means. None: chosen by silhouette.
    min_cluster_size : int or None
        The smallest group that HDBSCAN calls a cluster. None: half the square root of the number of texts, at least 5
        (7 for 225 texts, 35 for 5,000).
    min_samples : int or None
        How many close texts make a region dense for HDBSCAN. None: 5, or the minimum cluster size where that is less.
    space : "embedding", "umap" or None
        Where distances are measured. None: the embedding for k-means, a UMAP reduction for HDBSCAN.
    assign_noise : bool
        Give the texts that HDBSCAN leaves out to the cluster with the nearest centroid.
    seed : int
        Same seed, same clusters.
    """

    method: Literal["kmeans", "hdbscan"] = "kmeans"
    k: int | None = None
    min_cluster_size: int | None = None
    min_samples: int | None = None
    space: Literal["embedding", "umap"] | None = None
    assign_noise: bool = False
    seed: int = 0

    @property
    def needs_reduction(self) -> bool:
        """Whether `cluster` has to be given a UMAP reduction."""
        return self.space == "umap" or (self.space is None and self.method == "hdbscan")

    @classmethod
    def parse(cls, spec: str) -> "ClusterSettings":
        """Settings from a short form: method, number, and for HDBSCAN the space, with colons between.

        >>> ClusterSettings.parse("hdbscan:15:umap")
        ClusterSettings(method='hdbscan', k=None, min_cluster_size=15, min_samples=None, space='umap', ...)
        """
        method, *rest = spec.strip().lower().split(":")
        number = _number(rest[0], spec) if rest else None
        if method == "kmeans" and len(rest) <= 1:
            return cls("kmeans", k=number)
        if method == "hdbscan" and len(rest) <= 1:
            return cls("hdbscan", min_cluster_size=number)
        if method == "hdbscan" and len(rest) == 2 and rest[1] in ("embedding", "umap"):
            return cls("hdbscan", min_cluster_size=number, space="umap" if rest[1] == "umap" else "embedding")
        raise _unknown(spec)

    def spec(self) -> str:
        """The short form that `parse` reads: method, number and space."""
        number = self.k if self.method == "kmeans" else self.min_cluster_size
        parts = [self.method, "auto" if number is None else str(number)]
        if self.method == "hdbscan" and self.space is not None:
            parts.append(self.space)
        return ":".join(parts)


@dataclass(frozen=True, eq=False)
class Clustering:
    """Which cluster every text is in.

    Attributes
    ----------
    labels : int32 array, shape (n,)
        Clusters are numbered from 0 by size, the largest first, equal ones by their first text; -1 is noise.
    assigned : bool array, shape (n,)
        Texts that HDBSCAN left out and that were given to the nearest centroid.
    centroids : float32 array, shape (k, d)
        Mean directions of the clusters in the embedding, L2-normalised. Assigned texts don't count.
    silhouette_by_k : tuple of (k, mean silhouette)
        For every k that was tried; empty where k was given.
    sampled : int or None
        On how many texts the silhouettes were computed; None: on all, or not at all.
    settings : ClusterSettings
    """

    labels: NDArray[np.int32]
    assigned: NDArray[np.bool_]
    centroids: NDArray[np.float32]
    silhouette_by_k: tuple[tuple[int, float], ...]
    sampled: int | None
    settings: ClusterSettings

    @property
    def k(self) -> int:
        """How many clusters there are."""
        return len(self.centroids)

    @property
    def noise(self) -> int:
        """How many texts are in no cluster."""
        return int((self.labels < 0).sum())

    @property
    def sizes(self) -> tuple[int, ...]:
        """Texts in each cluster, in order of the clusters."""
        return tuple(np.bincount(self.labels[self.labels >= 0], minlength=self.k).tolist())


def cluster(
    vectors: NDArray[np.float32],
    settings: ClusterSettings,
    reduced: NDArray[np.float32] | None = None,
    watch: Watch = UNWATCHED,
) -> Clustering:
    """Group the texts.

    Parameters
    ----------
    vectors : float32 array, shape (n, d)
        L2-normalised rows.
    settings : ClusterSettings
    reduced : float32 array, shape (n, dims), optional
        The UMAP reduction of the vectors, where ``settings.needs_reduction``.

    Raises
    ------
    InputError
        Where the settings don't fit the number of texts.
    """
    if settings.needs_reduction and reduced is None:
        raise ValueError("these settings need a UMAP reduction")
    points = reduced if settings.needs_reduction and reduced is not None else vectors
    watch.check()
    curve: tuple[tuple[int, float], ...] = ()
    sampled = None
    with threadpool_limits(1):
        if settings.method == "hdbscan":
            found = _hdbscan(points, settings)
        else:
            k = settings.k
            if k is None:
                k, curve, sampled = _choose_k(points, settings, watch)
            else:
                _check_k(k, points)
            found = _kmeans(points, k, settings.seed)
    labels = _by_size(found)
    centroids = mean_directions(vectors, labels)
    assigned = np.zeros(len(labels), np.bool_)
    if settings.assign_noise and len(centroids):
        assigned = labels < 0
        labels[assigned] = (vectors[assigned] @ centroids.T).argmax(axis=1).astype(np.int32)
        labels, centroids = _renumbered(labels, centroids)
    watch.report("clusters", 1, 1)
    return Clustering(labels, assigned, centroids, curve, sampled, settings)


def _number(text: str, spec: str) -> int | None:
    if text == "auto":
        return None
    if not (text.isascii() and text.isdigit() and int(text) >= 2):
        raise _unknown(spec)
    return int(text)


def _unknown(spec: str) -> InputError:
    return InputError(f"“{spec}” is no way to cluster. Use one of {_FORMS}, with any number from 2.")


# k-means


def _check_k(k: int, points: NDArray[np.float32]) -> None:
    n = len(points)
    if k < 2:
        raise InputError(f"Clusters need a number from 2, not {k}.")
    if k > n:
        raise InputError(f"{n} texts can't form {k} clusters. Ask for at most {n}.")
    if k > (different := _different(points)):
        raise InputError(
            f"Only {different} of the {n} texts differ, so they can't form {k} clusters. Ask for at most {different}."
        )


def _different(points: NDArray[np.float32]) -> int:
    return len({row.tobytes() for row in points})


def _kmeans(points: NDArray[np.float32], k: int, seed: int) -> NDArray[np.int32]:
    """Labels of k-means: the best of 10 seedings in the principal components, finished in all dimensions."""
    from sklearn.cluster import KMeans

    labels = _kmeans_labels(_components(points, k), k, seed, _STARTS)
    start = np.stack([points[labels == c].mean(axis=0) for c in np.unique(labels)])
    found: NDArray[np.int32] = KMeans(len(start), init=start, n_init=1).fit(points).labels_
    return found


def _kmeans_labels(points: NDArray[np.float32], k: int, seed: int, starts: int) -> NDArray[np.int32]:
    from sklearn.cluster import KMeans

    labels: NDArray[np.int32] = KMeans(k, n_init=starts, random_state=seed).fit(points).labels_
    return labels


def _components(points: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    dims = max(_COMPONENTS, k)
    return points if points.shape[1] <= dims else principal_components(points, dims)


def _choose_k(
    points: NDArray[np.float32], settings: ClusterSettings, watch: Watch
) -> tuple[int, tuple[tuple[int, float], ...], int | None]:
    """Try k from 2 to 20, on a sample of many texts, and keep one by its silhouette.

    Returns
    -------
    k, (k, mean silhouette) for every k, and the size of the sample if it is one
    """
    n = len(points)
    if n < 3:
        raise InputError(f"Choosing the number of clusters takes at least 3 texts, and there are {n}.")
    sample = points
    if n > _SAMPLE:
        sample = points[np.sort(np.random.default_rng(settings.seed).choice(n, _SAMPLE, replace=False))]
    largest = min(_LARGEST_AUTO_K, len(sample) - 1, _different(sample))
    if largest < 2:
        return 1, (), None
    distances = _pairwise(sample, cosine=not settings.needs_reduction)
    components = _components(sample, largest)
    silhouettes: dict[int, NDArray[np.float32]] = {}
    for k in range(2, largest + 1):
        watch.check()
        silhouettes[k] = silhouette(distances, _kmeans_labels(components, k, settings.seed, _TRIAL_STARTS))
        watch.report("clusters", k - 1, largest)
    watch.check()
    curve = tuple((k, float(values.mean())) for k, values in silhouettes.items())
    return _smallest_good(silhouettes), curve, len(sample) if len(sample) < n else None


def _smallest_good(silhouettes: dict[int, NDArray[np.float32]]) -> int:
    """The smallest k within one standard error of the best mean silhouette.

    The one-standard-error rule of Breiman et al. (1984): of choices that the sample can't tell apart, the simplest.
    """
    means = {k: float(values.mean()) for k, values in silhouettes.items()}
    best = max(means, key=lambda k: means[k])
    error = float(silhouettes[best].std()) / np.sqrt(len(silhouettes[best]))
    return next(k for k in sorted(means) if means[k] >= means[best] - error)


def _pairwise(points: NDArray[np.float32], cosine: bool) -> NDArray[np.float32]:
    """Distances between all points, shape (n, n): cosine, or euclidean."""
    if cosine:
        distances = 1 - points @ points.T
    else:
        squares = (points**2).sum(axis=1)
        distances = np.sqrt(np.maximum(squares[:, None] + squares - 2 * points @ points.T, 0))
    np.maximum(distances, 0, out=distances)
    np.fill_diagonal(distances, 0)
    return distances


def silhouette(distances: NDArray[np.float32], labels: NDArray[np.int32]) -> NDArray[np.float32]:
    """Silhouette of every text (Rousseeuw 1987): from -1, misplaced, to 1, far from every other cluster.

    ``(b - a) / max(a, b)`` with ``a`` the mean distance to the other texts of its cluster and ``b`` to those of the
    nearest other cluster; 0 where a cluster has one text. As scikit-learn's, by one matrix product for all clusters.

    Parameters
    ----------
    distances : float32 array, shape (n, n)
    labels : int32 array, shape (n,)
        At least two different ones.

    Returns
    -------
    float32 array, shape (n,)
    """
    _, own, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    rows = np.arange(len(own))
    member = np.zeros((len(own), len(sizes)), np.float32)
    member[rows, own] = 1
    totals = distances @ member
    within = totals[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = totals / sizes
    means[rows, own] = np.inf
    between = means.min(axis=1)
    widest = np.maximum(within, between)
    values = np.divide(between - within, widest, out=np.zeros_like(widest), where=widest > 0)
    values[sizes[own] == 1] = 0
    return np.asarray(values, np.float32)


# HDBSCAN


def _hdbscan(points: NDArray[np.float32], settings: ClusterSettings) -> NDArray[np.int32]:
    from sklearn.cluster import HDBSCAN

    n = len(points)
    smallest = settings.min_cluster_size or max(5, round(np.sqrt(n) / 2))
    if settings.min_cluster_size is not None and not 2 <= smallest <= n:
        raise InputError(f"A cluster of at least {smallest} texts can't be asked of {n} texts. Use 2 to {n}.")
    if n < max(smallest, 2):
        return np.full(n, -1, np.int32)
    if _different(points) == 1:
        return np.zeros(n, np.int32)
    dense = not settings.needs_reduction
    if dense and n > _DENSE_ROWS:
        raise InputError(
            f"HDBSCAN in the embedding itself takes up to {_DENSE_ROWS:,} texts, and there are {n:,}. "
            "Use its UMAP space, or k-means."
        )
    model = HDBSCAN(
        min_cluster_size=smallest,
        min_samples=min(settings.min_samples or min(5, smallest), n),
        metric="precomputed" if dense else "euclidean",
        copy=False,
    )
    data = _pairwise(points, cosine=True).astype(np.float64) if dense else points.astype(np.float64)
    labels: NDArray[np.int32] = model.fit(data).labels_
    return labels


# What both have in common


def _by_size(found: NDArray[np.int32]) -> NDArray[np.int32]:
    """Number the clusters by size, the largest first, equal ones by their first row; noise stays -1."""
    values, first, sizes = np.unique(found, return_index=True, return_counts=True)
    order = [i for i in np.lexsort((first, -sizes)) if values[i] >= 0]
    labels = np.full(len(found), -1, np.int32)
    for number, i in enumerate(order):
        labels[found == values[i]] = number
    return labels


def mean_directions(vectors: NDArray[np.float32], labels: NDArray[np.int32]) -> NDArray[np.float32]:
    """Mean directions of the clusters, float32 of shape (k, d), L2-normalised; noise (-1) doesn't count."""
    k = int(labels.max(initial=-1)) + 1
    means = np.zeros((k, vectors.shape[1]), np.float64)
    for c in range(k):
        means[c] = vectors[labels == c].mean(axis=0, dtype=np.float64)
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12), np.float32)


def _renumbered(
    labels: NDArray[np.int32], centroids: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Number the clusters by size again, and keep their centroids with them."""
    new = _by_size(labels)
    place = np.empty(len(centroids), np.intp)
    place[new] = labels
    return new, centroids[place]
