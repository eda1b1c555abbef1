"""From a JSON value to columns: the shapes in which tools write rows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from core.base.errors import InputError
from core.base.wording import counted
from core.texts.readers.columns import MAX_COLUMNS, as_text, listed
from core.texts.readers.header import numbered, tell_rows

SHAPES = (
    'Write a list of objects ([{"text": "..."}]), a list of texts, or an object of columns ({"text": ["...", "..."]}).'
)
Columns: TypeAlias = tuple[dict[str, list[object]], list[str]]  # the cells by column name, and notes

_DEEP = 8  # levels down to which rows are looked for and objects are flattened
_TEXT_KEYS = ("text", "body", "plain_text", "content", "message", "value")  # of a piece of rich text


def columns_of(value: object, name: str) -> Columns:
    """Turn a value into columns; an `InputError` where no rows can be told."""
    if isinstance(value, list):
        return records_of(value, name, lambda position: f"item {position + 1:,}")
    if not isinstance(value, dict):
        raise InputError(f"{name} holds a single value. {SHAPES}")
    if (table := _as_pandas_writes(value)) is not None:
        return table
    lists = {key: inner for key, inner in value.items() if isinstance(inner, list)}
    if (
        lists
        and len(lists) == len(value)
        and len(lists) > 1
        and not any(_holds_objects(inner) for inner in lists.values())
    ):
        lengths = sorted({len(inner) for inner in lists.values()})
        if len(lengths) == 1:
            return lists, []
        raise InputError(
            f"{name} has columns of different lengths ({lengths[0]:,} to {lengths[-1]:,}). Give each as many values."
        )
    return _list_inside(value, name)


def records_of(items: Sequence[object], name: str, where: Callable[[int], str]) -> Columns:
    """Turn a list of objects, of texts, or of rows whose first names the columns, into columns."""
    if not items:
        raise InputError(f"{name} holds no rows. {SHAPES}")
    kind = type(items[0])
    if kind not in {dict, str, list}:
        raise InputError(f"{name}: {where(0)} is neither an object nor a text. {SHAPES}")
    for position, item in enumerate(items):
        if not isinstance(item, kind):
            expected = {dict: "an object", str: "a text", list: "a list"}[kind]
            raise InputError(f"{name}: {where(position)} is not {expected} like the items before it. {SHAPES}")
    if kind is str:
        return {"text": list(items)}, []
    if kind is list:
        return _rows([item for item in items if isinstance(item, list)], name)
    notes: list[str] = []
    joined: dict[str, int] = {}
    records = [dict(_flat(item, "", joined)) for item in items if isinstance(item, dict)]
    keys = dict.fromkeys(key for record in records for key in record)
    if len(keys) > MAX_COLUMNS:
        raise InputError(f"{name} has {len(keys):,} different field names; at most {MAX_COLUMNS:,} can be read.")
    inner = [key for key in keys if "." in key]
    if inner and any(isinstance(value, dict) for item in items if isinstance(item, dict) for value in item.values()):
        notes.append(f"Fields inside others became columns of their own: {listed(inner)}.")
    notes += [f'Column "{key}": {counted(count, "list")} of texts joined.' for key, count in joined.items()]
    lacking = sum(len(record) < len(keys) for record in records)
    notes += [f"{counted(lacking, 'record')} without some of the fields; those are empty."] if lacking else []
    return {key: [record.get(key) for record in records] for key in keys}, notes


def _flat(
    value: Mapping[str, object], start: str, joined: dict[str, int], depth: int = 0
) -> Iterator[tuple[str, object]]:
    for key, inner in value.items():
        name = f"{start}{key}"
        if isinstance(inner, dict) and inner and depth < _DEEP:
            yield from _flat(inner, f"{name}.", joined, depth + 1)
        elif isinstance(inner, list) and (text := _rich_text(inner)) is not None:
            joined[name] = joined.get(name, 0) + 1
            yield name, text
        else:
            yield name, inner


def _rich_text(items: list[Any]) -> str | None:
    """Join pieces of text: strings among objects as one line, objects with a text under one another."""
    if not any(isinstance(item, dict) for item in items):
        return None
    pieces = []
    for item in items:
        found = item if isinstance(item, str) else None
        if isinstance(item, dict):
            found = next((item[key] for key in _TEXT_KEYS if isinstance(item.get(key), str)), None)
        if found is None:
            return None
        pieces.append(found)
    return ("" if any(isinstance(item, str) for item in items) else "\n").join(pieces)


def _rows(rows: list[list[Any]], name: str) -> Columns:
    width = max(map(len, rows))
    if not width:
        raise InputError(f"{name} holds no rows. {SHAPES}")
    grid = tell_rows([(k, [*row, *[None] * (width - len(row))]) for k, row in enumerate(rows, start=1) if row])
    if not grid.body:
        raise InputError(f"{name} holds no rows. {SHAPES}")
    names = [as_text(cell) for cell in grid.names or numbered(width)]
    columns: dict[str, list[object]] = {}
    for place, each in enumerate(names):
        while each in columns:
            each += "_"
        columns[each] = [cells[place] for _, cells in grid.body]
    return columns, list(grid.notes)


def _as_pandas_writes(value: dict[str, Any]) -> Columns | None:
    """Read the orients "split", "table", "columns" and "index" of pandas."""
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        if data and all(len(row) == len(columns) for row in data):
            return {as_text(name): [row[place] for row in data] for place, name in enumerate(columns)}, []
        return None
    inner = list(value.values())
    if len(inner) < 1 or not all(isinstance(each, dict) and each for each in inner):
        return None
    if any(isinstance(cell, (dict, list)) for each in inner for cell in each.values()) and len(inner) < 3:
        return None
    labels = dict.fromkeys(key for each in inner for key in each)
    if all(_is_number(key) for key in labels) or (not all(map(_is_number, value)) and len(labels) > len(value)):
        if any(set(each) != set(labels) for each in inner):
            return None
        return {key: [column[label] for label in labels] for key, column in value.items()}, []
    if all(map(_is_number, value)) or len(value) > len(labels):
        return records_of(inner, "", lambda position: "")
    return None


def _list_inside(value: dict[str, Any], name: str) -> Columns:
    """Take the list that holds most text, wherever it stands."""
    found = [(path, items) for path, items in _lists(value, "") if items and isinstance(items[0], (dict, str))]
    if not found:
        empty = [path for path, items in _lists(value, "") if not items]
        if empty:
            raise InputError(f"{name} holds no rows. {SHAPES}")
        raise InputError(f"{name} is an object from which no rows can be told. {SHAPES}")
    path, items = max(found, key=lambda each: _letters(each[1]))
    top = path.split(".")[0]
    others = [key for key in value if key != top] + [
        other for other, _ in found if other != path and other.split(".")[0] == top
    ]
    notes = [f'The rows are the list "{path}"; left out: {listed(others)}.'] if others else []
    if isinstance(items[0], str):
        return {path: items}, notes
    columns, more = records_of(items, name, lambda position: f'item {position + 1:,} of "{path}"')
    return columns, notes + more


def _lists(value: Mapping[str, Any], start: str, depth: int = 0) -> Iterator[tuple[str, list[Any]]]:
    for key, inner in value.items():
        if isinstance(inner, list):
            yield f"{start}{key}", inner
        elif isinstance(inner, dict) and depth < _DEEP:
            yield from _lists(inner, f"{start}{key}.", depth + 1)


def _letters(items: list[Any]) -> int:
    """Count the letters of texts with a blank in them; those without are codes."""
    total = 0
    for item in items:
        cells = (
            [item]
            if isinstance(item, str)
            else [cell for _, cell in _flat(item, "", {})]
            if isinstance(item, dict)
            else []
        )
        total += sum(len(cell) for cell in cells if isinstance(cell, str) and (" " in cell or not cell.isascii()))
    return total


def _holds_objects(items: list[Any]) -> bool:
    return bool(items) and isinstance(items[0], dict)


def _is_number(key: str) -> bool:
    return key.isascii() and key.isdigit()
