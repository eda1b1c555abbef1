"""The rail's second part: the model and the instruction, by slots and as free text in step."""

import streamlit as st

from core.instructions import template
from core.instructions.template import Slots
from core.models.catalogue import ready_names
from core.models.registry import DEFAULT_MODEL, card_of, load_model
from core.pipeline.run import Run
from core.texts import samples

_ICONS = {"error": ":material/error:", "warning": ":material/warning:", "note": ":material/info:"}
_SLOTS = {"domain": "slot_domain", "text_type": "slot_text_type", "objective": "slot_objective"}


def chosen_model() -> str:
    """The model that the user has chosen, or another where that has gone since."""
    names = ready_names()
    held: str = st.session_state.get("model", DEFAULT_MODEL)
    if names and held not in names:
        held = st.session_state["model"] = names[0]
    return held


def model_rail() -> str:
    """Let the user choose a model; its name."""
    names = ready_names()
    if not names:
        st.error("No model is on this machine. The Models page has some to download.", icon=":material/error:")
        st.stop()
    name = st.selectbox("Model", names, names.index(chosen_model()), key="model", persist_state="session")
    card = card_of(name)
    st.caption(
        f"{card.description} Licence {card.licence}, {card.dimension} dimensions, {card.max_tokens} tokens. "
        "The Models page has others, and takes in folders of your own."
    )
    return name


def instruction_rail(source: str, model: str, shown: Run | None) -> str:
    """Let the user write an instruction; the exact string."""
    st.subheader("Instruction", anchor=False)
    sample = next((s for s in samples.SAMPLES if s.name == source), None)
    presets = samples.presets_for(sample)
    if st.session_state.get("instruction_for") != source:
        st.session_state["instruction_for"] = source
        st.session_state["preset"] = presets[0].label
        _set_instruction(presets[0].instruction)
    # Each widget is given what it holds as its default too: see the setting in .streamlit/config.toml.
    held = st.session_state
    st.pills(
        "Presets",
        [preset.label for preset in presets],
        default=held["preset"],
        key="preset",
        label_visibility="collapsed",
        on_change=_take_preset,
        persist_state="session",
        args=({preset.label: preset.instruction for preset in presets},),
    )
    st.text_area(
        "Instruction as written",
        held["instruction"],
        key="instruction",
        on_change=_take_text,
        height=96,
        placeholder="none: the plain embedding",
        persist_state="session",
        help="Put before every text exactly as it stands here; spaces at the end count. Ctrl+Enter applies it.",
    )
    left, right = st.columns(2)
    for column, label, key, example in (
        (left, "Domain", "slot_domain", "customer"),
        (right, "Text type", "slot_text_type", "review"),
        (st, "Objective", "slot_objective", "clustering by complaint reason"),
    ):
        column.text_input(
            label, held[key], key=key, on_change=_take_slots, placeholder=example, persist_state="session"
        )
    instruction: str = st.session_state["instruction"]
    _advise(instruction, model, shown)
    return instruction


def set_instruction(source: str, instruction: str) -> None:
    """Make the rail stand at an instruction for a source."""
    sample = next((s for s in samples.SAMPLES if s.name == source), None)
    labels = {preset.instruction: preset.label for preset in samples.presets_for(sample)}
    st.session_state["instruction_for"], st.session_state["preset"] = source, labels.get(instruction)
    _set_instruction(instruction)


def _set_instruction(instruction: str) -> None:
    st.session_state["instruction"] = instruction
    _set_slots(instruction)


def _set_slots(instruction: str) -> None:
    slots = template.parse(instruction) or Slots()
    for field, key in _SLOTS.items():
        st.session_state[key] = getattr(slots, field)


def _take_preset(by_label: dict[str, str]) -> None:
    label = st.session_state["preset"]
    if label is not None:
        _set_instruction(by_label[label])


def _take_text() -> None:
    st.session_state["preset"] = None
    _set_slots(st.session_state["instruction"])


def _take_slots() -> None:
    st.session_state["preset"] = None
    slots = Slots(**{field: st.session_state[key] for field, key in _SLOTS.items()})
    st.session_state["instruction"] = template.compose(slots)


def _advise(instruction: str, model: str, shown: Run | None) -> None:
    """Lint and cost. Advice never changes the string."""
    card = card_of(model)
    tokens = None
    if shown is not None and shown.settings.model == model:  # loaded by now: counting takes no time
        tokens = load_model(model).instruction_tokens(instruction)
        st.caption(
            template.token_cost(shown.embedding).sentence()
            if shown.instruction == instruction
            else f"{tokens} tokens before every text."
        )
    advice = template.lint(
        instruction,
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
