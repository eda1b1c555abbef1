"""Exported tables: everything comes back as it was, or is refused; no spreadsheet gets a formula."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity

from core.base.errors import InputError
from core.cli.main import FORMATS, main
from core.labelling.edits import Move, Rename, SetAside
from core.labelling.labels import JUNK, NONE
from core.pipeline.clustering.cluster import mean_directions
from core.results import downloads, result_folder, tables
from core.results.downloads import TABLES, export, file_name
from core.results.labelled import Labelled
from core.results.reimport import read_export
from core.results.tables import as_texts
from core.texts import corpus as corpora
from core.texts import readers
from tests.conftest import three_topics
from tests.support.export_runs import labelled, made_up

NASTY = [
    "=1+1",
    "+49 30 1234",
    "-5",
    "@name",
    "\tindented",
    "\rreturn",
    "'=quoted",
    "''-twice",
    "'plain",
    "007",
    "12345678901234567890123456789",
    "1e5",
    "NULL\x00inside",
    "bell\x07 and escape\x1b",
    "two\nlines",
    "two\r\nlines",
    "a\rb",
    "emoji 👩‍👩‍👧 and 漢字",
    " blank around ",
    "_x0041_ _x005F_ _x000D_",
    'quotes "and", commas; semi',
    "NA",
    "#N/A",
    "TRUE",
    "2024-01-01",
    "line\u2028separator",
    "\ufffe\uffff",
    "</script><script>alert(1)</script>",
    "\ufeffmark",
    "null",
]


def metadata(n: int) -> pd.DataFrame:
    """Columns of every kind, with names that Refract has as well."""
    day = pd.Timestamp("2024-02-29")
    return pd.DataFrame(
        {
            "topic": pd.Series([NASTY[k % len(NASTY)] for k in range(n)], dtype="str"),
            "topic (file)": pd.Series([f"other {k}" for k in range(n)], dtype="str"),
            "=SUM(A1)": pd.Series(["", *["-x"] * (n - 1)], dtype="str"),
            "zip": pd.Series(["01067"] * n, dtype="str"),
            "whole": pd.Series(range(-3, n - 3), dtype="int64"),
            "some whole": pd.Series([None, *range(n - 1)], dtype="Int64"),
            "long whole": pd.Series([123456789012345678 + k for k in range(n)], dtype="int64"),
            "real": pd.Series([0.1 + 0.2, np.nan, 3.0, *np.linspace(-1e22, 1e-7, n - 3)], dtype="float64"),
            "endless": pd.Series([np.inf, *[1.5] * (n - 1)], dtype="float64"),
            "yes": pd.Series([k % 2 == 0 for k in range(n)], dtype="bool"),
            "maybe": pd.Series([None, *[True] * (n - 1)], dtype="boolean"),
            "day": pd.Series([pd.NaT, *[day + pd.Timedelta(days=k) for k in range(n - 1)]]),
            "moment": pd.Series([day + pd.Timedelta(seconds=k) for k in range(n)]),
            "instant": pd.Series([day + pd.Timedelta(microseconds=k + 1) for k in range(n)]),
            "old": pd.Series([pd.Timestamp("1815-06-18")] * n),
            "zoned": pd.Series([pd.Timestamp("2024-02-29 12:00", tz="Europe/Berlin")] * n),
            "void": pd.Series([""] * n, dtype="str"),
        }
    )


def check_same(done: Labelled, format: str) -> None:
    """Everything in a file of this format is as it was."""
    corpus, frame = done.run.corpus, done.table
    back = read_export(export(done, format), f"any.{format}")
    assert back.ids == corpus.ids
    assert back.texts == corpus.texts
    assert list(back.metadata.columns) == list(corpus.metadata.columns)
    for name in corpus.metadata.columns:
        assert back.metadata[name].tolist() == as_texts(corpus.metadata[name]), name
    assert list(back.topics) == frame["topic"].tolist()
    assert back.aside.tolist() == frame["aside"].tolist()
    np.testing.assert_array_equal(back.clusters, frame["cluster"])
    np.testing.assert_array_equal(back.counts, corpus.counts)
    np.testing.assert_array_equal(back.second_clusters, frame["second_cluster"].fillna(-1).astype(int))
    assert list(back.second_topics) == frame["second_topic"].tolist()
    assert back.margins.tobytes() == frame["margin"].to_numpy(np.float32).tobytes()
    assert back.xy.tobytes() == done.run.layout.xy.tobytes()


@pytest.fixture(scope="module")
def nasty() -> Labelled:
    run = made_up(NASTY, 3, metadata=metadata(len(NASTY)), names=["=HYPERLINK(1)", "two  words", "漢字 👍"])
    ids = run.corpus.ids
    return labelled(run, Rename("c1", "-given"), Move(ids[3:5], JUNK), Move(ids[6:8], NONE), SetAside("c2", True))


@pytest.mark.parametrize("format", TABLES)
def test_everything_comes_back_as_it_was(nasty, format):
    check_same(nasty, format)


@pytest.mark.parametrize("format", TABLES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=4, max_size=8),
    values=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=8, max_size=8),
    numbers=st.lists(st.floats(allow_nan=False), min_size=8, max_size=8),
)
def test_any_text_and_number_comes_back(format, texts, values, numbers):
    texts = [f"t{k} {text}" if k else f"{text}\x00=a" for k, text in enumerate(texts)]
    n = len(texts)
    others = pd.DataFrame({"said": pd.Series(values[:n], dtype="str"), "real": numbers[:n]})
    check_same(Labelled(made_up(texts, 2, metadata=others)), format)


@pytest.mark.parametrize("format", TABLES)
def test_half_characters_survive_or_the_refusal_says_where_they_would(format):
    run = made_up(["half \ud83d here", "one", "two", "three"], 2)
    done = Labelled(run)
    if format == "jsonl":
        assert read_export(export(done, format), "a.jsonl").texts == run.corpus.texts
        return
    with pytest.raises(InputError, match=r"1 text holds half of a character.*JSON Lines"):
        export(done, format)


def test_what_excel_has_no_room_for_is_refused_and_fits_elsewhere():
    for text, fits in (
        ("x" * 32_767, True),
        ("x" * 32_768, False),
        ("=" + "x" * 32_766, False),
        ("👍" * 16_384, False),
    ):
        done = Labelled(made_up([text, "one", "two", "three"], 2))
        if fits:
            check_same(done, "xlsx")
            continue
        with pytest.raises(InputError, match=r"1 text is longer than the 32,767 characters.* Parquet or JSON Lines"):
            export(done, "xlsx")
        for format in ("csv", "parquet", "jsonl"):
            check_same(done, format)


def test_more_rows_than_a_sheet_has_are_refused():
    frame = pd.DataFrame({"text": pd.Series(["a"], dtype="str")}).loc[[0] * tables.MAX_ROWS]
    assert "1,048,576 texts and their heading" in (tables.refusal(frame, "xlsx") or "")
    assert tables.refusal(frame.iloc[1:], "xlsx") is None
    assert tables.refusal(frame, "csv") is None


STARTS = ("=", "+", "-", "@", "\t", "\r")


def test_no_text_in_csv_begins_like_a_formula(nasty):
    rows = list(csv.reader(io.StringIO(export(nasty, "csv").decode("utf-8-sig"), newline="")))
    numbers = {"whole", "real", "margin", "x", "y", "cluster", "endless"}
    for row in rows:
        for name, cell in zip(rows[0], row, strict=True):
            assert name in numbers or not cell.startswith(STARTS), (name, cell)
    assert "'=SUM(A1)" in rows[0]


def test_no_cell_in_excel_is_a_formula_and_the_file_says_why(nasty):
    nasty = replace(nasty, run=replace(nasty.run, instruction="=by product"))
    book = openpyxl.load_workbook(io.BytesIO(export(nasty, "xlsx")))
    assert book.sheetnames == ["texts", "topics", "about"]
    for sheet in book:
        for cell in (cell for row in sheet for cell in row):
            assert cell.data_type != "f"
            assert not (isinstance(cell.value, str) and cell.value.startswith(STARTS)), cell.value
    about = {row[0]: row[1] for row in book["about"].iter_rows(values_only=True)}
    assert about["instruction"] == "'=by product"
    assert about["model"] == "made-up"
    assert "apostrophe" in about["formulas"]
    assert about["columns as text"].startswith("long whole, endless, instant, old, zoned:")
    assert "UTC" in about["exported"]


def test_excel_gets_numbers_and_dates_as_such(nasty):
    sheet = openpyxl.load_workbook(io.BytesIO(export(nasty, "xlsx")))["texts"]
    header = [cell.value for cell in sheet[1]]
    kinds = {name: sheet.cell(4, place).data_type for place, name in enumerate(header, start=1)}
    assert {kinds[name] for name in ("whole", "some whole", "real", "margin", "x", "count")} == {"n"}
    assert kinds["day"] == kinds["moment"] == "d"
    assert kinds["yes"] == "b"
    assert kinds["zip"] == kinds["long whole"] == kinds["old"] == "s"


def test_parquet_keeps_types_and_says_what_made_it(nasty):
    file = pq.ParquetFile(io.BytesIO(export(nasty, "parquet")))
    assert json.loads(file.schema_arrow.metadata[b"refract"])["model"] == "made-up"
    frame = pd.read_parquet(io.BytesIO(export(nasty, "parquet")))
    assert frame["whole"].dtype == "int64"
    assert frame["day"].dtype == nasty.run.corpus.metadata["day"].dtype


@pytest.fixture(scope="module")
def storable() -> Labelled:
    """Without the NUL that the readers of text files take for a sign of something else."""
    texts = [text for text in NASTY if "\0" not in text]
    return Labelled(made_up(texts, 3, metadata=metadata(len(NASTY)).iloc[: len(texts), 2:]))


def test_the_ordinary_readers_make_a_corpus_of_it_with_the_topics_as_metadata(storable):
    for format in TABLES:
        corpus = corpora.build(readers.read(export(storable, format), f"any.{format}"), "text", duplicates="all")
        assert corpus.texts == storable.run.corpus.texts, format
        assert corpus.ids == storable.run.corpus.ids
        assert corpus.metadata["topic"].tolist() == storable.table["topic"].tolist()
        assert "=SUM(A1)" in corpus.metadata.columns


def test_a_file_whose_texts_were_changed_is_read_as_it_stands(storable):
    changed = export(storable, "csv").replace(b"emoji", b"EMOJI")
    assert "'=1+1" in readers.read(changed, "any.csv").frame["text"].tolist()


def test_exported_again_nothing_collides(nasty):
    corpus = corpora.build(readers.read(export(nasty, "jsonl"), "any.jsonl"), "text", duplicates="all")
    again = Labelled(replace(nasty.run, corpus=corpus))
    assert len(set(again.table.columns)) == again.table.shape[1]
    back = read_export(export(again, "xlsx"), "any.xlsx")
    assert list(back.metadata.columns) == list(corpus.metadata.columns)


def test_margins_are_those_of_scikit_learn():
    run = made_up(300, 6)
    frame, labels = result_folder.full_table(run), run.clustering.labels
    cosines = cosine_similarity(run.embedding.vectors, mean_directions(run.embedding.vectors, labels))
    for row in np.flatnonzero(labels >= 0):
        others = cosines[row].copy()
        others[labels[row]] = -np.inf
        assert frame["second_cluster"][row] == others.argmax()
        assert frame["second_topic"][row] == run.topics[int(others.argmax())].name
        assert frame["margin"][row] == pytest.approx(cosines[row, labels[row]] - others.max(), abs=1e-5)
    none = frame.loc[labels < 0]
    assert len(none) > 0
    assert none["margin"].isna().all()
    assert none["second_cluster"].isna().all()


def test_with_one_topic_there_is_no_second():
    frame = result_folder.full_table(made_up(20, 1))
    assert frame["margin"].isna().all()
    assert (frame["second_topic"] == "").all()


def test_what_was_set_aside_one_by_one_is_no_topic():
    run = made_up(60, 3, noise=0)
    frame = labelled(run, Move(run.corpus.ids[:5], JUNK)).table
    assert frame["aside"].tolist() == [True] * 5 + [False] * 55
    assert (frame["cluster"][:5] == -1).all()
    assert (frame["topic"][:5] == "set aside").all()
    assert frame["margin"][:5].isna().all()
    assert not (frame["second_topic"] == "set aside").any()


@pytest.mark.parametrize(
    ("content", "name", "mentions"),
    [
        (b"a,b\n1,2\n", "a.csv", '"id"'),
        (b"not a workbook", "a.xlsx", "damaged"),
        (b"", "a.txt", "no exported table"),
        (b"", "a.csv", "damaged"),
        (b'{"id": "1", "text": "a", "cluster": "many", "topic": "b"}\n', "a.jsonl", "cluster holds more than numbers"),
    ],
)
def test_what_is_no_exported_table_is_refused(content, name, mentions):
    with pytest.raises(InputError, match=mentions):
        read_export(content, name)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match=r"gone\.csv can't be opened"):
        read_export(tmp_path / "gone.csv")


@pytest.mark.parametrize(
    ("corpus", "name"),
    [
        ("Comments 2024.csv", "Comments-2024-topics.csv"),
        ("../../etc/passwd", "etc-passwd-topics.csv"),
        ('a"b<c>|?*.xlsx', "a-b-c-topics.csv"),
        ("漢字.tsv", "漢字-topics.csv"),
        ("...", "texts-topics.csv"),
        ("x" * 300, "x" * 80 + "-topics.csv"),
    ],
)
def test_file_names_are_safe(corpus, name):
    assert file_name(corpus, "csv") == name


def test_the_command_line_writes_the_files_that_are_asked_for(tmp_path):
    file = tmp_path / "comments.csv"
    file.write_text("\n".join(["comment", *three_topics()]), encoding="utf-8")
    out = tmp_path / "out"
    assert main(["run", str(file), "--clusters", "kmeans:3", "--out", str(out), "--format", *FORMATS]) == 0
    assert {path.name for path in out.iterdir()} == {
        "run.parquet",
        "topics.json",
        "recipe.json",
        "run.csv",
        "run.xlsx",
        "run.jsonl",
        "map.png",
        "map.svg",
        "report.html",
    }
    assert read_export(out / "run.csv").texts == read_export(out / "run.parquet").texts == tuple(three_topics())


def test_the_command_line_says_before_the_work_what_a_format_can_not_hold(tmp_path, capsys):
    file = tmp_path / "comments.jsonl"
    file.write_text("\n".join(json.dumps({"comment": text}) for text in ["x" * 40_000, *three_topics()]))
    assert main(["run", str(file), "--out", str(tmp_path / "out"), "--format", "xlsx"]) == 2
    assert "32,767 characters" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_command_line_offers_every_format():
    assert {*FORMATS, "parquet"} == set(downloads.FORMATS)
