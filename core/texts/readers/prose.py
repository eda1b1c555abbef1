"""How likely a column is to hold the texts."""

import re
from typing import Any

import pandas as pd

_ROWS = 2_000  # filled cells looked at, evenly spread
_LONG = 200  # characters beyond which a longer text is no likelier to be the one meant
_NOT_PROSE = re.compile(
    r"(?:https?://|www\.)\S+"  # web addresses
    r"|[^\s@]+@[^\s@]+\.\w+"  # mail addresses
    r"|[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}"  # UUIDs
    r"|[\d\s.,:;/+\-%$()TZ]+"  # numbers, dates, times, telephone numbers
    r"|[\[{].*[\]}]"  # JSON
    r"|(?:[\w.-]+/[\d.]+\s*(?:\([^)]*\))?\s*)+.*[A-Z]\w+/[\d.]+\S*",  # programs and their versions
    re.DOTALL,
)
_NAMED_SO = re.compile(
    r"comment|text|body|review|message|feedback|answer|response|tweet|description|verbatim|complaint|opinion|remark"
    r"|kommentar|antwort|bewertung|commentaire|avis|comentario|rese\u00f1a|opini\u00f3n|commento|recensione|opmerking"
    r"|yorum|\u043e\u0442\u0437\u044b\u0432|\u0432\u0456\u0434\u0433\u0443\u043a"
    r"|\u8bc4\u8bba|\u30b3\u30e1\u30f3\u30c8|\u062a\u0639\u0644\u064a\u0642",
    re.IGNORECASE,
)
_WORD = re.compile(
    r"[(\"'\u00ab\u201c\u201e\u00bf\u00a1]*[^\W\d_]+(?:['\u2019-][^\W\d_]+)*[.,;:!?)\"'\u00bb\u201d\u2026]*"
)


def prose_score(column: "pd.Series[Any]") -> float:
    """Score mean length times share of different values; 0 for addresses, numbers and the like.

    The share of rows that are filled, the share of ordinary words, and the column's name count too. A value of one
    ASCII word is likelier a code or a category than a text. In scripts without spaces it is not.
    """
    if not isinstance(column.dtype, pd.StringDtype):
        return 0.0
    values = [value for value in column.tolist() if value.strip()]
    if not values:
        return 0.0
    sample = values[:: -(-len(values) // _ROWS)]
    lengths = [0.0 if _NOT_PROSE.fullmatch(value.strip()) else _worth(value) for value in sample]
    filled = (len(values) / len(column)) ** 0.5
    named = 2.0 if _NAMED_SO.search(str(column.name)) else 1.0
    return float(sum(lengths) / len(lengths) * len(set(sample)) / len(sample) * filled * named)


def _worth(value: str) -> float:
    words = value.split()
    ordinary = 1.0 if not value.isascii() else sum(bool(_WORD.fullmatch(word)) for word in words[:60]) / len(words[:60])
    several = 1.0 if not value.isascii() or len(words) > 1 else 0.2
    return min(len(value), _LONG) * several * (0.1 + 0.9 * ordinary)
