"""`core.pipeline.topics.languages`: what is said of a language that the model doesn't read."""

import pytest

from core.models.cards.known import CARDS
from core.pipeline.topics.languages import NAMES, reads, unread_warning
from core.pipeline.topics.stopwords import guess_language, stop_words

GERMAN = ["Die Bestellung ist nie angekommen und niemand antwortet auf meine Mails"] * 3
CHINESE = ["地址写错了，地址改不了", "会员价格不对", "上海发货太慢"]
SMALL = CARDS["refract-small"]


@pytest.mark.parametrize(("texts", "language"), [(GERMAN, "German"), (CHINESE, "Chinese")])
def test_a_model_of_english_alone_is_warned_of_with_models_that_read_the_language(texts, language):
    warning = unread_warning(texts, SMALL)
    assert f"The texts look {language}, and refract-small was trained on English alone" in warning
    assert f"multilingual-e5-small, multilingual-e5-base and multilingual-e5-large read {language}" in warning


def test_nothing_is_said_of_what_is_read_or_not_known():
    assert unread_warning(["The order never arrived and nobody answers my emails"], SMALL) is None
    assert unread_warning(GERMAN, CARDS["multilingual-e5-small"]) is None
    assert reads(SMALL, guess_language(["Bluetooth speaker waterproof"]))


def test_every_language_that_can_be_told_has_a_name():
    import stopwordsiso

    assert set(NAMES) == {language for language in stopwordsiso.langs() if stop_words(language)}
