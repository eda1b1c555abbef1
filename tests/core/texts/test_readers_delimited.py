"""CSV and TSV: delimiters, headers, ragged rows, and the types of columns."""

import csv
import io

import pandas as pd
import pytest

from core.texts.readers import read
from core.texts.readers.delimited import guess_delimiter
from tests.support.reader_files import noted, refused, texts_of


class TestDelimited:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_delimiters_are_found(self, delimiter: str) -> None:
        rows = [["id", "text"], ["1", "a, b; c | d\te"], ["2", "x; y"], ["3", "z"]]
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter).writerows(rows)
        table = read(out.getvalue().encode(), "a.csv")
        assert table.delimiter == delimiter
        assert texts_of(table) == ["a, b; c | d\te", "x; y", "z"]
        assert table.frame["id"].tolist() == [1, 2, 3]

    def test_tsv_prefers_tabs(self) -> None:
        table = read(b"a,b\tc,d\n1,2\t3,4\n", "a.tsv")
        assert (table.format, table.delimiter, list(table.frame)) == ("TSV", "\t", ["a,b", "c,d"])
        assert read(b"a;b\n1;2\n", "a.tab").delimiter == ";"

    def test_the_separator_line_of_excel(self) -> None:
        table = read(b"sep=;\r\na,x;text\r\n1;hi, you\r\n", "a.csv")
        assert (table.delimiter, list(table.frame), texts_of(table)) == (";", ["a,x", "text"], ["hi, you"])

    def test_a_single_column_needs_no_quotes(self) -> None:
        table = read(b'text\nGood, but slow; really\n"quoted, ""too"""\nx|y\n', "a.csv")
        assert table.delimiter is None
        assert texts_of(table) == ["Good, but slow; really", 'quoted, "too"', "x|y"]

    def test_a_quoted_header_may_hold_the_delimiter(self) -> None:
        table = read(b'"What, if anything, was bad?"\nNothing\nService\n', "a.csv")
        assert list(table.frame) == ["What, if anything, was bad?"]

    def test_multiline_cells_and_line_ends(self) -> None:
        for end in ("\n", "\r\n", "\r"):
            data = f'id,text{end}1,"a{end}b"{end}2,c{end}'.encode()
            assert texts_of(read(data, "a.csv")) == [f"a{end}b", "c"]

    def test_long_cells(self) -> None:
        long = "word " * 60_000
        assert texts_of(read(f'id,text\n1,"{long}"\n'.encode(), "a.csv")) == [long]

    def test_rows_with_more_fields_are_set_aside(self) -> None:
        table = read(b'id,text\n1,"a\nb"\n2,x, y\n3,ok\n4,a,b,c\n', "a.csv")
        assert texts_of(table) == ["a\nb", "ok"]
        assert [(row.line, row.cells) for row in table.set_aside] == [(4, ("2", "x", " y")), (6, ("4", "a", "b", "c"))]
        assert noted(table, "2 rows set aside for having more fields than the header (line 4, 6)")

    def test_no_row_fits(self) -> None:
        message = refused(b"id\n1,a,b\n2,c,d,e\n3,f,g\n", "a.csv", delimiter=",")
        assert "every row has more fields" in message
        assert "as lines" in message

    def test_empty_fields_behind_the_last_column(self) -> None:
        table = read(b"id,text\n1,a,,\n2,b\n", "a.csv")
        assert texts_of(table) == ["a", "b"]
        assert noted(table, "1 row ended in more delimiters")

    def test_rows_with_fewer_fields(self) -> None:
        table = read(b"id,text,n\n1,a,5\n2\n3,c\n", "a.csv")
        assert texts_of(table) == ["a", "", "c"]
        assert table.frame["n"].isna().tolist() == [False, True, True]
        assert noted(table, "2 rows with fewer fields")

    def test_blank_lines(self) -> None:
        table = read(b"\n\nid,text\n1,a\n\n  \n2,b\n", "a.csv")
        assert texts_of(table) == ["a", "b"]
        assert noted(table, "4 blank lines")
        single = read(b'text\na\n\n""\nb\n', "a.csv")
        assert texts_of(single) == ["a", "", "b"]
        assert noted(single, "1 blank line ")

    def test_names(self) -> None:
        table = read(b"text,,text, text_2 ,text\na,b,c,d,e\n", "a.csv")
        assert list(table.frame) == ["text", "column_2", "text_3", "text_2", "text_4"]
        assert noted(table, "had no name")
        assert noted(table, "more than once")

    def test_void_columns(self) -> None:
        table = read(b"id,text,,\n1,a,,\n2,b,,\n", "a.csv")
        assert list(table.frame) == ["id", "text"]
        assert noted(table, "2 columns with neither a name nor a value")

    def test_only_a_header(self) -> None:
        assert "no rows" in refused(b"id,text\n", "a.csv")

    def test_too_many_columns(self) -> None:
        assert "6,000 columns" in refused(b",".join([b"a"] * 6000) + b"\n" + b",".join([b"1"] * 6000), "a.csv")

    @pytest.mark.parametrize(
        ("body", "lines", "texts"),
        [
            ('id,text\n1,"a\nb"\n2,"never\nclosed\n3,x\n', [4], ["a\nb", "", "x"]),
            ('id,text\n1,"a\nb"\n2,fine\n3,"never\n', [5], ["a\nb", "fine"]),
            ('id,text\n1,fine\n2,"a\nb" c\n3,x\n', [3], ["fine", "", "x"]),
        ],
    )
    def test_a_line_whose_quotes_fit_nowhere_is_set_aside(self, body: str, lines: list[int], texts: list[str]) -> None:
        table = read(body.encode(), "a.csv")
        assert [row.line for row in table.set_aside] == lines
        assert texts_of(table) == texts
        assert noted(table, "quotes that don't fit")

    def test_no_quotes_fit(self) -> None:
        assert "line 1" in refused(b'"never', "a.csv")

    def test_a_first_row_that_is_data(self) -> None:
        table = read(b"The parcel never came at all.\nBad, slow.\nGood service, I liked it.\n", "a.csv")
        assert list(table.frame) == ["text"]
        assert len(table.frame) == 3
        assert noted(table, "first row is data")
        table = read(b"1,The parcel never came at all.,2024-01-05\n2,ok,2024-01-06\n", "a.csv")
        assert list(table.frame) == ["column_1", "column_2", "column_3"]
        assert table.frame["column_1"].tolist() == [1, 2]

    @pytest.mark.parametrize(
        "header",
        ["What could we do better, in your own words?", "item,1,2", "category,2019,2020", "id,Tell us what you liked."],
    )
    def test_a_header_stays_a_header(self, header: str) -> None:
        width = 1 if header.startswith("What") else header.count(",") + 1
        body = "\n".join(",".join(["a", "1", "2"][:width]) for _ in range(4))
        table = read(f"{header}\n{body}\n".encode(), "a.csv")
        assert len(table.frame) == 4
        assert not noted(table, "first row is data")

    def test_a_line_of_prose_is_not_a_header_of_two_columns(self) -> None:
        assert guess_delimiter("What went wrong, and why did it?\nnothing\nall\nthe screen\n") is None


