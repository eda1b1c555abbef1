"""The kind of a file by its content, whatever its name says."""

import io
import json
import zipfile
from dataclasses import dataclass

EXTENSIONS = {
    ".csv": "CSV",
    ".tsv": "TSV",
    ".tab": "TSV",
    ".xlsx": "XLSX",
    ".xlsm": "XLSX",
    ".json": "JSON",
    ".jsonl": "JSONL",
    ".ndjson": "JSONL",
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".txt": "TXT",
    ".md": "TXT",
    ".text": "TXT",
}


@dataclass(frozen=True)
class Content:
    """A kind of content: what it is in words, the format that reads it (if any) and what to do about it."""

    what: str
    format: str | None = None
    extension: str = ""
    advice: str = ""


EXCEL = Content("an Excel workbook", "XLSX", ".xlsx")
PARQUET = Content("a Parquet file", "Parquet", ".parquet")
JSON = Content("JSON", "JSON", ".json")
JSONL = Content("JSON Lines", "JSONL", ".jsonl")
CSV = Content("comma-separated text", "CSV", ".csv")
TSV = Content("tab-separated text", "TSV", ".tsv")
WEB_PAGE = Content("a web page (HTML) or XML", advice="Export the data as CSV.")

_IMAGE = Content("an image", advice="Only text can be read.")
_ARCHIVE = Content("a compressed file", advice="Unpack it and load the file inside.")
_DATABASE = Content("an SQLite database", advice="Export the table as CSV.")
_PDF = Content("a PDF document", advice="Copy its text into a .txt file, or export the data as CSV.")
_DOCUMENT = Content("a text document of a word processor", advice="Save it as plain text (.txt).")
_SLIDES = Content("a presentation", advice="Copy its text into a .txt file.")
_OLD_EXCEL = Content("an old Excel workbook (.xls)", advice="Open it in Excel and save it as .xlsx.")
_OLD_OFFICE = Content("an old Office document", advice="Save it as .xlsx or .txt.")
_LOCKED = Content("protected by a password", advice="Open it in Excel, remove the password and save it.")
_BINARY_EXCEL = Content("a binary Excel workbook (.xlsb)", advice="Open it in Excel and save it as .xlsx.")
_OPEN_SHEET = Content("an OpenDocument spreadsheet", advice="Save it as .xlsx or CSV.")

_MAGIC: tuple[tuple[bytes, Content], ...] = (
    (b"%PDF-", _PDF),
    (b"\x89PNG\r\n", _IMAGE),
    (b"\xff\xd8\xff", _IMAGE),
    (b"GIF87a", _IMAGE),
    (b"GIF89a", _IMAGE),
    (b"II*\0", _IMAGE),
    (b"MM\0*", _IMAGE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (b"Rar!\x1a\x07", _ARCHIVE),
    (b"\xfd7zXZ\0", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
    (b"SQLite format 3\0", _DATABASE),
    (b"{\\rtf", _DOCUMENT),
)
_ZIP_MEMBERS: tuple[tuple[str, Content], ...] = (
    ("xl/workbook.bin", _BINARY_EXCEL),
    ("xl/", EXCEL),
    ("word/", _DOCUMENT),
    ("ppt/", _SLIDES),
)


def identify(data: bytes) -> Content | None:
    """Tell the kind of binary content; None for text and for what is unknown."""
    for magic, content in _MAGIC:
        if data.startswith(magic):
            return content
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _IMAGE
    if data.startswith(b"PAR1") and data.endswith(b"PAR1"):
        return PARQUET
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _compound(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(data)
    return None


def is_markup(text: str) -> bool:
    """Tell HTML and XML."""
    return text[:1000].lstrip()[:14].lower().startswith(("<!doctype html", "<html", "<?xml", "<table"))


def identify_text(text: str) -> Content | None:
    """Tell HTML, JSON and JSON Lines; None for any other text."""
    if is_markup(text):
        return WEB_PAGE
    if text.lstrip().startswith(("{", "[")):
        if isinstance(parsed(text), (dict, list)):
            return JSON
        lines = (line for line in io.StringIO(text) if line.strip())
        first = [parsed(line) for line, _ in zip(lines, range(2), strict=False)]
        if len(first) == 2 and all(isinstance(value, dict) for value in first):
            return JSONL
    return None


def parsed(text: str) -> object:
    """Return the value that is written as JSON, or None where it is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _compound(data: bytes) -> Content:
    """Tell what an OLE compound file is from the names of its streams."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return _LOCKED
    if any(stream.encode("utf-16-le") in data for stream in ("WordDocument", "PowerPoint Document")):
        return _OLD_OFFICE
    return _OLD_EXCEL


def _zip(data: bytes) -> Content | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype") if "mimetype" in names else b""
    except Exception:  # a damaged archive raises nearly anything
        return None
    if b"opendocument.spreadsheet" in kind:
        return _OPEN_SHEET
    if b"opendocument" in kind:
        return _DOCUMENT
    for prefix, content in _ZIP_MEMBERS:
        if any(name.startswith(prefix) for name in names):
            return content
    return _ARCHIVE
