"""The vectors of a corpus under a recipe: from memory, from disk, or from the model."""

from dataclasses import replace

from core.base.digest import digest
from core.base.progress import UNWATCHED, Watch
from core.base.recipe import Recipe
from core.models.cards.spaces import Embedding
from core.models.registry import load_model
from core.pipeline.context import Context
from core.texts.corpus import Corpus


def embed_corpus(corpus: Corpus, recipe: Recipe, context: Context | None = None, watch: Watch = UNWATCHED) -> Embedding:
    """Embed the texts of a corpus; rows are in the corpus's order.

    Raises
    ------
    InputError
        Where the instruction doesn't fit the model, or the store can't save.
    Cancelled
        Once ``watch`` stops it.
    """
    found, _ = embed_canonical(corpus, recipe, context or Context(), watch)
    return embedding_in_file_order(corpus, found)


def embed_canonical(corpus: Corpus, recipe: Recipe, context: Context, watch: Watch) -> tuple[Embedding, bool]:
    """As `embed_corpus` with rows in the canonical order, and whether some of it was there already."""
    model = load_model(recipe.model)
    saved = 0

    def compute() -> Embedding:
        nonlocal saved
        if context.store is None:
            return model.embed(corpus.canonical_texts, recipe.instruction, watch)
        found, saved = context.store.embed_counted(model, corpus.canonical_texts, recipe.instruction, watch)
        return found

    found, cached = context.cache.get(embedding_key(corpus, recipe), compute, watch)
    return found, cached or saved > 0


def embedding_key(corpus: Corpus, recipe: Recipe) -> str:
    """Names the vectors of a corpus in the canonical order: by texts, model and instruction."""
    return digest("embedding", corpus.digest, load_model(recipe.model).fingerprint, recipe.instruction)


def embedding_in_file_order(corpus: Corpus, found: Embedding) -> Embedding:
    """An embedding in the canonical order to the corpus's own."""
    vectors = corpus.in_file_order(found.vectors)
    vectors.setflags(write=False)
    tokens, truncated = corpus.in_file_order(found.tokens), corpus.in_file_order(found.truncated)
    return replace(found, vectors=vectors, tokens=tokens, truncated=truncated)
