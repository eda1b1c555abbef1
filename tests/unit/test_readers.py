"""Every format, from real bytes: what is read exactly, what is noted, and what is refused in which words."""

import csv
import datetime as dt
import gzip
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import readers
from core.errors import InputError
from core.readers import Table, read, read_pasted
from core.readers.delimited import guess_delimiter

# Control characters make a file binary, half surrogates no file at all.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=[chr(k) for k in range(32)] + ["\x7f"]))
MULTILINE = st.text(
    st.one_of(st.sampled_from(",;\t|\"\n\r 'ab\u2028é漢😀"), st.characters(codec="utf-8", exclude_categories=["Cc"]))
)
TEXTS = st.lists(st.one_of(TEXT, MULTILINE), max_size=8).map(lambda texts: [*texts, "the end, at last"])
QUICK = settings(max_examples=60, deadline=None)


def texts_of(table: Table, column: str = "text") -> list[str]:
    return table.frame[column].tolist()


def refused(source: bytes | Path, name: str | None = None, **options: str | None) -> str:
    with pytest.raises(InputError) as caught:
        read(source, name, **options)
    message = str(caught.value)
    assert message.startswith(name or getattr(source, "name", ""))
    assert message.endswith(".")
    return message


def noted(table: Table, part: str) -> bool:
    return any(part in note for note in table.notes)


