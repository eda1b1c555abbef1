"""One call from a corpus and an instruction to clusters, a map and topics."""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.base.digest import digest
from core.base.progress import UNWATCHED, Watch
from core.base.recipe import Recipe
from core.models.cards.spaces import Embedding
from core.models.registry import DEFAULT_MODEL, load_model
from core.pipeline.clustering.cluster import Clustering, ClusterSettings, cluster
from core.pipeline.context import Context
from core.pipeline.embed import embed_canonical, embedding_in_file_order, embedding_key
from core.pipeline.layout.neighbours import Neighbours, exact_neighbours
from core.pipeline.layout.projection import Layout, LayoutSettings, pca_layout
from core.pipeline.topics.describe import TermCounts, Topic, count_terms, describe
from core.pipeline.topics.naming import name_topics
from core.texts.corpus import Corpus

T = TypeVar("T")

# Dimensions that HDBSCAN gets: densities mean little in hundreds of dimensions (McInnes et al., UMAP's documentation
# on clustering, suggest 2 to 10).
REDUCED_DIMENSIONS = 5
# Keywords of a topic among which its name is looked for, where the model can tell which of them answer the instruction.
NAME_CANDIDATES = 30


@dataclass(frozen=True)
class Settings:
    """Everything a run depends on besides texts and instruction.

    Parameters
    ----------
    model : name or directory, as `core.models.registry.load_model` takes it.
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
    """The cost of a stage: wall-clock seconds, and whether its result was there already.

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


