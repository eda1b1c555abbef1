"""The same texts under several models and instructions, side by side in figures."""

from html import escape

import streamlit as st

from core.base.recipe import Recipe
from core.comparison.models import ModelComparison
from core.figures import map
from core.figures.models import LETTERS, agreement_figure, column_figure, overlap_figure
from core.models.cards.card import FAMILIES, ModelCard
from core.models.catalogue import ready_names
from core.models.registry import card_of
from core.texts.corpus import Corpus
from pages.models.state import ModelsCompared, ModelsState
from pages.shared.instruction import preset_instructions
from pages.shared.job_line import job_line
from pages.shared.recipe_card import letter, recipe_card
from pages.shared.session import Session
from pages.shared.words import visible

_PLOT = {"displayModeBar": False}
_INK = {"light": "#1d2030", "dark": "#e8eaf2"}  # the text colours of .streamlit/config.toml


def models_compare(page: Session, state: ModelsState) -> None:
    """Choose two to four recipes, and see how far they agree on the texts of the Explore page."""
    corpus = page.texts.chosen()
    if corpus is None:
        st.info("Choose texts on the Explore page first.", icon=":material/info:")
        return
    count, k, columns = _settings(corpus)
    recipes = _recipes(page.texts.source, count)
    st.button(
        f"Compare on {len(corpus):,} texts",
        type="primary",
        key="compare",
        on_click=state.compare,
        args=(corpus, recipes, k, columns),
    )
    job = state.comparing
    if job is not None:
        if job.state == "running":
            job_line(job, "compare", stop=job.cancel)
        elif job.state == "failed" and job.error:
            st.error(job.error, icon=":material/error:")
        elif job.result is not None:
            state.compared = job.result
    if state.compared is not None:
        _show(state.compared, stale=_stale(state.compared, corpus, recipes, k, columns))


def _recipes(source: str, count: int) -> list[Recipe]:
    """A card for each recipe: model, instruction, and what the model is given."""
    names = ready_names()
    recipes = []
    for place, column in enumerate(st.columns(count)):
        first = _first(place, names, preset_instructions(source))
        with column.container(border=True, height="stretch"):
            keys = (f"compare model {place} {len(names)}", f"compare instruction {place} {source}")
            recipe = recipe_card(place, first, keys, 80)
            st.html(_meaning(card_of(recipe.model), recipe.instruction))
            recipes.append(recipe)
    return recipes


def _first(place: int, names: list[str], instructions: list[str]) -> Recipe:
    """The recipe before the user chooses: other models where there are some, then other instructions."""
    if len(names) > place:
        card = card_of(names[place])
        return Recipe(names[place], instructions[0] if card.follows_instructions else "")
    return Recipe(names[0], instructions[(place - len(names)) % len(instructions)])


def _meaning(card: ModelCard, instruction: str) -> str:
    family = FAMILIES[card.family]
    prefix = card.prefix(instruction)
    known = "".join(
        f"<li><code>{escape(visible(each.text))}</code> {escape(each.meaning)}</li>" for each in family.prefixes
    )
    return (
        '<div class="rf-model"><div class="rf-quiet">Before every text</div>'
        + (f"<code>{escape(visible(prefix))}</code>" if prefix else "nothing")
        + f'<p class="rf-quiet"><b>{escape(family.title)}.</b> {escape(family.meaning)}</p>'
        + (f'<ul class="rf-quiet">{known}</ul>' if known else "")
        + "</div>"
    )


def _settings(corpus: Corpus) -> tuple[int, int, list[str]]:
    """How many recipes, how many clusters, and the columns to hold them against."""
    columns = map.colourable(corpus.metadata)
    first, left, right = st.columns([1, 1.2, 3])
    count = first.segmented_control(
        "Compare", [2, 3, 4], default=2, required=True, key="compare count", persist_state="session"
    )
    values = int(corpus.metadata[columns[0]].nunique()) if columns else 8
    k = left.number_input(
        "Clusters (k)",
        2,
        min(60, len(corpus) - 1),
        min(values, len(corpus) - 1),
        key=f"compare k {corpus.digest}",
        help="k-means with the same k for all of them.",
    )
    chosen = columns
    if columns:
        chosen = right.multiselect(
            "Against these columns",
            columns,
            columns[:3],
            key=f"compare columns {corpus.digest}",
            help="How well the clusters match a column's values: V-measure. Texts without a value are left out.",
        )
    return count, int(k), chosen


def _stale(compared: ModelsCompared, corpus: Corpus, recipes: list[Recipe], k: int, columns: list[str]) -> bool:
    found = compared.found
    shown = (compared.corpus.digest, list(found.recipes), found.k, [each.column for each in found.columns])
    return shown != (corpus.digest, recipes, k, columns)


def _show(compared: ModelsCompared, stale: bool) -> None:
    found, corpus = compared.found, compared.corpus
    if stale:
        st.caption(":material/history: The figures are those of the last comparison:")
        st.html(_legend(found, corpus))
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        st.markdown("**How far they agree** (1 is the same, 0 nothing in common)")
        st.plotly_chart(agreement_figure(found, _INK[st.context.theme.type or "light"]), config=_PLOT, key="agreement")
        st.caption(_noise(found))
    with right:
        st.markdown("**Common neighbours**")
        st.plotly_chart(overlap_figure(found), config=_PLOT, key="overlap")
        st.caption(
            f"Of each text's {found.neighbours} nearest, the share that both name; mean over {found.overlap.texts:,} "
            "texts, found among all of them. "
            f"Dotted: by chance, {found.overlap.by_chance or 0:.1%}."
        )
    if found.columns:
        st.markdown("**How well the clusters match the columns** (V-measure; 1 is exactly, 0 not at all)")
        st.plotly_chart(column_figure(found), config=_PLOT, key="columns")
        counts = ", ".join(f"{each.column} on {each.texts:,} texts" for each in found.columns)
        st.caption(f"k-means with {found.k} clusters: {counts}.")


def _legend(found: ModelComparison, corpus: Corpus) -> str:
    rows = "".join(
        f"<div>{letter(place)} <b>{escape(recipe.model)}</b> "
        + (f"<code>{escape(visible(recipe.instruction))}</code>" if recipe.instruction else "no instruction")
        + "</div>"
        for place, recipe in enumerate(found.recipes)
    )
    return (
        f'<div class="rf-model rf-legend">{rows}<div class="rf-quiet">{escape(corpus.name)}, k = {found.k}</div></div>'
    )


def _noise(found: ModelComparison) -> str:
    own = ", ".join(f"{LETTERS[place]} {ari:.2f}" for place, (ari, _) in enumerate(found.reseeded))
    return (
        f"On all {found.cka.texts:,} texts, in the embedding. ARI and AMI compare k-means with {found.k} clusters. "
        f"Started from another seed, k-means agrees with itself at an ARI of {own}: "
        "only less agreement than that speaks of the model or the instruction."
    )
