"""How rows of delimited text are quoted: by the standard, or in one of the ways in which programs differ from it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.texts.readers.header import Row
from core.texts.readers.table import LeftOutRow

csv.field_size_limit(2**31 - 1)  # the largest that every platform takes
_LINES_A_RECORD = 50  # over so many lines the end of a record is looked for after a quote that fits nowhere


@dataclass(frozen=True)
class Records:
    """The rows of delimited text, with those that could not be read and a sentence where quoting was not standard."""

    rows: list[Row]
    set_aside: list[LeftOutRow]
    note: str = ""


def records(text: str, delimiter: str | None) -> Records:
    """Split text into rows: by the standard where that works, else in the way that makes most rows fit."""
    used = delimiter or next(chr(code) for code in range(0xE000, 0xF8FF) if chr(code) not in text)
    standard = _parsed(text, used)
    if standard is not None and not _swallows(standard, text, used):
        return Records(standard, [])
    for note, parse in _ways(text, used):
        rows = parse()
        if rows is not None and _even(rows, 0.9):
            return Records(rows, [], note)
    if standard is not None:
        return Records(standard, [])
    return _by_line(text, used)


def unwrapped(text: str) -> str | None:
    """The text of a file in which each whole line was put into quotes, without them; None for any other."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or not all(line[0] == line[-1] == '"' and len(line) > 2 for line in lines[:500]):
        return None
    inner = [line[1:-1].replace('""', '"') if line[0] == line[-1] == '"' else line for line in lines]
    for delimiter in ",;\t|":
        try:
            widths = {len(next(csv.reader([line], delimiter=delimiter, strict=True))) for line in inner[:500]}
            outer = {len(next(csv.reader([line], delimiter=delimiter, strict=True))) for line in lines[:500]}
        except (csv.Error, StopIteration):
            continue
        if len(widths) == 1 and widths != {1} and outer == {1}:
            return "\n".join(inner) + "\n"
    return None


def _ways(text: str, used: str) -> Iterator[tuple[str, Callable[[], list[Row] | None]]]:
    sign = re.escape(used)
    if re.search(rf'{sign}[ ]+"', text):
        yield "Blanks before quotes were left out.", lambda: _parsed(text, used, skipinitialspace=True)
    if re.search(rf'"[ ]+(?:{sign}|$)', text, re.MULTILINE):
        trimmed = re.sub(rf'"[ ]+(?={sign}|\r|\n|$)', '"', text)
        yield "Blanks after quotes were left out.", lambda: _parsed(trimmed, used, skipinitialspace=True)
    if '\\"' in text:
        yield (
            'Quotes inside texts are written \\" in this file.',
            lambda: _parsed(text, used, escapechar="\\", doublequote=False),
        )
    yield "Quotes were read as ordinary characters.", lambda: _unquoted(text, used)


def _parsed(text: str, used: str, **how: object) -> list[Row] | None:
    """Every record with the line it starts at, or None where the quoting does not hold."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=used, strict=True, **how)  # type: ignore[arg-type]
    rows: list[Row] = []
    start = 1
    try:
        for fields in reader:
            rows.append((start, fields))
            start = reader.line_num + 1
    except csv.Error:
        return None
    return rows


def _unquoted(text: str, used: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=used, quoting=csv.QUOTE_NONE)
    return [(line, fields) for line, fields in enumerate(reader, start=1)]


def _swallows(rows: list[Row], text: str, used: str) -> bool:
    """Tell whether quotes glued lines together that are whole rows each."""
    if '"' not in text:
        return False
    glued = [fields for _, fields in rows if any("\n" in field or "\r" in field for field in fields)]
    if used not in text:
        return False
    if not glued:
        blanks: int = sum(field.startswith(' "') for _, fields in rows for field in fields)
        return blanks * 2 > len(rows)
    if not any(used in field for fields in glued for field in fields):
        return False
    return _even(_unquoted(text, used), 1.0)


def _even(rows: list[Row], share: float) -> bool:
    """Tell whether at least that share of the rows that are not blank is as wide as the first, and wider than one."""
    widths = [len(fields) for _, fields in rows if fields]
    return len(widths) > 1 and widths[0] > 1 and Counter(widths)[widths[0]] >= share * len(widths)


def _by_line(text: str, used: str) -> Records:
    """Read each record from the line it starts on, and set aside the lines whose quotes fit nowhere."""
    lines = list(io.StringIO(text, newline=""))
    rows: list[Row] = []
    aside: list[LeftOutRow] = []
    place = 0
    while place < len(lines):
        taken = _record(lines, place, used)
        if taken is None:
            aside.append(LeftOutRow(place + 1, (lines[place].rstrip("\r\n"),), "has quotes that don't fit"))
            place += 1
            continue
        length, fields = taken
        rows.append((place + 1, fields))
        place += length
    return Records(rows, aside)


def _record(lines: list[str], place: int, used: str) -> tuple[int, list[str]] | None:
    for length in range(1, _LINES_A_RECORD + 1):
        piece = "".join(lines[place : place + length])
        try:
            found = list(csv.reader(io.StringIO(piece, newline=""), delimiter=used, strict=True))
        except csv.Error as error:
            if "unexpected end" not in str(error):
                return None  # more text follows a closing quote: further lines mend nothing
            if place + length >= len(lines):
                return None
            continue
        return length, found[0] if found else []
    return None
