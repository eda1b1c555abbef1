"""Files as other programs write them: what is read, what is left out, and that it is said."""

import io
import json
import zipfile

import openpyxl
import pytest

from core.base.errors import InputError
from core.texts.corpus import guess_text_column
from core.texts.readers import Table, read
from tests.support.reader_files import noted, texts_of, xlsx

TEXTS = [
    "The box arrived with a dent",
    "Nobody picks up the phone",
    "I like the new handle",
    "My invoice has the wrong address",
    "The zip broke on day three",
    "Please add a longer cable",
]


def lines(*rows: str) -> bytes:
    return ("\n".join(rows) + "\n").encode()


def numbered(separator: str = ",") -> list[str]:
    return [f"{k}{separator}{text}" for k, text in enumerate(TEXTS)]


def asides(table: Table) -> list[int]:
    return [row.line for row in table.set_aside]


class TestTextColumn:
    def test_a_few_long_notes_are_not_the_texts(self) -> None:
        rows = [
            f"{k},{TEXTS[k % 6]} {k},{'Called them back twice. ' * 30 if k in (3, 50, 90) else ''}" for k in range(100)
        ]
        assert guess_text_column(read(lines("id,said,note", *rows), "a.csv").frame) == "said"

    def test_programs_and_addresses_are_not_the_texts(self) -> None:
        agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.{0} (KHTML; like Gecko) Chrome/12{0}.0 Safari/537.36"
        rows = [f"https://shop.test/page/{k},{agent.format(k)},{text}" for k, text in enumerate(TEXTS)]
        assert guess_text_column(read(lines("link,client,said", *rows), "a.csv").frame) == "said"

    def test_a_column_with_too_few_texts_is_passed_over(self) -> None:
        rows = [f"{TEXTS[0] * 4},{text}" for text in TEXTS]
        assert guess_text_column(read(lines("intro,said", *rows), "a.csv").frame) == "said"


class TestQuotes:
    def test_a_quote_that_swallows_rows_of_tabs(self) -> None:
        rows = numbered("\t")
        rows[1], rows[4] = '1\t"Never again, I said', '4\tsize 12" is too small"'
        table = read(lines("id\tsaid", *rows), "a.tsv")
        assert len(table.frame) == 6
        assert texts_of(table, "said")[1] == '"Never again, I said'
        assert noted(table, "Quotes were read as ordinary characters")

    def test_quoted_words_at_the_start_of_a_text(self) -> None:
        rows = numbered("\t")
        rows[2] = '2\t"Great" is what I said'
        assert texts_of(read(lines("id\tsaid", *rows), "a.tsv"), "said")[2] == '"Great" is what I said'

    def test_rows_of_tabs_with_real_quotes_stay(self) -> None:
        assert texts_of(read(b'id\ttext\n1\t"a\nb"\n2\t"c ""d"""\n', "a.tsv")) == ["a\nb", 'c "d"']

    @pytest.mark.parametrize(
        "rows",
        [
            ["id, said", *(f'{k}, "{text}, really"' for k, text in enumerate(TEXTS))],
            ['"id" ,"said"', *(f'{k} ,"{text}, really"' for k, text in enumerate(TEXTS))],
            ['"id,said"', *(f'"{k},""{text}, really"""' for k, text in enumerate(TEXTS))],
        ],
        ids=["blank before", "blank after", "whole lines"],
    )
    def test_dialects(self, rows: list[str]) -> None:
        table = read(lines(*rows), "a.csv")
        assert texts_of(table, "said") == [f"{text}, really" for text in TEXTS]

    def test_quotes_after_backslashes(self) -> None:
        rows = [f'{k},"a \\"{text}\\", really"' for k, text in enumerate(TEXTS)]
        table = read(lines("id,said", *rows), "a.csv")
        assert texts_of(table, "said")[0] == f'a "{TEXTS[0]}", really'

    def test_carets(self) -> None:
        assert texts_of(read(lines("id^said", *numbered("^")), "a.csv"), "said") == TEXTS

    def test_one_more_field_than_the_header(self) -> None:
        table = read(lines("said,stars", *(f"r{k},{text},{k}" for k, text in enumerate(TEXTS))), "a.csv")
        assert texts_of(table, "said") == TEXTS
        assert noted(table, "name of the row")


