"""Checks of texts and instructions that no model takes."""

from collections.abc import Sequence

from core.base.errors import InputError


def refuse_empty(texts: Sequence[str]) -> None:
    """Raise `InputError` for a text of nothing but white space."""
    for row, text in enumerate(texts):
        if not text.strip():
            raise InputError(f"Text {row + 1} is empty. Leave empty texts out.")
