"""What every reader gives back."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Table:
    """The rows of a file or of pasted text.

    Parameters
    ----------
    frame : the rows in the file's order. Column names are unique non-empty strings, the index is a RangeIndex. Text
        columns have pandas' ``str`` dtype and no missing values ("" stands for them); other columns are typed.
    source : base name of the file, or "pasted lines" or "pasted paragraphs".
    format : "CSV", "TSV", "XLSX", "JSON", "JSONL", "Parquet", "TXT" or "pasted".
    encoding : of a text file, by a name that ``read(..., encoding=)`` takes.
    delimiter : of a CSV or TSV file; None where it has a single column.
    sheet, sheets : the sheet that was read, and all sheets, of a workbook.
    unit : of TXT and pasted text, what became one row: "line" or "paragraph".
    notes : sentences on what was assumed, filled, left out or rewritten in reading.
    """

    frame: pd.DataFrame
    source: str
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    unit: str | None = None
    notes: tuple[str, ...] = ()


def counted(number: int, noun: str) -> str:
    """``1 row``, ``2,000 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
