"""Every file that a labelled run can be exported to, by its format."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.base.errors import InputError
from core.results import map_image, report, result_folder, tables
from core.results.labelled import Labelled
from core.texts.corpus import Corpus


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Parameters
    ----------
    ending : of the file's name.
    title : how a button calls it.
    mime : its media type.
    write : makes the file's content.
    """

    ending: str
    title: str
    mime: str
    write: Callable[[Labelled], bytes]


FORMATS = {
    "csv": Format("csv", "CSV", "text/csv", lambda done: tables.to_csv(done.table)),
    "xlsx": Format(
        "xlsx",
        "Excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda done: tables.to_xlsx(done.table, done.topic_table(), done.about()),
    ),
    "parquet": Format(
        "parquet", "Parquet", "application/vnd.apache.parquet", lambda done: tables.to_parquet(done.table, done.about())
    ),
    "jsonl": Format("jsonl", "JSON Lines", "application/jsonl", lambda done: tables.to_jsonl(done.table)),
    "png": Format("png", "PNG", "image/png", lambda done: map_image.map_image(done, "png")),
    "svg": Format("svg", "SVG", "image/svg+xml", lambda done: map_image.map_image(done, "svg")),
    "report": Format("html", "Report", "text/html", lambda done: report.report(done)),
}
TABLES = ("csv", "xlsx", "parquet", "jsonl")
_STEMS = {"png": "map", "svg": "map", "report": "report"}  # of files in a directory of results


def export(done: Labelled, format: str) -> bytes:
    """The content of a file.

    Raises
    ------
    InputError
        Where there is no such format, or it can't hold these texts.
    """
    if format not in FORMATS:
        raise InputError(f"There is no format “{format}”. Choose from {', '.join(FORMATS)}.")
    return FORMATS[format].write(done)


def check(corpus: Corpus, formats: Sequence[str]) -> None:
    """Say before the work what could not be written after it.

    Raises
    ------
    InputError
        Where a format can't hold the corpus.
    """
    columns = corpus.metadata.assign(**{"its text": list(corpus.texts)})
    for name in formats:
        if name in TABLES and (said := tables.refusal(columns, name)):
            raise InputError(said)


def write(done: Labelled, directory: Path, formats: Sequence[str]) -> tuple[Path, ...]:
    """Write files such as ``run.csv``, ``map.png`` and ``report.html``; the paths written.

    Raises
    ------
    InputError
        As `export`, and where the directory can't be written to.
    """
    paths = []
    for name in dict.fromkeys(formats):
        path = directory / f"{_STEMS.get(name, 'run')}.{FORMATS[name].ending}"
        content = export(done, name)
        try:
            path.write_bytes(content)
        except OSError as error:
            raise result_folder.unwritable(directory, error) from None
        paths.append(path)
    return tuple(paths)


def file_name(corpus: str, format: str) -> str:
    """A file's name from its corpus's, of letters, digits and ``-_.`` only, which every system takes."""
    stem = re.sub(r"\.(csv|tsv|xlsx|xlsm|json|jsonl|parquet|txt)$", "", corpus, flags=re.IGNORECASE)
    safe = re.sub(r"[^\w-]+", "-", stem).strip("-_.")[:80].strip("-_.") or "texts"
    return f"{safe}-topics.{FORMATS[format].ending}"