class TestTypes:
    @pytest.mark.parametrize(
        ("cells", "kind"),
        [
            (["1", "-20", "0"], "int64"),
            (["1", "", "3"], "Int64"),
            (["1.5", "2", "-0.25"], "float64"),
            (["1.5", "", "2"], "float64"),
            (["9.50", "10.00"], "float64"),
            (["true", "false"], "bool"),
            (["True", "", "False"], "boolean"),
            (["2024-01-05", "", "1604-02-29"], "datetime64[us]"),
            (["2024-01-05 10:30", "2024-01-05T10:31:05.250"], "datetime64[us]"),
            (["2024-01-05T10:30:00Z"], "datetime64[us, UTC]"),
        ],
    )
    def test_typed_where_nothing_is_lost(self, cells: list[str], kind: str) -> None:
        column = read("\n".join(["x,text", *(f"{cell},a" for cell in cells)]).encode(), "a.csv").frame["x"]
        assert str(column.dtype) == kind
        assert column.isna().tolist() == [cell == "" for cell in cells]

    @pytest.mark.parametrize(
        "cells",
        [
            ["007", "8"],
            ["+1", "2"],
            ["-0", "1"],
            ["1.1", "1.10"],
            ["1", "1.0"],
            ["0.12345678901234567890123", "1.5"],
            ["12345678901234567890", "1"],
            ["1e400", "1"],
            ["1,5", "2"],
            ["NA", "1"],
            ["null", "None", "nan", "inf"],
            ["true", "True", "false"],
            ["yes", "no"],
            ["2024-02-30", "2024-01-01"],
            ["2024-01-05", "2024-01-05 00:00"],
            ["2024-01-05T10:30+01:00", "2024-01-05T10:30+02:00"],
            ["2024-01-05T10:30Z", "2024-01-05T10:30"],
            ["05/01/2024", "06/01/2024"],
            [" 1", "2"],
            ["١", "٢"],
            ["", ""],
        ],
    )
    def test_left_exactly_as_text(self, cells: list[str]) -> None:
        table = read("\n".join(["x;text", *(f"{cell};a" for cell in cells)]).encode(), "a.csv")
        assert str(table.frame["x"].dtype) == "str"
        assert texts_of(table, "x") == cells

    def test_values(self) -> None:
        table = read(b"i,f,b,d,t\n-3,0.1,true,2024-01-05,x\n", "a.csv")
        assert table.frame.iloc[0].tolist() == [-3, 0.1, True, pd.Timestamp("2024-01-05"), "x"]
