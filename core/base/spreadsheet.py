"""Tables for spreadsheets, which take a text that begins like a formula for one (CWE-1236)."""

from pathlib import Path

import pandas as pd

# Excel, LibreOffice and Google Sheets evaluate cells that begin so.
_STARTS = ("=", "+", "-", "@", "\t", "\r")


def neutralised(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with an apostrophe before every text that a spreadsheet would evaluate, headings too.

    Reversible: take one apostrophe away wherever one stands before such a beginning, or before an apostrophe.
    """
    safe = frame.rename(columns=_safe)
    for place, dtype in enumerate(frame.dtypes):
        if not pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_datetime64_any_dtype(dtype):
            safe.isetitem(place, frame.iloc[:, place].map(_safe).array)
    return safe


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV, neutralised."""
    neutralised(frame).to_csv(path, index=False, encoding="utf-8")


def _safe(value: object) -> object:
    if not isinstance(value, str):
        return value
    bare = value.lstrip("'")
    return "'" + value if bare.startswith(_STARTS) else value


def original(value: str) -> str:
    """The text that `neutralised` was given."""
    return value[1:] if value.startswith("'") and value.lstrip("'").startswith(_STARTS) else value