class TestHeader:
    def test_titles_above(self) -> None:
        table = read(lines("Export of the shop", "made on Monday", "", "id,said", *numbered()), "a.csv")
        assert texts_of(table, "said") == TEXTS
        assert (table.header, asides(table)) == (4, [1, 2])
        assert noted(table, "2 rows above the header")

    def test_survey_with_questions_and_import_names(self) -> None:
        rows = [f"2024-01-0{k + 1},{k},{text}" for k, text in enumerate(TEXTS)]
        ids = '"{""ImportId"":""a""}","{""ImportId"":""b""}","{""ImportId"":""c""}"'
        table = read(lines("Start,Q1,Q2", "Start Date,How likely?,Why is that?", ids, *rows), "a.csv")
        assert texts_of(table, "Q2") == TEXTS
        assert table.frame["Q1"].tolist() == list(range(6))
        assert asides(table) == [2, 3]

    def test_survey_with_questions_alone(self) -> None:
        rows = [f"2024-01-0{k + 1},{k},{text}" for k, text in enumerate(TEXTS)]
        table = read(lines("Start,Q1,Q2", "Start Date,How likely?,Why is that?", *rows), "a.csv")
        assert (texts_of(table, "Q2"), asides(table)) == (TEXTS, [2])

    def test_no_header(self) -> None:
        rows = [f'"{k % 2}","{900 + k}","Monday","{text}"' for k, text in enumerate(TEXTS)]
        table = read(lines(*rows), "a.csv")
        assert texts_of(table, "column_4") == TEXTS
        assert table.header == 0

    def test_files_put_together(self) -> None:
        table = read(lines("id,said", *numbered(), "\ufeffid,said", *numbered()), "a.csv")
        assert texts_of(table, "said") == TEXTS * 2
        assert asides(table) == [8]
        assert str(table.frame["id"].dtype) == "int64"

    def test_the_header_that_is_asked_for(self) -> None:
        data = lines("id,said", *numbered())
        assert texts_of(read(data, "a.csv", header=0), "column_2") == ["said", *TEXTS]
        assert list(read(data, "a.csv", header=2).frame) == ["0", TEXTS[0]]
        with pytest.raises(InputError, match="no row on line 90"):
            read(data, "a.csv", header=90)

    def test_a_row_of_totals(self) -> None:
        table = read(lines("id,stars,said", *(f"{k},{k},{text}" for k, text in enumerate(TEXTS)), "Total,15,"), "a.csv")
        assert str(table.frame["id"].dtype) == "int64"
        assert (len(table.frame), asides(table)) == (6, [8])
        assert noted(table, "totals")

    def test_excel_with_a_title(self) -> None:
        sheet: list[list[object]] = [["Our customers, spring"], [], ["id", "stars", "said"]]
        table = read(xlsx(("S", [*sheet, *([k, k, text] for k, text in enumerate(TEXTS))])), "a.xlsx")
        assert texts_of(table, "said") == TEXTS
        assert (table.header, str(table.frame["stars"].dtype)) == (3, "int64")

    def test_decisions_are_explained(self) -> None:
        said = " ".join(read(lines("A title", "id,said", *numbered()), "a.csv").explained())
        assert "header: line 2." in said
        assert "It could also be none." in said
        assert "delimiter: commas." in said
        assert "encoding: UTF-8." in said


class TestTextFiles:
    def test_a_table_with_tabs(self) -> None:
        data = "\r\n".join(["id\tstars\tsaid", *(f"{k}\t{k}\t{text}" for k, text in enumerate(TEXTS))]).encode("utf-16")
        table = read(data, "a.txt")
        assert texts_of(table, "said") == TEXTS
        assert (table.unit, table.format) == ("table", "TXT")
        assert noted(table, "Read as a table, its fields separated by tabs")
        assert len(read(data, "a.txt", unit="line").frame) == 7

    @pytest.mark.parametrize("name", ["a.txt", "messages"])
    def test_labels_and_texts(self, name: str) -> None:
        table = read(lines(*(f"{'good' if k % 2 else 'bad'}\t{text}" for k, text in enumerate(TEXTS))), name)
        assert texts_of(table, "column_2") == TEXTS
        assert texts_of(table, "column_1")[:2] == ["bad", "good"]

    def test_a_chat(self) -> None:
        table = read(
            lines(
                "01/02/24, 9:15 - Ann: first",
                "and more",
                "01/02/24, 9:16 - Bo B.: second: yes",
                "01/02/24, 9:17 - Ann: third",
            ),
            "a.txt",
        )
        assert texts_of(table, "message") == ["first\nand more", "second: yes", "third"]
        assert texts_of(table, "author") == ["Ann", "Bo B.", "Ann"]

    def test_prose_with_commas_stays_lines(self) -> None:
        prose = ["Slow, and rude", "Good, but dear", "Late, as ever", "Never, ever again"]
        assert texts_of(read(lines(*prose), "a.txt")) == prose


