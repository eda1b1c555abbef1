"""JSON and JSON Lines."""

import json
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeAlias

from core.base.errors import InputError
from core.texts.readers import delimited, sniff
from core.texts.readers.columns import MAX_COLUMNS, assemble, from_values, listed
from core.texts.readers.table import Table, counted

_SHAPES = (
    'Write a list of objects ([{"text": "..."}]), a list of texts, or an object of columns ({"text": ["...", "..."]}).'
)
_Columns: TypeAlias = tuple[dict[str, list[object]], list[str]]  # the cells by column name, and notes


class _Decoder:
    """Parse JSON and count the objects in which a name is written twice, of which only the last can be kept."""

    def __init__(self) -> None:
        self.repeats = 0
        self._decoder = json.JSONDecoder(object_pairs_hook=self._object)
        self.parse: Callable[[str], Any] = self._decoder.decode

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        self.repeats += len(found) < len(pairs)
        return found

    def notes(self) -> list[str]:
        if not self.repeats:
            return []
        return [f"{counted(self.repeats, 'object')} name a field twice; the last value was kept."]


def read(text: str, name: str) -> Table:
    """Read a list of objects, a list of texts, an object of columns, or an object with one such list inside.

    Raises
    ------
    InputError
        With line and column if it is not JSON; or if it has another shape, or no rows.
    """
    decoder = _Decoder()
    try:
        value = decoder.parse(text)
    except json.JSONDecodeError as error:
        _refuse(text, name, error)
    except (ValueError, RecursionError):  # a number of thousands of digits; thousands of brackets
        raise InputError(f"{name} is nested too deeply, or holds a number with thousands of digits.") from None
    frame_columns, notes = _columns(value, name)
    return _table(frame_columns, name, "JSON", [*decoder.notes(), *notes])


def read_lines(text: str, name: str) -> Table:
    """Read one object, or one text, a line. The first line that is neither is an ``InputError``."""
    decoder = _Decoder()
    items, numbers, blank = [], [], 0
    lines = text.removesuffix("\n").split("\n")  # and not splitlines: U+2028 may stand in a JSON text
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            blank += 1
            continue
        try:
            items.append(decoder.parse(line))
            numbers.append(number)
        except (ValueError, RecursionError) as error:
            _refuse_line(text, name, number, error)
    if len(items) == 1 and isinstance(items[0], list):
        raise InputError(f"{name} is JSON, not JSON Lines. Rename it to {_renamed(name, '.json')} and load it again.")
    columns, notes = _items(items, name, lambda position: f"line {numbers[position]:,}")
    skipped = [f"{counted(blank, 'blank line')} skipped."] if blank else []
    return _table(columns, name, "JSONL", [*skipped, *decoder.notes(), *notes])


def _refuse(text: str, name: str, error: json.JSONDecodeError) -> NoReturn:
    if sniff.identify_text(text) is sniff.JSONL:
        raise InputError(f"{name} is JSON Lines, not JSON. Rename it to {_renamed(name, '.jsonl')} and load it again.")
    _refuse_delimited(text, name, "JSON")
    problem = f"{name} is not valid JSON: {error.msg} (line {error.lineno:,}, column {error.colno:,})."
    raise InputError(f"{problem} Correct it there, or export it again.")


def _refuse_line(text: str, name: str, number: int, error: Exception) -> NoReturn:
    if sniff.identify_text(text) is sniff.JSON:
        raise InputError(f"{name} is JSON, not JSON Lines. Rename it to {_renamed(name, '.json')} and load it again.")
    if number == 1:
        _refuse_delimited(text, name, "JSON Lines")
    what = f"{error.msg}, column {error.colno:,}" if isinstance(error, json.JSONDecodeError) else "it can't be parsed"
    raise InputError(f"{name}: line {number:,} is not valid JSON ({what}). Each line must be one object or one text.")


def _refuse_delimited(text: str, name: str, promised: str) -> None:
    """Say so if the file is CSV or TSV."""
    if text.lstrip()[:1] in {"{", "["}:
        return
    delimiter = delimited.guess_delimiter(text)
    if delimiter is not None and "\n" in text.strip():
        content = sniff.TSV if delimiter == "\t" else sniff.CSV
        what = f"text separated by {delimited.NAMES[delimiter]}"
        new = _renamed(name, content.extension)
        raise InputError(f"{name} is {what}, not {promised}. Rename it to {new} and load it again.")


def _renamed(name: str, extension: str) -> str:
    return name.rpartition(".")[0] + extension


def _columns(value: object, name: str) -> _Columns:
    if isinstance(value, list):
        return _items(value, name, lambda position: f"item {position + 1:,}")
    if not isinstance(value, dict):
        raise InputError(f"{name} holds a single value. {_SHAPES}")
    lists = {key: inner for key, inner in value.items() if isinstance(inner, list)}
    if len(lists) == 1:
        [(key, items)] = lists.items()
        others = [other for other in value if other != key]
        notes = [f'The rows are the list "{key}"; left out: {listed(others)}.'] if others else []
        if items and not isinstance(items[0], dict):
            return {key: items}, notes
        columns, more = _items(items, name, lambda position: f'item {position + 1:,} of "{key}"')
        return columns, notes + more
    if not lists or len(lists) < len(value):
        raise InputError(f"{name} is an object from which no rows can be told. {_SHAPES}")
    lengths = sorted({len(inner) for inner in lists.values()})
    if len(lengths) > 1:
        raise InputError(
            f"{name} has columns of different lengths ({lengths[0]:,} to {lengths[-1]:,}). Give each as many values."
        )
    return lists, []


def _items(items: Sequence[object], name: str, where: Callable[[int], str]) -> _Columns:
    """Turn a list of objects, or of texts, into columns."""
    if not items:
        raise InputError(f"{name} holds no rows. {_SHAPES}")
    kind = type(items[0])
    if kind not in {dict, str}:
        raise InputError(f"{name}: {where(0)} is neither an object nor a text. {_SHAPES}")
    for position, item in enumerate(items):
        if not isinstance(item, kind):
            expected = "an object" if kind is dict else "a text"
            raise InputError(f"{name}: {where(position)} is not {expected} like the items before it. {_SHAPES}")
    if kind is str:
        return {"text": list(items)}, []
    records = [item for item in items if isinstance(item, dict)]
    keys = dict.fromkeys(key for record in records for key in record)
    if len(keys) > MAX_COLUMNS:
        raise InputError(f"{name} has {len(keys):,} different field names; at most {MAX_COLUMNS:,} can be read.")
    lacking = sum(len(record) < len(keys) for record in records)
    notes = [f"{counted(lacking, 'record')} without some of the fields; those are empty."] if lacking else []
    return {key: [record.get(key) for record in records] for key in keys}, notes


def _table(values: dict[str, list[object]], name: str, form: str, notes: list[str]) -> Table:
    if not values or not next(iter(values.values())):
        raise InputError(f"{name} holds no rows. {_SHAPES}")
    columns = []
    for key, cells in values.items():
        column, more = from_values(key, cells, dates=True)
        columns.append(column)
        notes += more
    frame, named = assemble(list(values), columns)
    return Table(frame, name, form, notes=(*notes, *named))
