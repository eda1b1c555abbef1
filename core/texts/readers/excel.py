"""Excel workbooks (.xlsx, .xlsm)."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.utils.cell import range_boundaries

from core.base.errors import InputError
from core.base.wording import counted
from core.texts.readers.columns import as_text, assemble, from_values, listed
from core.texts.readers.header import Grid, header_decision, numbered, tell_rows
from core.texts.readers.prose import prose_score
from core.texts.readers.table import Decision, Table

_TOGETHER = " + "  # between the names of sheets that are read together
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_BARE_FORMULA = re.compile(rb'<c r="([A-Z]+)[0-9]+"[^>]*><f[^>]*>[^<]*</f>(?:<v\s*/>|<v></v>)?</c>')
_STRICT = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
MAX_UNPACKED = 2 * 1024**3  # bytes; a workbook is a zip archive, and a small one may unpack to anything
# How a workbook writes the characters that XML can't hold, and the underscore before what only looks so (ECMA-376,
# ST_Xstring).
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|005F|FFF[EF])_")


def read(data: bytes, name: str, sheet: str | None = None, header: int | None = None) -> Table:
    """Read one sheet, or several of one shape together with the sheet's name as a column.

    Parameters
    ----------
    sheet : as a table names it; by default the first visible ones with rows of texts, cover sheets passed over.
    header : the row with the names of the columns, 0 for none; found out where None.

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
            strict = b"purl.oclc.org" in archive.read("xl/workbook.xml")
        data = _transitional(data) if strict else data
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(data)) as archive:
            warnings.simplefilter("ignore")  # on styles and validation rules, which don't matter here
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            return _table(book, archive, name, sheet, header)
    except InputError:
        raise
    except Exception as error:  # openpyxl raises nearly anything on a damaged workbook
        raise InputError(
            f"{name} is a damaged or incomplete Excel workbook. Open it in Excel and save it again."
        ) from error


@dataclass(frozen=True)
class _Sheet:
    """A sheet that was read: its rows told apart, its columns, and how much prose the best of them has."""

    title: str
    grid: Grid
    names: list[str]
    frame: pd.DataFrame
    notes: list[str]
    prose: float


def _table(book: Any, archive: zipfile.ZipFile, name: str, wanted: str | None, header: int | None) -> Table:
    sheets = {str(sheet.title): sheet for sheet in book.worksheets}
    titles = [wanted] if wanted in sheets else (wanted or "").split(_TOGETHER)
    if wanted is not None and not set(titles) <= set(sheets):
        raise InputError(f'{name} has no sheet "{wanted}". Its sheets: {listed(list(sheets))}.')
    visible = [title for title, sheet in sheets.items() if sheet.sheet_state == "visible"] or list(sheets)
    read = [_sheet(sheets[title], archive, header) for title in (titles if wanted is not None else visible)]
    filled = [each for each in read if each is not None]
    if not filled:
        where = f'sheet "{wanted}"' if wanted is not None else "every sheet"
        bare = wanted is None or any(_has_cells(sheets[title]) for title in titles)
        what = "has a header at most, and no rows" if bare else "is empty"
        raise InputError(f"{name}: {where} {what}. Its sheets: {listed(list(sheets))}.")
    first = filled[0] if wanted is not None else _likeliest(filled)
    alike = [each for each in filled if each.names == first.names]
    together = len(alike) > 1 and (wanted is None or len(titles) > 1)
    chosen = alike if together else [first]
    label = _TOGETHER.join(each.title for each in chosen)
    notes = [note for each in chosen for note in each.notes]
    why = "It is the first sheet with rows of texts."
    frame = first.frame
    if together:
        names = listed([each.title for each in chosen])
        why = f"{counted(len(chosen), 'sheet')} of one shape were read together: {names}."
        frame = _joined(chosen)
        notes.append(why)
    elif len(sheets) > 1:
        notes.append(f'Only the sheet "{first.title}" was read, of {listed(list(sheets))}.')
    choices = tuple(sheets) if len(chosen) == 1 else (label, *sheets)
    return Table(
        frame,
        name,
        "XLSX",
        sheet=label,
        sheets=choices,
        notes=tuple(notes),
        header=first.grid.line,
        set_aside=tuple(row for each in chosen for row in each.grid.set_aside),
        decisions=(
            Decision("sheet", label, why, tuple(each for each in choices if each != label), sure=len(sheets) == 1),
            header_decision(first.grid, "row"),
        ),
    )


