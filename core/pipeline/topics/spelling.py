"""Words however they are spelled: letters of other widths, capitals, accents and signs that writers leave out."""

import re
import unicodedata

# The same letters in other clothes: ligatures, Arabic forms by position, full and half width, mathematical alphabets.
# Not NFKC for all: that would take Thai vowels apart and make a word of ™.
_OTHER_SHAPES = re.compile("[\ufb00-\ufdff\ufe70-\ufefe\uff00-\uffef\U0001d400-\U0001d7ff]+")
_INVISIBLE = re.compile("[\u00ad\u2060\ufeff]")  # soft hyphen, word joiner, byte order mark
_TURKIC = frozenset({"tr", "az"})

_VARIES = re.compile("[\u0131\u0219\u021b\u0370-\u03ff\u1f00-\u1fff\u0622-\u06d3]")
_ARABIC_SIGNS = re.compile("[\u0640\u064b-\u0652\u0670]")  # the stretcher, and the vowels that are mostly left out
_GREEK_SIGNS = re.compile("(?<=[\u0370-\u03ff])[\u0300-\u0345]+")
_AS = str.maketrans({
    "\u0131": "i",  # Turkish without and with a dot: capitals of plain keyboards mix them
    "\u0219": "\u015f", "\u021b": "\u0163",  # Romanian, comma below and cedilla
    "\u0622": "\u0627", "\u0623": "\u0627", "\u0625": "\u0627", "\u0671": "\u0627",  # alef with its signs
    "\u0629": "\u0647", "\u0649": "\u064a",  # ta marbuta as ha, alef maqsura as ya
    "\u06cc": "\u064a", "\u06a9": "\u0643",  # Persian ya and kaf on an Arabic keyboard
})  # fmt: skip


def lowered(text: str, language: str = "") -> str:
    """The text in lower case as its language writes it, composed (NFC), with straight apostrophes.

    Full-width letters, ligatures and the like become plain letters; soft hyphens go.

    Parameters
    ----------
    language : str
        ISO 639-1. In Turkish and Azerbaijani the capital of "ı" is I, and that of "i" is İ.
    """
    text = _OTHER_SHAPES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    if language in _TURKIC:
        text = text.replace("I", "\u0131")
    return text.replace("\u0130", "i").lower().replace("\u2019", "'")


def match_form(word: str) -> str:
    """What the spellings of a lower-case word have in common; most words are spelled in one way.

    Without Greek accents, Arabic vowels and hamza, and with one letter for each pair that keyboards mix up. Two
    words that differ in nothing else count as one.
    """
    if word.isascii() or not _VARIES.search(word):
        return word
    word = _GREEK_SIGNS.sub("", unicodedata.normalize("NFD", word))
    return _ARABIC_SIGNS.sub("", unicodedata.normalize("NFC", word).translate(_AS))
