"""The table of a labelled run as CSV, XLSX, Parquet and JSON Lines.

Every format holds every text, value and number exactly, or refuses with an `InputError` that says which formats can.
`core.results.reimport` reads them back.
"""

import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.base.errors import InputError
from core.base.spreadsheet import neutralised
from core.base.wording import counted
from core.results.result_folder import OWN
from core.texts.readers.table import LeftOutRow

# What Excel has room for, by Microsoft's "Excel specifications and limits".
MAX_CELL = 32_767  # UTF-16 units
MAX_ROWS = 1_048_576
_EXACT = 10**15  # it keeps 15 digits of a number
_FIRST_DATE = pd.Timestamp("1900-03-01")  # before it Excel counts a day too many
_HALF = re.compile("[\ud800-\udfff]")

NEUTRALISED = (
    "A text that begins with = + - @, a tab or a carriage return has an apostrophe before it, so that no spreadsheet "
    "takes it for a formula; a text that has apostrophes before such a beginning has one more. Refract takes them away "
    "again when it reads the file."
)


def refusal(frame: pd.DataFrame, format: str) -> str | None:
    """Why a table can't be written in a format ("csv", "xlsx", "parquet", "jsonl"), and which can hold it; or None."""
    if format == "jsonl":
        return None
    halves = sum(_holds_half(frame.iloc[:, place]) for place in range(frame.shape[1]))
    if halves:
        return (
            f"{counted(halves, 'text')} {'holds' if halves == 1 else 'hold'} half of a character (a lone surrogate), "
            f"which {_NAMES[format]} can't store. Use JSON Lines."
        )
    if format != "xlsx":
        return None
    if len(frame) + 1 > MAX_ROWS:
        return (
            f"{len(frame):,} texts and their heading don't fit: a sheet of Excel has {MAX_ROWS:,} rows. "
            "Use CSV, Parquet or JSON Lines."
        )
    long = sum(_too_long(frame.iloc[:, place]) for place in range(frame.shape[1]))
    if long:
        return (
            f"{counted(long, 'text')} {'is' if long == 1 else 'are'} longer than the {MAX_CELL:,} characters that a "
            "cell of Excel holds. Use CSV, Parquet or JSON Lines, which hold them whole."
        )
    return None


def to_csv(frame: pd.DataFrame) -> bytes:
    """As UTF-8 with a byte order mark, by which Excel knows it; formulas neutralised, see `NEUTRALISED`.

    Raises
    ------
    InputError
        For what `refusal` names.
    """
    _check(frame, "csv")
    safe = neutralised(frame)
    for place, name in enumerate(frame.columns):
        column = frame.iloc[:, place]
        if not _is_text(column) and (name not in OWN or pd.api.types.is_bool_dtype(column.dtype)):
            safe.isetitem(place, as_texts(column))
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return b"\xef\xbb\xbf" + text.encode("utf-8")


def left_out_csv(rows: Sequence[LeftOutRow]) -> bytes:
    """The rows of a file that reading left out: line, reason and cells, as CSV that a spreadsheet opens safely."""
    wide = max((len(row.cells) for row in rows), default=0)
    cells = [[*row.cells, *[""] * (wide - len(row.cells))] for row in rows]
    frame = pd.DataFrame(cells, columns=[f"cell {number}" for number in range(1, wide + 1)])
    frame.insert(0, "line", [row.line for row in rows])
    frame.insert(1, "why", [row.why for row in rows])
    return to_csv(frame)


def to_jsonl(frame: pd.DataFrame) -> bytes:
    """One object a text, UTF-8; half characters, which UTF-8 can't hold, are escaped as JSON allows. Missing: null."""
    columns = [_plain(frame.iloc[:, place]) for place in range(frame.shape[1])]
    names = [str(name) for name in frame.columns]
    lines = (json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in zip(*columns, strict=True))
    return b"".join(
        (json.dumps(json.loads(line)) if _HALF.search(line) else line).encode("utf-8") + b"\n" for line in lines
    )


