"""Shared by the commands: the options by which a file is read, and the line that shows progress."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.progress import Progress

if TYPE_CHECKING:
    from core.store.vectors import VectorStore
    from core.texts.corpus import Corpus


def add_reading_options(parser: argparse.ArgumentParser) -> None:
    """Add FILE and what says how it is read."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, TSV, XLSX, JSON, JSONL, Parquet or TXT")
    parser.add_argument("--text-column", metavar="COLUMN", help="the column of texts (default: guessed)")
    parser.add_argument("--duplicates", choices=("once", "all"), default="once", help="keep repeated texts once or all")
    parser.add_argument("--repair", action="store_true", help="repair garbled characters (mojibake)")
    parser.add_argument("--sheet", help="sheet of an XLSX file (default: the first with rows)")
    parser.add_argument("--encoding", help="of a text file (default: guessed)")
    parser.add_argument(
        "--unit", choices=("table", "line", "paragraph"), help="how a text file is cut into texts (default: guessed)"
    )
    parser.add_argument(
        "--header", type=int, metavar="LINE", help="line or row with the columns' names, 0 for none (default: guessed)"
    )
    parser.add_argument("--delimiter", help="between the cells of a text file (default: guessed)")
    parser.add_argument(
        "--explain", action="store_true", help="say what was decided in reading, why, and what else it could be"
    )
    parser.add_argument("--no-store", action="store_true", help="neither use nor keep saved vectors")


def corpus_of(options: argparse.Namespace) -> "Corpus":
    """The texts of the file that was named, and say what became of its rows."""
    # Imported here so that a wrong option or a missing file is said at once, not after loading torch.
    from core.texts import corpus as corpora
    from core.texts import readers

    table = readers.read(options.file, **{name: getattr(options, name) for name in corpora.FILE_OPTIONS})
    corpus = corpora.build(table, options.text_column, duplicates=options.duplicates, repair=options.repair)
    if options.explain:
        for sentence in table.explained():
            print(sentence)
        for row in table.set_aside:
            print(f"Line {row.line:,} {row.why}: {' | '.join(row.cells)}")
    for sentence in corpus.report.sentences():
        print(sentence)
    print(f"Texts from the column {corpus.text_column}.")
    return corpus


def store_of(options: argparse.Namespace) -> "VectorStore | None":
    """Where vectors are saved, unless the user wants none saved."""
    from core.base.home import home
    from core.store.vectors import VectorStore

    return None if options.no_store else VectorStore(home() / "vectors")


class ProgressLine:
    """One line on a terminal that says where the work is; silent where stderr is not a terminal."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()

    def __call__(self, progress: Progress) -> None:
        if self._terminal:
            unit = " bytes" if progress.stage == "download" else ""
            line = f"{progress.stage} {progress.done:,} of {progress.total:,}{unit} ({progress.fraction:.0%})"
            print(f"\r{line:<70}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._terminal:
            print(f"\r{'':<70}\r", end="", file=sys.stderr, flush=True)
