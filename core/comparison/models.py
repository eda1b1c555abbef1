"""The same texts under several models and instructions: how far do the vectors, neighbours and clusters agree?

Everything is computed in the embedding spaces, on all texts, and never on a map.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
from threadpoolctl import threadpool_limits

from core.base.cache import StageCache
from core.base.digest import digest
from core.base.errors import InputError
from core.base.progress import UNWATCHED, Progress, Watch
from core.base.recipe import Recipe
from core.comparison.agreement import (
    Agreement,
    ColumnScores,
    Labels,
    adjusted_information,
    adjusted_rand,
    column_scores,
    linear_cka,
    neighbour_overlap,
    pairwise,
)
from core.models.cards.spaces import Embedding
from core.models.registry import load_model
from core.pipeline.clustering.cluster import ClusterSettings, cluster
from core.pipeline.layout.neighbours import exact_neighbours
from core.store.vectors import VectorStore
from core.texts.corpus import Corpus


@dataclass(frozen=True, eq=False)
class ModelComparison:
    """Recipes side by side.

    Parameters
    ----------
    recipes : what was compared, in this order everywhere.
    embeddings : one a recipe, its rows in the order of the texts.
    labels : (n,) int32 clusters, one array a recipe.
    cka : linear CKA of the vectors.
    overlap : the share of each text's nearest neighbours that two recipes have in common, mean over the texts.
    ari, ami : agreement of the clusters.
    reseeded : for each recipe, the ARI and AMI of its clusters with those of another seed: how far k-means agrees
        with itself. Less agreement than this between two recipes is needed to speak of a difference.
    columns : V-measure against label columns.
    k, neighbours : clusters of k-means, and neighbours compared, the text itself not counted.
    """

    recipes: tuple[Recipe, ...]
    embeddings: tuple[Embedding, ...]
    labels: tuple[Labels, ...]
    cka: Agreement
    overlap: Agreement
    ari: Agreement
    ami: Agreement
    reseeded: tuple[tuple[float, float], ...]
    columns: tuple[ColumnScores, ...]
    k: int
    neighbours: int


def compare(
    texts: int,
    recipes: Sequence[Recipe],
    embed: Callable[[Recipe], Embedding],
    k: int,
    columns: Mapping[str, pd.Series] | None = None,
    neighbours: int = 10,
    seed: int = 0,
    watch: Watch = UNWATCHED,
) -> ModelComparison:
    """Embed the same texts under each recipe and compare every pair.

    Parameters
    ----------
    texts : how many there are.
    recipes : two or more, all different.
    embed : gives the embedding of the texts under a recipe.
    k : clusters of k-means, the same for all.
    columns : values of label columns, one a text; missing ones are left out.
    neighbours : how many of each text's nearest are compared.
    watch : the stages are those of ``embed``, and "comparing".

    Raises
    ------
    InputError
        For fewer than two recipes, the same one twice, or as `core.pipeline.clustering.cluster.cluster` for a wrong k.
    Cancelled
        Once ``watch`` stops it.
    """
    if len(recipes) < 2:
        raise InputError("Choose at least two things to compare.")
    if len(set(recipes)) < len(recipes):
        raise InputError("The same model with the same instruction was chosen twice. Change one of them.")
    embeddings = []
    for recipe in recipes:
        watch.check()
        embeddings.append(embed(recipe))
    vectors = [embedding.vectors for embedding in embeddings]
    steps, done = 2 * len(recipes) + 2, 0

    def step() -> None:
        nonlocal done
        done += 1
        watch.report("comparing", done, steps)

    nearest = []
    for matrix in vectors:
        nearest.append(exact_neighbours(matrix, neighbours + 1, watch.quiet).indices[:, 1:])
        step()
    settings = [ClusterSettings(k=k, seed=seed), ClusterSettings(k=k, seed=seed + 1)]
    clusters = []
    for matrix in vectors:
        clusters.append([cluster(matrix, each, watch=watch.quiet).labels for each in settings])
        step()
    labels = tuple(first for first, _ in clusters)
    chance = min(neighbours, texts - 1) / max(texts - 1, 1)
    with threadpool_limits(1):
        cka = pairwise("linear CKA", vectors, lambda a, b: linear_cka(a, b, watch), texts)
        step()
        overlap = pairwise("neighbour overlap", nearest, neighbour_overlap, texts, chance)
        ari = pairwise("adjusted Rand index", labels, adjusted_rand, texts, 0.0)
        ami = pairwise("adjusted mutual information", labels, adjusted_information, texts, 0.0)
        scores = tuple(column_scores(name, values, labels) for name, values in (columns or {}).items())
        step()
    return ModelComparison(
        recipes=tuple(recipes),
        embeddings=tuple(embeddings),
        labels=labels,
        cka=cka,
        overlap=overlap,
        ari=ari,
        ami=ami,
        reseeded=tuple((adjusted_rand(a, b), adjusted_information(a, b)) for a, b in clusters),
        columns=scores,
        k=k,
        neighbours=min(neighbours, texts - 1),
    )


def compare_on(
    corpus: Corpus,
    recipes: Sequence[Recipe],
    k: int,
    columns: Sequence[str] = (),
    watch: Watch = UNWATCHED,
    *,
    cache: StageCache | None = None,
    store: VectorStore | None = None,
) -> ModelComparison:
    """As `compare`, on a corpus: vectors that the pipeline has made are taken from cache and store.

    Rows stand in the corpus's canonical order, ``corpus.order``.
    """
    texts = [corpus.texts[row] for row in corpus.order]
    kept = cache or StageCache(0)

    def embed(recipe: Recipe) -> Embedding:
        turn = f"encoding for {list(recipes).index(recipe) + 1} of {len(recipes)}:"

        def tell(said: Progress) -> None:
            watch.report(turn, said.done, said.total, said.share)

        watch.report(turn, 0, len(texts), 0.0)
        model = load_model(recipe.model)
        embedder = model.embed if store is None else partial(store.embed, model)
        key = digest("embedding", corpus.digest, model.fingerprint, recipe.instruction)  # as in `core.pipeline.run`
        return kept.get(key, lambda: embedder(texts, recipe.instruction, watch.telling(tell)), watch)[0]

    values = {name: corpus.metadata[name].iloc[corpus.order] for name in columns}
    return compare(len(texts), recipes, embed, k, values, watch=watch)
