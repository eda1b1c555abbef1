"""The list of models: what is here, with its speed, and what can be downloaded."""

from html import escape

import streamlit as st

from core.base.jobs import running
from core.comparison.compare import MOST_RUNS
from core.models.cards.card import FAMILIES, ModelCard
from core.models.catalogue import KnownModel, known_models, remove_directory
from core.models.speed import Speed, remembered
from pages.models.state import ModelsState, downloads
from pages.shared.elements.job_line import job_line, outcome
from pages.shared.elements.words import millions, size
from pages.shared.handover import compare_models

_COLUMNS = 3


def models_list(state: ModelsState) -> None:
    """Cards of the models on this machine, then rows of those on the hub."""
    known = known_models()
    here = [model for model in known if model.directory is not None]
    st.markdown(f"**On this machine: {len(here)}**")
    for start in range(0, len(here), _COLUMNS):
        for column, model in zip(st.columns(_COLUMNS), here[start : start + _COLUMNS], strict=False):
            with column.container(border=True, height="stretch"):
                _card(state, model)
    _side_by_side([model.name for model in here if model.ready])
    absent = [model for model in known if model.directory is None]
    st.markdown(f"**Can be downloaded: {len(absent)}**")
    st.caption("Nothing is fetched before you have seen its size and agreed. Weights and settings only, never code.")
    st.columns([8, 1])[0].html(
        _row("rf-model-head", "Model", "Family", "Licence", "Parameters", "Vector", "Reads", "Languages")
    )
    for model in absent:
        _downloadable(state, model.name, model.card)
    _other(state, {name for model in known for name in (model.name, model.card.hub_id) if name})


def _side_by_side(names: list[str]) -> None:
    """The way to Compare, with two or more of the models that are here."""
    chosen, button = st.columns([8, 2], vertical_alignment="bottom")
    models = chosen.multiselect(
        "Compare on the texts of Explore",
        names,
        names[:2],
        max_selections=MOST_RUNS,
        key=f"side by side {len(names)}",
        help="Compare shows their maps side by side, how far they agree, and how well their groups match the columns.",
    )
    if button.button("Compare these", key="compare models", disabled=len(models) < 2, width="stretch"):
        compare_models(models)


def _card(state: ModelsState, model: KnownModel) -> None:
    card, speed = model.card, remembered(model)
    st.html(
        f'<div class="rf-model"><b>{escape(model.name)}</b> {_badge(card)}'
        f'<div class="rf-quiet">{escape(card.description)}</div>{_facts(model, speed)}</div>'
    )
    if model.problem:
        st.error(model.problem, icon=":material/error:")
    if state.measuring is not None and state.measuring[0] == model.name:
        outcome(state.measuring[1], f"measure {model.name}")
        if state.busy:
            return
    buttons = st.container(horizontal=True)
    if model.ready:
        buttons.button(
            "Measure again" if speed else "Measure its speed",
            key=f"measure {model.name}",
            icon=":material/speed:",
            on_click=state.measure,
            args=(model.name,),
            disabled=state.busy,
            type="tertiary",
        )
    if model.added:
        buttons.button(
            "Take off the list",
            key=f"remove {model.name}",
            icon=":material/playlist_remove:",
            on_click=remove_directory,
            args=(model.name,),
            type="tertiary",
            help="The folder itself stays as it is.",
        )


def _facts(model: KnownModel, speed: Speed | None) -> str:
    card = model.card
    facts = {
        "Family": FAMILIES[card.family].title,
        "Licence": card.licence,
        "Parameters": millions(card.parameters),
        "On disk": size(model.size) if model.size is not None else "unknown",
        "Vector": f"{card.dimension:,} numbers" if card.dimension else "unknown",
        "Reads": f"{card.max_tokens:,} tokens",
        "Languages": card.languages or "unknown",
        "Speed here": _pace(speed),
    }
    if model.added:
        facts["Folder"] = str(model.directory)
    rows = "".join(f"<span>{name}</span><span>{escape(value)}</span>" for name, value in facts.items())
    return f'<div class="rf-facts">{rows}</div>'


