"""Topics brought back from a table that was exported, and perhaps changed in a spreadsheet."""

import streamlit as st

from core.base.errors import InputError
from core.results.reimport import LabelImport
from pages.label.state import LabelState

_FILE = "labels to import"
_ENDINGS = ["csv", "xlsx", "parquet", "jsonl"]


def import_panel(state: LabelState) -> None:
    """A button that opens on a place for the table; what it would change is said before it is done."""
    panel = st.popover(
        "Import labels", icon=":material/upload:", key="import labels", on_change="rerun", width="stretch"
    )
    if panel.open:
        with panel:
            _table(state)


def _table(state: LabelState) -> None:
    file = st.file_uploader(
        "A table that was exported here, as it is or changed in a spreadsheet",
        type=_ENDINGS,
        key=f"{_FILE} {st.session_state.get(_FILE, 0)}",
        help="Texts are told by their id, or where a spreadsheet has spoilt that, by the text itself. The columns "
        "cluster, topic and aside say where each belongs; the same number is the same topic.",
    )
    if file is None:
        return
    try:
        found = state.found_in(file.name, file.getvalue())
    except InputError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.caption(found.sentence())
    st.button(
        "Take these topics over",
        type="primary",
        disabled=not found.edits,
        on_click=_take_over,
        args=(state, file.name, found),
        help="One step, which Undo takes back.",
    )


def _take_over(state: LabelState, name: str, found: LabelImport) -> None:
    state.do(found.as_edit(name))
    if state.refused is None:
        state.said = f"{name}: {found.sentence()}"
        st.session_state[_FILE] = st.session_state.get(_FILE, 0) + 1  # an empty place for the next file
