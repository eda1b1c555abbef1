"""Semantic search: the query's vector against those of the texts, by cosine.

Query and texts need not have the same instruction. Models that were trained to find documents want one for the question
and another, or none, for the documents (Su et al. 2022, section 3, for INSTRUCTOR).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.base.errors import InputError
from core.models.cards.card import ModelCard
from core.models.encoder.text_encoder import TextEncoder


@dataclass(frozen=True)
class SearchInstructions:
    """The strings put before the query and before the texts."""

    query: str
    text: str


_BY_FAMILY = {
    "instructor": SearchInstructions(
        "Represent the question for retrieving supporting documents: ", "Represent the document for retrieval: "
    ),
    "bge": SearchInstructions("Represent this sentence for searching relevant passages: ", ""),
    "e5-instruct": SearchInstructions("Given a question, retrieve the texts that answer it", ""),
    "qwen3": SearchInstructions("Given a question, retrieve the texts that answer it", ""),
}


def search_instructions(card: ModelCard) -> SearchInstructions:
    """Those that a model's family was trained to search with; none where it knows none."""
    return _BY_FAMILY.get(card.family, SearchInstructions("", ""))


def as_on_the_map(card: ModelCard, instruction: str) -> SearchInstructions:
    """Those for searching among texts under the map's instruction."""
    return SearchInstructions(card.for_answers(instruction), instruction)


def query_vector(model: TextEncoder, query: str, instruction: str) -> NDArray[np.float32]:
    """(dimension,) float32 of length 1; an `InputError` for an empty query or one that has no room."""
    if not query.strip():
        raise InputError("Write what to search for.")
    vector: NDArray[np.float32] = model.encode([query], instruction)[0]
    return vector


def cosines(vectors: NDArray[np.float32], query: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) float32 cosine of every text to the query; both have rows of length 1."""
    found: NDArray[np.float32] = vectors @ query
    return found


def mean_vector(vectors: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
    """(dimension,) float32 of length 1, in the middle of some texts: what is like them is near to it."""
    if not len(rows):
        raise InputError("Choose at least one text.")
    mean = vectors[list(rows)].mean(axis=0, dtype=np.float64)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), np.float32)
