"""Which of the older encodings a text in Latin letters is in, from the letters that each language has.

Statistics fail on short texts: "ő" and "õ" are one byte, and so are "ä" and "Š". But no language has both "õ" and "û"
and none of the letters that Portuguese has besides. An encoding is likely where all its letters are one language's.
"""

import re
import unicodedata
from functools import cache

_ALPHABETS = {
    "de": "äöüß",
    "fr": "àâæçéèêëîïôœùûüÿ",
    "es": "áéíñóúü",
    "it": "àèéìíîòóùú",
    "pt": "áâãàçéêíóôõúü",
    "nl": "áéíóúäëïöüè",
    "sv": "åäöé",
    "da": "æøåé",
    "fi": "äöåšž",
    "is": "áðéíóúýþæö",
    "et": "äõöüšž",
    "hu": "áéíóöőúüű",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "ro": "ăâîșțşţ",
    "hr": "čćđšž",
    "tr": "çğıöşüâîûİ",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
}
# In the order in which they are met; languages that an encoding was not made for are not looked for in it.
_ENCODINGS = {
    "cp1252": "de fr es it pt nl sv da fi is et",
    "cp1250": "hu pl cs sk ro hr",
    "cp1254": "tr",
    "cp1257": "lt lv et",
    "iso8859_2": "hu pl cs sk ro hr",
    "mac_roman": "de fr es it pt nl sv da",
    "mac_latin2": "hu pl cs sk hr",
    "cp437": "de fr es it nl sv",
    "cp850": "de fr es it pt nl sv da",
    "cp852": "hu pl cs sk ro hr",
}
_FITS = 0.97  # share of the letters beyond ASCII that have to be the language's
_ATTACHED = re.compile(
    r"[^\W\d_][\u00a1-\u00a8\u00aa-\u00ad\u00af-\u00ba\u00bc-\u00bf\u0152\u2020\u2021\u2030\u2039\u02c6]"
)
_INSIDE = re.compile(
    r"(?<=[^\W\d_])[^\w\s\x00-\x7f\u2010-\u2015\u2018\u2019\u201c\u201d\u00ad\u00b7\u2026\u00a0\u00bb]+(?=[^\W\d_])"
)


def likely(sample: bytes) -> list[str]:
    """The encodings in which all letters are one language's, the likeliest first; none where no Latin text shows it."""
    beyond = sum(byte >= 0x80 for byte in sample)
    letters = sum(chr(byte).isalpha() for byte in sample if byte < 0x80)
    if not beyond or beyond > letters:
        return []
    if _only_signs(sample):
        return ["cp1252"]
    scores: dict[str, float] = {}
    for encoding, languages in _ENCODINGS.items():
        try:
            text = unicodedata.normalize("NFC", sample.decode(encoding))
        except UnicodeDecodeError:
            continue
        best = max((_score(text, language) for language in languages.split()), default=0.0)
        if best > 0:
            scores[encoding] = best
    order = list(_ENCODINGS)
    return sorted(scores, key=lambda encoding: (-round(scores[encoding], 2), order.index(encoding)))


def _only_signs(sample: bytes) -> bool:
    """Tell whether a sample is, in cp1252, English with a few signs: prices, degrees, quotes, dashes."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return not any(letter > "\x7f" and letter.isalpha() for letter in text) and not _ATTACHED.search(text)


def _score(text: str, language: str) -> float:
    """0 where letters or signs stand where the language has none; else 1, and more for words that it is full of."""
    alphabet = _ALPHABETS[language]
    found = [letter for letter in text if letter > "\x7f" and letter.isalpha() and letter not in "ªº"]
    odd = sum(letter not in alphabet and letter.lower() not in alphabet for letter in found)
    signs = len(_INSIDE.findall(text)) + sum(unicodedata.category(letter) == "Cc" for letter in text if letter > "\x7f")
    if not found or odd + signs > (1 - _FITS) * (len(found) + signs):
        return 0.0
    capitals = len(re.findall(r"(?<=[a-zß-öø-ÿ])[^\x00-\x7f](?<![a-zß-öø-ÿ])(?<=[A-ZÀ-ÖØ-ÞŠŽŸŚŹŻŁĄĆŃŐŰČŘŤĎ])", text))
    if capitals * 10 > len(found):
        return 0.0
    words = re.findall(r"[^\W\d_]+", text.lower())
    return 1 + sum(word in _common(language) for word in words) / max(1, len(words))


@cache
def _common(language: str) -> frozenset[str]:
    import stopwordsiso

    return frozenset(stopwordsiso.stopwords(language)) if stopwordsiso.has_lang(language) else frozenset()