def _sheet(sheet: Any, archive: zipfile.ZipFile, header: int | None) -> _Sheet | None:
    """Read a sheet; None where it has no rows."""
    path = str(sheet._worksheet_path)  # openpyxl does not tell merged cells and bare formulas of a sheet it streams
    xml = archive.read(path.lstrip("/")) if path.lstrip("/") in archive.namelist() else b""
    rows, notes = _rows(sheet, _merged(xml))
    if len(rows) < 2:
        return None
    grid = tell_rows(rows, header)
    if not grid.body:
        return None
    width = max(len(cells) for _, cells in grid.body)
    names = numbered(width) if grid.names is None else [as_text(cell) for cell in grid.names]
    names += [""] * (width - len(names))
    columns = []
    notes += grid.notes
    for position, column_name in enumerate(names):
        column, more = from_values(
            column_name, [cells[position] if position < len(cells) else None for _, cells in grid.body]
        )
        columns.append(column)
        notes += more
    frame, named = assemble(names, columns)
    bare = [column_of.decode() for column_of in _BARE_FORMULA.findall(xml)]
    if bare:
        places = ", ".join(dict.fromkeys(bare))
        notes.append(
            f"{counted(len(bare), 'formula')} in column {places} never computed, so these cells are empty. "
            "Open the file in Excel and save it to get them."
        )
    prose = max((prose_score(column) * len(column) for _, column in frame.items()), default=0.0)
    return _Sheet(str(sheet.title), grid, names, frame, [*notes, *named], prose)


def _likeliest(sheets: list[_Sheet]) -> _Sheet:
    """Take the first with texts, unless another is a table and it is not: a cover sheet is one column of lines."""
    with_texts = [each for each in sheets if each.prose > 0] or sheets
    tables = [each for each in with_texts if len(each.frame.columns) > 1]
    rows = max((len(each.frame) for each in tables), default=0)
    if tables and len(with_texts[0].frame.columns) == 1 and len(with_texts[0].frame) <= rows:
        return tables[0]
    return with_texts[0]


def _joined(sheets: list[_Sheet]) -> pd.DataFrame:
    """Put sheets under one another, with the name of each as a column."""
    frames = [each.frame for each in sheets]
    columns: dict[str, pd.Series[Any]] = {}
    for name in frames[0].columns:
        parts = [frame[name] if name in frame else pd.Series([""] * len(frame), dtype="str") for frame in frames]
        if len({str(part.dtype) for part in parts}) == 1:
            columns[name] = pd.concat(parts, ignore_index=True)
        else:
            columns[name] = pd.Series(
                ["" if pd.isna(value) else as_text(value) for part in parts for value in part.tolist()], dtype="str"
            )
    label = "sheet"
    while label in columns:
        label += "_"
    names = [each.title for each in sheets for _ in range(len(each.frame))]
    return pd.DataFrame({**columns, label: pd.Series(names, dtype="str")})


def _transitional(data: bytes) -> bytes:
    """Rewrite a workbook of the strict kind in the names that openpyxl reads."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as new:
        for member in archive.namelist():
            content = archive.read(member)
            for old, name in _STRICT:
                content = content.replace(old, name)
            new.writestr(member, content)
    return out.getvalue()


def _merged(xml: bytes) -> dict[tuple[int, int], int]:
    """The last row of every block of merged cells over several rows, by its first cell (row, 0-based column)."""
    found = {}
    for cells in _MERGED.findall(xml):
        left, top, right, bottom = range_boundaries(cells.decode())
        if bottom > top and left == right:
            found[top, left - 1] = bottom
    return found


def _has_cells(sheet: Any) -> bool:
    return any(_trimmed(sheet.iter_rows()))


def _rows(sheet: Any, merged: dict[tuple[int, int], int]) -> tuple[list[tuple[int, list[Any]]], list[str]]:
    """Return the rows that are not blank, all as wide as the widest, with notes on the others."""
    sheet.reset_dimensions()  # many programs write wrong ones
    errors = blank = pending = filled = 0
    rows: list[tuple[int, list[Any]]] = []
    spans: dict[int, tuple[int, object]] = {}  # by column, the last row of a merged block and its value
    for number, cells in enumerate(_trimmed(sheet.iter_rows()), start=1):
        values = [_value(cell) for cell in cells]
        for column, (last, value) in list(spans.items()):
            if number > last:
                del spans[column]
            elif values and column < len(values) and values[column] is None:
                values[column] = value
                filled += 1
        for column, value in enumerate(values):
            if (number, column) in merged:
                spans[column] = (merged[number, column], value)
        if not cells:
            pending += 1  # blank only if more rows come; the end of a sheet is often formatted and empty
            continue
        blank += pending if rows else 0
        pending = 0
        errors += sum(cell.data_type == "e" for cell in cells)
        rows.append((number, values))
    width = max((len(values) for _, values in rows), default=0)
    for _, values in rows:
        values += [None] * (width - len(values))
    notes = [f"{counted(blank, 'blank row')} skipped."] if blank else []
    if filled:
        notes.append(f"{counted(filled, 'merged cell')} filled with the value of their block.")
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
