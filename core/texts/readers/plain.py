"""Plain text, a row per line or per paragraph."""

import io
from itertools import groupby

from core.base.errors import InputError
from core.base.wording import counted
from core.texts.readers.columns import assemble
from core.texts.readers.columns import text as text_column
from core.texts.readers.table import Table

UNITS = ("line", "paragraph")
_LINES_PER_PARAGRAPH = 20  # with more lines than this between blank ones, on average, it is a list and not prose


def read(text: str, name: str, form: str = "TXT", unit: str | None = None) -> Table:
    """Read each line, or each paragraph, as a text; blank space at its ends is left out, the inside is kept as is.

    With ``unit`` None, paragraphs are taken where at least three blocks stand between blank lines, one of them of
    several lines, and they are not so long that the blank lines look accidental.

    Raises
    ------
    InputError
        If there is nothing but blank space, or the unit is neither "line" nor "paragraph".
    """
    if unit is not None and unit not in UNITS:
        raise InputError(f'{name}: texts are read by "line" or by "paragraph", not by "{unit}".')
    lines = list(io.StringIO(text, newline=""))
    blocks = ["".join(block) for filled, block in groupby(lines, key=lambda line: bool(line.strip())) if filled]
    if not blocks:
        raise InputError(f"{name} holds nothing but blank space. Give at least three texts.")
    filled = [line for line in lines if line.strip()]
    notes = []
    if unit is None:
        prose = 3 <= len(blocks) < len(filled) <= _LINES_PER_PARAGRAPH * len(blocks)
        unit = "paragraph" if prose else "line"
        if len(blocks) > 1:
            notes.append(f"Each {unit} was taken as one text. If that is wrong, choose the other unit.")
    texts = [part.strip() for part in (blocks if unit == "paragraph" else filled)]
    if unit == "line" and len(filled) < len(lines):
        notes.append(f"{counted(len(lines) - len(filled), 'blank line')} skipped.")
    column, more = text_column(texts)
    frame, _ = assemble(["text"], [column])
    return Table(frame, name, form, unit=unit, notes=(*notes, *more))
