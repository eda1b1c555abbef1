"""One call from a corpus and an instruction to clusters, a map and topics."""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.base.cache import StageCache
from core.base.digest import digest
from core.base.progress import UNWATCHED, Watch
from core.models.cards.spaces import Embedding
from core.models.registry import DEFAULT_MODEL, load_model
from core.pipeline.clustering.cluster import Clustering, ClusterSettings, cluster
from core.pipeline.layout import projection
from core.pipeline.layout.neighbours import Neighbours, exact_neighbours
from core.pipeline.layout.projection import Layout, LayoutSettings, pca_layout
from core.pipeline.topics.describe import TermCounts, Topic, count_terms, describe
from core.pipeline.topics.naming import name_topics
from core.store.vectors import VectorStore
from core.texts.corpus import Corpus

T = TypeVar("T")

# Dimensions that HDBSCAN gets: densities mean little in hundreds of dimensions (McInnes et al., UMAP's documentation
# on clustering, suggest 2 to 10).
REDUCED_DIMENSIONS = 5
# Keywords of a topic among which its name is looked for, where the model can tell which of them answer the instruction.
NAME_CANDIDATES = 30


class Projector(Protocol):
    """Who computes the map: `core.pipeline.layout.projection` here and now, or a `ProjectionPool` elsewhere."""

    def umap_layout(
        self,
        vectors: NDArray[np.float32],
        settings: LayoutSettings,
        neighbours: Neighbours,
        init: NDArray[np.float32] | None,
        watch: Watch,
        /,
    ) -> Layout:
        """A layout of the vectors, starting from ``init`` if there is one."""

    def umap_reduce(
        self,
        vectors: NDArray[np.float32],
        dims: int,
        n_neighbors: int,
        neighbours: Neighbours,
        seed: int,
        watch: Watch,
        /,
    ) -> NDArray[np.float32]:
        """The vectors in a few dimensions."""


@dataclass(frozen=True)
class Settings:
    """Everything a run depends on besides texts and instruction.

    Parameters
    ----------
    model : name or directory, as `core.models.catalogue.registry.load_model` takes it.
    clusters, layout : see `core.pipeline.clustering.cluster` and `core.pipeline.layout.projection`.
    language : of the stop words, ISO 639-1; None lets the texts tell.
    keywords, representatives : how many of each a topic shows.
    """

    model: str = DEFAULT_MODEL
    clusters: ClusterSettings = field(default_factory=ClusterSettings)
    layout: LayoutSettings = field(default_factory=LayoutSettings)
    language: str | None = None
    keywords: int = 8
    representatives: int = 5


@dataclass(frozen=True)
class Stage:
    """What a stage took: wall-clock seconds, and whether its result was there already.

    Vectors of which some were saved count as there already, too: the seconds say nothing of the pace then.
    """

    name: str
    seconds: float
    cached: bool


@dataclass(frozen=True, eq=False)
class Run:
    """A corpus under an instruction: every array has one row a text, in the corpus's order.

    ``settled`` is False for a picture shown while the map is still being computed: its clusters and topics are final,
    its layout is not. ``start`` is where the map started from, (n, 2) float32, or None where it started from nothing.
    """

    corpus: Corpus
    instruction: str
    settings: Settings
    embedding: Embedding
    clustering: Clustering
    layout: Layout
    topics: tuple[Topic, ...]
    language: str
    stages: tuple[Stage, ...]
    settled: bool = True
    start: NDArray[np.float32] | None = None

    @property
    def digest(self) -> str:
        """Names the picture: texts, space, clusters and places."""
        return digest(
            self.corpus.digest, self.embedding.space.digest, self.clustering.labels, self.layout.xy, self.settled
        )


@dataclass
class _Stages:
    """Runs stages through the cache, and keeps the time."""

    cache: StageCache
    watch: Watch
    done: list[Stage] = field(default_factory=list)

    def __call__(self, name: str, key: str, compute: Callable[[], T]) -> T:
        self.watch.check()
        start = time.perf_counter()
        value, cached = self.cache.get(key, compute, self.watch)
        self.done.append(Stage(name, time.perf_counter() - start, cached))
        return value