class TestJson:
    RECORDS = tuple({"id": k, "said": text} for k, text in enumerate(TEXTS))

    @pytest.mark.parametrize(
        "value",
        [
            {"said": {str(k): text for k, text in enumerate(TEXTS)}, "id": {str(k): k for k in range(6)}},
            {str(k): {"id": k, "said": text} for k, text in enumerate(TEXTS)},
            {"columns": ["id", "said"], "index": list(range(6)), "data": [[k, text] for k, text in enumerate(TEXTS)]},
            {"schema": {"fields": [{"name": "id"}, {"name": "said"}]}, "data": list(RECORDS)},
            [["id", "said"], *([k, text] for k, text in enumerate(TEXTS))],
            {"items": list(RECORDS), "errors": [], "page": {"next": None}},
            {"tags": ["a", "b"], "answer": {"items": list(RECORDS)}},
        ],
        ids=["columns", "index", "split", "table", "rows", "two lists", "deep"],
    )
    def test_shapes(self, value: object) -> None:
        table = read(json.dumps(value).encode(), "a.json")
        assert texts_of(table, "said") == TEXTS
        assert table.frame["id"].tolist() == list(range(6))

    def test_records_inside_records(self) -> None:
        children = [{"kind": "c", "data": {"id": k, "said": text}} for k, text in enumerate(TEXTS)]
        table = read(json.dumps({"kind": "list", "data": {"after": None, "children": children}}).encode(), "a.json")
        assert texts_of(table, "data.said") == TEXTS
        assert noted(table, 'The rows are the list "data.children"')

    def test_rich_text(self) -> None:
        rows = [
            {"said": ["See ", {"type": "link", "text": "this"}, " now"]},
            {"said": [{"body": "one"}, {"body": "two"}]},
            {"said": "plain words"},
        ]
        table = read("\n".join(map(json.dumps, rows)).encode(), "a.jsonl")
        assert texts_of(table, "said") == ["See this now", "one\ntwo", "plain words"]
        assert noted(table, "2 lists of texts joined")

    def test_objects_one_after_another(self) -> None:
        data = "\n".join(json.dumps(record, indent=1) for record in self.RECORDS).encode()
        assert texts_of(read(data, "a.json"), "said") == TEXTS

    def test_a_last_line_that_is_cut(self) -> None:
        data = "\n".join(map(json.dumps, self.RECORDS)).encode()[:-9]
        table = read(data, "a.jsonl")
        assert (texts_of(table, "said"), asides(table)) == (TEXTS[:-1], [6])


