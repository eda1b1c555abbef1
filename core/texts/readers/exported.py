"""Tables that Refract itself has written for spreadsheets, as they were before the apostrophes against formulas."""

from dataclasses import replace
from typing import Any

import pandas as pd

from core.base.digest import raw_digest
from core.base.spreadsheet import original
from core.base.wording import counted
from core.texts.readers.table import Table

_COLUMNS = {"id", "text", "cluster", "topic"}


def restored(table: Table) -> Table:
    """The table without the apostrophes that `core.base.spreadsheet` puts before what would be formulas.

    Only where every id is that of its text without them: then Refract wrote the file, and nobody changed a text.
    """
    frame = table.frame
    if table.format not in ("CSV", "XLSX") or not {original(name) for name in frame.columns} >= _COLUMNS:
        return table
    texts = [original(value) for value in frame["text"].astype("str")]
    if any(text_id(text) != id.partition("-")[0] for text, id in zip(texts, frame["id"].astype("str"), strict=True)):
        return table
    changed = 0
    columns: dict[str, pd.Series[Any]] = {}
    for name, column in frame.items():
        if isinstance(column.dtype, pd.StringDtype):
            plain = column.map(original).astype("str")
            changed += int((plain != column).sum())
            column = plain
        columns[original(str(name))] = column
    if not changed and list(columns) == list(frame.columns):
        return table
    note = (
        f"{counted(changed, 'value')} read without the apostrophe that Refract had put before what spreadsheets take "
        "for formulas."
    )
    return replace(table, frame=pd.DataFrame(columns), notes=(*table.notes, note))


def text_id(text: str) -> str:
    """The id of a text, by its content."""
    return raw_digest(text, size=8).hex()
