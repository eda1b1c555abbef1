"""CSV and TSV, read with the standard library's strict parser: exact line numbers, and no row bent to fit."""

import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import Any

import pandas as pd

from core.base.errors import InputError
from core.base.wording import counted
from core.texts.readers.columns import assemble, infer
from core.texts.readers.header import Row, header_decision, is_data, numbered, tell_rows
from core.texts.readers.quoting import records, unwrapped
from core.texts.readers.table import DELIMITER_NAMES, Decision, LeftOutRow, Table

DELIMITERS = (",", ";", "\t", "|", "^")
_ROWS_LOOKED_AT = 500
_TITLES = 30  # lines of titles that may stand above a table
_BREAK = re.compile(r"\r\n|\r|\n")
_SEPARATOR_LINE = re.compile(r"sep=([,;|^\t])(?:\r\n|\r|\n)", re.IGNORECASE)  # Excel writes it


def read(text: str, name: str, *, tabs: bool = False, delimiter: str | None = None, header: int | None = None) -> Table:
    """Read delimited text. Rows that don't fit are set aside, and said.

    Parameters
    ----------
    text : the file's content.
    name : the file's name, for messages.
    tabs : whether the file's extension promises tabs; other delimiters are still found.
    delimiter : found out where None.
    header : the line with the names of the columns, 0 for none; found out where None.

    Raises
    ------
    InputError
        If there is no row that fits.
    """
    notes: list[str] = []
    if (inner := unwrapped(text)) is not None:
        text = inner
        notes.append("Each whole line stood in quotes; they were left out.")
    told = _SEPARATOR_LINE.match(text)
    used = delimiter or (told[1] if told else guess_delimiter(text, tabs=tabs))
    found = records(text, used)
    rows, blank = _split_blank(found.rows[1 if told else 0 :])
    if not rows and found.set_aside:
        raise InputError(f"{name}: the quotes of no row fit ({_lines(found.set_aside)}). Read the file as lines.")
    if not rows:
        raise InputError(f"{name} holds nothing but blank lines. Load a file with a header and at least one row.")
    notes += [f"{counted(blank, 'blank line')} skipped."] if blank else []
    notes += [found.note] if found.note else []
    grid = tell_rows(rows, header)
    body, ragged, names, more = _fit(grid.body, grid.names, name, used)
    aside = sorted([*grid.set_aside, *found.set_aside, *ragged], key=lambda row: row.line)
    if not body:
        raise InputError(f"{name} has a header and no rows. Load a file with at least one row.")
    columns, typed = _columns([fields for _, fields in body], len(names))
    frame, named = assemble(names, columns)
    notes += [*grid.notes, *more]
    if found.set_aside:
        notes.append(
            f"{counted(len(found.set_aside), 'row')} set aside for quotes that don't fit ({_lines(found.set_aside)})."
        )
    decisions = [header_decision(grid, "line")]
    if used is not None:
        others = tuple(DELIMITER_NAMES[sign] for sign in DELIMITERS if sign != used and sign in text[:10_000])
        decisions.append(
            Decision(
                "delimiter", DELIMITER_NAMES.get(used, used), "Most rows have the same number of fields so.", others
            )
        )
    return Table(
        frame,
        name,
        "TSV" if tabs else "CSV",
        delimiter=used,
        notes=(*notes, *typed, *named),
        header=grid.line,
        set_aside=tuple(aside),
        decisions=tuple(decisions),
    )


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
        return _under_titles(text)
    share, _, delimiter = max(found)
    if share < 0.5 and (below := _under_titles(text)):
        return below
    if share < 0.5 and _is_prose(_BREAK.split(text.lstrip(), maxsplit=1)[0], delimiter):
        return None
    return delimiter


def table_in_text(text: str) -> str | None:
    """Return the delimiter of a table that plain text is, or None where it is lines or prose."""
    head = [line for line in islice(io.StringIO(text, newline=""), _ROWS_LOOKED_AT) if line.strip()]
    if len(head) < 3:
        return None
    for delimiter in ("\t", ";", "|", ",", "^"):
        rows = [fields for fields in csv.reader(head, delimiter=delimiter) if fields]
        width = len(rows[0]) if rows else 1
        alike = sum(len(fields) == width for fields in rows)
        if width < 2 or alike < 0.9 * len(rows):
            continue
        # A tab is hardly ever punctuation; for other signs the first line has to be a header.
        names = all(cell.strip() and len(cell.split()) <= 6 and cell[:1] != " " for cell in rows[0])
        if delimiter == "\t" or (names and alike == len(rows) and not is_data(rows[0], rows[1:])):
            return delimiter
    return None


