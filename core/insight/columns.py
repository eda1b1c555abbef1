"""The file's columns against the topics: the shares of a column's values in each topic, in rows of the file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.comparison.agreement import v_measure
from core.instructions.line import Line, instruction_of
from core.instructions.paraphrases import aspect_of
from core.texts.corpus import Corpus
from core.texts.grouping import grouping_columns, known_values
from core.texts.samples import Preset

_NAME_PART = re.compile(r"[^\W_]+")  # "call_to_action" and "call to action" have the same


@dataclass(frozen=True)
class Share:
    """One value's part of a topic: ``rows`` of the file, and their share of the topic's rows that have a value."""

    value: str
    rows: int
    share: float


@dataclass(frozen=True)
class ColumnShares:
    """A column's values in each topic.

    Parameters
    ----------
    column : its name.
    topics : cluster to its shares, the largest first; the shares of a topic add up to 1.
    match : v-measure of clusters and column over all ``known`` rows, 0 to 1; texts in no cluster count as one more.
    known : rows of the file that have a value.
    """

    column: str
    topics: dict[int, tuple[Share, ...]]
    match: float
    known: int


def column_shares(corpus: Corpus, labels: NDArray[np.int32], column: str) -> ColumnShares:
    """Count a column's values in each cluster.

    Parameters
    ----------
    labels : (n,) int32, the cluster of each text; -1 is none.
    """
    values = known_values(corpus.metadata[column])
    known = values.notna().to_numpy()
    table = pd.DataFrame({"cluster": labels[known], "value": values[known], "rows": corpus.counts[known]})
    topics = {}
    for cluster, part in table.groupby("cluster"):
        rows = part.groupby("value")["rows"].sum().sort_values(ascending=False, kind="stable")
        total = int(rows.sum())
        topics[int(str(cluster))] = tuple(Share(str(v), int(r), int(r) / total) for v, r in rows.items())
    counts = corpus.counts[known]
    codes = pd.factorize(values[known])[0].astype(np.int32)
    match = v_measure(np.repeat(codes, counts), np.repeat(labels[known], counts)) if known.any() else 0.0
    return ColumnShares(column, topics, match, int(counts.sum()))


def asked_column(corpus: Corpus, instruction: str, columns: Sequence[str]) -> str | None:
    """The column that an instruction asks for: whose name it says, or else several of whose values; None if neither.

    >>> asked_column(tickets, "Represent the ticket for clustering by call to action: ", ["tone", "call_to_action"])
    'call_to_action'
    """
    asked = _words(aspect_of(instruction) or instruction)
    named = [column for column in columns if _words(column) and _words(column) <= asked]
    if named:
        return max(named, key=lambda column: len(_words(column)))
    for column in columns:
        said = [value for value in known_values(corpus.metadata[column]).dropna().unique() if _words(value) <= asked]
        if len(said) > 1:
            return column
    return None


def asked_match(corpus: Corpus, labels: NDArray[np.int32], instruction: str) -> tuple[str, float] | None:
    """The column that an instruction asks for, and its match with the clusters, 0 to 1; None where it asks for none.

    Parameters
    ----------
    labels : (n,) int32, the cluster of each text; -1 is none.
    """
    column = asked_column(corpus, instruction, grouping_columns(corpus.metadata))
    return None if column is None else (column, column_shares(corpus, labels, column).match)


def column_presets(corpus: Corpus, kind: str = "text") -> tuple[Preset, ...]:
    """An instruction for each column that groups the texts: "by call to action" for ``call_to_action``.

    Parameters
    ----------
    kind : what one text is.
    """
    found = []
    for column in grouping_columns(corpus.metadata):
        name = " ".join(_parts(column))
        found.append(Preset(f"by {name}", instruction_of(Line(kind, name)), column))
    return tuple(found)


def _words(text: str) -> set[str]:
    """The words of a name in lower case, without the plural's s, so that "Products" is "product"."""
    return {word.removesuffix("s") if len(word) > 3 else word for word in _parts(text)}


def _parts(name: str) -> list[str]:
    """The words of a name in lower case: "callToAction" and "call_to_action" have three."""
    return _NAME_PART.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
