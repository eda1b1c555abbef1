"""From a file, an upload or pasted text to a ``Table``."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from core.base.errors import InputError
from core.texts.readers import chat, delimited, encodings, excel, exported, jsons, pages, parquet, plain, sniff
from core.texts.readers.table import DELIMITER_NAMES, Decision, LeftOutRow, Table

__all__ = ["ACCEPTED", "MAX_BYTES", "TABLE", "Decision", "LeftOutRow", "Table", "read", "read_pasted"]

TABLE = "table"  # the unit of text that is read as rows of a table

MAX_BYTES = 200 * 1024**2
ACCEPTED = tuple(sniff.EXTENSIONS)


@dataclass(frozen=True)
class _Asked:
    """How a file is to be read, as `read` takes it."""

    sheet: str | None
    encoding: str | None
    unit: str | None
    header: int | None
    delimiter: str | None


def read(
    source: Path | str | bytes,
    name: str | None = None,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    unit: str | None = None,
    header: int | None = None,
    delimiter: str | None = None,
) -> Table:
    """Read a file.

    Parameters
    ----------
    source : the file's path, or its content.
    name : the file's name, needed with content; it is never used as a path.
    sheet : of a workbook; by default the first with rows.
    encoding : of a text file; by default it is found out.
    unit : of text, "table", "line" or "paragraph"; by default it is found out.
    header : line or row with the names of the columns, 0 for none; by default it is found out.
    delimiter : of delimited text; by default it is found out.

    Raises
    ------
    InputError
        If nothing of the file can be read. The message starts with the file's name.
    """
    label, data = _load(source, name)
    try:
        return exported.restored(_read(data, label, _Asked(sheet, encoding, unit, header, delimiter)))
    except InputError as error:
        if str(error).startswith(label):
            raise
        raise InputError(f"{label}: {error}") from error


def read_pasted(text: str, unit: str = "line") -> Table:
    """Read pasted text, a row per ``unit`` ("line" or "paragraph")."""
    if not text.strip():
        raise InputError("There is no pasted text. Paste at least three texts, one a line.")
    return plain.read(text, f"pasted {unit}s", "pasted", unit)


def _load(source: Path | str | bytes, name: str | None) -> tuple[str, bytes]:
    if isinstance(source, bytes):
        if name is None:
            raise ValueError("content needs the name of its file")
        label = _label(name)
        _check_size(len(source), label)
        return label, source
    source = Path(source)
    label = _label(name or source.name or str(source))
    try:
        if source.is_dir():
            raise InputError(f"{label} is a folder. Choose a file inside it.")
        _check_size(source.stat().st_size, label)
        return label, source.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{label} was not found. Check the path and the spelling.") from None
    except PermissionError:
        raise InputError(f"{label} can't be opened: you have no permission to read it.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"{label} can't be opened ({reason}).") from error


def _label(name: str) -> str:
    base = re.split(r"[/\\]", name)[-1]
    return "".join(letter for letter in base if letter.isprintable()).strip() or "The file"


def _check_size(size: int, label: str) -> None:
    if size > MAX_BYTES:
        found, limit = size / 1024**2, MAX_BYTES / 1024**2
        raise InputError(
            f"{label} has {found:,.1f} MB; files of up to {limit:,.0f} MB can be read. Split it, or save it as Parquet "
            "with only the columns needed."
        )


def _read(data: bytes, name: str, asked: _Asked) -> Table:
    if not data:
        raise InputError(f"{name} is empty (0 bytes). Export it again.")
    _, dot, ending = name.rpartition(".")
    form = sniff.EXTENSIONS.get(f".{ending.lower()}") if dot else None
    content = sniff.identify(data)
    if content is not None:
        if content.format is None:
            raise InputError(f"{name} is {content.what}. {content.advice}")
        table = (
            excel.read(data, name, asked.sheet, asked.header) if content is sniff.EXCEL else parquet.read(data, name)
        )
        return table if content.format == form else _said(table, content.what)
    if form in {"XLSX", "Parquet"} and data.startswith((b"PK", b"PAR1")):
        raise InputError(f"{name} is damaged or incomplete. Export it again.")
    try:
        text, used, notes = encodings.decode(data, name, asked.encoding)
    except InputError as error:
        if form in {"XLSX", "Parquet"}:
            what = "an Excel workbook" if form == "XLSX" else "a Parquet file"
            raise InputError(f"{name} is not {what}, nor anything else that can be read. Export it again.") from error
        raise
    table = _read_text(text, name, form, asked)
    doubt = Decision("encoding", used, notes[0] if notes else "The bytes are valid so.", sure=not notes)
    return replace(table, encoding=used, notes=(*notes, *table.notes), decisions=(*table.decisions, doubt))


def _read_text(text: str, name: str, form: str | None, asked: _Asked) -> Table:
    """Read text by its content; the extension decides only where the content fits several formats."""
    if not text.strip():
        raise InputError(f"{name} holds nothing but blank space. Export it again.")
    if asked.unit in plain.UNITS or asked.unit not in (None, TABLE):
        return plain.read(text, name, unit=asked.unit)
    if sniff.is_markup(text):
        if (page := pages.read(text, name, asked.header)) is not None:
            return page
        raise InputError(f"{name} is {sniff.WEB_PAGE.what}. {sniff.WEB_PAGE.advice}")
    content = sniff.identify_text(text) if form != "TXT" else None
    if form == "JSONL":
        if content is None and (delimiter := _tabular(text)):
            return _said(_delimited(text, name, delimiter, asked), "a table of delimited text")
        return jsons.read_lines(text, name)
    if form == "JSON":
        if content is None and text.lstrip()[:1] not in {"{", "["} and (delimiter := _tabular(text)):
            return _said(_delimited(text, name, delimiter, asked), "a table of delimited text")
        return jsons.read(text, name)
    if content is sniff.JSON:
        return _said(jsons.read(text, name), content.what)
    if content is sniff.JSONL:
        return _said(jsons.read_lines(text, name), content.what)
    if form in {"CSV", "TSV"}:
        table = delimited.read(text, name, tabs=form == "TSV", delimiter=asked.delimiter, header=asked.header)
        return replace(table, unit=TABLE)
    if asked.unit in (None, TABLE) and not asked.delimiter and (found := chat.read(text, name)) is not None:
        return found
    delimiter = asked.delimiter or delimited.table_in_text(text)
    if delimiter or asked.unit == TABLE:
        table = _delimited(text, name, delimiter or delimited.guess_delimiter(text), asked)
        why = f"Read as a table, its fields separated by {DELIMITER_NAMES.get(table.delimiter or '', 'nothing')}."
        decision = Decision("unit", TABLE, why, plain.UNITS, sure=False)
        return replace(table, format="TXT", notes=(why, *table.notes), decisions=(decision, *table.decisions))
    table = plain.read(text, name, unit=asked.unit)
    return table if form else _said(table, "plain text")


def _delimited(text: str, name: str, delimiter: str | None, asked: _Asked) -> Table:
    table = delimited.read(
        text, name, tabs=delimiter == "\t", delimiter=asked.delimiter or delimiter, header=asked.header
    )
    return replace(table, unit=TABLE)


def _tabular(text: str) -> str | None:
    """The delimiter of a table under a name that promises something else."""
    return delimited.guess_delimiter(text) if "\n" in text.strip() else None


def _said(table: Table, what: str) -> Table:
    """Say that a file was read as what it holds, and not as what its name says."""
    return replace(table, notes=(f"It holds {what}, whatever its name says, and was read so.", *table.notes))
