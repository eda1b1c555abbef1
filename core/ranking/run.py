"""Ranking on a corpus: embeddings come from cache and store, rows are in the corpus's order."""

from collections.abc import Callable
from functools import partial

import numpy as np

from core.base.cache import StageCache
from core.base.digest import digest
from core.base.progress import UNWATCHED, Watch
from core.base.recipe import Recipe
from core.models.cards.spaces import Embedding
from core.models.registry import load_model
from core.store.vectors import VectorStore
from core.texts.corpus import Corpus


def embedder(
    corpus: Corpus, cache: StageCache, store: VectorStore | None = None, watch: Watch = UNWATCHED
) -> Callable[[Recipe], Embedding]:
    """A function from recipes to the embeddings of a corpus's texts, in the corpus's order."""
    order = corpus.order
    texts = [corpus.texts[row] for row in order]
    place = np.argsort(order)

    def embed(recipe: Recipe) -> Embedding:
        model = load_model(recipe.model)
        work = model.embed if store is None else partial(store.embed, model)
        key = digest("embedding", corpus.digest, model.fingerprint, recipe.instruction)  # as in `core.pipeline.run`
        found, _ = cache.get(key, lambda: work(texts, recipe.instruction, watch.quiet), watch)
        return Embedding(
            found.vectors[place], found.space, found.tokens[place], found.truncated[place], found.instruction_tokens
        )

    return embed
