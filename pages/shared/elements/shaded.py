"""A text with the words shaded that carried it."""

from collections.abc import Sequence
from html import escape

from core.base.wording import shortened
from core.models.encoder.words import WordWeight
from core.pipeline.attention import word_weights
from core.pipeline.run import Run

_DARKEST = 0.5  # opacity of the shade
_FULL = 3.0  # times the mean weight, from where on a word is as dark as it gets


def shaded(text: str, words: Sequence[WordWeight], length: int | None = None) -> str:
    """HTML of a text, or of its first ``length`` characters; the darker a word, the more it counted."""
    shown = text if length is None else text[:length]
    mean = sum(word.weight for word in words) / max(1, len(words))
    pieces, place = [], 0
    for word in words:
        strength = (word.weight / mean - 1) / (_FULL - 1)
        if strength <= 0.05 or word.stop > len(shown) or not text[word.start : word.stop].isalnum():
            continue
        opacity = _DARKEST * min(1.0, strength)
        pieces.append(escape(shown[place : word.start]))
        pieces.append(
            f'<mark style="background:rgba(79,91,213,{opacity:.2f})">{escape(shown[word.start : word.stop])}</mark>'
        )
        place = word.stop
    return "".join(pieces) + escape(shown[place:])


def short_text(run: Run, row: int, limit: int = 150) -> str:
    """The beginning of a text; the ellipsis says that there is more, and the table has it all."""
    text = run.corpus.texts[row]
    shown = shortened(text, limit)
    end = None if shown == text else len(shown.removesuffix(" …"))
    return shaded(text, word_weights(run, row), end) + ("" if end is None else " …")
