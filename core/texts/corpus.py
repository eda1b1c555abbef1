"""From a table to the texts that are embedded, each with its id, count and metadata."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.base.digest import digest
from core.base.errors import InputError
from core.base.wording import counted, shortened
from core.texts.garbled import repairs
from core.texts.readers.exported import text_id
from core.texts.readers.prose import prose_score
from core.texts.readers.table import Table

S = TypeVar("S", bound=np.generic)

MIN_TEXTS = 3
_EXAMPLE = 40  # letters shown of a garbled text
# Unicode categories of blank space, control characters and those that take no room, such as zero-width spaces.
_INVISIBLE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


@dataclass(frozen=True)
class RowReport:
    """The fate of the rows of a table.

    Parameters
    ----------
    read : rows of the table.
    empty : rows left out because their text is nothing but blank space or invisible characters.
    duplicates : rows whose text stands in an earlier row; merged into that one, or kept.
    repaired : rows whose wrongly decoded text was repaired.
    garbled : rows whose text looks wrongly decoded and was left as it is.
    garbled_example : one of them beside what it would be repaired to, or "".
    kept : texts in the corpus.
    merged_conflicts : merged rows whose metadata differ from those of the row that was kept.
    notes : what the reader noted.
    """

    read: int
    empty: int
    duplicates: int
    repaired: int
    kept: int
    merged_conflicts: int = 0
    notes: tuple[str, ...] = ()
    garbled: int = 0
    garbled_example: str = ""

    def sentences(self) -> tuple[str, ...]:
        """Say it in plain words, the reader's notes last."""
        said = [f"{counted(self.read, 'row')} read, {counted(self.kept, 'text')} kept."]
        if self.empty:
            said.append(f"{counted(self.empty, 'row')} without text left out.")
        if self.repaired:
            said.append(f"{counted(self.repaired, 'text')} with garbled characters repaired.")
        if self.garbled:
            said.append(f"{counted(self.garbled, 'text')} with garbled characters, such as {self.garbled_example}.")
        if self.duplicates and self.kept == self.read - self.empty:
            said.append(f"{counted(self.duplicates, 'row')} repeating the text of an earlier row kept.")
        elif self.duplicates:
            said.append(f"{counted(self.duplicates, 'row')} repeating the text of an earlier row merged into it.")
        if self.merged_conflicts:
            differ = "differs" if self.merged_conflicts == 1 else "differ"
            said.append(
                f"{counted(self.merged_conflicts, 'merged row')} {differ} from the row kept in other columns; "
                "only the values of the row kept are shown."
            )
        return (*said, *self.notes)


FILE_OPTIONS = ("sheet", "encoding", "unit", "header", "delimiter")  # that `core.texts.readers.read` takes


@dataclass(frozen=True)
class ReadingChoices:
    """How a file was read: with these and the text column the same corpus comes out again.

    Parameters
    ----------
    sheet, encoding, unit, header, delimiter : as `core.texts.readers.read` takes them; None where a file of that kind
        has none.
    duplicates, repair : as `build` takes them.
    """

    sheet: str | None = None
    encoding: str | None = None
    unit: str | None = None
    duplicates: Literal["once", "all"] = "once"
    repair: bool = False
    header: int | None = None
    delimiter: str | None = None

    @property
    def of_file(self) -> dict[str, Any]:
        """Those that `core.texts.readers.read` takes."""
        return {name: getattr(self, name) for name in FILE_OPTIONS}


@dataclass(frozen=True, eq=False)
class Corpus:
    """The texts of one column, with what belongs to each.

    Parameters
    ----------
    name : of the file.
    text_column : the column the texts come from.
    texts : exactly as in the file (or as repaired), in the file's order, length n.
    ids : 16 hexadecimal characters of a text's BLAKE2b; a repeated text's further ids end in "-2", "-3", ...
    counts : (n,) int64, how many rows of the file each text stands for.
    rows : (n,) int64, the 0-based row of the table that each text was taken from.
    metadata : the other columns of those rows, with a RangeIndex.
    report : what became of the rows.
    digest : of ids and texts, whatever their order: the key of everything computed from the texts.
    reading : how it came from its file.
    """

    name: str
    text_column: str
    texts: tuple[str, ...]
    ids: tuple[str, ...]
    counts: NDArray[np.int64]
    rows: NDArray[np.int64]
    metadata: pd.DataFrame
    report: RowReport
    digest: str
    reading: ReadingChoices = ReadingChoices()

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """(n,) int64, argsort of ids: in this order all is computed, so that shuffling a file changes no result."""
        return _frozen(np.argsort(np.array(self.ids), kind="stable"))

    @cached_property
    def canonical_texts(self) -> tuple[str, ...]:
        """The texts in that order."""
        return tuple(self.texts[row] for row in self.order)

    def in_file_order(self, values: NDArray[S]) -> NDArray[S]:
        """Rows in the canonical order (`order`) to the corpus's own, as a copy."""
        return values[self._places]

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        """(n,) int64, for each text its row in the canonical order."""
        return _frozen(np.argsort(self.order))


def guess_text_column(frame: pd.DataFrame) -> str:
    """Return the column whose texts are longest, most varied and most often there; one with too few is passed over.

    Raises
    ------
    InputError
        If no column holds texts.
    """
    likely = likely_text_columns(frame)
    if not likely:
        raise InputError(
            f"No column holds texts: {_listed(list(frame.columns))}. Load a file with a column of sentences or words."
        )
    return next((name for name in likely if frame[name].nunique() > MIN_TEXTS), likely[0])