class TestExcel:
    def test_a_cover_sheet_is_passed_over(self) -> None:
        cover: list[list[object]] = [["About"], ["Made by the survey tool"], ["Ask us"], ["Keep it"]]
        data: list[list[object]] = [["id", "said"], *([k, text] for k, text in enumerate(TEXTS))]
        table = read(xlsx(("Cover", cover), ("Data", data)), "a.xlsx")
        assert (table.sheet, texts_of(table, "said")) == ("Data", TEXTS)
        assert noted(table, 'Only the sheet "Data"')

    def test_a_sheet_of_numbers_is_passed_over(self) -> None:
        numbers: list[list[object]] = [["id", "score"], [1, 2], [2, 3], [3, 4]]
        data: list[list[object]] = [["id", "said"], *([k, text] for k, text in enumerate(TEXTS))]
        assert read(xlsx(("Scores", numbers), ("Said", data)), "a.xlsx").sheet == "Said"

    def test_sheets_of_one_shape(self) -> None:
        halves: list[list[list[object]]] = [
            [["id", "said"], *([k, text] for k, text in enumerate(part))] for part in (TEXTS[:2], TEXTS[2:])
        ]
        data = xlsx(("Jan", halves[0]), ("Feb", halves[1]))
        table = read(data, "a.xlsx")
        assert texts_of(table, "said") == TEXTS
        assert texts_of(table, "sheet") == ["Jan"] * 2 + ["Feb"] * 4
        assert table.sheets == ("Jan + Feb", "Jan", "Feb")
        assert texts_of(read(data, "a.xlsx", sheet="Feb"), "said") == TEXTS[2:]
        assert len(read(data, "a.xlsx", sheet="Jan + Feb").frame) == 6

    def test_hidden_sheets_and_merged_cells(self) -> None:
        book = openpyxl.Workbook()
        hidden = book.active
        hidden.title, hidden.sheet_state = "Old", "hidden"
        sheet = book.create_sheet("New")
        for row in [["team", "said"], *(["North", text] for text in TEXTS)]:
            hidden.append(row)
            sheet.append(row)
        for row in range(3, 8):
            sheet.cell(row, 1).value = None
        sheet.merge_cells("A2:A7")
        out = io.BytesIO()
        book.save(out)
        table = read(out.getvalue(), "a.xlsx")
        assert (table.sheet, texts_of(table, "team")) == ("New", ["North"] * 6)
        assert noted(table, "5 merged cells filled")

    def test_formulas_that_were_never_computed(self) -> None:
        rows: list[list[object]] = [["said", "both"], *([text, f"=A{k}&A2"] for k, text in enumerate(TEXTS, start=2))]
        table = read(xlsx(("S", rows)), "a.xlsx")
        assert texts_of(table, "both") == [""] * 6
        assert noted(table, "6 formulas in column B never computed")

    def test_the_strict_kind(self) -> None:
        plain = xlsx(("S", [["id", "said"], *([k, text] for k, text in enumerate(TEXTS))]))
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(plain)) as archive, zipfile.ZipFile(out, "w") as strict:
            for member in archive.namelist():
                content = archive.read(member)
                content = content.replace(
                    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
                )
                content = content.replace(
                    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
                )
                strict.writestr(member, content)
        assert texts_of(read(out.getvalue(), "a.xlsx"), "said") == TEXTS


class TestBytes:
    @pytest.mark.parametrize(
        ("texts", "codec"),
        [
            (["Későn jött a csomag", "Tűrhető, de az ára túl nagy", "Nagyon jó bolt, köszönöm"], "cp1250"),
            (["Das Gerät läuft nicht", "Größe fällt zu klein aus", "für mich völlig in Ordnung"], "mac_roman"),
            (["Les délais sont trop longs", "reçu à l'heure, très bien", "le câble est abîmé"], "mac_roman"),
            (["Příliš žluťoučký kůň", "balíček nepřišel včas", "děkuji, výborné"], "cp1250"),
            (["Dostawa była spóźniona", "źle zapakowane, żałuję", "świetna obsługa"], "iso8859_2"),
        ],
    )
    def test_encodings(self, texts: list[str], codec: str) -> None:
        table = read("\n".join(["nr;said", *(f"{k};{text}" for k, text in enumerate(texts))]).encode(codec), "a.csv")
        assert texts_of(table, "said") == texts
        assert noted(table, f"guessed as {table.encoding}")

    def test_the_runner_up_is_named(self) -> None:
        data = "nr;said\n1;Későn jött\n2;Tűrhető\n3;köszönöm\n".encode("cp1250")
        assert noted(read(data, "a.csv"), "choose another encoding, such as cp1252")

    def test_two_encodings_in_one_file(self) -> None:
        rows = [f"{k};schön und größer {k}".encode("cp1252" if k % 2 else "utf-8") for k in range(10)]
        table = read(b"nr;said\n" + b"\n".join(rows), "a.csv")
        assert texts_of(table, "said") == [f"schön und größer {k}" for k in range(10)]
        assert texts_of(read(b"nr;said\n" + b"\n".join(rows), "a.csv", encoding=table.encoding), "said")[1].startswith(
            "schön"
        )
        assert noted(table, "Some lines are UTF-8")

    def test_strays(self) -> None:
        data = lines("id,said", *numbered())
        assert texts_of(read(data + b"\x1a", "a.csv"), "said") == TEXTS
        table = read(data.replace(b"dent", b"de\0nt"), "a.csv")
        assert texts_of(table, "said") == TEXTS
        assert noted(table, "1 NUL character left out, the first on line 2")
