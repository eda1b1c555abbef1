"""Which rows of a grid name its columns, which are data, and which are neither."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.base.errors import InputError
from core.base.wording import counted
from core.texts.readers.columns import as_text, infer
from core.texts.readers.table import Decision, LeftOutRow

Row = tuple[int, list[Any]]  # the 1-based line it starts at, its cells

_ROWS_LOOKED_AT = 500
_MOST_ABOVE = 30  # rows that may stand above the header
_SENTENCE_END = re.compile("[.!\u2026\u3002\uff01][\"'\u201d\u2019\u00bb)]*$")  # with an ellipsis, and in CJK
_IMPORT_ID = re.compile(r'\s*\{"ImportId"\s*:')  # Qualtrics names its columns a third time, as JSON
_ANSWER_KINDS = frozenset({"response", "open-ended response", "other (please specify)"})  # SurveyMonkey's second row
_TOTALS = re.compile(
    r"(grand |sub)?totals?( general)?|sum(me|a|s)?|gesamt(summe)?|insgesamt|totale|totaux|somme|totaal|yhteens\u00e4"
    r"|\u0438\u0442\u043e\u0433\u043e|\u5408\u8ba1|\u5408\u8a08|toplam|razem",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Grid:
    """A grid of cells whose rows have been told apart.

    Parameters
    ----------
    names : of the columns, as they stand in the file; None where no row names them.
    body : the rows of data.
    set_aside : the rows that are neither.
    line : the header's, 0 where there is none.
    notes : sentences on what was decided.
    """

    names: list[str] | None
    body: list[Row]
    set_aside: tuple[LeftOutRow, ...]
    line: int
    notes: tuple[str, ...]


def tell_rows(rows: Sequence[Row], header: int | None = None) -> Grid:
    """Find the header, and the rows above, below and between the data that are no data.

    Parameters
    ----------
    rows : none of them blank.
    header : line of the header, 0 for none; found out where None.

    Raises
    ------
    InputError
        If no row starts on the line that was asked for.
    """
    above = _asked(rows, header) if header else 0 if header == 0 else _rows_above(rows)
    aside = [_aside(row, "stands above the header") for row in rows[:above]]
    notes = [f"{counted(above, 'row')} above the header left out."] if above else []
    names, body = rows[above][1], list(rows[above + 1 :])
    if header == 0 or (header is None and not above and is_data(names, [cells for _, cells in body])):
        notes = ["The first row is data, not column names, so the columns were named here."] if header is None else []
        return Grid(None, list(rows), (), 0, tuple(notes))
    body, more = _without_second_headers(body)
    aside += more
    if more:
        notes.append(f"{counted(len(more), 'row')} that only explain the columns left out, after the header.")
    titles = _plain(names)
    first = titles[0] if titles else ""
    repeated = [row for row in body if row[1] and first in as_text(row[1][0]) and _plain(row[1]) == titles]
    if repeated:
        aside += [_aside(row, "repeats the header") for row in repeated]
        gone = {line for line, _ in repeated}
        body = [row for row in body if row[0] not in gone]
        notes.append(f"{counted(len(repeated), 'row')} repeating the header left out.")
    if body and len(body) > 2 and _is_total(body[-1][1]):
        aside.append(_aside(body.pop(), "is a row of totals"))
        notes.append("The last row is a row of totals and was left out.")
    aside.sort(key=lambda row: row.line)
    return Grid([as_text(name) for name in names], body, tuple(aside), rows[above][0], tuple(notes))


def numbered(width: int) -> list[str]:
    """Names for columns that the file doesn't name."""
    return [f"column_{k}" for k in range(1, width + 1)]


def header_decision(grid: Grid, noun: str) -> Decision:
    """Say which row names the columns; ``noun`` is "line" or "row"."""
    if not grid.line:
        return Decision("header", "none", "The first row is like those below it.", (f"{noun} 1",), sure=False)
    sure = not grid.set_aside
    why = "It names the columns." if sure else "It is the first row that names columns."
    return Decision("header", f"{noun} {grid.line:,}", why, ("none",), sure=sure)


def is_data(header: Sequence[Any], body: Sequence[Sequence[Any]]) -> bool:
    """Tell whether a row is evidently no header.

    It is data where its values are of the types of the columns below it and one cell is a sentence; or where a cell
    is a value that comes again and again in its column. A survey's question is a usual header, so a question mark is no
    evidence.
    """
    cells = [as_text(cell) for cell in header]
    sample = body[:_ROWS_LOOKED_AT]
    typed = sentences = recurring = 0
    for place, cell in enumerate(cells):
        values = [as_text(row[place]) if place < len(row) else "" for row in sample]
        column, _ = infer(values)
        if not isinstance(column.dtype, pd.StringDtype):
            if not cell or infer([cell])[0].dtype.kind != column.dtype.kind:
                return False
            typed += 1
            continue
        sentences += _is_sentence(cell) or _is_prose_like(cell, values)
        again = values.count(cell)
        recurring += bool(cell.strip()) and again >= 2 and len(set(values)) * 2 <= len(values)
    if len(cells) == 1:
        return _is_sentence(cells[0])
    return bool(sentences) and bool(typed or recurring)