def _under_titles(text: str) -> str | None:
    """Return the delimiter of a table that stands under lines of titles, which lack it."""
    head = [line for line in islice(io.StringIO(text, newline=""), _ROWS_LOOKED_AT) if line.strip()]
    for delimiter in DELIMITERS:
        place = next((k for k, line in enumerate(head[:_TITLES]) if delimiter in line), 0)
        rows = [fields for fields in csv.reader(head[place:], delimiter=delimiter) if fields]
        if not place or len(rows) < 3 or any(f"{delimiter} " in line for line in head[place : place + 3]):
            continue
        alike = sum(len(fields) == len(rows[0]) for fields in rows)
        fits = len(rows[0]) > 1 and alike >= 0.9 * len(rows)
        if fits and _are_names(rows[0]) and not is_data(rows[0], rows[1:]):
            return delimiter
    return None


def _are_names(cells: list[str]) -> bool:
    """Tell whether cells can be names of columns: each has a letter or a digit, and no two are the same."""
    return all(any(letter.isalnum() for letter in cell) for cell in cells) and len({*cells}) == len(cells)


def _is_prose(line: str, delimiter: str) -> bool:
    """Tell whether a delimiter in a line is punctuation: after it comes a space, and there are many words."""
    return len(line.split()) >= 5 and all(part.startswith(" ") for part in line.split(delimiter)[1:])


def _split_blank(rows: list[Row]) -> tuple[list[Row], int]:
    """Leave out blank lines. In a single column, a quoted "" is an empty text and not a blank line."""
    several = max((len(fields) for _, fields in rows), default=0) > 1
    kept = [row for row in rows if row[1] and not (several and len(row[1]) == 1 and not row[1][0].strip())]
    return kept, len(rows) - len(kept)


def _fit(
    rows: list[Row], names: list[str] | None, name: str, delimiter: str | None
) -> tuple[list[Row], list[LeftOutRow], list[str], list[str]]:
    """Bring every row to the header's width: short ones are filled, ones with too much text are set aside.

    Returns the rows, those set aside, the names of the columns and notes.
    """
    notes: list[str] = []
    usual = Counter(len(fields) for _, fields in rows).most_common(1)[0][0] if rows else 1
    if names is None:
        names = ["text"] if usual == 1 else numbered(usual)
    elif usual == len(names) + 1 and all(
        fields[-1:] != [""] for _, fields in rows[:_ROWS_LOOKED_AT] if len(fields) == usual
    ):
        names = ["row", *names]  # as R writes a table with the names of its rows
        notes.append("The rows have one field more than the header; the first was taken for the name of the row.")
    width = len(names)
    long = [row for row in rows if len(row[1]) > width]
    ragged = [row for row in long if any(row[1][width:])]
    if ragged and len(ragged) == len(rows):
        raise InputError(_ragged(ragged, width, name, delimiter))
    aside = [LeftOutRow(line, tuple(fields), "has more fields than the header") for line, fields in ragged]
    if aside:
        notes.append(
            f"{counted(len(aside), 'row')} set aside for having more fields than the header ({_lines(aside)})."
        )
        gone = {line for line, _ in ragged}
        rows = [row for row in rows if row[0] not in gone]
    short = sum(len(fields) < width for _, fields in rows)
    if short or len(long) > len(ragged):
        rows = [(line, [*fields[:width], *[""] * (width - len(fields))]) for line, fields in rows]
    if short:
        notes.append(f"{counted(short, 'row')} with fewer fields than the header filled up with empty ones.")
    if over := len(long) - len(ragged):
        notes.append(f"{counted(over, 'row')} ended in more delimiters than the header; nothing was after them.")
    return rows, aside, names, notes


def _lines(rows: list[LeftOutRow]) -> str:
    return "line " + ", ".join(f"{row.line:,}" for row in rows[:5]) + (", ..." if len(rows) > 5 else "")


def _ragged(rows: list[Row], width: int, name: str, delimiter: str | None) -> str:
    lines = ", ".join(f"{line:,}" for line, _ in rows[:5]) + (", ..." if len(rows) > 5 else "")
    found = " or ".join(f"{count:,}" for count in sorted(Counter(len(fields) for _, fields in rows))[:4])
    return (
        f"{name}: every row has more fields than the header's {width:,} (found {found}; line {lines}). Put texts that "
        f"contain {DELIMITER_NAMES.get(delimiter or '', 'the delimiter')} in double quotes, or read the file as lines."
    )


def _columns(rows: list[list[str]], width: int) -> tuple[list["pd.Series[Any]"], list[str]]:
    columns, notes = [], []
    for position in range(width):
        column, more = infer([fields[position] for fields in rows])
        columns.append(column)
        notes += more
    return columns, notes
