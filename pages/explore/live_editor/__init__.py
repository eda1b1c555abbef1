"""The instruction, written live: as a line, "Group each ... by ...", and as the exact string.

Streamlit's own text widgets send when they are left. This component sends after a pause in typing and on Enter, keeps
caret and focus through reruns, and has undo and a history of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import streamlit as st

_HERE = Path(__file__).parent
_mount = st.components.v2.component(
    "refract_live_editor",
    js=(_HERE / "live_editor.js").read_text("utf-8"),
    css=(_HERE / "live_editor.css").read_text("utf-8"),
)


@dataclass(frozen=True)
class Typed:
    """Something that the user has typed.

    Parameters
    ----------
    number : counts what this browser has sent; a higher one is newer.
    stamp : of the values that it was typed into; where they have been set anew since, it is out of date.
    field : where it was typed.
    value : what stands there now, to the last space.
    kind, by : what stands in the line.
    """

    number: int
    stamp: int
    field: Literal["kind", "by", "exact"]
    value: str
    kind: str
    by: str


def live_editor(
    *,
    kind: str,
    by: str,
    exact: str,
    stamp: int,
    seen: int,
    key: str,
    on_typed: Callable[[], None],
    history: Sequence[str] = (),
    placeholders: tuple[str, str, str] = ("text", "anything", ""),
) -> None:
    """Show the editor.

    Parameters
    ----------
    kind, by, exact : the values as they are now.
    stamp : changes whenever something besides this editor sets the values; then it takes them over at once, else it
        keeps what is being typed.
    seen : the number of the last `Typed` that the values follow from.
    on_typed : called before the rerun; `typed` has what came.
    history : exact strings used before, the latest first, for the arrow keys.
    placeholders : shown where kind, by and exact are empty.
    """
    _mount(
        key=key,
        data={
            "values": {"kind": kind, "by": by, "exact": exact},
            "placeholders": dict(zip(("kind", "by", "exact"), placeholders, strict=True)),
            "stamp": stamp,
            "seen": seen,
            "history": list(history),
        },
        on_edit_change=on_typed,
    )


def typed(key: str) -> Typed | None:
    """The last typing in the editor under a key."""
    said: Any = st.session_state.get(key)
    edit = said.get("edit") if said else None
    return Typed(**edit) if edit else None
