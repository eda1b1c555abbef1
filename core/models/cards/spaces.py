"""Spaces of vectors: what was embedded, and how. Vectors are only comparable when their space is the same."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.base.digest import digest


@dataclass(frozen=True)
class Space:
    """The recipe behind a set of vectors.

    Parameters
    ----------
    model : the model's name.
    fingerprint : digest of its weights, tokenizer and recipe.
    instruction : the exact string that was used, or "" for none.
    dimension : length of a vector.
    """

    model: str
    fingerprint: str
    instruction: str
    dimension: int

    @property
    def digest(self) -> str:
        """Equal for two spaces exactly when their vectors are comparable."""
        return digest(self.fingerprint, self.instruction)


@dataclass(frozen=True, eq=False)
class Embedding:
    """Vectors with the space they live in and what they cost.

    Parameters
    ----------
    vectors : (n, dimension) float32, rows of length 1, read-only.
    tokens : (n,) int32, tokens of each text as encoded: special tokens and instruction counted in, after cutting.
    truncated : (n,) bool, texts that were cut off at the model's limit.
    instruction_tokens : tokens that the instruction adds to every text.
    """

    vectors: NDArray[np.float32]
    space: Space
    tokens: NDArray[np.int32]
    truncated: NDArray[np.bool_]
    instruction_tokens: int
