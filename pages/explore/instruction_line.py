"""The instruction above the map: the line and the exact string, live; presets; and what is to be said of it."""

from collections.abc import Sequence

import streamlit as st

from core.insight.columns import column_presets
from core.instructions import template
from core.instructions.line import Line
from core.models.registry import card_of, load_model
from core.pipeline.run import Run
from core.texts import samples
from core.texts.corpus import Corpus
from core.texts.samples import Preset
from pages.explore.live_editor import live_editor, typed
from pages.shared.instruction import Instruction, instruction

_ICONS = {"error": ":material/error:", "warning": ":material/warning:", "note": ":material/info:"}
_EDITOR = "instruction editor"


def instruction_line(source: str, corpus: Corpus, model: str, shown: Run | None) -> str:
    """Let the user write an instruction; the exact string."""
    held = instruction()
    held.begin(source)
    live_editor(
        kind=held.line.kind,
        by=held.line.by,
        exact=held.text,
        stamp=held.stamp,
        seen=held.seen,
        key=_EDITOR,
        on_typed=_take_typed,
        history=held.used,
        placeholders=("text", "nothing: the model's own sense", "no instruction: the model's own sense"),
    )
    _presets(source, corpus, held)
    _advise(held.text, model, shown)
    return held.text


def _take_typed() -> None:
    """Take what was typed, unless something newer has been written or taken since."""
    held, edit = instruction(), typed(_EDITOR)
    if edit is None or edit.stamp != held.stamp or edit.number <= held.seen:
        return
    if edit.field == "exact":
        held.typed_text(edit.number, edit.value)
    else:
        held.typed_line(edit.number, Line(edit.kind, edit.by))


def _presets(source: str, corpus: Corpus, held: Instruction) -> None:
    sample = next((each for each in samples.SAMPLES if each.name == source), None)
    offered = list(samples.presets_for(sample))
    if sample is None:
        offered = _merged(column_presets(corpus, held.line.kind or "text"), offered)
    by_label = {preset.label: preset.instruction for preset in offered}
    # Before the widget is drawn it is set to what stands in the line, whoever wrote that. After typing it is another
    # one: a browser still sends the state of the old one with the next letters, which is no click.
    chosen, key = next((label for label, text in by_label.items() if text == held.text), None), f"preset {held.seen}"
    st.session_state[key] = chosen
    st.pills(
        "Ready-made instructions",
        list(by_label),
        default=chosen,
        key=key,
        label_visibility="collapsed",
        on_change=_take_preset,
        args=(key, chosen, source, by_label),
    )


def _merged(own: Sequence[Preset], others: Sequence[Preset]) -> list[Preset]:
    """Those of the file's own columns first; what asks for the same stands there once."""
    labels = {preset.label for preset in own}
    return [*own, *(preset for preset in others if preset.label not in labels)]


def _take_preset(key: str, drawn: str | None, source: str, by_label: dict[str, str]) -> None:
    label = st.session_state[key]
    if label not in (None, drawn):
        instruction().write(source, by_label[label])


def _advise(text: str, model: str, shown: Run | None) -> None:
    """Advice, which never changes the string, and its cost where it costs time."""
    card = card_of(model)
    tokens = None
    if shown is not None and shown.settings.model == model:  # loaded by now: counting takes no time
        tokens = load_model(model).instruction_tokens(text)
    advice = template.lint(
        text,
        follows_instructions=card.follows_instructions,
        model_name=card.name,
        instruction_tokens=tokens,
        max_tokens=card.max_tokens,
    )
    for item in advice:
        if item.severity == "error":
            st.error(item.message, icon=_ICONS[item.severity])
        else:
            st.caption(f"{_ICONS[item.severity]} {item.message}")
    if tokens and shown is not None:
        cost = template.token_cost(shown.embedding).sentence() if shown.instruction == text else ""
        st.caption(cost or f"{tokens} tokens before every text.")