def xlsx(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def zipped(*members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return out.getvalue()


class TestFile:
    def test_a_path_gives_the_base_name(self, tmp_path: Path) -> None:
        path = tmp_path / "Tickets.CSV"
        path.write_bytes(b"text\none\n")
        table = read(path)
        assert (table.source, table.format, texts_of(table)) == ("Tickets.CSV", "CSV", ["one"])

    def test_an_uploads_name_is_no_path(self) -> None:
        assert read(b"text\none\n", "../../etc/a.csv").source == "a.csv"
        assert read(b"text\none\n", "C:\\data\\a.csv").source == "a.csv"
        with pytest.raises(ValueError, match="name"):
            read(b"text\none\n")

    def test_not_found(self, tmp_path: Path) -> None:
        assert "not found" in refused(tmp_path / "gone.csv")

    def test_folder(self, tmp_path: Path) -> None:
        assert "folder" in refused(tmp_path)

    def test_no_permission(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def deny(self: Path) -> bytes:
            raise PermissionError(13, "Permission denied")

        path = tmp_path / "a.csv"
        path.write_bytes(b"text\none\n")
        monkeypatch.setattr(Path, "read_bytes", deny)
        assert "permission" in refused(path)

    def test_another_error_of_the_system(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="can't be opened"):
            read(tmp_path / ("a" * 5000 + ".csv"))

    def test_too_large_is_told_before_reading(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        with path.open("wb") as file:
            file.truncate(readers.MAX_BYTES + 1024**2)
        message = refused(path)
        assert "201.0 MB" in message
        assert "200 MB" in message
        assert "Split" in message
        assert "Parquet" in message

    def test_too_large_an_upload(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(readers, "MAX_BYTES", 10)
        assert "MB" in refused(b"text\n" + b"x" * 20, "a.csv")

    @pytest.mark.parametrize("extension", readers.ACCEPTED)
    def test_empty(self, extension: str) -> None:
        assert "0 bytes" in refused(b"", f"a{extension}")

    @pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.json", "a.jsonl", "a.txt"])
    def test_only_blank_space(self, name: str) -> None:
        assert "blank" in refused(b" \n\t \r\n", name)

    @pytest.mark.parametrize("name", ["a.docm", "csv", "a.", ".csvx"])
    def test_unknown_extension(self, name: str) -> None:
        message = refused(b"text\none\n", name)
        assert all(extension in message for extension in (".csv", ".xlsx", ".parquet", ".jsonl", ".txt"))

    @pytest.mark.parametrize(
        ("data", "name", "parts"),
        [
            (
                xlsx(("a", [["text"], ["x"]])),
                "tickets.csv",
                ["an Excel workbook, not CSV", "Rename it to tickets.xlsx"],
            ),
            (xlsx(("a", [["text"], ["x"]])), "a.unknown", ["an Excel workbook.", "a.xlsx"]),
            (parquet(pa.table({"a": ["x"]})), "a.json", ["a Parquet file, not JSON", "a.parquet"]),
            (b'[{"text": "a"}]', "a.csv", ["is JSON, not CSV", "a.json"]),
            (b'{"text": "a"}\n{"text": "b"}\n', "a.tsv", ["is JSON Lines, not TSV", "a.jsonl"]),
            (b'{"text": "a"}\n{"text": "b"}\n', "a.json", ["is JSON Lines, not JSON", "a.jsonl"]),
            (b'[\n{"text": "a"},\n{"text": "b"}\n]', "a.jsonl", ["is JSON, not JSON Lines", "a.json"]),
            (b'[{"text": "a"}]', "a.jsonl", ["is JSON, not JSON Lines", "a.json"]),
            (b"id,text\n1,a\n2,b\n", "a.json", ["separated by commas, not JSON", "a.csv"]),
            (b"id\ttext\n1\ta\n2\tb\n", "a.jsonl", ["separated by tabs, not JSON Lines", "a.tsv"]),
            (b"id,text\n1,a\n", "a.xlsx", ["comma-separated text, not an Excel workbook", "a.csv"]),
            (b"just a line\n", "a.parquet", ["text, not a Parquet file", "a.txt"]),
            (b'[{"text": "a"}]', "a.xlsx", ["is JSON, not an Excel", "a.json"]),
            (b"\xd0\xcf\x11\xe0" + bytes(600), "a.xls", [".xls", "save it as .xlsx"]),
            (b"\xd0\xcf\x11\xe0" + bytes(600), "a.xlsx", [".xls", "save it as .xlsx"]),
            (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", ["password"]),
            (b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le"), "a.txt", ["old Office document"]),
            (b"%PDF-1.7\n", "a.txt", ["PDF"]),
            (zipped("word/document.xml"), "a.docx", ["word processor", ".txt"]),
            (zipped("ppt/presentation.xml"), "a.txt", ["presentation"]),
            (zipped("xl/workbook.bin"), "a.xlsx", ["xlsb"]),
            (zipped("readme.csv"), "a.csv", ["compressed", "Unpack"]),
            (gzip.compress(b"text\n"), "a.csv", ["compressed", "Unpack"]),
            (b"\x89PNG\r\n\x1a\n", "a.txt", ["image"]),
            (b"\xff\xd8\xff\xe0", "a.csv", ["image"]),
            (b"GIF89a", "a.csv", ["image"]),
            (b"RIFF\0\0\0\0WEBP", "a.csv", ["image"]),
            (b"<!DOCTYPE html><html></html>", "a.csv", ["web page"]),
            (b"<html></html>", "a.json", ["web page"]),
            (b"SQLite format 3\0", "a.csv", ["SQLite"]),
            (b"PK\x03\x04 cut off", "a.xlsx", ["damaged"]),
            (b"PAR1 cut off", "a.parquet", ["damaged"]),
            (b"\x01\x02\x03\x81\x8d", "a.parquet", ["not a Parquet file"]),
        ],
    )
    def test_wrong_extension(self, data: bytes, name: str, parts: list[str]) -> None:
        message = refused(data, name)
        for part in parts:
            assert part in message

    @pytest.mark.parametrize("name", ["a.csv", "a.json", "a.jsonl", "a.txt"])
    def test_binary_content(self, name: str) -> None:
        assert "not text" in refused(b"text\nabc\x01\x02\x03\x04\n", name)
        message = refused(b"text\nfine\na\0b and more of it\n", name)
        assert "NUL" in message
        assert "line 3" in message
        assert "not text" in refused(b"ab\x81\x02\x03\x04\xff\x05", name)

    def test_a_stray_control_character_is_kept(self) -> None:
        line = "a" * 200 + "\x0c\x1d"
        assert texts_of(read(f"text\n{line}\n".encode(), "a.csv")) == [line]


class TestEncoding:
    BODY = "text\ncafé – 漢字 😀\nδεύτερο\n"

    @pytest.mark.parametrize(
        ("codec", "found"),
        [
            ("utf-8", "UTF-8"),
            ("utf-8-sig", "UTF-8"),
            ("utf-16", "UTF-16"),
            ("utf-16-le", "UTF-16-LE"),
            ("utf-16-be", "UTF-16-BE"),
            ("utf-32", "UTF-32"),
        ],
    )
    def test_unicode(self, codec: str, found: str) -> None:
        data = self.BODY.encode(codec)
        table = read(data, "a.csv")
        assert texts_of(table) == ["café – 漢字 😀", "δεύτερο"]
        assert table.encoding == found
        assert table.notes == ()
        assert texts_of(read(data, "a.csv", encoding=found)) == texts_of(table)

    def test_utf16_big_endian_with_a_mark(self) -> None:
        data = b"\xfe\xff" + self.BODY.encode("utf-16-be")
        assert texts_of(read(data, "a.csv")) == ["café – 漢字 😀", "δεύτερο"]

    def test_utf16_of_chinese_without_a_mark(self) -> None:
        data = "正文\n配送很慢\n包装破了\n".encode("utf-16-le")
        assert texts_of(read(data, "a.txt")) == ["正文", "配送很慢", "包装破了"]

    def test_damaged_utf16(self) -> None:
        assert "damaged" in refused("text\nabc".encode("utf-16")[:-1], "a.csv")

    @pytest.mark.parametrize(
        ("text", "codec"),
        [
            ("café", "cp1252"),
            ("Le café est très bon", "cp1252"),
            ("It’s “great” – really", "cp1252"),
            ("Good, £5. Bad, €7. 20°C – ½", "cp1252"),
            ("Die Lieferung kam zu spät und das Gerät war beschädigt. Größe passt nicht.", "cp1252"),
            ("¿Cómo puedo devolver el artículo? La atención fue pésima, señor. ¡Nunca más!", "cp1252"),
            ("L’écran est cassé à l’arrivée, le support n’a jamais répondu. Déçu, côté qualité.", "cp1252"),
            ("Väldigt långsam leverans, paketet var öppnat när jag fick det.", "cp1252"),
            ("wörter hören schön", "cp1252"),
            ("Paczka przyszła zniszczona, obsługa nie odpowiada. Żądam zwrotu pieniędzy, proszę.", "cp1250"),
            ("Kargo çok geç geldi, müşteri hizmetleri cevap vermiyor. Ürün kırıktı, şikayetçiyim.", "cp1254"),
            ("Доставка опоздала, упаковка была повреждена, поддержка не отвечает. Верните деньги.", "cp1251"),
            ("Η παράδοση καθυστέρησε και το προϊόν ήταν κατεστραμμένο.", "cp1253"),
            ("配送が遅れました。サポートから返信がありません。返金してください。テスト", "shift_jis"),
            ("快递太慢了，客服一直不回复。我要求退款。商品质量很差，包装也破了。", "gb18030"),
        ],
    )
    def test_older_encodings(self, text: str, codec: str) -> None:
        table = read(f"text\n{text}\n{text}!\n{text}?\n".encode(codec), "a.tsv")
        assert texts_of(table) == [text, f"{text}!", f"{text}?"]
        assert noted(table, f"guessed as {table.encoding}")
        assert noted(table, "choose another")

    def test_cp1252_beyond_the_sample(self) -> None:
        lines = ["Größe passt nicht"] * 4000 + ["“Schluß”"]
        table = read("\n".join(["text", *lines]).encode("cp1252"), "a.csv")
        assert texts_of(table) == lines
        assert table.encoding == "cp1252"

    def test_utf8_with_a_bad_byte_stays_utf8(self) -> None:
        data = ("text\n" + "crème brûlée à gogo\n" * 20).encode() + b"caf\xe9 x\n"
        table = read(data, "a.csv")
        assert texts_of(table)[0] == "crème brûlée à gogo"
        assert texts_of(table)[-1] == "caf\ufffd x"
        assert noted(table, "line 22")
        assert table.encoding == "UTF-8"

    def test_the_encoding_that_is_told(self) -> None:
        data = "text\nпривет\n".encode("koi8-r")
        table = read(data, "a.csv", encoding="koi8-r")
        assert texts_of(table) == ["привет"]
        assert table.encoding == "koi8-r"
        assert table.notes == ()

    @pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", "", "a\0b"])
    def test_unknown_encoding(self, encoding: str) -> None:
        refused(b"text\none\n", "a.csv", encoding=encoding)

    def test_failing_encoding(self) -> None:
        message = refused("text\ncafé\n".encode("cp1252"), "a.csv", encoding="utf-8")
        assert "utf-8 (line 2)" in message


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

    def test_rows_with_more_fields(self) -> None:
        body = b'id,text\n1,"a\nb"\n2,x, y\n3,ok\n4,a,b,c\n'
        message = refused(body, "a.csv")
        assert "2 rows" in message
        assert "line 4, 6" in message
        assert "found 3 or 4" in message
        assert "the header's 2" in message
        assert "quotes" in message
        assert "TXT" in message

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
        ("body", "line"),
        [
            ('id,text\n1,"a\nb"\n2,"never\nclosed\n3,x\n', 4),
            ('id,text\n1,"a\nb","never\n', 3),
            ('id,text\r\n"1","a""b\r\n', 2),
            ('"never', 1),
            ('text\na\n"b', 3),
        ],
    )
    def test_a_quote_that_never_closes(self, body: str, line: int) -> None:
        message = refused(body.encode(), "a.csv")
        assert f"line {line:,} never closes" in message

    def test_text_behind_a_quoted_text(self) -> None:
        message = refused(b'id,text\n1,fine\n2,"a\nb" c\n', "a.csv")
        assert "line 3" in message
        assert "twice" in message

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
        data = xlsx(("Empty", []), ("Head", [["text"]]), ("Data", [["text"], ["a"]]), ("More", [["text"], ["b"]]))
        table = read(data, "a.xlsm")
        assert (table.sheet, table.sheets) == ("Data", ("Empty", "Head", "Data", "More"))
        assert texts_of(read(data, "a.xlsx", sheet="More")) == ["b"]
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
            {"i": None, "f": 0.5, "b": None, "d": None, "code": "8", "big": 1, "mix": "x", "deep": None},
        ]
        table = read(json.dumps(rows).encode(), "a.json")
        kinds = ["Int64", "float64", "boolean", "datetime64[us]", "str", "str", "str", "str"]
        assert [str(kind) for kind in table.frame.dtypes] == kinds
        assert texts_of(table, "deep") == ['{"é": [1]}', ""]
        assert texts_of(table, "big") == [str(2**70), "1"]
        assert texts_of(table, "mix") == ["1", "x"]
        assert noted(table, '"deep": 1 nested value')
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


class TestEveryText:
    """Whatever the texts, reading gives back what was written."""

    @QUICK
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
