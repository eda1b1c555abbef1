"""Whatever a text holds, every format gives it back; whatever a file holds, it is read or refused in words."""

import csv
import io
import json

import openpyxl
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.base.errors import InputError
from core.texts import readers
from core.texts.readers import read
from tests.support.reader_files import QUICK, TEXT, TEXTS, parquet, texts_of


class TestEveryText:
    """Whatever the texts, reading gives back what was written."""

    @QUICK
    @example([":,;", ",", ",", "the end, at last"], "\t", "utf-8")
    @example([",", ",", ",", "the end, at last"], ";", "utf-8")
    @given(TEXTS, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    def test_csv(self, texts: list[str], delimiter: str, codec: str) -> None:
        for header, rows in ([["text"], [[t] for t in texts]], [["id", "text"], [["x", t] for t in texts]]):
            out = io.StringIO(newline="")
            csv.writer(out, delimiter=delimiter).writerows([header, *rows])
            assert texts_of(read(out.getvalue().encode(codec), "a.csv")) == texts

    @QUICK
    @given(
        st.lists(st.text(st.characters(codec="utf-8")), max_size=8).map(lambda texts: [*texts, "end"]), st.booleans()
    )
    def test_json(self, texts: list[str], escape: bool) -> None:
        rows = [{"text": text, "n": n} for n, text in enumerate(texts)]
        assert texts_of(read(json.dumps(rows).encode(), "a.json")) == texts
        lines = "\n".join(json.dumps(row) for row in rows)
        assert texts_of(read(lines.encode(), "a.jsonl")) == texts
        clean = [text.replace("\x7f", "") for text in texts]
        assert texts_of(read(json.dumps(clean, ensure_ascii=escape).encode(), "a.json")) == clean

    @QUICK
    @given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=8))
    def test_parquet(self, texts: list[str]) -> None:
        assert texts_of(read(parquet(pa.table({"text": texts})), "a.parquet")) == texts

    @settings(max_examples=30, deadline=None)
    @given(st.lists(TEXT.filter(lambda text: "\ufffe" not in text and "\uffff" not in text), max_size=8))
    def test_excel(self, texts: list[str]) -> None:
        rows: list[list[object]] = [["x", "text"], *(["x", text] for text in texts), ["x", "end"]]
        book = openpyxl.Workbook()
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row, start=1):
                cell = book.active.cell(number, place, value)
                cell.data_type = "s"  # "=1" is a text here, and no formula
        out = io.BytesIO()
        book.save(out)
        assert texts_of(read(out.getvalue(), "a.xlsx")) == [*texts, "end"]

    @settings(max_examples=40, deadline=None)
    @given(
        st.sampled_from(
            [b"", b"", b"PAR1", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", b"[", b'{"a":', b'id,text\n1,"']
        ),
        st.binary(max_size=200),
        st.sampled_from([b"", b"PAR1", b"]", b"\n"]),
        st.sampled_from([None, "utf-8", "utf-16", "shift_jis", "utf-7"]),
    )
    def test_junk_is_read_or_refused(self, start: bytes, middle: bytes, end: bytes, encoding: str | None) -> None:
        for extension in readers.ACCEPTED:
            problem = ""
            try:
                names = list((table := read(start + middle + end, f"a{extension}", encoding=encoding)).frame)
            except InputError as error:
                problem = str(error)
            if problem:
                assert problem.startswith("a.")
            else:
                assert all(names)
                assert len(set(names)) == len(names) > 0 < len(table.frame)
