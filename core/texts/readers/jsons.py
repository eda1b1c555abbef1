"""JSON and JSON Lines."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn

from core.base.errors import InputError
from core.base.wording import counted
from core.texts.readers import sniff
from core.texts.readers.columns import assemble, from_values
from core.texts.readers.json_shapes import SHAPES, columns_of, records_of
from core.texts.readers.table import LeftOutRow, Table

_BLANK = re.compile(r"\s*")


class _Decoder:
    """Parse JSON and count the objects in which a name is written twice, of which only the last can be kept."""

    def __init__(self) -> None:
        self.repeats = 0
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object)
        self.parse: Callable[[str], Any] = self._decoder.decode
        self.next: Callable[[str, int], tuple[Any, int]] = self._decoder.raw_decode

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        self.repeats += len(found) < len(pairs)
        return found

    def notes(self) -> list[str]:
        if not self.repeats:
            return []
        return [f"{counted(self.repeats, 'object')} name a field twice; the last value was kept."]


def read(text: str, name: str) -> Table:
    """Read a list of objects, of texts or of rows, an object of columns, what pandas writes, or one with such inside.

    Raises
    ------
    InputError
        With line and column if it is not JSON; or if it has another shape, or no rows.
    """
    decoder = _Decoder()
    try:
        value = decoder.parse(text)
    except json.JSONDecodeError as error:
        if sniff.identify_text(text) is sniff.JSONL:
            return read_lines(text, name, said="It is JSON Lines, whatever its name, and was read so.")
        value = _one_after_another(text, decoder)
        if value is None:
            _refuse(name, error)
    except (ValueError, RecursionError):  # a number of thousands of digits; thousands of brackets
        raise InputError(f"{name} is nested too deeply, or holds a number with thousands of digits.") from None
    frame_columns, notes = columns_of(value, name)
    return _table(frame_columns, name, "JSON", [*decoder.notes(), *notes])


def read_lines(text: str, name: str, said: str = "") -> Table:
    """Read one object, or one text, a line. Lines that are neither are set aside; if most are, that is an error."""
    decoder = _Decoder()
    items, numbers, blank = [], [], 0
    aside: list[LeftOutRow] = []
    first: tuple[int, Exception] | None = None
    lines = text.removesuffix("\n").split("\n")  # and not splitlines: U+2028 may stand in a JSON text
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            blank += 1
            continue
        try:
            items.append(decoder.parse(line))
            numbers.append(number)
        except (ValueError, RecursionError) as error:
            first = first or (number, error)
            aside.append(LeftOutRow(number, (line,), "is not valid JSON"))
    if (len(items) == 1 and isinstance(items[0], list)) or (first and sniff.identify_text(text) is sniff.JSON):
        table = read(text, name)
        return replace(table, notes=("It is one JSON value, not JSON Lines, and was read so.", *table.notes))
    if first and len(aside) >= len(items):
        _refuse_line(name, *first)
    columns, notes = records_of(items, name, lambda position: f"line {numbers[position]:,}")
    skipped = [f"{counted(blank, 'blank line')} skipped."] if blank else []
    if aside:
        where = ", ".join(f"{row.line:,}" for row in aside[:5]) + (", ..." if len(aside) > 5 else "")
        skipped.append(f"{counted(len(aside), 'line')} set aside for not being valid JSON (line {where}).")
    table = _table(columns, name, "JSONL", [*([said] if said else []), *skipped, *decoder.notes(), *notes])
    return replace(table, set_aside=tuple(aside))


def _one_after_another(text: str, decoder: _Decoder) -> list[Any] | None:
    """Read objects that follow one another without commas; None where the text is something else."""
    found, place = [], 0
    while (place := _BLANK.match(text, place).end()) < len(text):  # type: ignore[union-attr]
        try:
            value, place = decoder.next(text, place)
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, dict):
            return None
        found.append(value)
    return found if len(found) > 1 else None


def _refuse(name: str, error: json.JSONDecodeError) -> NoReturn:
    problem = f"{name} is not valid JSON: {error.msg} (line {error.lineno:,}, column {error.colno:,})."
    raise InputError(f"{problem} Correct it there, or export it again.")


def _refuse_line(name: str, number: int, error: Exception) -> NoReturn:
    what = f"{error.msg}, column {error.colno:,}" if isinstance(error, json.JSONDecodeError) else "it can't be parsed"
    raise InputError(f"{name}: line {number:,} is not valid JSON ({what}). Each line must be one object or one text.")


def _table(values: dict[str, list[object]], name: str, form: str, notes: list[str]) -> Table:
    if not values or not next(iter(values.values())):
        raise InputError(f"{name} holds no rows. {SHAPES}")
    columns = []
    for key, cells in values.items():
        column, more = from_values(key, cells, dates=True)
        columns.append(column)
        notes += more
    frame, named = assemble(list(values), columns)
    return Table(frame, name, form, notes=(*notes, *named))
