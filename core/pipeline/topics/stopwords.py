"""Words that say nothing about the subject, by language, and which language texts are in.

The lists are those of the stopwords-iso collection (https://github.com/stopwords-iso/stopwords-iso), 57 languages; a
thin one is filled up from the stop-words collection (https://github.com/Alir3z4/stop-words), as far as that has it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache

from core.base.scripts import HAN, KANA, THAI
from core.pipeline.topics.spelling import lowered, match_form

_SAMPLE = 500  # texts a language is told from, spread evenly over all
_IN_DOUBT = "en"
_THIN = 150  # a list of fewer words lets through much that says nothing: Ukrainian has 73
_MARGIN = 1.15  # how much better than English another language has to fit
_ENOUGH = 0.15  # of running text, a fifth to a half is stop words

# Scripts that tell the language, or that have no spaces from which words could be told. Kana come before Han: Japanese
# has both.
_SCRIPTS = {
    "ja": f"[{KANA}]",
    "zh": f"[{HAN}]",
    "ko": r"[\uac00-\ud7af]",
    "th": f"[{THAI}]",
}
# Words on the English list that are the subject of many texts: an order, a bill, a home, a page.
# fmt: off
_SUBJECTS = frozenset({
    "area", "areas", "bill", "computer", "copy", "date", "face", "faces", "fire", "goods", "group", "groups", "home",
    "homepage", "index", "information", "interest", "interests", "invention", "line", "member", "members", "microsoft",
    "mill", "mug", "netscape", "novel", "order", "ordered", "ordering", "orders", "page", "pages", "research", "ring",
    "room", "rooms", "site", "state", "states", "system", "test", "text", "web", "webpage", "website", "width", "world",
})
# fmt: on

_LETTER = re.compile(r"[^\W\d_]")

# Signs that belong to the letter before them, which \w leaves out: accents, vowel points, the vowels of Indian scripts.
MARKS = r"\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff\u200c\u200d"
_WORD = re.compile(rf"(?:[^\W\d_]|[{MARKS}])+(?:'[^\W\d_]+)*")


@cache
def stop_words(language: str) -> frozenset[str]:
    """Stop words of a language (ISO 639-1), each as `match_form` of its lower case. None where there is no list.

    The English list goes further than others and takes in what texts may well be about, so those words are let go.
    """
    import stopwordsiso

    if not stopwordsiso.has_lang(language):
        return frozenset()
    words = set(stopwordsiso.stopwords(language))
    if len(words) < _THIN:
        words |= _second_list(language)
    forms = {match_form(lowered(word, language)) for word in words}
    return frozenset(forms - _SUBJECTS if language == "en" else forms)


def _second_list(language: str) -> set[str]:
    from stop_words import AVAILABLE_LANGUAGES, LANGUAGE_MAPPING, get_stop_words

    return set(get_stop_words(language)) if LANGUAGE_MAPPING.get(language) in AVAILABLE_LANGUAGES else set()


def guess_language(texts: Sequence[str]) -> str:
    """The language (ISO 639-1) that most of the texts are in; "en" when in doubt.

    Japanese, Chinese, Korean and Thai are told by their script, others by the share of words that are on a language's
    stop list. A stop word counts the less, the more languages have it; lists of very different lengths compare
    fairly that way.
    """
    step = max(1, len(texts) // _SAMPLE)
    return _language_of(tuple(texts[::step]))


@lru_cache(maxsize=16)
def _language_of(texts: tuple[str, ...]) -> str:
    sample = lowered("\n".join(texts))
    return _by_script(sample) or _by_stop_words(Counter(map(match_form, _WORD.findall(sample))))


def _by_script(sample: str) -> str | None:
    letters = len(_LETTER.findall(sample))
    counts = {language: len(re.findall(script, sample)) for language, script in _SCRIPTS.items()}
    if counts["ja"] > 0.1 * (counts["ja"] + counts["zh"]):
        counts["ja"] += counts["zh"]
    language = max(counts, key=lambda name: counts[name])
    return language if counts[language] > letters / 3 else None


def _by_stop_words(words: Counter[str]) -> str:
    total = words.total()
    if not total:
        return _IN_DOUBT
    scores: defaultdict[str, float] = defaultdict(float)
    shares: Counter[str] = Counter()
    for word, count in words.items():
        languages = _languages_by_word().get(word, ())
        for language in languages:
            scores[language] += count / len(languages)
            shares[language] += count
    best = max(scores, key=lambda name: scores[name], default=_IN_DOUBT)
    doubtful = shares[best] < _ENOUGH * total or scores[best] < _MARGIN * scores[_IN_DOUBT]
    return _IN_DOUBT if doubtful else best


@cache
def _languages_by_word() -> dict[str, list[str]]:
    import stopwordsiso

    languages: dict[str, list[str]] = {}
    for language in sorted(stopwordsiso.langs()):
        for word in stop_words(language):
            languages.setdefault(word, []).append(language)
    return languages
