"""Files of every format from real bytes, and what tests ask of a reader."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from core.base.errors import InputError
from core.texts.readers import Table, read

# Control characters make a file binary, half surrogates no file at all.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=[chr(k) for k in range(32)] + ["\x7f"]))
MULTILINE = st.text(
    st.one_of(st.sampled_from(",;\t|\"\n\r 'ab\u2028é漢😀"), st.characters(codec="utf-8", exclude_categories=["Cc"]))
)
TEXTS = st.lists(st.one_of(TEXT, MULTILINE), max_size=8).map(lambda texts: [*texts, "the end, at last"])
QUICK = settings(max_examples=60, deadline=None)


def texts_of(table: Table, column: str = "text") -> list[str]:
    return table.frame[column].tolist()


def refused(source: bytes | Path, name: str | None = None, **options: str | None) -> str:
    with pytest.raises(InputError) as caught:
        read(source, name, **options)
    message = str(caught.value)
    assert message.startswith(name or getattr(source, "name", ""))
    assert message.endswith(".")
    return message


def noted(table: Table, part: str) -> bool:
    return any(part in note for note in table.notes)


def xlsx(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def zipped(*members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return out.getvalue()
