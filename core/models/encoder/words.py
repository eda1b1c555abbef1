"""From weights of tokens to weights of words."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding


@dataclass(frozen=True)
class WordWeight:
    """A word of a text, ``text[start:stop]``, and how much it counts."""

    start: int
    stop: int
    weight: float


def words_of(encoding: Encoding, weights: NDArray[np.float32]) -> list[WordWeight]:
    """The weights of a word's pieces, summed.

    Parameters
    ----------
    encoding : of the text, special tokens included.
    weights : (tokens,) float32.
    """
    found: list[WordWeight] = []
    last: int | None = None
    for (start, stop), word, weight in zip(encoding.offsets, encoding.word_ids, weights.tolist(), strict=True):
        if word is None:  # a special token
            last = None
        elif word == last:
            found[-1] = WordWeight(found[-1].start, stop, found[-1].weight + weight)
        else:
            found.append(WordWeight(start, stop, weight))
            last = word
    return found
