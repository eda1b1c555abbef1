"""From cells to typed columns, where nothing is lost by it."""

import json
import math
import re
from collections.abc import Callable, Hashable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import pandas as pd

from core.base.errors import InputError
from core.base.wording import counted

MAX_COLUMNS = 5_000  # beyond it a frame is no longer something to choose a column from
Converted: TypeAlias = "dict[str, Any] | None"

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")  # no leading zeros, no plus sign, fits 64 bits
_FLOAT = re.compile(r"(?!-[0.]+(?:[eE]|$))-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_BOOLEAN = re.compile(r"true|false", re.IGNORECASE)
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.(?:[0-9]{3}|[0-9]{6}))?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def assemble(names: Sequence[str], columns: Sequence["pd.Series[Any]"]) -> tuple[pd.DataFrame, list[str]]:
    """Return a frame of the columns under unique, non-empty names, with notes on what was changed.

    Columns with neither a name nor a value, as spreadsheets write them, are left out.
    """
    if len(names) > MAX_COLUMNS:
        raise InputError(f"it has {len(names):,} columns; at most {MAX_COLUMNS:,} can be read. Leave out some.")
    void = [not name.strip() and bool((column == "").all()) for name, column in zip(names, columns, strict=True)]
    notes = []
    if any(void) and not all(void):
        names = [name for name, gone in zip(names, void, strict=True) if not gone]
        columns = [column for column, gone in zip(columns, void, strict=True) if not gone]
        notes.append(f"{counted(sum(void), 'column')} with neither a name nor a value left out.")
    unique, named = unique_names(names)
    return pd.DataFrame(dict(zip(unique, columns, strict=True))), notes + named


