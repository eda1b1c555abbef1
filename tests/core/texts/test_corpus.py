"""From rows to texts: what is left out, merged and repaired, and that all of it is counted."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.errors import InputError
from core.texts.corpus import MIN_TEXTS, Corpus, build, guess_text_column, has_visible
from core.texts.readers import Table, read, read_pasted

TEXTS = st.lists(st.text(st.characters(codec="utf-8"), max_size=6), min_size=1, max_size=12)
QUICK = settings(max_examples=60, deadline=None)


def table(texts: list[str], **others: list[object]) -> Table:
    return Table(pd.DataFrame({"text": pd.Series(texts, dtype="str"), **others}), "a.csv", "CSV", notes=("A note.",))


def corpus_or_none(texts: list[str], **options: str) -> Corpus | None:
    try:
        return build(table(texts), "text", **options)
    except InputError:
        assert len({text for text in texts if has_visible(text)}) < MIN_TEXTS
        return None


class TestBuild:
    def test_texts_of_invisible_characters_are_empty(self) -> None:
        corpus = build(table(["a", "b", "c", "\u200b", "\ufeff \u00a0", "\x00"]), "text")
        assert corpus.texts == ("a", "b", "c")
        assert corpus.report.empty == 3

    def test_rows_are_counted(self) -> None:
        texts = ["b", " ", "a", "b", "", "c", "b", "a", "\n\t"]
        corpus = build(table(texts, n=[0, 1, 2, 3, 4, 5, 0, 2, 8], m=[None] * 9), "text")
        assert corpus.texts == ("b", "a", "c")
        assert corpus.counts.tolist() == [3, 2, 1]
        assert corpus.rows.tolist() == [0, 2, 5]
        assert corpus.metadata["n"].tolist() == [0, 2, 5]
        assert list(corpus.metadata) == ["n", "m"]
        assert isinstance(corpus.metadata.index, pd.RangeIndex)
        report = corpus.report
        assert (report.read, report.empty, report.duplicates, report.repaired, report.kept) == (9, 3, 3, 0, 3)
        assert report.merged_conflicts == 1
        assert len(corpus) == 3
        assert (corpus.name, corpus.text_column) == ("a.csv", "text")

    def test_every_row_kept(self) -> None:
        corpus = build(table(["b", "a", "b", "c", "b"], n=[0, 1, 2, 3, 4]), "text", duplicates="all")
        first = corpus.ids[0]
        assert corpus.texts == ("b", "a", "b", "c", "b")
        assert (corpus.ids[2], corpus.ids[4]) == (f"{first}-2", f"{first}-3")
        assert corpus.counts.tolist() == [1] * 5
        assert corpus.rows.tolist() == [0, 1, 2, 3, 4]
        assert (corpus.report.duplicates, corpus.report.merged_conflicts) == (2, 0)
        assert any("2 rows repeating" in said and "kept" in said for said in corpus.report.sentences())

    def test_ids_are_known(self) -> None:
        corpus = build(table(["a", "b", "c"]), "text")
        assert corpus.ids[0] == "40f89e395b66422f"  # b2sum --length=64 of "a"
        assert all(len(key) == 16 for key in corpus.ids)

    def test_texts_are_never_trimmed(self) -> None:
        texts = ["a", " a", "a ", "A", "a\n"]
        corpus = build(table(texts), "text")
        assert list(corpus.texts) == texts
        assert len(set(corpus.ids)) == 5

    def test_missing_values_agree(self) -> None:
        corpus = build(table(["a", "b", "c", "a"], x=[np.nan, 1.0, 2.0, np.nan], y=[None, "p", "q", None]), "text")
        assert corpus.report.merged_conflicts == 0

    def test_repair(self) -> None:
        texts = ["cafÃ© trÃ¨s bon", "café très bon", "plain", "quote â€œhereâ€\x9d", "naïve – “fine” ﬁ"]
        as_is = build(table(texts), "text")
        assert list(as_is.texts) == texts
        assert (as_is.report.repaired, as_is.report.garbled) == (0, 2)
        said = "2 texts with garbled characters, such as “cafÃ© trÃ¨s bon” for “café très bon”."
        assert said in as_is.report.sentences()
        repaired = build(table(texts), "text", repair=True)
        assert repaired.texts == ("café très bon", "plain", "quote “here”", "naïve – “fine” ﬁ")
        assert (repaired.report.repaired, repaired.report.garbled, repaired.report.duplicates) == (2, 0, 1)
        assert repaired.rows.tolist() == [0, 2, 3, 4]

    def test_arrays_are_read_only(self) -> None:
        corpus = build(table(["a", "b", "c"]), "text")
        for array in (corpus.counts, corpus.rows, corpus.order):
            assert array.dtype == np.int64
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 5

    def test_order(self) -> None:
        corpus = build(table(["x", "y", "z", "w"]), "text")
        assert [corpus.ids[k] for k in corpus.order] == sorted(corpus.ids)

    def test_sentences(self) -> None:
        said = build(table(["a", "b", "c", "a", ""], n=[1, 2, 3, 4, 5]), "text").report.sentences()
        assert said[0] == "5 rows read, 3 texts kept."
        assert said[1] == "1 row without text left out."
        assert "1 row repeating the text of an earlier row merged into it." in said
        assert "1 merged row differs" in said[3]
        assert said[-1] == "A note."

    def test_types_of_metadata_survive(self) -> None:
        body = b"text,n,when,ok\na one,1,2024-01-05,true\nb two,,2024-01-06,false\nc three,3,2024-01-07,true\n"
        corpus = build(read(body, "a.csv"))
        assert [str(kind) for kind in corpus.metadata.dtypes] == ["Int64", "datetime64[us]", "bool"]

    def test_pasted(self) -> None:
        assert build(read_pasted("one\ntwo\nthree")).texts == ("one", "two", "three")

    def test_large(self) -> None:
        texts = [f"the text of number {k % 150_000}" for k in range(200_000)]
        big = table(texts, n=list(range(200_000)), c=["a"] * 200_000)
        start = time.process_time()
        corpus = build(big, "text")
        assert time.process_time() - start < 6  # about 1 s; loose for slow machines
        assert (len(corpus), corpus.report.merged_conflicts) == (150_000, 50_000)


class TestRefused:
    def test_unknown_column(self) -> None:
        with pytest.raises(InputError, match=r'"nope".*"text", "n"'):
            build(table(["a"], n=[1]), "nope")

    @pytest.mark.parametrize(
        ("values", "kind"),
        [([1, 2, 3], "numbers"), ([True, False, True], "yes/no"), (pd.to_datetime(["2024"] * 3).tolist(), "dates")],
    )
    def test_no_text_column(self, values: list[object], kind: str) -> None:
        with pytest.raises(InputError, match=f'"n".*{kind}.*Choose another column: "text"'):
            build(table(["a word", "b word", "c word"], n=values), "n")

    @pytest.mark.parametrize(
        ("texts", "found"),
        [
            (["", " "], "no text"),
            (["a"], "only 1 different text;"),
            (["same"] * 50, "only 1 different text;"),
            (["a", "b", "a"], "only 2 different texts;"),
        ],
    )
    def test_too_few(self, texts: list[str], found: str) -> None:
        with pytest.raises(InputError, match=f'"text" of a.csv.*{found}.*Add texts'):
            build(table(texts), "text")
        with pytest.raises(InputError, match=found):
            build(table(texts), "text", duplicates="all")

    def test_a_likelier_column_is_named(self) -> None:
        bodies = [f"the body of letter {k}" for k in range(5)]
        with pytest.raises(InputError, match='Choose another column: "body"'):
            build(table(["yes", "no"] * 2 + ["no"], body=bodies, url=[f"https://a.b/{k}" for k in range(5)]), "text")


class TestGuess:
    def test_long_varied_texts_win(self) -> None:
        n = 40
        frame = pd.DataFrame(
            {
                "id": [f"TICKET-{k:030d}" for k in range(n)],
                "uuid": [f"{k:08d}-0000-4000-8000-{k:012d}" for k in range(n)],
                "url": [f"https://example.com/a/very/long/address/{'x' * 60}/{k}" for k in range(n)],
                "mail": [f"somebody.with.a.long.name.{k}@a.long.example.com" for k in range(n)],
                "when": [f"2024-01-05 10:30:{k:02d}, 2024-01-06 10:30:{k:02d}" for k in range(n)],
                "raw": [f'{{"a": "some nested value that is long", "k": {k}}}' for k in range(n)],
                "category": ["a long name of a category that comes again and again"] * n,
                "author": [f"Jane Smith {k}" for k in range(n)],
                "body": [f"It broke after {k} days and nobody answered" for k in range(n)],
                "n": range(n),
            }
        ).astype({"n": "int64"})
        assert guess_text_column(frame) == "body"
        assert guess_text_column(frame[["id", "author", "url", "n"]]) == "author"

    def test_scripts_without_spaces(self) -> None:
        frame = pd.DataFrame({"code": [f"A{k:010d}" for k in range(9)], "正文": [f"配送很慢{k}" for k in range(9)]})
        assert guess_text_column(frame) == "正文"

    def test_single_words_are_texts_too(self) -> None:
        assert guess_text_column(pd.DataFrame({"n": [1, 2, 3], "word": ["good", "bad", "ugly"]})) == "word"

    @pytest.mark.parametrize(
        "values", [[1, 2, 3], ["", "", ""], ["https://a.b/c"] * 3, ["2024-01-05", "05.01.2024", "1/2/3"]]
    )
    def test_no_text(self, values: list[object]) -> None:
        with pytest.raises(InputError, match='No column holds texts: "x"'):
            guess_text_column(pd.DataFrame({"x": values}))


class TestEveryText:
    @QUICK
    @given(TEXTS, st.randoms(use_true_random=False))
    def test_the_order_of_rows_changes_nothing(self, texts: list[str], random: object) -> None:
        shuffled = list(texts)
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        for duplicates in ("once", "all"):
            one, two = corpus_or_none(texts, duplicates=duplicates), corpus_or_none(shuffled, duplicates=duplicates)
            if one is None or two is None:
                assert one is two
                continue
            assert set(zip(one.ids, one.texts, one.counts, strict=True)) == set(
                zip(two.ids, two.texts, two.counts, strict=True)
            )
            assert one.digest == two.digest
            assert [one.texts[k] for k in one.order] == [two.texts[k] for k in two.order]

    @QUICK
    @given(TEXTS)
    def test_no_row_is_lost(self, texts: list[str]) -> None:
        for duplicates in ("once", "all"):
            corpus = corpus_or_none(texts, duplicates=duplicates)
            if corpus is None:
                continue
            report = corpus.report
            assert int(corpus.counts.sum()) + report.empty == report.read == len(texts)
            assert [texts[row] for row in corpus.rows] == list(corpus.texts)
            assert len(set(corpus.ids)) == len(corpus)
            assert report.kept == len(corpus) == len(corpus.metadata)

    @QUICK
    @given(TEXTS, TEXTS)
    def test_the_digest_tells_texts_apart(self, texts: list[str], others: list[str]) -> None:
        one, two = corpus_or_none(texts), corpus_or_none(others)
        if one is not None and two is not None:
            assert (one.digest == two.digest) == (set(one.texts) == set(two.texts))
