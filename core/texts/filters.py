"""Which texts a search or a filter means."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# The values to keep, or the lowest and highest value to keep.
Criterion: TypeAlias = "Sequence[object] | tuple[float, float]"

_TERMS = re.compile(r'"([^"]+)"|(\S+)')


def search(texts: Sequence[str], query: str) -> NDArray[np.bool_]:
    """(n,) bool, texts that hold every word of the query, whatever the case; words in quotes must stand together."""
    terms = [(phrase or word).casefold() for phrase, word in _TERMS.findall(query)]
    return np.fromiter((_holds(text.casefold(), terms) for text in texts), np.bool_, len(texts))


def _holds(text: str, terms: Sequence[str]) -> bool:
    return all(term in text for term in terms)


def keep(metadata: pd.DataFrame, criteria: Mapping[str, Criterion]) -> NDArray[np.bool_]:
    """(n,) bool, rows that meet every criterion: a list names values, a pair of numbers a range, both ends in."""
    mask = np.ones(len(metadata), np.bool_)
    for column, criterion in criteria.items():
        values = metadata[column]
        if isinstance(criterion, tuple):
            low, high = criterion
            mask &= values.between(low, high).fillna(False).to_numpy(np.bool_)
        else:
            mask &= values.astype("string").isin([str(value) for value in criterion]).to_numpy(np.bool_)
    return mask
