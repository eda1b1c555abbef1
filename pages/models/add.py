"""Taking in a model from a folder on this machine."""

from html import escape
from typing import Any

import streamlit as st

from core.base.errors import InputError
from core.base.jobs import running
from core.models.cards.card import FAMILIES, ModelCard
from core.models.catalogue import guess_family, preview
from pages.models.state import ModelsState
from pages.shared.elements.job_line import outcome
from pages.shared.elements.words import visible

_AS_SAID = "as the folder or the family says"
_POOLING = {
    "mean": "mean of the tokens",
    "cls": "state of the first token",
    "last": "state of the last token",
    "": _AS_SAID,
}
_POOLED = {_AS_SAID: None, "counted in the mean": True, "left out of the mean": False}
_EXAMPLE = "by topic: "


def models_add(state: ModelsState) -> None:
    """A form for the folder on the left, the recipe that follows from it on the right."""
    left, right = st.columns([1, 1.15], gap="large")
    with left:
        path = st.text_input(
            "Folder",
            key="add path",
            placeholder="/data/models/my-instructor",
            persist_state="session",
            help="On the machine that Refract runs on. It holds config.json, tokenizer.json, model.safetensors, and "
            "where there is one modules.json with its numbered folders.",
        )
        guessed = _guess(path)
        names = [name for name, family in FAMILIES.items() if not family.own]
        family = st.selectbox(
            "Family",
            names,
            names.index(guessed),
            key=f"add family {path}",
            format_func=lambda name: FAMILIES[name].title,
            help="What no file says: what stands before a text, and whether the instruction is left out of the mean.",
        )
        name = st.text_input("Name", key="add name", placeholder="the folder's own name", persist_state="session")
        fields = {"family": family, **_overrides(family)}
    with right:
        _recipe(state, path, name, fields)


def _guess(path: str) -> str:
    try:
        return guess_family(path)
    except InputError:
        return "plain"


def _overrides(family: str) -> dict[str, Any]:
    """The parts of the recipe that the user sets; an empty field changes nothing."""
    recipe, fields = FAMILIES[family], dict[str, Any]()
    with st.expander("Set parts of the recipe yourself"):
        st.caption("An empty field leaves it as the folder or the family says.")
        template = st.text_input(
            "Before a text, with an instruction",
            key=f"add template {family}",
            placeholder=visible(recipe.template),
            help="Write {instruction} where the instruction goes, and \\n for a new line.",
        )
        plain = st.text_input(
            "Before a text, without one", key=f"add plain {family}", placeholder=visible(recipe.plain_prefix)
        )
        pooling = st.selectbox(
            "Vector of a text", ["", "mean", "cls", "last"], key="add pooling", format_func=_POOLING.__getitem__
        )
        pooled = st.selectbox("The instruction's own tokens", list(_POOLED), key="add pooled")
        limit = st.number_input(
            "Reads up to (tokens)", 33, None, None, key="add limit", placeholder="as the folder says"
        )
    if template:
        fields["template"] = template.replace("\\n", "\n")
    if plain:
        fields["plain_prefix"] = plain.replace("\\n", "\n")
    if pooling:
        fields["pooling"] = pooling
    if _POOLED[pooled] is not None:
        fields["pool_instruction"] = _POOLED[pooled]
    if limit is not None:
        fields["max_tokens"] = int(limit)
    return fields


def _recipe(state: ModelsState, path: str, name: str, fields: dict[str, Any]) -> None:
    st.markdown("**The recipe that will be used**")
    if not path.strip():
        st.html(
            f'<div class="rf-quiet">Give a folder to see it. {escape(FAMILIES[fields["family"]].title)}: '
            f"{escape(FAMILIES[fields['family']].meaning)}</div>"
        )
        return
    try:
        card = preview(path, **fields)
    except InputError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.html(recipe_html(card))
    if "template" in fields and "{instruction}" not in fields["template"]:
        st.warning("Without {instruction} in it, the instruction is not used at all.", icon=":material/warning:")
    st.button(
        "Load it and add it to the list",
        type="primary",
        key="add",
        on_click=state.add,
        args=(path, name, fields),
        disabled=running(state.adding),
    )
    added = outcome(state.adding, "add", stop=False)
    if added is not None:
        st.success(
            f"{added.name} is in the list, and can be chosen on the Explore page.",
            icon=":material/check_circle:",
        )


def recipe_html(card: ModelCard) -> str:
    """A card's recipe as rows of words."""
    family = FAMILIES[card.family]
    facts = {
        "Family": f"{escape(family.title)}: {escape(family.meaning)}",
        "Before a text, with an instruction": f"<code>{escape(visible(card.prefix(_EXAMPLE)))}</code> for the "
        f"instruction <code>{escape(visible(_EXAMPLE))}</code>",
        "Before a text, without one": f"<code>{escape(visible(card.prefix('')))}</code>"
        if card.prefix("")
        else "nothing",
        "Vector of a text": _POOLING.get(card.pooling or "mean", card.pooling),
        "The instruction's tokens": "count in it" if card.pool_instruction else "are left out of it",
        "Scaled to length 1": "yes" if card.normalise else "no",
        "Follows instructions": "yes" if card.follows_instructions else "no",
        "Reads up to": f"{card.max_tokens:,} tokens",
        "Vector": f"{card.dimension:,} numbers",
    }
    rows = "".join(f"<span>{key}</span><span>{value}</span>" for key, value in facts.items())
    return f'<div class="rf-model"><div class="rf-facts rf-wide">{rows}</div></div>'
