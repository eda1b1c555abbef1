"""Texts that were decoded wrongly ("cafÃ©"), and what they should be.

ftfy (Speer 2019, https://ftfy.readthedocs.io) tells and repairs them. It takes 0.2 ms a text, so it is only asked of
those that hold what a letter of UTF-8 becomes in one of the encodings that it knows.
"""

import re
from collections.abc import Sequence

import ftfy
from ftfy.chardata import CHARMAP_ENCODINGS


def repairs(texts: Sequence[str]) -> dict[str, str]:
    """For each text that was decoded wrongly, once or more, what it should be; in the order of the texts."""
    suspects = dict.fromkeys(text for text in texts if not text.isascii() and _SUSPECT.search(text))
    fixed = {text: ftfy.fix_encoding(text) for text in suspects}
    return {text: right for text, right in fixed.items() if right != text}


def _sign_of(first: int, last: int, encoding: str) -> str:
    """What bytes of a range stand for in an encoding, for the brackets of a regular expression."""
    return re.escape("".join(bytes([byte]).decode(encoding, "ignore") for byte in range(first, last + 1)))


def _letters_of_utf8() -> str:
    """A first byte and one that goes on, which ftfy also knows as a space or lost, in any of the encodings."""
    found = ["[\x80-\x9f]"]  # of Windows-1252, read as Latin-1
    for encoding in CHARMAP_ENCODINGS:
        going_on = _sign_of(0x80, 0xBF, encoding) + "\x1a\ufffd"
        found.append(f"[{_sign_of(0xC2, 0xF4, encoding)}][{going_on}]")
        spaced = "".join(_sign_of(byte, byte, encoding) for byte in (0xC2, 0xC3, 0xC5, 0xCE, 0xD0, 0xD9))
        found.append(f"[{spaced}] |[{_sign_of(0xE0, 0xEF, encoding)}] [{going_on}]")
    return "|".join(found)


_SUSPECT = re.compile(_letters_of_utf8())