def to_parquet(frame: pd.DataFrame, about: Mapping[str, str]) -> bytes:
    """With the types of the columns; ``about`` is in the file's properties under the key "refract", as JSON.

    Raises
    ------
    InputError
        For what `refusal` names.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    _check(frame, "parquet")
    table = pa.Table.from_pandas(frame, preserve_index=False)
    told = {**(table.schema.metadata or {}), b"refract": json.dumps(dict(about)).encode()}
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(told), out)
    return out.getvalue()


def to_xlsx(frame: pd.DataFrame, topics: pd.DataFrame, about: Mapping[str, str]) -> bytes:
    """A workbook with the sheets "texts", "topics" and "about", formulas neutralised, see `NEUTRALISED`.

    Control characters are written as the file format asks for (``_x0001_``), so that none is lost. A column of numbers
    or dates that Excel can't keep exactly is written as text, and "about" says which.

    Raises
    ------
    InputError
        For what `refusal` names.
    """
    import xlsxwriter

    for each in (frame, topics):
        _check(each, "xlsx")
    columns, as_text = [], []
    safe = neutralised(frame)
    for place, name in enumerate(frame.columns):
        values, form = _cells(frame.iloc[:, place], safe.iloc[:, place])
        columns.append((str(safe.columns[place]), values, form))
        if form == "" and not _is_text(frame.iloc[:, place]):
            as_text.append(str(name))
    said = {**about, "formulas": NEUTRALISED}
    if as_text:
        said["columns as text"] = f"{', '.join(as_text)}: Excel would not keep their numbers or dates exactly."
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        book.set_properties({"title": said.get("corpus", ""), "comments": NEUTRALISED})
        _sheet(book, "texts", columns)
        plain = neutralised(topics)
        _sheet(
            book,
            "topics",
            [(str(name), *_cells(topics[name], plain.iloc[:, place])) for place, name in enumerate(topics.columns)],
        )
        rows = neutralised(pd.DataFrame({"what": list(said), "value": list(said.values())}))
        _sheet(book, "about", [(str(name), rows[name].tolist(), "") for name in rows.columns], widths=(22, 120))
    return out.getvalue()


def as_texts(values: "pd.Series[Any]") -> list[str]:
    """Every value of a column as text, as all formats give it back; "" for a missing one.

    Numbers as Python writes them, true and false, dates in ISO form, without the time where none of them has one.
    """
    if _is_text(values):
        return ["" if value is None or value is pd.NA else str(value) for value in values.tolist()]
    missing = values.isna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        days = values.dt.tz is None and bool((values.dropna() == values.dropna().dt.normalize()).all())
        said = [str(value)[:10] if days else str(value) for value in values]
    elif pd.api.types.is_bool_dtype(values.dtype):
        said = [str(bool(value)).lower() for value in values.fillna(False)]
    else:
        said = [str(value) for value in values.tolist()]
    return ["" if gone else value for value, gone in zip(said, missing, strict=True)]


class _Exact(float):
    """A number that is written with as many digits as it takes to read it back: 17 at most, where 16 are usual."""

    def __format__(self, spec: str) -> str:
        return float.__repr__(self)


def _cells(column: "pd.Series[Any]", safe: "pd.Series[Any]") -> tuple[Sequence[Any], str]:
    """The values to write in a sheet, None for no cell, and their form: "" for text, "number", "date", "time"."""
    values, dtype = column.dropna(), column.dtype
    if _is_text(column):
        return safe.tolist(), ""
    if pd.api.types.is_bool_dtype(dtype):
        return [None if pd.isna(value) else bool(value) for value in column], "bool"
    if pd.api.types.is_datetime64_any_dtype(dtype):
        if values.dt.tz is not None or not ((values >= _FIRST_DATE) & (values == values.dt.floor("s"))).all():
            return as_texts(column), ""
        days = bool((values == values.dt.normalize()).all())
        return [None if pd.isna(value) else value.to_pydatetime() for value in column], "date" if days else "time"
    if pd.api.types.is_integer_dtype(dtype):
        if not (values.abs() < _EXACT).all():
            return as_texts(column), ""
        return [None if pd.isna(value) else int(value) for value in column], "number"
    if pd.api.types.is_float_dtype(dtype):
        if np.isinf(values.to_numpy(dtype=float)).any():
            return as_texts(column), ""
        return [None if pd.isna(value) else _Exact(str(value)) for value in column], "number"
    return as_texts(column), ""


def _sheet(
    book: Any, title: str, columns: Sequence[tuple[str, Sequence[Any], str]], widths: Sequence[int] = ()
) -> None:
    """Write a sheet; columns are name, values and form as `_cells` gives them."""
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True})
    formats = {"date": book.add_format({"num_format": "yyyy-mm-dd"})}
    formats["time"] = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for place, (name, _, form) in enumerate(columns):
        width = widths[place] if place < len(widths) else 60 if name == "text" else 18 if form else 24
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(columns[0][1]), len(columns) - 1)
    for place, (name, _, _) in enumerate(columns):
        sheet.write_string(0, place, name, bold)
    for row, values in enumerate(zip(*(column[1] for column in columns), strict=True), start=1):
        for place, (value, (_, _, form)) in enumerate(zip(values, columns, strict=True)):
            if value is None or value == "":
                continue
            if form == "number":
                sheet.write_number(row, place, value)
            elif form == "bool":
                sheet.write_boolean(row, place, value)
            elif form:
                sheet.write_datetime(row, place, value, formats[form])
            else:
                sheet.write_string(row, place, value)


def _plain(column: "pd.Series[Any]") -> list[Any]:
    """Values that JSON has, None for missing ones."""
    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return [None if pd.isna(value) else bool(value) for value in column]
    if pd.api.types.is_integer_dtype(dtype):
        return [None if pd.isna(value) else int(value) for value in column]
    if pd.api.types.is_float_dtype(dtype):
        # str() of a float32 has the few digits that it takes, where Python's float of it has many more.
        numbers = [None if pd.isna(value) else float(str(value)) for value in column.to_numpy()]
        return [str(value) if value is not None and math.isinf(value) else value for value in numbers]
    return as_texts(column)


def _check(frame: pd.DataFrame, format: str) -> None:
    if said := refusal(frame, format):
        raise InputError(said)


def _is_text(column: "pd.Series[Any]") -> bool:
    return isinstance(column.dtype, pd.StringDtype) or column.dtype == object


def _holds_half(column: "pd.Series[Any]") -> int:
    if column.dtype != object:  # pandas' own texts can't
        return 0
    return sum(isinstance(value, str) and _HALF.search(value) is not None for value in column)


def _too_long(column: "pd.Series[Any]") -> int:
    if not _is_text(column):
        return 0
    likely = [value for value in column if isinstance(value, str) and len(value) > MAX_CELL // 2 - 2]
    return sum(len(value.encode("utf-16-le", "surrogatepass")) // 2 + _marked(value) > MAX_CELL for value in likely)


def _marked(value: str) -> int:
    """One where `neutralised` puts an apostrophe before the text."""
    return len(str(neutralised(pd.DataFrame({"text": [value]}, dtype="object")).iloc[0, 0])) - len(value)


_NAMES = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}