def unique_names(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the names stripped, the empty ones as ``column_3``, repeated ones as ``name_2``; and notes on both."""
    stripped = [_SURROGATE.sub("\ufffd", name).strip() for name in names]
    taken, unique = set(stripped), []
    seen: set[str] = set()
    unnamed: list[str] = []
    repeated: list[str] = []
    for position, name in enumerate(stripped, start=1):
        new = name
        if not name or name in seen:
            base, number = (name, 2) if name else ("column", position)
            while (new := f"{base}_{number}") in taken:
                number += 1
            (repeated if name else unnamed).append(new)
            taken.add(new)
        seen.add(new)
        unique.append(new)
    notes = []
    if unnamed:
        notes.append(f"{counted(len(unnamed), 'column')} had no name and got one: {listed(unnamed)}.")
    if repeated:
        notes.append(f"Column names that occur more than once were numbered: {listed(repeated)}.")
    return unique, notes


def listed(names: Sequence[str], most: int = 12) -> str:
    """``"a", "b" and 3 more``."""
    shown = ", ".join(f'"{name}"' for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"


def text(values: Sequence[str]) -> tuple["pd.Series[Any]", list[str]]:
    """Return a text column. Half surrogate pairs, which no text may hold, become U+FFFD, with a note."""
    try:
        return pd.Series(values, dtype="str"), []
    except UnicodeEncodeError:
        clean = [_SURROGATE.sub("\ufffd", value) for value in values]
        changed = sum(old != new for old, new in zip(values, clean, strict=True))
        note = f"{counted(changed, 'text')} held half of a character; it was replaced by \ufffd."
        return pd.Series(clean, dtype="str"), [note]


def infer(values: Sequence[str], *, dates_only: bool = False) -> tuple["pd.Series[Any]", list[str]]:
    """Type a column that was read as text, if that loses nothing; or leave it exactly as it is.

    A column is typed when every non-empty cell is written in one form (integer, float, boolean, ISO date), the value
    is exact, and no two spellings become the same value: "007", "1.10" beside "1.1" and "NA" stay text.
    """
    spellings = [value for value in dict.fromkeys(values) if value]
    forms: list[tuple[re.Pattern[str], Callable[[list[str]], Converted], str]] = [
        (_INTEGER, _integers, "Int64"),
        (_FLOAT, _floats, "float64"),
        (_BOOLEAN, _booleans, "boolean"),
        (_DATE, _dates, ""),
    ]
    for pattern, convert, dtype in forms[-1:] if dates_only else forms:
        if not spellings or not all(map(pattern.fullmatch, spellings)):
            continue
        found = convert(spellings)
        if found is None or len(set(found.values())) < len(spellings):
            continue
        return typed([found.get(value) for value in values], dtype), []
    return text(values)


def typed(values: Sequence[Any], dtype: str) -> "pd.Series[Any]":
    """Return a column of ``dtype`` ("" for dates); nullable only where a value is missing."""
    if not dtype:
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="object")))
    if dtype == "float64":
        return pd.Series([math.nan if value is None else value for value in values], dtype="float64")
    complete = not any(value is None for value in values)
    return pd.Series(values, dtype={"Int64": "int64", "boolean": "bool"}[dtype] if complete else dtype)


def from_values(name: str, values: Sequence[object], *, dates: bool = False) -> tuple["pd.Series[Any]", list[str]]:
    """Return a column of the values' own type, or of text where they are mixed, with notes on what was rewritten.

    Lists and objects become JSON. With ``dates``, texts that are all ISO dates become dates (JSON has no dates).
    """
    nested = sum(isinstance(value, (list, dict, tuple)) for value in values)
    notes = [f'Column "{name}": {counted(nested, "nested value")} written as JSON.'] if nested else []
    plain = [_plain(value) for value in values]
    kinds = {type(value) for value in plain if value is not None}
    if kinds == {str} or not kinds:
        strings = ["" if value is None else str(value) for value in plain]
        column, more = infer(strings, dates_only=True) if dates else text(strings)
        return column, notes + more
    dtype = _dtype(kinds, plain)
    if dtype is not None:
        return typed(plain, dtype), notes
    if len(kinds) > 1:
        rewritten = sum(value is not None and not isinstance(value, str) for value in plain)
        verb = "was" if rewritten == 1 else "were"
        notes.append(f'Column "{name}" mixes types; {counted(rewritten, "value")} that {verb} not text became text.')
    column, more = text([as_text(value) for value in plain])
    return column, notes + more


def as_text(value: object) -> str:
    """Write one cell as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)  # date and time write themselves in ISO form


def _plain(value: object) -> object:
    if isinstance(value, (list, dict, tuple)):
        return json.dumps(value, ensure_ascii=False, default=as_text)
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def _dtype(kinds: set[type], values: Sequence[object]) -> str | None:
    """Return the dtype that holds values of these types exactly ("" for dates), or None."""
    if kinds == {bool}:
        return "boolean"
    numbers = [value for value in values if isinstance(value, int)]
    if kinds == {int} and all(-(2**63) <= number < 2**63 for number in numbers):
        return "Int64"
    if kinds <= {int, float} and all(abs(number) <= 2**53 for number in numbers):
        return "float64"
    if kinds <= {date, datetime}:
        offsets = {value.utcoffset() if isinstance(value, datetime) else None for value in values if value is not None}
        return "" if len(offsets) == 1 else None
    return None


def _integers(spellings: list[str]) -> Converted:
    return {value: int(value) for value in spellings}


def _floats(spellings: list[str]) -> Converted:
    found = {value: float(value) for value in spellings}
    exact = all(Decimal(value) == Decimal(repr(number)) for value, number in found.items())
    return found if exact else None


def _booleans(spellings: list[str]) -> Converted:
    return {value: value.lower() == "true" for value in spellings}


def _dates(spellings: list[str]) -> Converted:
    try:
        found: dict[str, Hashable] = {value: datetime.fromisoformat(value) for value in spellings}
    except ValueError:  # a 31st of June
        return None
    offsets = {moment.utcoffset() for moment in found.values() if isinstance(moment, datetime)}
    return found if len(offsets) == 1 else None
