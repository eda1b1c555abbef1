"""Keyword search over all texts of a corpus: BM25 (Robertson & Zaragoza 2009), as the package bm25s computes it.

Words are compared whatever their case and accents, a word that is written with the query's own accents counting twice.
No word is left out as too common. Scripts without spaces are taken apart into pairs of letters.
"""

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

# Its progress bars share one lock with those of all other packages, even those that show nothing: whoever was stopped
# while holding it would stop every search.
os.environ.setdefault("DISABLE_TQDM", "1")
import bm25s
import numpy as np
from numpy.typing import NDArray

from core.base.progress import UNWATCHED, Watch
from core.base.scripts import BURMESE, HAN, KANA, KHMER, LAO, THAI
from core.texts import filters

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNSPACED = re.compile(f"[{THAI}{LAO}{BURMESE}{KHMER}{KANA}{HAN}]+")


@dataclass(frozen=True, eq=False)
class WordIndex:
    """The words of a corpus.

    Parameters
    ----------
    texts : n texts.
    index : of bm25s, one row a text in the corpus's order; None where no text has a word.
    arrays : what the index holds, so that a cache can count it.
    """

    texts: Sequence[str]
    index: Any
    arrays: tuple[NDArray[Any], ...] = ()

    def scores(self, query: str) -> NDArray[np.float32]:
        """(n,) float32 BM25 of every text; 0 where it has none of the words, or lacks a phrase in quotes."""
        wanted = words(query)
        if not wanted or self.index is None:
            return np.zeros(len(self.texts), np.float32)
        found: NDArray[np.float32] = np.array(self.index.get_scores(wanted), np.float32)
        for phrase in re.findall(r'"([^"]*\S[^"]*)"', query):
            rows = np.flatnonzero(found > 0)
            found[rows[~filters.search([self.texts[row] for row in rows.tolist()], f'"{phrase}"')]] = 0
        return found


def word_index(texts: Sequence[str], watch: Watch = UNWATCHED) -> WordIndex:
    """Index the words of texts; raises `core.base.progress.Cancelled` once ``watch`` stops it."""
    tokens = list(_watched(texts, watch))
    if not any(tokens):
        return WordIndex(texts, None)
    index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    index.index(tokens, show_progress=False)
    return WordIndex(texts, index, tuple(index.scores[name] for name in ("data", "indices", "indptr")))


def words(text: str) -> list[str]:
    """The words of a text as they are indexed, in order: folded, and as written where that differs."""
    found = []
    for match in _WORD.finditer(unicodedata.normalize("NFKC", text).casefold().replace("’", "'")):
        for part in _parts(match[0]):
            plain = part if _UNSPACED.search(part) else unaccented(part)
            found += [plain] if plain == part else [plain, part]
    return found


def unaccented(word: str) -> str:
    """The word without the marks of its letters: "cafe" for "café"."""
    letters = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(each for each in letters if not unicodedata.combining(each)))


def matched(text: str, query: str) -> list[str]:
    """The words of a text that the query names, as the text writes them, each once."""
    wanted = set(words(query))
    own = (match[0] for match in _WORD.finditer(text))
    return list(dict.fromkeys(word for word in own if wanted & set(words(word))))


def _parts(word: str) -> Iterator[str]:
    """A word; of a run without spaces every two neighbouring letters, and what stands around it."""
    place = 0
    for run in _UNSPACED.finditer(word):
        if run.start() > place:
            yield word[place : run.start()]
        letters = run[0]
        yield from (letters[at : at + 2] for at in range(max(1, len(letters) - 1)))
        place = run.end()
    if place < len(word):
        yield word[place:]


def _watched(texts: Sequence[str], watch: Watch) -> Iterator[list[str]]:
    for place, text in enumerate(texts):
        if place % 1024 == 0:
            watch.check()
        yield words(text)
