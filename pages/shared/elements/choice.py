"""One of a few, side by side: a section of a page, a way to do something."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def one_of(
    label: str,
    options: Sequence[T],
    key: str,
    format_func: Callable[[Any], str] = str,
    *,
    default: T | None = None,
    where: Any = st,
    help: str | None = None,
) -> T:
    """Let the user choose; the session remembers it.

    Parameters
    ----------
    label : for who can't see it.
    default : what stands there first; None is the first option.
    where : the place on the page, where that isn't the next.
    """
    chosen: T = where.segmented_control(
        label,
        options,
        default=options[0] if default is None else default,
        required=True,
        key=key,
        format_func=format_func,
        help=help,
        label_visibility="collapsed",
        persist_state="session",
    )
    return chosen