def run(
    corpus: Corpus,
    instruction: str = "",
    settings: Settings | None = None,
    watch: Watch = UNWATCHED,
    *,
    context: Context | None = None,
    previous: Run | None = None,
    start: NDArray[np.float32] | None = None,
    partial: Callable[[Run], None] | None = None,
    lay_out: bool = True,
) -> Run:
    """Embed, cluster, describe and lay out the texts of a corpus under an instruction.

    Everything is computed in the corpus's canonical order, so the order of rows in a file changes no result.

    Parameters
    ----------
    corpus, instruction, settings : what to compute; the instruction is used exactly as it is.
    watch : see `core.base.progress.Watch`.
    context : where results are kept, and who computes the map; by default nothing is kept.
    previous : a run over the same texts whose map this one's starts from, so that points keep their places.
    start : where the map starts from, (n, 2) float32, when there is no such run: `Run.start` of what is done again.
    partial : called with a `Run` that isn't settled once clusters and topics are there, before the map is.
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
    work = _Making(corpus, instruction, settings or Settings(), context or Context(), watch)
    embedding = work.embed()
    counts = work.count_words()
    clustering = work.cluster()
    topics = work.describe(counts, clustering)

    def assemble(layout: Layout, settled: bool, origin: NDArray[np.float32] | None) -> Run:
        pieces = _in_file_order(corpus, embedding, clustering, layout, topics)
        places = None if origin is None else corpus.in_file_order(origin)
        return Run(corpus, instruction, work.settings, *pieces, counts.language, tuple(work.done), settled, places)

    before = None if previous is None or previous.corpus.digest != corpus.digest else previous
    if before is not None and _same_map(before, embedding, work.settings):
        return assemble(_canonical_layout(before), True, _canonical(before.corpus, before.start))
    if not lay_out:
        return assemble(pca_layout(embedding.vectors), False, None)
    origin = _canonical(corpus, start) if before is None else _canonical_layout(before).xy
    if partial is not None:
        first = pca_layout(embedding.vectors) if before is None else _canonical_layout(before)
        partial(assemble(first, False, origin))
    return assemble(work.lay_out(origin), True, origin)


@dataclass
class _Making:
    """A run under way: its stages in turn, each through the cache, with the time that it took."""

    corpus: Corpus
    instruction: str
    settings: Settings
    context: Context
    watch: Watch
    done: list[Stage] = field(default_factory=list)
    _vectors: NDArray[np.float32] = field(init=False)
    _vectors_key: str = field(init=False)
    _counts_key: str = field(init=False)
    _clusters_key: str = field(init=False)

    def embed(self) -> Embedding:
        """The vectors, on which all that follows stands."""
        self.watch.check()
        recipe, began = Recipe(self.settings.model, self.instruction), time.perf_counter()
        embedding, there = embed_canonical(self.corpus, recipe, self.context, self.watch)
        self.done.append(Stage("embedding", time.perf_counter() - began, there))
        self._vectors, self._vectors_key = embedding.vectors, embedding_key(self.corpus, recipe)
        return embedding

    def count_words(self) -> TermCounts:
        """How often each word stands in each text."""
        self._counts_key = digest("terms", self.corpus.digest, self.settings.language)
        language = self.settings.language
        return self._stage(
            "words", self._counts_key, lambda: count_terms(self.corpus.canonical_texts, language, self.watch)
        )

    def cluster(self) -> Clustering:
        """The clusters, found in fewer dimensions where the method needs that."""
        wanted, near = self.settings.clusters, None
        reduced = None
        if wanted.needs_reduction:
            reduced, near = self._reduce(wanted.seed), self.settings.layout.n_neighbors
        self._clusters_key = digest("clusters", self._vectors_key, repr(wanted), near)
        return self._stage("clusters", self._clusters_key, lambda: cluster(self._vectors, wanted, reduced, self.watch))

    def describe(self, counts: TermCounts, clustering: Clustering) -> tuple[Topic, ...]:
        """Topics with names, keywords and representatives."""
        settings = self.settings
        key = digest("topics", self._counts_key, self._clusters_key, settings.keywords, settings.representatives)

        def compute() -> tuple[Topic, ...]:
            return describe_topics(counts, self._vectors, clustering, self.instruction, settings, self.watch.quiet)

        return self._stage("topics", key, compute)

    def lay_out(self, origin: NDArray[np.float32] | None) -> Layout:
        """The map, from ``origin`` where there is one."""
        wanted, graph = self.settings.layout, self._neighbours
        key = digest("layout", self._vectors_key, repr(wanted), origin)
        draw = self.context.projector.umap_layout
        return self._stage("map", key, lambda: draw(self._vectors, wanted, graph, origin, self.watch))

    def _reduce(self, seed: int) -> NDArray[np.float32]:
        k, graph = self.settings.layout.n_neighbors, self._neighbours
        key = digest("reduction", self._vectors_key, k, REDUCED_DIMENSIONS, seed)
        reduce = self.context.projector.umap_reduce
        return self._stage(
            "reduction", key, lambda: reduce(self._vectors, REDUCED_DIMENSIONS, k, graph, seed, self.watch)
        )

    @functools.cached_property
    def _neighbours(self) -> Neighbours:
        k = self.settings.layout.n_neighbors
        key = digest("neighbours", self._vectors_key, k)
        return self._stage("neighbours", key, lambda: exact_neighbours(self._vectors, k, self.watch.quiet))

    def _stage(self, name: str, key: str, compute: Callable[[], T]) -> T:
        self.watch.check()
        began = time.perf_counter()
        value, cached = self.context.cache.get(key, compute, self.watch)
        self.done.append(Stage(name, time.perf_counter() - began, cached))
        return value


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


def _same_map(previous: Run, embedding: Embedding, settings: Settings) -> bool:
    """Whether the previous map is the map asked for: only the clusters have changed, and nothing has to move."""
    return (
        previous.settled
        and previous.embedding.space.digest == embedding.space.digest
        and previous.settings.layout == settings.layout
    )


def _canonical(corpus: Corpus, places: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    return None if places is None else places[corpus.order]


def _canonical_layout(run: Run) -> Layout:
    return replace(run.layout, xy=run.layout.xy[run.corpus.order])


def _in_file_order(
    corpus: Corpus, embedding: Embedding, clustering: Clustering, layout: Layout, topics: tuple[Topic, ...]
) -> tuple[Embedding, Clustering, Layout, tuple[Topic, ...]]:
    """Results in canonical order to the corpus's own order."""
    place = corpus.in_file_order
    return (
        embedding_in_file_order(corpus, embedding),
        replace(clustering, labels=place(clustering.labels), assigned=place(clustering.assigned)),
        replace(layout, xy=place(layout.xy)),
        topics_in_file_order(corpus, topics),
    )


def topics_in_file_order(corpus: Corpus, topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
    """Topics whose representatives are rows in canonical order, to rows of the corpus's own."""
    rows = corpus.order.tolist()
    return tuple(replace(t, representatives=tuple(rows[place] for place in t.representatives)) for t in topics)