def run(
    corpus: Corpus,
    instruction: str = "",
    settings: Settings | None = None,
    watch: Watch = UNWATCHED,
    *,
    cache: StageCache | None = None,
    previous: Run | None = None,
    start: NDArray[np.float32] | None = None,
    partial: Callable[[Run], None] | None = None,
    projector: Projector = projection,
    store: VectorStore | None = None,
    lay_out: bool = True,
) -> Run:
    """Embed, cluster, describe and lay out the texts of a corpus under an instruction.

    Everything is computed in the corpus's canonical order, so the order of rows in a file changes no result.

    Parameters
    ----------
    corpus, instruction, settings : what to compute; the instruction is used exactly as it is.
    watch : see `core.base.progress.Watch`.
    cache : keeps stages for the next run; each is keyed by its own inputs alone.
    previous : a run over the same texts whose map this one's starts from, so that points keep their places.
    start : where the map starts from, (n, 2) float32, when there is no such run: `Run.start` of what is done again.
    partial : called with a `Run` that isn't settled once clusters and topics are there, before the map is.
    projector : who computes the map; by default this process does.
    store : keeps vectors on disk, so that no text is embedded twice; by default nothing is saved.
    lay_out : whether a map is wanted. Without, texts lie by their principal components, and the run isn't settled.

    Returns
    -------
    Run

    Raises
    ------
    InputError
        Where instruction or settings don't fit the model or the corpus, or the store can't save.
    Cancelled
        Once ``watch`` stops it.
    """
    settings = settings or Settings()
    stages = _Stages(cache or StageCache(0), watch)
    order = corpus.order
    texts = [corpus.texts[row] for row in order]

    embedding, embedding_key = _embed(stages, corpus, texts, instruction, settings, store, watch)
    vectors = embedding.vectors
    counts_key = digest("terms", corpus.digest, settings.language)
    counts: TermCounts = stages("words", counts_key, lambda: count_terms(texts, settings.language, watch=watch))

    @functools.cache
    def neighbours() -> Neighbours:
        k = settings.layout.n_neighbors
        return stages(
            "neighbours", digest("neighbours", embedding_key, k), lambda: exact_neighbours(vectors, k, watch.quiet)
        )

    clustering, cluster_key = _cluster(stages, vectors, embedding_key, settings, neighbours, projector, watch)
    topics_key = digest("topics", counts_key, cluster_key, settings.keywords, settings.representatives)
    topics = stages(
        "topics", topics_key, lambda: describe_topics(counts, vectors, clustering, instruction, settings, watch.quiet)
    )

    before = _previous_layout(corpus, previous)
    origin = _origin(order, before, start)

    def assemble(layout: Layout, settled: bool, origin: NDArray[np.float32] | None) -> Run:
        pieces = _in_file_order(order, embedding, clustering, layout, topics)
        places = None if origin is None else origin[np.argsort(order)]
        return Run(corpus, instruction, settings, *pieces, counts.language, tuple(stages.done), settled, places)

    if before is not None and previous is not None and _same_map(previous, embedding, settings):
        return assemble(before, True, None if previous.start is None else previous.start[previous.corpus.order])
    if not lay_out:
        return assemble(pca_layout(vectors), False, None)
    if partial is not None:
        partial(assemble(pca_layout(vectors) if before is None else before, False, origin))
    layout = _lay_out(stages, vectors, embedding_key, settings, origin, neighbours, projector, watch)
    return assemble(layout, True, origin)


def describe_topics(
    counts: TermCounts,
    vectors: NDArray[np.float32],
    clustering: Clustering,
    instruction: str,
    settings: Settings,
    watch: Watch = UNWATCHED,
) -> tuple[Topic, ...]:
    """Topics with keywords, representatives, and names that follow the instruction where the model does.

    All rows are in one order; see `core.pipeline.topics.describe.describe`.
    """
    model = load_model(settings.model)
    if not (instruction and model.card.follows_instructions):
        return describe(counts, vectors, clustering, settings.keywords, settings.representatives)
    candidates = max(settings.keywords, NAME_CANDIDATES)
    topics = describe(counts, vectors, clustering, candidates, settings.representatives)
    named = name_topics(topics, clustering, model, instruction, watch)
    return tuple(replace(topic, keywords=topic.keywords[: settings.keywords]) for topic in named)


