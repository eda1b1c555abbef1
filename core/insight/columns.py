"""The file's columns against the topics: the shares of a column's values in each topic, in rows of the file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import v_measure_score

from core.instructions.line import Line, instruction_of
from core.instructions.paraphrases import aspect_of
from core.texts.corpus import Corpus
from core.texts.samples import Preset

# A column of more values than this is a name or a number for each row, not a way to group the texts.
MOST_VALUES = 30


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
    values : all values, the commonest first: their place is their colour wherever they are drawn.
    topics : cluster to its shares, the largest first; the shares of a topic add up to 1.
    rows : cluster to its rows of the file that have a value.
    match : v-measure of clusters and column over all ``known`` rows, 0 to 1; texts in no cluster count as one more.
    known : rows of the file that have a value.
    """

    column: str
    values: tuple[str, ...]
    topics: dict[int, tuple[Share, ...]]
    rows: dict[int, int]
    match: float
    known: int


def grouping_columns(corpus: Corpus) -> tuple[str, ...]:
    """The columns that group the texts: 2 to ``MOST_VALUES`` values, fewer than half as many as there are texts."""
    found = []
    for name, values in corpus.metadata.items():
        different = as_text(values).nunique()
        if 2 <= different <= min(MOST_VALUES, len(corpus) // 2):
            found.append(str(name))
    return tuple(found)


def column_shares(corpus: Corpus, labels: NDArray[np.int32], column: str) -> ColumnShares:
    """Count a column's values in each cluster.

    Parameters
    ----------
    labels : (n,) int32, the cluster of each text; -1 is none.
    """
    values = as_text(corpus.metadata[column])
    known = values.notna().to_numpy()
    table = pd.DataFrame({"cluster": labels[known], "value": values[known], "rows": corpus.counts[known]})
    by_value = table.groupby("value")["rows"].sum().sort_values(ascending=False, kind="stable")
    topics, rows = {}, {}
    for cluster, part in table.groupby("cluster"):
        counts = part.groupby("value")["rows"].sum().sort_values(ascending=False, kind="stable")
        total = int(counts.sum())
        rows[int(str(cluster))] = total
        topics[int(str(cluster))] = tuple(Share(str(v), int(c), int(c) / total) for v, c in counts.items())
    repeated = table.loc[table.index.repeat(table["rows"])]
    match = float(v_measure_score(repeated["value"], repeated["cluster"])) if len(repeated) else 0.0
    return ColumnShares(column, tuple(map(str, by_value.index)), topics, rows, match, int(table["rows"].sum()))


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
        said = [value for value in as_text(corpus.metadata[column]).dropna().unique() if _words(value) <= asked]
        if len(said) > 1:
            return column
    return None


def asked_match(corpus: Corpus, labels: NDArray[np.int32], instruction: str) -> tuple[str, float] | None:
    """The column that an instruction asks for, and its match with the clusters, 0 to 1; None where it asks for none.

    Parameters
    ----------
    labels : (n,) int32, the cluster of each text; -1 is none.
    """
    column = asked_column(corpus, instruction, grouping_columns(corpus))
    return None if column is None else (column, column_shares(corpus, labels, column).match)


def column_presets(corpus: Corpus, kind: str = "text") -> tuple[Preset, ...]:
    """An instruction for each column that groups the texts: "by call to action" for ``call_to_action``.

    Parameters
    ----------
    kind : what one text is.
    """
    found = []
    for column in grouping_columns(corpus):
        name = " ".join(re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column))).lower()
        found.append(Preset(f"by {name}", instruction_of(Line(kind, name)), column))
    return tuple(found)


def as_text(values: pd.Series) -> pd.Series:
    """Values as strings, missing where the file has none or nothing but white space."""
    text = values.astype("string").str.strip()
    return text.mask(text == "")


def _words(text: str) -> set[str]:
    """The words of a name in lower case, without the plural's s, so that "Products" is "product"."""
    parts = re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower())
    return {word.removesuffix("s") if len(word) > 3 else word for word in parts}
