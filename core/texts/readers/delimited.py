"""CSV and TSV, read with the standard library's strict parser: exact line numbers, and no row bent to fit."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pandas as pd

from core.base.errors import InputError
from core.texts.readers.columns import assemble, infer
from core.texts.readers.table import Table, counted

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_ROWS_LOOKED_AT = 500
_BREAK = re.compile(r"\r\n|\r|\n")
_SEPARATOR_LINE = re.compile(r"sep=([,;|\t])(?:\r\n|\r|\n)", re.IGNORECASE)  # Excel writes it
_SENTENCE_END = re.compile("[.!\u2026\u3002\uff01][\"'\u201d\u2019\u00bb)]*$")  # with an ellipsis, and in CJK
csv.field_size_limit(2**31 - 1)  # the largest that every platform takes

Row = tuple[int, list[str]]  # the line it starts at, its fields


def read(text: str, name: str, *, tabs: bool = False) -> Table:
    """Read delimited text whose first row names the columns.

    Parameters
    ----------
    text : the file's content.
    name : the file's name, for messages.
    tabs : whether the file's extension promises tabs; other delimiters are still found.

    Raises
    ------
    InputError
        If a quote does not close, a row has more fields than the header, or there is no row.
    """
    told = _SEPARATOR_LINE.match(text)
    delimiter = told[1] if told else guess_delimiter(text, tabs=tabs)
    rows, blank = _split_blank(list(_records(text, delimiter, name))[1 if told else 0 :])
    if not rows:
        raise InputError(f"{name} holds nothing but blank lines. Load a file with a header and at least one row.")
    header, body = rows[0][1], rows[1:]
    notes = [f"{counted(blank, 'blank line')} skipped."] if blank else []
    notes += _fit(body, len(header), name, delimiter)
    columns, more = _columns([fields for _, fields in body], len(header))
    if _is_data(header, columns):
        notes.append("The first row is data, not column names, so the columns were named here.")
        columns, more = _columns([header, *(fields for _, fields in body)], len(header))
        header = ["text"] if len(header) == 1 else [f"column_{k}" for k in range(1, len(header) + 1)]
    elif not body:
        raise InputError(f"{name} has a header and no rows. Load a file with at least one row.")
    frame, named = assemble(header, columns)
    notes += [*more, *named]
    return Table(frame, name, "TSV" if tabs else "CSV", delimiter=delimiter, notes=tuple(notes))


def guess_delimiter(text: str, *, tabs: bool = False) -> str | None:
    """Return the delimiter that gives most rows as many fields as the header, or None for a single column."""
    found: list[tuple[float, int, str]] = []
    for delimiter in DELIMITERS:
        lenient = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        head = [fields for fields in islice(lenient, _ROWS_LOOKED_AT) if fields]
        width = len(head[0]) if head else 1
        if width > 1:
            if tabs and delimiter == "\t":
                return delimiter
            same = sum(len(fields) == width for fields in head[1:])
            found.append((same / max(1, len(head) - 1), width, delimiter))
    if not found:
        return None
    share, _, delimiter = max(found)
    if share < 0.5 and _is_prose(_BREAK.split(text.lstrip(), maxsplit=1)[0], delimiter):
        return None
    return delimiter


def _is_prose(line: str, delimiter: str) -> bool:
    """Tell whether a delimiter in a line is punctuation: behind it comes a space, and there are many words."""
    return len(line.split()) >= 5 and all(part.startswith(" ") for part in line.split(delimiter)[1:])


def _records(text: str, delimiter: str | None, name: str) -> Iterator[Row]:
    # A single column has no delimiter, but the parser needs one: any character that does not occur will do.
    used = delimiter or next(chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=used, strict=True)
    start = 1
    try:
        for fields in reader:
            yield start, fields
            start = reader.line_num + 1
    except csv.Error:
        line, closes = _bad_quote(text, used, start)
        if closes:
            problem = f"{name}: behind the quoted text that starts on line {line:,} comes more text. "
            raise InputError(problem + 'Write quotes inside a text twice (""), or load the file as TXT.') from None
        problem = f"{name}: the quote that opens on line {line:,} never closes. "
        raise InputError(problem + "Close it, or load the file as TXT to get a text per line.") from None


def _bad_quote(text: str, delimiter: str, start: int) -> tuple[int, bool]:
    """Return the line where the first faulty quote opens, and whether it closes, from the record on line ``start``."""
    position = next(islice(_BREAK.finditer(text), start - 2, None)).end() if start > 1 else 0
    field = re.compile(rf'"[^"]*+(?:""[^"]*+)*+("?)|[^{re.escape(delimiter)}\r\n]*+')
    while (match := field.match(text, position)) and match.end() < len(text):
        if match[1] is not None and text[match.end()] not in f"{delimiter}\r\n":
            break
        position = match.end() + 1
    return len(_BREAK.findall(text, 0, position)) + 1, bool(match and match[1])


def _split_blank(rows: list[Row]) -> tuple[list[Row], int]:
    """Leave out blank lines. In a single column, a quoted "" is an empty text and not a blank line."""
    several = max((len(fields) for _, fields in rows), default=0) > 1
    kept = [row for row in rows if row[1] and not (several and len(row[1]) == 1 and not row[1][0].strip())]
    return kept, len(rows) - len(kept)


def _fit(rows: list[Row], width: int, name: str, delimiter: str | None) -> list[str]:
    """Bring every row to ``width`` fields in place: short ones are filled; ones with too much text are an error."""
    long = [row for row in rows if len(row[1]) > width]
    ragged = [row for row in long if any(row[1][width:])]
    if ragged:
        raise InputError(_ragged(ragged, width, name, delimiter))
    short = 0
    for _, fields in rows:
        if len(fields) != width:
            short += len(fields) < width
            fields[width:] = []
            fields += [""] * (width - len(fields))
    notes = [f"{counted(short, 'row')} with fewer fields than the header filled up with empty ones."] if short else []
    if long:
        notes.append(f"{counted(len(long), 'row')} ended in more delimiters than the header; nothing was behind them.")
    return notes


def _ragged(rows: list[Row], width: int, name: str, delimiter: str | None) -> str:
    lines = ", ".join(f"{line:,}" for line, _ in rows[:5]) + (", ..." if len(rows) > 5 else "")
    found = " or ".join(f"{count:,}" for count in sorted(Counter(len(fields) for _, fields in rows))[:4])
    return (
        f"{name}: {counted(len(rows), 'row')} with more fields than the header's {width:,} (found {found}; "
        f"line {lines}). Put texts that contain {NAMES.get(delimiter or '', 'the delimiter')} in double quotes, "
        "or load the file as TXT to get a text per line."
    )


def _columns(rows: list[list[str]], width: int) -> tuple[list["pd.Series[Any]"], list[str]]:
    columns, notes = [], []
    for position in range(width):
        column, more = infer([fields[position] for fields in rows])
        columns.append(column)
        notes += more
    return columns, notes


def _is_data(header: list[str], columns: list["pd.Series[Any]"]) -> bool:
    """Tell whether the first row is evidently no header: it holds a full sentence, and values of the columns' types.

    A survey's question is a usual header, so a question mark is no evidence.
    """
    if not any(_is_sentence(cell) for cell in header):
        return False
    others = [(cell, column) for cell, column in zip(header, columns, strict=True) if not _is_text(column)]
    alike = [infer([cell])[0].dtype.kind == column.dtype.kind for cell, column in others]
    return all(alike) and (bool(alike) or len(header) == 1)


def _is_text(column: "pd.Series[Any]") -> bool:
    return isinstance(column.dtype, pd.StringDtype)


def _is_sentence(cell: str) -> bool:
    words = cell.split()
    wordless_script = len(cell) >= 12 and not cell.isascii()
    return (len(words) >= 5 or wordless_script) and bool(_SENTENCE_END.search(cell.strip()))
