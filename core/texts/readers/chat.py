"""Exports of chats: a line begins with a time and an author, and may go on over further lines."""

import re

from core.base.wording import counted
from core.texts.readers.columns import assemble
from core.texts.readers.columns import text as text_column
from core.texts.readers.table import Decision, Table

_DAY = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[\s\u202f]?[AaPp]\.?[Mm]\.?)?"
_MESSAGE = re.compile(
    rf"[\u200e\ufeff]?\[?(?P<time>{_DAY},?[ T]{_TIME})\]?(?: ?[-\u2013] | |: )"
    r"(?:(?P<author>[^:\n]{1,60}): )?(?P<text>.*)"
)
_ENOUGH = 0.6  # share of the lines that begin a message


def read(text: str, name: str) -> Table | None:
    """Read messages with time and author; None where the text is no chat."""
    lines = [line for line in text.splitlines() if line.strip()]
    found = [_MESSAGE.fullmatch(line) for line in lines]
    begun = [match for match in found if match is not None]
    if len(begun) < 3 or found[0] is None or len(begun) < _ENOUGH * len(lines):
        return None
    if sum(match["author"] is not None for match in begun) * 2 < len(begun):
        return None
    times: list[str] = []
    authors: list[str] = []
    messages: list[str] = []
    for line, match in zip(lines, found, strict=True):
        if match is None:
            messages[-1] += "\n" + line
        else:
            times.append(match["time"])
            authors.append(match["author"] or "")
            messages.append(match["text"])
    frame, _ = assemble(
        ["time", "author", "message"], [text_column(times)[0], text_column(authors)[0], text_column(messages)[0]]
    )
    why = f"Read as a chat: {counted(len(messages), 'message')} with time and author."
    decision = Decision("unit", "table", why, ("line", "paragraph"), sure=False)
    return Table(frame, name, "TXT", unit="table", notes=(why,), decisions=(decision,))
