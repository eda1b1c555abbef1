"""The line above the map: how far the naming is, undo and redo, and what others did."""

import streamlit as st

from core.labelling.edited_run import EditedRun
from pages.label.importing import import_panel
from pages.label.state import LabelState, author
from pages.shared.export_panel import export_panel


def head(state: LabelState, view: EditedRun) -> None:
    """Progress over all texts, the last steps, and whatever has to be said."""
    said, taken, files, undo, redo = st.columns([4.4, 1.5, 1.1, 1.1, 1.1], vertical_alignment="center", gap="small")
    said.html(_progress(view))
    assert state.labelling is not None
    history = state.labelling.history
    with taken:
        import_panel(state)
    with files:
        export_panel(state.labelled(view), "label export")
    undo.button(
        "Undo",
        on_click=state.undo,
        disabled=history.to_undo(author()) is None,
        icon=":material/undo:",
        width="stretch",
        shortcut="u",
    )
    redo.button(
        "Redo",
        on_click=state.redo,
        disabled=history.to_redo(author()) is None,
        icon=":material/redo:",
        width="stretch",
        shortcut="y",
    )
    if state.refused:
        st.error(state.refused, icon=":material/error:")
    if state.said:
        st.info(state.said, icon=":material/info:")
    for waiting in state.labelling.waiting(author()):
        text, yes, no = st.columns([5, 1.4, 1], vertical_alignment="center")
        text.warning(waiting.message, icon=":material/call_split:")
        yes.button(
            "Do it all the same",
            key=f"yes {waiting.id}",
            on_click=state.settle,
            args=(waiting.id, True),
            width="stretch",
        )
        no.button("Leave it", key=f"no {waiting.id}", on_click=state.settle, args=(waiting.id, False), width="stretch")


def _progress(view: EditedRun) -> str:
    """How many topics have a name that somebody gave, and how many of all texts are in them."""
    sizes, total = view.run.clustering.sizes, len(view.run.corpus)
    kept = [number for number, topic in enumerate(view.topics) if not topic.junk]
    named = [number for number in kept if view.topics[number].origin != "automatic"]
    texts, aside = sum(sizes[number] for number in named), sum(sizes[number] for number in view.junk)
    rest = f" · {aside:,} set aside" if aside else ""
    none = view.run.clustering.noise
    rest += f" · {none:,} in no topic" if none else ""
    share = texts / max(total, 1)
    return (
        f'<div class="rf-topic"><b>{len(named)} of {len(kept)} topics named</b> <span class="rf-quiet">'
        f"{texts:,} of {total:,} texts are in them{rest} · saved as it happens</span>"
        f'<div class="rf-meter"><b style="width:{share:.1%}"></b></div></div>'
    )
