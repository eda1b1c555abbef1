"""Workbooks, JSON, Parquet and plain text."""

import datetime as dt
import io
import json
import zipfile
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from core.base.errors import InputError
from core.texts import readers
from core.texts.readers import read, read_pasted
from tests.support.reader_files import noted, parquet, refused, texts_of, xlsx, zipped


class TestExcel:
    def test_types_are_kept(self) -> None:
        when = dt.datetime(2024, 1, 5, 10, 30)
        header: list[object] = ["text", "n", "x", "ok", "when", "code"]
        rows: list[list[object]] = [["a", 1, 1.5, True, when, "007"], [None, 2, None, False, None, "NA"]]
        table = read(xlsx(("S", [header, *rows])), "a.xlsx")
        assert [str(kind) for kind in table.frame.dtypes] == [
            "str",
            "int64",
            "float64",
            "bool",
            "datetime64[us]",
            "str",
        ]
        assert texts_of(table) == ["a", ""]
        assert texts_of(table, "code") == ["007", "NA"]
        assert table.frame["when"][0] == pd.Timestamp(when)
        assert (table.format, table.encoding, table.delimiter) == ("XLSX", None, None)

    def test_sheets(self) -> None:
        data = xlsx(("Empty", []), ("Head", [["text"]]), ("Data", [["text"], ["a"]]), ("More", [["body"], ["b"]]))
        table = read(data, "a.xlsm")
        assert (table.sheet, table.sheets) == ("Data", ("Empty", "Head", "Data", "More"))
        assert texts_of(read(data, "a.xlsx", sheet="More"), "body") == ["b"]
        message = refused(data, "a.xlsx", sheet="Nope")
        assert '"Nope"' in message
        assert '"More"' in message
        assert "is empty" in refused(data, "a.xlsx", sheet="Empty")
        assert "no rows" in refused(data, "a.xlsx", sheet="Head")
        assert "no rows" in refused(xlsx(("Empty", [])), "a.xlsx")

    def test_mixed_cells_become_text(self) -> None:
        rows: list[list[object]] = [["text"], ["a"], [5], [True], [2.5], [dt.datetime(2024, 1, 5)], [dt.time(10, 30)]]
        table = read(xlsx(("S", rows)), "a.xlsx")
        assert texts_of(table) == ["a", "5", "true", "2.5", "2024-01-05 00:00:00", "10:30:00"]
        assert noted(table, "mixes types; 5 values")

    def test_blank_rows_and_columns(self) -> None:
        rows: list[list[object]] = [[], ["text", None, "n"], ["a", None, 1], [], ["b"], [None, None, 3], [], []]
        table = read(xlsx(("S", rows)), "a.xlsx")
        assert list(table.frame) == ["text", "n"]
        assert texts_of(table) == ["a", "b", ""]
        assert noted(table, "1 blank row ")

    def test_error_cells(self) -> None:
        table = read(xlsx(("S", [["text", "n"], ["a", "#N/A"], ["b", 2]])), "a.xlsx")
        assert str(table.frame["n"].dtype) == "Int64"
        assert noted(table, "1 cell with an Excel error")

    def test_carriage_returns(self) -> None:
        assert texts_of(read(xlsx(("S", [["text"], ["a_x000D_\nb"]])), "a.xlsx")) == ["a\r\nb"]

    def test_broken(self) -> None:
        good = xlsx(("S", [["text"], ["a"]]))
        with zipfile.ZipFile(io.BytesIO(good)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        members["xl/worksheets/sheet1.xml"] = members["xl/worksheets/sheet1.xml"][:-40]
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        assert "damaged" in refused(out.getvalue(), "a.xlsx")
        assert "damaged" in refused(zipped("xl/nothing"), "a.xlsx")

    def test_a_bomb(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(readers.excel, "MAX_UNPACKED", 100)
        assert "unpacks to" in refused(xlsx(("S", [["text"], ["a"]])), "a.xlsx")


class TestJson:
    @pytest.mark.parametrize(
        "value",
        [
            [{"text": "a", "n": 1}, {"text": "b", "n": 2}],
            {"text": ["a", "b"], "n": [1, 2]},
            {"data": [{"text": "a", "n": 1}, {"text": "b", "n": 2}]},
            {"total": 2, "rows": [{"text": "a", "n": 1}, {"text": "b", "n": 2}]},
        ],
    )
    def test_shapes(self, value: object) -> None:
        table = read(json.dumps(value).encode(), "a.json")
        assert table.frame.to_dict("list") == {"text": ["a", "b"], "n": [1, 2]}
        assert noted(table, 'left out: "total"') == ("total" in value)

    def test_lists_of_texts(self) -> None:
        assert texts_of(read(b'["a", "b"]', "a.json")) == ["a", "b"]
        assert texts_of(read(b'{"text": ["a", null]}', "a.json")) == ["a", ""]
        assert texts_of(read(b'"a"\n"b"\n', "a.ndjson")) == ["a", "b"]

    def test_lines(self) -> None:
        table = read('{"text": "a\u2028b"}\r\n\n{"text": "c", "n": 1}'.encode(), "a.jsonl")
        assert texts_of(table) == ["a\u2028b", "c"]
        assert table.format == "JSONL"
        assert noted(table, "1 blank line")
        assert noted(table, "1 record without some")

    def test_types(self) -> None:
        rows = [
            {"i": 1, "f": 1, "b": True, "d": "2024-01-05", "code": "7", "big": 2**70, "mix": 1, "deep": {"é": [1]}},
            {"i": None, "f": 0.5, "b": None, "d": None, "code": "8", "big": 1, "mix": "x"},
        ]
        table = read(json.dumps(rows).encode(), "a.json")
        kinds = ["Int64", "float64", "boolean", "datetime64[us]", "str", "str", "str", "str"]
        assert [str(kind) for kind in table.frame.dtypes] == kinds
        assert texts_of(table, "deep.é") == ["[1]", ""]
        assert texts_of(table, "big") == [str(2**70), "1"]
        assert texts_of(table, "mix") == ["1", "x"]
        assert noted(table, '"deep.é": 1 nested value')
        assert noted(table, '"mix" mixes types; 1 value that was')

    def test_nan_is_missing(self) -> None:
        table = read(b'[{"text": "a", "x": NaN}, {"text": NaN, "x": 2.5}]', "a.json")
        assert texts_of(table) == ["a", ""]
        assert table.frame["x"].isna().tolist() == [True, False]

    def test_half_characters(self) -> None:
        table = read(b'["a\\ud83d", "\\ud83d\\ude00", "c"]', "a.json")
        assert texts_of(table) == ["a\ufffd", "😀", "c"]
        assert noted(table, "half of a character")
        assert list(read(b'[{"\\ud83d": "a"}]', "a.json").frame) == ["\ufffd"]

    def test_a_field_named_twice(self) -> None:
        table = read(b'[{"text": "a", "text": "b"}]', "a.json")
        assert texts_of(table) == ["b"]
        assert noted(table, "twice")

    @pytest.mark.parametrize(
        ("body", "part"),
        [
            ('[{"text": "a"},\n {"text": b}]', "line 2, column 11"),
            ("hello", "not valid JSON"),
            ('[{"text": "a"}', "not valid JSON"),
            ("[]", "no rows"),
            ('{"data": []}', "no rows"),
            ('{"a": [], "b": []}', "no rows"),
            ("[{}, {}]", "no rows"),
            ("5", "single value"),
            ('"text"', "single value"),
            ('{"a": 1}', "no rows can be told"),
            ('{"a": [1], "b": [2], "c": 3}', "no rows can be told"),
            ('{"a": [1, 2], "b": [2]}', "different lengths (1 to 2)"),
            ("[1, 2]", "item 1 is neither"),
            ('["a", {"b": 1}]', "item 2 is not a text"),
            ('[{"b": 1}, null]', "item 2 is not an object"),
            ('{"data": [{"b": 1}, 2]}', 'item 2 of "data"'),
            ("[" * 100_000, "nested too deeply"),
            ("[" + "1" * 5000 + "]", "thousands of digits"),
        ],
    )
    def test_refused(self, body: str, part: str) -> None:
        assert part in refused(body.encode(), "a.json")

    @pytest.mark.parametrize(
        ("body", "part"),
        [
            ('{"text": "a"}\n\n{"text": b}\n{"text": c}', "line 3 is not valid JSON"),
            ('{"text": "a"}\n"b"\n', "line 2 is not an object"),
            ("5\n6\n", "line 1 is neither"),
            ('{"a": 1}\n' + "[" * 100_000, "line 2"),
        ],
    )
    def test_refused_lines(self, body: str, part: str) -> None:
        assert part in refused(body.encode(), "a.jsonl")

    def test_too_many_fields(self) -> None:
        body = json.dumps([{f"k{k}": 1} for k in range(5001)])
        assert "5,001 different field names" in refused(body.encode(), "a.json")


class TestParquet:
    def test_types_are_kept(self) -> None:
        when = dt.datetime(2024, 1, 5, 10, 30)
        data = pa.table(
            {
                "text": pa.array(["a", None], pa.large_string()),
                "cat": pa.array(["x", "y"]).dictionary_encode(),
                "i": pa.array([1, None], pa.int32()),
                "j": [1, 2],
                "f": [0.5, None],
                "b": [True, None],
                "when": [when, None],
                "day": [dt.date(2024, 1, 5), None],
                "money": [Decimal("1.50"), Decimal("2.00")],
                "deep": [{"é": [1]}, None],
                "list": [["a"], []],
                "raw": [b"caf\xc3\xa9", None],
                "junk": [b"\xff", b"\x00"],
                "time": [dt.time(10, 30), None],
                "void": pa.nulls(2),
            }
        )
        table = read(parquet(data), "a.parquet")
        frame = table.frame
        kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
        text = ["text", "cat", "deep", "list", "raw", "junk", "time", "void"]
        assert {name for name, kind in kinds.items() if kind == "str"} == set(text)
        assert (kinds["i"], kinds["j"], kinds["f"], kinds["b"]) == ("Int32", "int64", "float64", "boolean")
        assert (frame["when"][0], frame["day"][0]) == (pd.Timestamp(when), pd.Timestamp("2024-01-05"))
        assert frame["money"].tolist() == [1.5, 2.0]
        assert [texts_of(table, name) for name in text[2:]] == [
            ['{"é": [1]}', ""],
            ['["a"]', "[]"],
            ["café", ""],
            ["ff", "00"],
            ["10:30:00", ""],
            ["", ""],
        ]
        assert noted(table, '"deep": 1 nested value')
        assert noted(table, "hexadecimal")
        assert table.format == "Parquet"

    def test_written_by_pandas(self) -> None:
        out = io.BytesIO()
        pd.DataFrame({"text": ["a", "b"]}, index=[5, 6]).to_parquet(out)
        frame = read(out.getvalue(), "a.pq").frame
        assert frame["text"].tolist() == ["a", "b"]
        assert isinstance(frame.index, pd.RangeIndex)

    def test_repeated_names(self) -> None:
        data = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["x", "x"])
        assert list(read(parquet(data), "a.parquet").frame) == ["x", "x_2"]

    def test_refused(self) -> None:
        good = parquet(pa.table({"text": ["a"] * 100}))
        assert "damaged" in refused(good[:-10], "a.parquet")
        assert "damaged" in refused(good[:20] + good[30:], "a.parquet")
        assert "no rows" in refused(parquet(pa.table({"text": pa.array([], pa.string())})), "a.parquet")


class TestPlainText:
    def test_lines(self) -> None:
        table = read(b"one \r\n\r\n two, three\rfour\x0bfive", "a.txt")
        assert texts_of(table) == ["one", "two, three", "four\x0bfive"]
        assert (table.format, table.unit) == ("TXT", "line")
        assert noted(table, "1 blank line")

    def test_paragraphs_are_kept_inside(self) -> None:
        body = b"one\n  two \n\nthree\n \t\n\nfour\r\nfive\n"
        table = read(body, "a.md")
        assert table.unit == "paragraph"
        assert texts_of(table) == ["one\n  two", "three", "four\r\nfive"]
        assert noted(table, "choose the other")
        assert texts_of(read(body, "a.md", unit="line")) == ["one", "two", "three", "four", "five"]

    def test_a_stray_blank_line_makes_no_paragraphs(self) -> None:
        body = "\n".join(["line"] * 100 + [""] + ["line"] * 100 + [""] + ["line"] * 100).encode()
        assert read(body, "a.text").unit == "line"
        assert len(read(body, "a.text", unit="paragraph").frame) == 3

    def test_unknown_unit(self) -> None:
        refused(b"a\nb\n", "a.txt", unit="word")

    def test_pasted(self) -> None:
        table = read_pasted("one\n\ntwo\n")
        assert (texts_of(table), table.source, table.format, table.unit) == (
            ["one", "two"],
            "pasted lines",
            "pasted",
            "line",
        )
        assert texts_of(read_pasted("a\nb\n\nc", "paragraph")) == ["a\nb", "c"]
        with pytest.raises(InputError, match="pasted"):
            read_pasted(" \n ")