def _embed(
    stages: _Stages,
    corpus: Corpus,
    texts: list[str],
    instruction: str,
    settings: Settings,
    store: VectorStore | None,
    watch: Watch,
) -> tuple[Embedding, str]:
    model = load_model(settings.model)
    key = digest("embedding", corpus.digest, model.fingerprint, instruction)
    saved = 0

    def compute() -> Embedding:
        nonlocal saved
        if store is None:
            return model.embed(texts, instruction, watch)
        embedding, saved = store.embed_counted(model, texts, instruction, watch)
        return embedding

    embedding = stages("embedding", key, compute)
    if saved:
        stages.done[-1] = replace(stages.done[-1], cached=True)
    return embedding, key


def _cluster(
    stages: _Stages,
    vectors: NDArray[np.float32],
    embedding_key: str,
    settings: Settings,
    neighbours: Callable[[], Neighbours],
    projector: Projector,
    watch: Watch,
) -> tuple[Clustering, str]:
    wanted = settings.clusters
    reduced = None
    if wanted.needs_reduction:
        graph = neighbours()
        key = digest("reduction", embedding_key, settings.layout.n_neighbors, REDUCED_DIMENSIONS, wanted.seed)
        reduced = stages(
            "reduction",
            key,
            lambda: projector.umap_reduce(
                vectors, REDUCED_DIMENSIONS, settings.layout.n_neighbors, graph, wanted.seed, watch
            ),
        )
    key = digest("clusters", embedding_key, repr(wanted), settings.layout.n_neighbors if reduced is not None else None)
    return stages("clusters", key, lambda: cluster(vectors, wanted, reduced, watch)), key


def _previous_layout(corpus: Corpus, previous: Run | None) -> Layout | None:
    """The previous map in canonical order, where it shows the same texts."""
    if previous is None or previous.corpus.digest != corpus.digest:
        return None
    rows = previous.corpus.order
    return replace(previous.layout, xy=previous.layout.xy[rows])


def _origin(
    order: NDArray[np.int64], before: Layout | None, start: NDArray[np.float32] | None
) -> NDArray[np.float32] | None:
    """Where the map starts from, in canonical order."""
    if before is not None:
        return before.xy
    return None if start is None else start[order]


def _same_map(previous: Run, embedding: Embedding, settings: Settings) -> bool:
    """Whether the previous map is the map asked for: only the clusters have changed, and nothing has to move."""
    return (
        previous.settled
        and previous.embedding.space.digest == embedding.space.digest
        and previous.settings.layout == settings.layout
    )


def _lay_out(
    stages: _Stages,
    vectors: NDArray[np.float32],
    embedding_key: str,
    settings: Settings,
    init: NDArray[np.float32] | None,
    neighbours: Callable[[], Neighbours],
    projector: Projector,
    watch: Watch,
) -> Layout:
    wanted = settings.layout
    graph = neighbours()
    key = digest("layout", embedding_key, repr(wanted), init)
    return stages("map", key, lambda: projector.umap_layout(vectors, wanted, graph, init, watch))


def _in_file_order(
    order: NDArray[np.int64], embedding: Embedding, clustering: Clustering, layout: Layout, topics: tuple[Topic, ...]
) -> tuple[Embedding, Clustering, Layout, tuple[Topic, ...]]:
    """Results in canonical order to the corpus's own order."""
    place = np.argsort(order)  # place[row of the corpus] = its row in canonical order
    return (
        replace(
            embedding,
            vectors=_read_only(embedding.vectors[place]),
            tokens=embedding.tokens[place],
            truncated=embedding.truncated[place],
        ),
        replace(clustering, labels=clustering.labels[place], assigned=clustering.assigned[place]),
        replace(layout, xy=layout.xy[place]),
        tuple(replace(t, representatives=tuple(int(order[row]) for row in t.representatives)) for t in topics),
    )


def _read_only(array: NDArray[np.float32]) -> NDArray[np.float32]:
    array.setflags(write=False)
    return array
