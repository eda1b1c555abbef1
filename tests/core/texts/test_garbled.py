"""`core.texts.garbled`: which texts were decoded wrongly, as ftfy by itself says of every one."""

import ftfy
import pytest
from ftfy.chardata import CHARMAP_ENCODINGS

from core.texts.garbled import repairs

RIGHT = [
    "Très bon café à la crème, déjà vu",
    "naïve – “fine” ﬁ … 20 €",
    "Größe und Übermut: schön",
    "привет, как дела",
    "Αργησε η παραγγελία",
    "jsem moc spokojený, příště zase ž ř š",
    "İade için çok geç, değil mi",
    "日本語のテキスト",
    "emoji 👍🏽 and more 😀",
]


def misread(text: str, encoding: str) -> str:
    return text.encode().decode(encoding, "replace")


@pytest.mark.parametrize("encoding", CHARMAP_ENCODINGS)
def test_every_text_that_ftfy_repairs_is_found(encoding):
    once = [misread(text, encoding) for text in RIGHT]
    texts = [*RIGHT, *once, *(misread(text, encoding) for text in once), *(text.replace("\xa0", " ") for text in once)]
    assert repairs(texts) == {text: ftfy.fix_encoding(text) for text in texts if ftfy.fix_encoding(text) != text}


def test_right_texts_and_quotes_read_as_latin_1():
    assert repairs(RIGHT) == {}
    assert repairs(["\x93quoted\x94 is what \x93they\x94 said"]) == {
        "\x93quoted\x94 is what \x93they\x94 said": "“quoted” is what “they” said"
    }


@pytest.mark.parametrize("encoding", ["latin-1", "sloppy-windows-1252", "macroman"])
def test_what_was_misread_comes_back(encoding):
    text = "Très bon café, déjà vu et très élégant"
    assert repairs([misread(text, encoding)]) == {misread(text, encoding): text}
