"""The table that every reader gives back."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class LeftOutRow:
    """A row of a file that is not among the rows of its table.

    Parameters
    ----------
    line : 1-based line of the file, row of the sheet or item of the list it starts at.
    cells : as they stand there.
    why : such as "repeats the header".
    """

    line: int
    cells: tuple[str, ...]
    why: str


DELIMITER_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars", "^": "carets"}


@dataclass(frozen=True)
class Decision:
    """Something that reading had to decide, and what else it could have been.

    Parameters
    ----------
    option : of `core.texts.readers.read`, by which it is decided otherwise.
    chosen : the value taken.
    why : a sentence.
    others : further values, the likeliest first.
    sure : whether there was hardly a doubt.
    """

    option: str
    chosen: str
    why: str
    others: tuple[str, ...] = ()
    sure: bool = True

    def sentence(self) -> str:
        """Say it with the alternatives."""
        doubt = "" if self.sure else " This is not certain."
        others = f" It could also be {' or '.join(self.others)}." if self.others else ""
        return f"{self.option}: {self.chosen}. {self.why}{doubt}{others}"

    def value(self, said: str) -> str | int:
        """A value that is said as `core.texts.readers.read` takes it: 3 for "line 3", "," for "commas"."""
        if self.option == "header":
            return 0 if said == "none" else int(said.rpartition(" ")[2].replace(",", ""))
        signs = {name: sign for sign, name in DELIMITER_NAMES.items()}
        return signs.get(said, said) if self.option == "delimiter" else said


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
    unit : of plain and delimited text, what became one row: "table" (a row of it), "line" or "paragraph".
    notes : sentences on what was assumed, filled, left out or rewritten in reading.
    header : 1-based line or row of the column names, 0 where the file has none; None where it has no lines.
    set_aside : rows of the file that are not in the frame, in the file's order.
    decisions : what reading decided, with the alternatives.
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
    header: int | None = None
    set_aside: tuple[LeftOutRow, ...] = ()
    decisions: tuple[Decision, ...] = ()

    def explained(self) -> tuple[str, ...]:
        """Say every decision with its alternatives, and then the notes that are not among them."""
        said = tuple(each.sentence() for each in self.decisions)
        return (*said, *(note for note in self.notes if not any(note == each.why for each in self.decisions)))