def _is_sentence(cell: str) -> bool:
    words = cell.split()
    wordless_script = len(cell) >= 12 and not cell.isascii()
    return (len(words) >= 5 or wordless_script) and bool(_SENTENCE_END.search(cell.strip()))


def _is_prose_like(cell: str, values: Sequence[str]) -> bool:
    """Tell a cell of several words over values of several words; a question is a header."""
    lengths = sorted(len(value.split()) for value in values if value.strip())
    return (
        len(cell.split()) >= 4
        and not cell.rstrip().endswith(("?", ":"))
        and bool(lengths)
        and lengths[len(lengths) // 2] >= 4
    )


def _asked(rows: Sequence[Row], line: int) -> int:
    for place, (start, _) in enumerate(rows):
        if start == line:
            return place
    raise InputError(f"There is no row on line {line:,}. Choose another line for the header, or 0 for none.")


def _rows_above(rows: Sequence[Row]) -> int:
    """Count the title rows above a header: nearly empty ones, over a grid that is as wide as its header."""
    filled = [_filled(cells) for _, cells in rows[:_ROWS_LOOKED_AT]]
    width, often = Counter(filled[1:]).most_common(1)[0] if len(filled) > 1 else (0, 0)
    few = max(1, width // 3)
    if width < 2 or filled[0] > few or often * 2 < len(filled) - 1:
        return 0
    place = next((k for k, number in enumerate(filled[:_MOST_ABOVE]) if number > few), 0)
    return place if place and _could_be_header(rows[place][1]) and filled[place] >= width / 2 else 0


def _could_be_header(cells: Sequence[Any]) -> bool:
    names = [as_text(cell).strip() for cell in cells if as_text(cell).strip()]
    texts = all(isinstance(infer([name])[0].dtype, pd.StringDtype) for name in names)
    return texts and len(set(names)) == len(names) and not any(_is_sentence(name) for name in names)


def _without_second_headers(body: list[Row]) -> tuple[list[Row], list[LeftOutRow]]:
    """Leave out the rows in which survey tools repeat their questions and name the columns for an import."""
    for place, (_, cells) in enumerate(body[:3]):
        told = [as_text(cell) for cell in cells if as_text(cell).strip()]
        if told and sum(bool(_IMPORT_ID.match(cell)) for cell in told) * 2 > len(told):
            return body[place + 1 :], [_aside(row, "explains the columns") for row in body[: place + 1]]
    if len(body) < 4:
        return body, []
    first, others = body[0][1], [cells for _, cells in body[1:_ROWS_LOOKED_AT]]
    told = [as_text(cell).strip().lower() for cell in first if as_text(cell).strip()]
    typed = texts = 0
    for place, cell in enumerate(first):
        values = [as_text(cells[place]) if place < len(cells) else "" for cells in others]
        if not isinstance(infer(values)[0].dtype, pd.StringDtype):
            typed += 1
            texts += bool(as_text(cell).strip()) and isinstance(infer([as_text(cell)])[0].dtype, pd.StringDtype)
    if (typed >= 2 and texts == typed) or (told and len(first) > 1 and set(told) <= _ANSWER_KINDS):
        return body[1:], [_aside(body[0], "explains the columns")]
    return body, []


def _is_total(cells: Sequence[Any]) -> bool:
    """Tell a row that begins with "total" and holds nothing else but numbers."""
    told = [as_text(cell).strip() for cell in cells if as_text(cell).strip()]
    numbers = all(not isinstance(infer([cell])[0].dtype, pd.StringDtype) for cell in told[1:])
    return len(told) > 1 and bool(_TOTALS.fullmatch(told[0].rstrip(":"))) and numbers


def _plain(cells: Sequence[Any]) -> list[str]:
    return [as_text(cell).strip().strip("\ufeff").strip('"') for cell in cells]


def _filled(cells: Sequence[Any]) -> int:
    return sum(bool(as_text(cell).strip()) for cell in cells)


def _aside(row: Row, why: str) -> LeftOutRow:
    return LeftOutRow(row[0], tuple(as_text(cell) for cell in row[1]), why)
