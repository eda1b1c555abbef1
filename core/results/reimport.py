"""Tables that Refract exported, read back: the same texts, values, topics and numbers, and labels made of them."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.base.errors import InputError
from core.base.spreadsheet import original
from core.base.wording import counted
from core.labelling.edited_run import EditedRun
from core.labelling.edits import Edit, Gather, Move, Part, Rename, SetAside, TakeOver, new_topic_id
from core.labelling.labels import JUNK, NONE, Labels
from core.results.result_folder import OWN, metadata_name
from core.results.tables import as_texts
from core.texts.readers.columns import listed
from core.texts.readers.excel import unescaped
from core.texts.readers.exported import text_id

_NEEDED = ("id", "text", "cluster", "topic")


@dataclass(frozen=True, eq=False)
class Exported:
    """A table that was exported, whatever its format: n texts.

    Parameters
    ----------
    ids, texts : as in the file; an id tells a text as long as nobody has changed it.
    metadata : (n, columns) text of the other columns, under the names that they had in the corpus.
    clusters : (n,) int64 number of each text's topic, -1 for none.
    topics : n names of topics.
    aside : (n,) bool, set aside as junk.
    counts : (n,) int64.
    second_clusters : (n,) int64, -1 where there is none.
    second_topics : n names, "" where there is none.
    margins : (n,) float32, NaN where undefined.
    xy : (n, 2) float32.
    """

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    metadata: pd.DataFrame
    clusters: NDArray[np.int64]
    topics: tuple[str, ...]
    aside: NDArray[np.bool_]
    counts: NDArray[np.int64]
    second_clusters: NDArray[np.int64]
    second_topics: tuple[str, ...]
    margins: NDArray[np.float32]
    xy: NDArray[np.float32]


@dataclass(frozen=True)
class LabelImport:
    """The edits that make labels those of an exported table.

    Parameters
    ----------
    edits : in the order in which they have to be done.
    absent : texts of the corpus that are not in the table; they stay where they are.
    unmatched : 0-based rows of the table whose texts are not in the corpus; they are left out.
    """

    edits: tuple[Edit, ...]
    absent: int
    unmatched: tuple[int, ...] = ()

    def as_edit(self, file: str) -> TakeOver:
        """All edits as one, which is undone at once."""
        return TakeOver(file, self.edits)

    def apply(self, labels: Labels) -> Labels:
        """The labels with the edits done."""
        return self.as_edit("").apply(labels)

    def sentence(self) -> str:
        """Say it in plain words."""
        said = [f"{counted(len(self.edits), 'edit')} to make the topics those of the file."]
        if self.absent:
            said.append(f"{counted(self.absent, 'text')} not in the file stay where they are.")
        if self.unmatched:
            rows = ", ".join(f"{row + 1:,}" for row in self.unmatched)
            said.append(
                f"{counted(len(self.unmatched), 'row')} of the file with texts that are not here left out, counted "
                f"without the header: {rows}."
            )
        return " ".join(said)


def read_export(source: Path | bytes, name: str | None = None) -> Exported:
    """Read a table that was exported as CSV, XLSX, Parquet or JSON Lines.

    Parameters
    ----------
    source : the file's path, or its content.
    name : the file's name, needed with content: its ending says the format.

    Raises
    ------
    InputError
        Where the file can't be read, or isn't such a table.
    """
    label = name or (source.name if isinstance(source, Path) else "")
    read = _READERS.get(Path(label).suffix.lower())
    if read is None:
        raise InputError(f"{label or 'The file'} is no exported table. Choose a .csv, .xlsx, .parquet or .jsonl file.")
    try:
        columns = read(source.read_bytes() if isinstance(source, Path) else source)
    except OSError as error:
        raise InputError(f"{label} can't be opened ({error.strerror or error}).") from None
    except InputError:
        raise
    except Exception as error:  # each library has its own for a damaged file
        raise InputError(f"{label} is damaged, or no such file inside. Export it again.") from error
    missing = [column for column in _NEEDED if column not in columns]
    if missing:
        raise InputError(f"{label} is no table that Refract exported: it has no column {listed(missing)}.")
    return _exported(columns, label)


def labels_from_export(table: Exported, labels: Labels, view: EditedRun | None = None) -> LabelImport:
    """The edits that give texts the topics of an exported table, and topics their names.

    A topic with exactly the texts of a topic in ``labels`` stays that one; others are made anew. Colours and notes are
    not in a table, and stay where topics stay.

    Parameters
    ----------
    labels : of the same corpus, in whatever state.
    view : the run under them; so that a topic that its keywords name goes on being named by them where the table has
        that name.

    Raises
    ------
    InputError
        Where no text of the table is in the corpus, one stands there twice, or the rows of a topic name it differently.
    """
    rows = _rows(table, labels)
    known = rows >= 0
    in_table = np.zeros(len(labels.texts), bool)
    in_table[rows[known]] = True
    shown = {topic.id: topic.name for topic in labels.topics}
    if view is not None:
        shown |= {view.topics[topic.cluster].id: topic.name for topic in view.run.topics if topic.cluster >= 0}
    edits: list[Edit] = []
    for number in np.unique(table.clusters[table.clusters >= 0]).tolist():
        inside = np.flatnonzero(known & (table.clusters == number))
        if not len(inside):
            continue
        name, aside = _said(table, number, inside)
        edits += _topic(labels, shown, in_table, np.sort(rows[inside]), name, aside)
    none = known & (table.clusters < 0)
    for place, chosen in ((JUNK, none & table.aside), (NONE, none & ~table.aside)):
        moved = rows[chosen]
        moved = np.sort(moved[labels.of[moved] != labels.place(place)])
        if len(moved):
            edits.append(Move(tuple(labels.texts[row] for row in moved), place))
    unmatched = tuple(np.flatnonzero(~known).tolist())
    return LabelImport(tuple(edits), len(labels.texts) - int(known.sum()), unmatched)


def _topic(
    labels: Labels,
    shown: Mapping[str, str],
    in_table: NDArray[np.bool_],
    rows: NDArray[np.int64],
    name: str,
    aside: bool,
) -> list[Edit]:
    """The edits that make texts one topic of that name.

    Parameters
    ----------
    shown : the names of topics now.
    in_table : (n,) whether a text stands in the table; those that don't go along with their topic.
    """
    places = np.unique(labels.of[rows])
    if len(places) == 1 and places[0] >= 0 and labels.topics[places[0]].id != JUNK:
        topic = labels.topics[places[0]]
        if in_table[labels.members(topic.id)].sum() == len(rows):
            renamed: list[Edit] = [Rename(topic.id, name)] if shown[topic.id] != name else []
            return renamed + ([SetAside(topic.id, aside)] if topic.junk != aside else [])
    id = new_topic_id()
    gathered: list[Edit] = [Gather(Part(id, tuple(labels.texts[row] for row in rows), name))]
    return gathered + ([SetAside(id, True)] if aside else [])


def _said(table: Exported, number: int, rows: NDArray[np.intp]) -> tuple[str, bool]:
    """Name of a topic, and whether it is set aside, as all its rows say."""
    names = sorted({table.topics[row] for row in rows})
    if len(names) > 1:
        raise InputError(
            f"Cluster {number} is called {listed(names, 3)} in different rows. Give all its rows one name, or another "
            "number to the rows that are to be another topic."
        )
    aside = table.aside[rows]
    if aside.any() != aside.all():
        raise InputError(f"Cluster {number} is set aside in some of its rows only. Let all of them say the same.")
    return names[0], bool(aside[0])


def _rows(table: Exported, labels: Labels) -> NDArray[np.int64]:
    """Row of each text in the corpus, by its id or, where a spreadsheet has spoilt that, by the text; -1 for none."""
    found = [
        labels.index.get(id, labels.index.get(text_id(text), -1))
        for id, text in zip(table.ids, table.texts, strict=True)
    ]
    rows = np.array(found, np.int64)
    known = rows[rows >= 0]
    if not len(known):
        raise InputError("None of the table's texts are here. Open the file that the table was exported from.")
    if len(np.unique(known)) < len(known):
        raise InputError("Some texts stand in the table twice. Leave each of them in one row.")
    return rows


def _exported(columns: dict[str, list[str]], label: str) -> Exported:
    n = len(columns["id"])

    def numbers(column: str, missing: float) -> NDArray[np.float64]:
        values = columns.get(column, [""] * n)
        try:
            return np.array([float(value) if value else missing for value in values], np.float64)
        except ValueError:
            raise InputError(f"{label}: the column {column} holds more than numbers. Export it again.") from None

    metadata = {metadata_name(name): values for name, values in columns.items() if name not in OWN}
    return Exported(
        ids=tuple(columns["id"]),
        texts=tuple(columns["text"]),
        metadata=pd.DataFrame(metadata, index=range(n), dtype="object"),
        clusters=numbers("cluster", -1).astype(np.int64),
        topics=tuple(columns["topic"]),
        aside=np.array([value.lower() == "true" for value in columns.get("aside", [""] * n)], bool),
        counts=numbers("count", 1).astype(np.int64),
        second_clusters=numbers("second_cluster", -1).astype(np.int64),
        second_topics=tuple(columns.get("second_topic", [""] * n)),
        margins=numbers("margin", np.nan).astype(np.float32),
        xy=np.column_stack([numbers("x", np.nan), numbers("y", np.nan)]).astype(np.float32),
    )


def _csv(data: bytes) -> dict[str, list[str]]:
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    return _restored(list(rows))


def _xlsx(data: bytes) -> dict[str, list[str]]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheet = book["texts"] if "texts" in book.sheetnames else book.worksheets[0]
    sheet.reset_dimensions()
    header, *body = sheet.iter_rows(values_only=True)
    columns = [list(column) for column in zip(*(_wide(row, len(header)) for row in body), strict=True)]
    texts = [_cell_texts(values) for values in columns or [[] for _ in header]]
    return _restored([[unescaped(str(name)) for name in header], *map(list, zip(*texts, strict=True))])


def _wide(row: tuple[Any, ...], width: int) -> tuple[Any, ...]:
    return (*row, *([None] * (width - len(row))))


def _cell_texts(values: list[Any]) -> list[str]:
    """The cells of a column as `as_texts` writes them."""
    filled = [value for value in values if value is not None]
    if any(isinstance(value, str) for value in filled):
        return ["" if value is None else unescaped(str(value)) for value in values]
    if filled and any(isinstance(value, float) for value in filled):
        return ["" if value is None else str(float(value)) for value in values]
    return as_texts(pd.Series(values).convert_dtypes() if filled else pd.Series(values, dtype="object"))


def _restored(rows: list[list[str]]) -> dict[str, list[str]]:
    """Columns of a spreadsheet's rows, without the apostrophes before what would be formulas."""
    header, *body = rows
    columns = list(zip(*body, strict=True)) or [()] * len(header)
    return {original(name): [original(value) for value in values] for name, values in zip(header, columns, strict=True)}


def _parquet(data: bytes) -> dict[str, list[str]]:
    frame = pd.read_parquet(io.BytesIO(data))
    return {str(name): as_texts(frame[name]) for name in frame.columns}


def _jsonl(data: bytes) -> dict[str, list[str]]:
    objects = [json.loads(line) for line in data.decode("utf-8").split("\n") if line.strip()]
    names = list(objects[0]) if objects else []
    return {name: [_json_text(each.get(name)) for each in objects] for name in names}


def _json_text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


_READERS: dict[str, Callable[[bytes], dict[str, list[str]]]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
    ".jsonl": _jsonl,
}