def likely_text_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns that hold texts, the likeliest first."""
    scores = {str(name): prose_score(column) for name, column in frame.items()}
    return sorted((name for name, score in scores.items() if score > 0), key=lambda name: -scores[name])


def build(
    table: Table,
    text_column: str | None = None,
    *,
    duplicates: Literal["once", "all"] = "once",
    repair: bool = False,
) -> Corpus:
    """Take the texts of one column, leaving out empty ones.

    Parameters
    ----------
    table : what a reader gave.
    text_column : the column; guessed where None.
    duplicates : "once" merges rows with exactly the same text into the first of them, "all" keeps each.
    repair : whether to repair texts that were decoded wrongly, once or more ("cafÃ©"), with ftfy.

    Raises
    ------
    InputError
        If the column is unknown or holds no texts, or fewer than ``MIN_TEXTS`` different ones.
    """
    column = _chosen(table, text_column)
    values: list[str] = table.frame[column].tolist()
    right = repairs(values)
    garbled = sum(value in right for value in values)
    if repair:
        values = [right.get(value, value) for value in values]
    filled = np.array([k for k, value in enumerate(values) if has_visible(value)], dtype=np.int64)
    codes, distinct = pd.factorize(np.array([values[k] for k in filled], dtype=object))
    if len(distinct) < MIN_TEXTS:
        raise InputError(_too_few(table, column, list(distinct)))
    first = np.unique(codes, return_index=True)[1]  # codes count up by first appearance, so this is in file order
    repeats = len(filled) - len(distinct)
    distinct_ids = [text_id(text) for text in distinct]
    others = table.frame.drop(columns=column)
    conflicts = 0
    if duplicates == "once":
        rows, texts, ids = filled[first], tuple(distinct), tuple(distinct_ids)
        counts = np.bincount(codes).astype(np.int64)
        conflicts = _conflicts(others, filled, filled[first][codes])
    else:
        rows, texts = filled, tuple(distinct[code] for code in codes)
        ids = _numbered(distinct_ids, codes)
        counts = np.ones(len(rows), dtype=np.int64)
    in_order = sorted(zip(ids, texts, strict=True))
    return Corpus(
        name=table.source,
        text_column=column,
        texts=texts,
        ids=ids,
        counts=_frozen(counts),
        rows=_frozen(rows),
        metadata=others.iloc[rows].reset_index(drop=True),
        report=RowReport(
            read=len(values),
            empty=len(values) - len(filled),
            duplicates=repeats,
            repaired=garbled if repair else 0,
            kept=len(texts),
            merged_conflicts=conflicts,
            notes=table.notes,
            garbled=0 if repair else garbled,
            garbled_example="" if repair else _example(right),
        ),
        digest=digest([key for key, _ in in_order], [text for _, text in in_order]),
        reading=ReadingChoices(
            table.sheet, table.encoding, table.unit, duplicates, repair, table.header, table.delimiter
        ),
    )


def has_visible(text: str) -> bool:
    """Whether a text has anything to read. Models turn all that have not into one and the same vector."""
    return any(unicodedata.category(letter) not in _INVISIBLE for letter in text)


def _chosen(table: Table, text_column: str | None) -> str:
    frame = table.frame
    if text_column is None:
        return guess_text_column(frame)
    if text_column not in frame.columns:
        raise InputError(f'{table.source} has no column "{text_column}". Its columns: {_listed(list(frame.columns))}.')
    if not _is_text(frame[text_column]):
        raise InputError(
            f'Column "{text_column}" of {table.source} holds {_kind(frame[text_column])}, not texts. '
            f"{_advice(frame, text_column)}"
        )
    return text_column


def _too_few(table: Table, column: str, distinct: Sequence[str]) -> str:
    found = "no text" if not distinct else "only " + counted(len(distinct), "different text")
    return (
        f'Column "{column}" of {table.source} holds {found}; at least {MIN_TEXTS} are needed. '
        f"{_advice(table.frame, column)}"
    )


def _advice(frame: pd.DataFrame, column: str) -> str:
    """Name up to three other columns that would do."""
    others = [name for name in likely_text_columns(frame) if name != column and frame[name].nunique() >= MIN_TEXTS]
    return f"Choose another column: {_listed(others[:3])}." if others else "Add texts, or load another file."


def _example(right: dict[str, str]) -> str:
    """The shortest of the texts to be repaired, beside what it should be."""
    if not right:
        return ""
    garbled = min(right, key=len)
    return f"“{shortened(garbled, _EXAMPLE)}” for “{shortened(right[garbled], _EXAMPLE)}”"


def _conflicts(others: pd.DataFrame, rows: NDArray[np.int64], kept: NDArray[np.int64]) -> int:
    """Count the rows that differ in any column from the row they are merged into; two missing values are the same."""
    differ = np.zeros(len(rows), dtype=bool)
    for _, column in others.items():
        codes = pd.factorize(column)[0]  # -1 for missing
        differ |= codes[rows] != codes[kept]
    return int(differ.sum())


def _numbered(distinct_ids: Sequence[str], codes: NDArray[np.intp]) -> tuple[str, ...]:
    occurrence = pd.Series(codes).groupby(codes).cumcount().to_numpy()
    return tuple(
        distinct_ids[code] if nth == 0 else f"{distinct_ids[code]}-{nth + 1}"
        for code, nth in zip(codes, occurrence, strict=True)
    )


def _is_text(column: "pd.Series[Any]") -> bool:
    return isinstance(column.dtype, pd.StringDtype)


def _kind(column: "pd.Series[Any]") -> str:
    if pd.api.types.is_bool_dtype(column):
        return "yes/no values"
    return "numbers" if pd.api.types.is_numeric_dtype(column) else "dates or times"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _frozen(array: NDArray[Any]) -> NDArray[np.int64]:
    array = array.astype(np.int64)
    array.setflags(write=False)
    return array
