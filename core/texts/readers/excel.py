"""Excel workbooks (.xlsx, .xlsm)."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import openpyxl

from core.base.errors import InputError
from core.texts.readers.columns import as_text, assemble, from_values, listed
from core.texts.readers.table import Table, counted

MAX_UNPACKED = 2 * 1024**3  # bytes; a workbook is a zip archive, and a small one may unpack to anything
# How a workbook writes the characters that XML can't hold, and the underscore before what only looks so (ECMA-376,
# ST_Xstring).
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|005F|FFF[EF])_")


def read(data: bytes, name: str, sheet: str | None = None) -> Table:
    """Read one sheet: the named one, or the first that has rows. Its first row that is not blank is the header.

    Raises
    ------
    InputError
        If the workbook is damaged, the sheet unknown, or there are no rows.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise InputError(f"{name} unpacks to {unpacked / 1024**3:.1f} GB, which is too much. Save it as CSV.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and validation rules, which don't matter here
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return _table(book, name, sheet)
    except InputError:
        raise
    except Exception as error:  # openpyxl raises nearly anything on a damaged workbook
        raise InputError(
            f"{name} is a damaged or incomplete Excel workbook. Open it in Excel and save it again."
        ) from error


def _table(book: Any, name: str, wanted: str | None) -> Table:
    sheets = {str(sheet.title): sheet for sheet in book.worksheets}
    if wanted is not None and wanted not in sheets:
        raise InputError(f'{name} has no sheet "{wanted}". Its sheets: {listed(list(sheets))}.')
    notes: list[str] = []
    rows: list[list[object]] = []
    title = ""
    for title in [wanted] if wanted is not None else sheets:
        rows, notes = _rows(sheets[title])
        if len(rows) > 1:
            break
    else:
        where = f'sheet "{wanted}"' if wanted is not None else "every sheet"
        what = "has a header at most, and no rows" if rows or wanted is None else "is empty"
        raise InputError(f"{name}: {where} {what}. Its sheets: {listed(list(sheets))}.")
    header, *body = rows
    names = [as_text(cell) for cell in header]
    columns = []
    for position, column_name in enumerate(names):
        column, more = from_values(column_name, [row[position] for row in body])
        columns.append(column)
        notes += more
    frame, named = assemble(names, columns)
    return Table(frame, name, "XLSX", sheet=title, sheets=tuple(sheets), notes=(*notes, *named))


def _rows(sheet: Any) -> tuple[list[list[object]], list[str]]:
    """Return the rows that are not blank, all as wide as the widest, with notes on the others."""
    sheet.reset_dimensions()  # many programs write wrong ones
    errors = 0
    rows: list[list[object]] = []
    blank = pending = 0
    for cells in _trimmed(sheet.iter_rows()):
        if not cells:
            pending += 1  # blank only if more rows come; the end of a sheet is often formatted and empty
            continue
        blank += pending if rows else 0
        pending = 0
        errors += sum(cell.data_type == "e" for cell in cells)
        rows.append([_value(cell) for cell in cells])
    width = max(map(len, rows), default=0)
    for row in rows:
        row += [None] * (width - len(row))
    notes = [f"{counted(blank, 'blank row')} skipped."] if blank else []
    if errors:
        notes.append(f"{counted(errors, 'cell')} with an Excel error (such as #N/A) read as empty.")
    return rows, notes


def _trimmed(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
    """Give each row up to its last cell that holds something."""
    for cells in rows:
        last = next((k for k in range(len(cells), 0, -1) if cells[k - 1].value not in (None, "")), 0)
        yield list(cells[:last])


def _value(cell: Any) -> object:
    if cell.data_type == "e":
        return None
    return unescaped(cell.value) if isinstance(cell.value, str) else cell.value


def unescaped(text: str) -> str:
    """The text of a cell: control characters stand in it as ``_x0001_``."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
