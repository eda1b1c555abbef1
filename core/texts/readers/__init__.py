"""From a file, an upload or pasted text to a ``Table``."""

import re
from dataclasses import replace
from pathlib import Path

from core.base.errors import InputError
from core.texts.readers import delimited, encodings, excel, exported, jsons, parquet, plain, sniff
from core.texts.readers.table import Table

__all__ = ["ACCEPTED", "MAX_BYTES", "Table", "read", "read_pasted"]

MAX_BYTES = 200 * 1024**2
ACCEPTED = tuple(sniff.EXTENSIONS)


def read(
    source: Path | str | bytes,
    name: str | None = None,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    unit: str | None = None,
) -> Table:
    """Read a file.

    Parameters
    ----------
    source : the file's path, or its content.
    name : the file's name, needed with content; it is never used as a path.
    sheet : of a workbook; by default the first with rows.
    encoding : of a text file; by default it is found out.
    unit : of plain text, "line" or "paragraph"; by default it is found out.

    Raises
    ------
    InputError
        If the file can't be read as what its name says. The message starts with the file's name.
    """
    label, data = _load(source, name)
    try:
        return exported.restored(_read(data, label, sheet, encoding, unit))
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


def _read(data: bytes, name: str, sheet: str | None, encoding: str | None, unit: str | None) -> Table:
    if not data:
        raise InputError(f"{name} is empty (0 bytes). Export it again.")
    stem, dot, ending = name.rpartition(".")
    form = sniff.EXTENSIONS.get(f".{ending.lower()}") if dot else None
    content = sniff.identify(data)
    if content is not None and (content.format is None or content.format != form):
        raise InputError(_mismatch(name, stem or name, form, content))
    if form is None:
        raise InputError(f"{name} is of a kind that can't be read. Accepted: {', '.join(ACCEPTED)}.")
    if form in {"XLSX", "Parquet"}:
        if content is None:
            raise InputError(_neither(data, name, stem, form))
        return excel.read(data, name, sheet) if form == "XLSX" else parquet.read(data, name)
    text, used, notes = encodings.decode(data, name, encoding)
    table = _read_text(text, name, stem, form, unit)
    return replace(table, encoding=used, notes=(*notes, *table.notes))


def _read_text(text: str, name: str, stem: str, form: str, unit: str | None) -> Table:
    if not text.strip():
        raise InputError(f"{name} holds nothing but blank space. Export it again.")
    if form == "TXT":
        return plain.read(text, name, unit=unit)
    content = sniff.identify_text(text) if form in {"CSV", "TSV"} or sniff.is_markup(text) else None
    if content is not None:
        raise InputError(_mismatch(name, stem, form, content))
    if form == "JSON":
        return jsons.read(text, name)
    if form == "JSONL":
        return jsons.read_lines(text, name)
    return delimited.read(text, name, tabs=form == "TSV")


def _mismatch(name: str, stem: str, form: str | None, content: sniff.Content) -> str:
    if content.format is None:
        return f"{name} is {content.what}. {content.advice}"
    instead = f", not {_words(form)}" if form else ""
    return f"{name} is {content.what}{instead}. Rename it to {stem}{content.extension} and load it again."


def _neither(data: bytes, name: str, stem: str, form: str) -> str:
    """Say what a file is that calls itself a workbook or Parquet and is not."""
    if data.startswith((b"PK", b"PAR1")):
        return f"{name} is damaged or incomplete. Export it again."
    try:
        text, _, _ = encodings.decode(data, name)
    except InputError:
        return f"{name} is not {_words(form)}, nor anything else that can be read. Export it again."
    content = sniff.identify_text(text)
    if content is None and (delimiter := delimited.guess_delimiter(text)):
        content = sniff.TSV if delimiter == "\t" else sniff.CSV
    if content is None:
        return f"{name} is text, not {_words(form)}. Rename it to {stem}.txt and load it again."
    return _mismatch(name, stem, form, content)


def _words(form: str | None) -> str:
    return {"XLSX": "an Excel workbook", "Parquet": "a Parquet file", "JSONL": "JSON Lines"}.get(form or "", form or "")
