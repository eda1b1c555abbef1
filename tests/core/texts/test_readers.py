"""Any file: what is taken for what, in which encoding, and what is refused in which words."""

import gzip
from pathlib import Path

import pyarrow as pa
import pytest

from core.base.errors import InputError
from core.texts import readers
from core.texts.readers import read
from tests.support.reader_files import noted, parquet, refused, texts_of, xlsx, zipped


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

    @pytest.mark.parametrize("name", ["a.docm", "csv", "a.", ".csvx", "a.log"])
    def test_an_unknown_extension_is_read_by_content(self, name: str) -> None:
        table = read(b"text\none\n", name)
        assert texts_of(table) == ["text", "one"]
        assert noted(table, "plain text, whatever its name")

    @pytest.mark.parametrize(
        ("data", "name", "format"),
        [
            (xlsx(("a", [["text"], ["x"]])), "tickets.csv", "XLSX"),
            (xlsx(("a", [["text"], ["x"]])), "a.unknown", "XLSX"),
            (parquet(pa.table({"text": ["x"]})), "a.json", "Parquet"),
            (b'[{"text": "x"}]', "a.csv", "JSON"),
            (b'{"text": "x"}\n{"text": "b"}\n', "a.tsv", "JSONL"),
            (b'{"text": "x"}\n{"text": "b"}\n', "a.json", "JSONL"),
            (b'[\n{"text": "x"},\n{"text": "b"}\n]', "a.jsonl", "JSON"),
            (b'[{"text": "x"}]', "a.jsonl", "JSON"),
            (b"id,text\n1,x\n2,b\n", "a.json", "CSV"),
            (b"id\ttext\n1\tx\n2\tb\n", "a.jsonl", "TSV"),
            (b"id,text\n1,x\n2,b\n", "a.xlsx", "TXT"),
            (b'[{"text": "x"}]', "a.xlsx", "JSON"),
            (b"<html><table><tr><th>text</th></tr><tr><td>x</td></tr></table></html>", "a.xls", "HTML"),
        ],
    )
    def test_a_wrong_extension_is_said_and_read_by_content(self, data: bytes, name: str, format: str) -> None:
        table = read(data, name)
        assert texts_of(table)[0] == "x"
        assert table.format == format
        assert noted(table, "whatever its name") or noted(table, "not JSON Lines") or noted(table, "Read as a table")

    @pytest.mark.parametrize(
        ("data", "name", "parts"),
        [
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
        message = refused(b"text\nfine\na\0\0\0\0\0b and more of it\n", name)
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