def _pace(speed: Speed | None) -> str:
    if speed is None:
        return "not measured"
    return (
        f"{speed.texts_per_second:,.0f} texts a second ({speed.texts:,} texts of {speed.tokens_per_text:.0f} tokens, "
        f"{speed.precision}, {speed.device}, {speed.when})"
    )


def _badge(card: ModelCard) -> str:
    if card.follows_instructions:
        return '<span class="rf-badge rf-yes">follows instructions</span>'
    words = "fixed prefixes" if FAMILIES[card.family].prefixes else "no instructions"
    return f'<span class="rf-badge">{words}</span>'


def _row(kind: str, *cells: str) -> str:
    return f'<div class="rf-model-row {kind}">{"".join(f"<span>{cell}</span>" for cell in cells)}</div>'


def _downloadable(state: ModelsState, name: str, card: ModelCard) -> None:
    facts, button = st.columns([8, 1], vertical_alignment="center")
    facts.html(
        _row(
            "",
            f'<b>{escape(name)}</b> {_badge(card)}<br><span class="rf-quiet">{escape(card.description)}</span>',
            escape(FAMILIES[card.family].title),
            escape(card.licence),
            millions(card.parameters),
            f"{card.dimension:,} numbers",
            f"{card.max_tokens:,} tokens",
            escape(card.languages),
        )
    )
    if not _under_way(state, name):
        button.button("Download", key=f"download {name}", on_click=state.ask_size, args=(name,), width="stretch")


def _under_way(state: ModelsState, name: str) -> bool:
    """Show what a model's download has come to; False where nobody has asked for it."""
    job = downloads().of(name)
    if job is not None and running(job):
        mine = name in state.started
        job_line(job, f"download {name}", f"Downloading {name}: ", (lambda: state.stop(name)) if mine else None)
        return True
    if job is not None and job.error:
        _failed(name, job.error, lambda: downloads().dismiss(name))
        return False
    if job is not None and job.state == "cancelled" and name in state.started:
        _failed(
            name,
            "Stopped. What has arrived is kept, and the next download goes on from there.",
            lambda: downloads().dismiss(name),
            stopped=True,
        )
        return False
    plan = state.plans.get(name)
    if plan is None:
        return False
    if running(plan):
        job_line(plan, f"plan {name}", f"Asking the hub for the size of {name}. ", lambda: state.drop_plan(name))
        return True
    if plan.error:
        _failed(name, plan.error, lambda: state.drop_plan(name))
        return False
    if plan.result is None:
        return False
    _agree(state, name)
    return True


def _agree(state: ModelsState, name: str) -> None:
    plan = state.plans[name].result
    assert plan is not None
    with st.container(border=True, key=f"agree {name}"):
        said, yes, no = st.columns([6, 1.6, 1], vertical_alignment="center")
        said.markdown(f"**{size(plan.size)}** in {len(plan.files)} files, into `{plan.directory}`.")
        yes.button(
            f"Download {size(plan.size)}",
            key=f"yes {name}",
            type="primary",
            on_click=state.download,
            args=(name,),
            width="stretch",
        )
        no.button("Not now", key=f"no {name}", on_click=state.drop_plan, args=(name,), width="stretch")


def _failed(name: str, message: str, dismiss: object, stopped: bool = False) -> None:
    said, button = st.columns([8, 1], vertical_alignment="center")
    if stopped:
        said.warning(message, icon=":material/stop_circle:")
    else:
        said.error(message, icon=":material/error:")
    button.button("Dismiss", key=f"dismiss {name}", on_click=dismiss, width="stretch")  # type: ignore[arg-type]


def _other(state: ModelsState, listed: set[str]) -> None:
    """A model of the hub that isn't in the list."""
    with st.form("other model", border=False):
        field, button = st.columns([8, 1], vertical_alignment="bottom")
        name = field.text_input(
            "Another model of the hub",
            key="other model name",
            placeholder="owner/name",
            help="A sentence model whose kind of network Refract knows: BERT, T5, MPNet, XLM-RoBERTa, Qwen3, Gemma.",
        )
        if button.form_submit_button("Download", width="stretch") and name.strip():
            if name.strip() in listed:
                st.info(f"{name.strip()} is in the list above.")
            else:
                state.ask_size(name.strip())
    for name in sorted({*state.plans, *downloads().names()} - listed):
        _under_way(state, name)
