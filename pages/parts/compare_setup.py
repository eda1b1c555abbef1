"""The head of the Compare page: which texts, which instructions, which maps; and the link to it all."""

from html import escape

import streamlit as st

from core import samples
from core.clustering import ClusterSettings
from core.corpus import Corpus
from core.errors import InputError
from core.model_comparison import Recipe
from core.model_figures import LETTERS, recipe_colour
from core.models import ready_names
from core.workspace import links
from pages.parts.compare_state import Asked, CompareState
from pages.parts.instruction_rail import chosen_model
from pages.parts.job_line import job_line
from pages.parts.session import ReadingOptions, Session

KINDS = {
    "aligned": "aligned: each map starts from the one before",
    "shared": "shared: the first map, coloured by each",
    "independent": "independent: each by itself, then turned onto the first",
}
_HEADS = 3.0


def setup(page: Session, state: CompareState) -> Asked | None:
    """Let the user choose; what is asked for, or None where there are no texts or nothing to compare yet."""
    _open_link(page, state)
    corpus = texts_of(page)
    if corpus is None:
        st.info("Choose texts on the Explore page first.", icon=":material/info:")
        return None
    count, clusters, kind = _settings(corpus)
    recipes = _recipes(page, count)
    asked = Asked(corpus, tuple(recipes), clusters, kind)
    if state.refused_link:
        st.warning(state.refused_link, icon=":material/link_off:")
    if len(set(recipes)) < len(recipes):
        st.error("Two of these are the same. Change one of them.", icon=":material/error:")
        return None
    _write_link(page, asked)
    _progress(state, asked)
    return asked


def letter(place: int) -> str:
    """A recipe's letter on its colour."""
    return f'<span class="rf-letter" style="background:{recipe_colour(place)}">{LETTERS[place]}</span>'


def texts_of(page: Session) -> Corpus | None:
    """The texts of the Explore page, or those that it would show first."""
    if page.corpus is None:
        try:
            page.corpus = page.build(page.source, ReadingOptions())
        except InputError:
            return None
    return page.corpus


def _settings(corpus: Corpus) -> tuple[int, ClusterSettings, str]:
    first, second, third, fourth = st.columns([1, 1.3, 1, 2.6], vertical_alignment="bottom")
    count = first.segmented_control(
        "Compare", [2, 3, 4], default=2, required=True, key="comparing", persist_state="session"
    )
    method = second.segmented_control(
        "Clusters", ["kmeans", "hdbscan"], default="kmeans", required=True, key="comparing method",
        persist_state="session", format_func={"kmeans": "k-means", "hdbscan": "HDBSCAN"}.__getitem__,
    )  # fmt: skip
    if method == "kmeans":
        k = third.number_input(
            "How many (k)", 2, min(40, len(corpus) - 1), None, placeholder="by silhouette", key="comparing k",
            persist_state="session", help="Empty: chosen for each instruction by silhouette.",
        )  # fmt: skip
        clusters = ClusterSettings("kmeans", k=None if k is None else int(k))
    else:
        size = third.number_input(
            "Smallest", 2, max(3, len(corpus) // 2), None, placeholder="by size", key="comparing size",
            persist_state="session", help="Fewer texts than this make no cluster. Empty: by the number of texts.",
        )  # fmt: skip
        clusters = ClusterSettings("hdbscan", min_cluster_size=None if size is None else int(size))
    kind = fourth.selectbox("Maps", list(KINDS), key="comparing kind", format_func=KINDS.__getitem__,
                            persist_state="session")  # fmt: skip
    return count, clusters, kind


def _recipes(page: Session, count: int) -> list[Recipe]:
    names = ready_names()
    sample = next((each for each in samples.SAMPLES if each.name == page.source), None)
    presets = [preset.instruction for preset in samples.presets_for(sample)]
    held = page.shown.instruction if page.shown is not None else presets[0]
    firsts = [held, *(instruction for instruction in presets if instruction != held)]
    recipes = []
    for place, column in enumerate(st.columns(count)):
        with column.container(border=True, gap="small"):
            head, model = st.columns([1, 6], vertical_alignment="center")
            head.html(f'<div class="rf-model">{letter(place)}</div>')
            name = model.selectbox(
                f"Model {LETTERS[place]}", names, names.index(chosen_model()), key=f"comparing model {place}",
                label_visibility="collapsed", persist_state="session",
            )  # fmt: skip
            instruction = st.text_area(
                f"Instruction {LETTERS[place]}", firsts[place % len(firsts)], height=72, label_visibility="collapsed",
                key=f"comparing instruction {place} {page.source}", placeholder="none: the plain embedding",
                persist_state="session",
            )  # fmt: skip
            recipes.append(Recipe(name, instruction))
    return recipes


def _progress(state: CompareState, asked: Asked) -> None:
    job = state.job if state.asked == asked else None
    if job is not None and job.state == "running":
        job_line(job, "comparison", stop=job.cancel)
    elif job is not None and job.state == "failed":
        st.error(job.error or "", icon=":material/error:")
    elif job is not None and job.state == "cancelled":
        said, again = st.columns([6, 1], vertical_alignment="center")
        said.warning("Stopped. What is below is the last comparison.", icon=":material/stop_circle:")
        again.button("Compare again", on_click=state.start, args=(asked,), width="stretch")
    elif state.asked != asked:
        state.start(asked)
        job_line(state.job, "comparison", stop=state.job.cancel)


def _write_link(page: Session, asked: Asked) -> None:
    """The address names the comparison: whoever opens it on this server sees the same."""
    view = links.ComparedView(page.source, asked.corpus.digest, asked.recipes, asked.clusters.spec(), asked.kind)
    name = links.keep(view)
    if st.query_params.get("view") != name:
        st.query_params["view"] = name


def _open_link(page: Session, state: CompareState) -> None:
    """Take over what the address names, once, when a session begins with it."""
    name = st.query_params.get("view")
    if state.linked or not name:
        state.linked = True
        return
    state.linked = True
    try:
        view = links.find(name)
        _take(page, view)
    except InputError as error:
        state.refused_link = str(error)


def _take(page: Session, view: links.ComparedView) -> None:
    known = {sample.name for sample in samples.SAMPLES} | set(page.sources)
    if view.source not in known:
        raise InputError(
            f"This link compares the texts of {view.source}, which this session doesn't have. Open that file on the "
            "Explore page, then the link again."
        )
    corpus = page.build(view.source, ReadingOptions())
    if corpus.digest != view.corpus:
        raise InputError(f"The texts of {view.source} are not those that this link was made on.")
    page.source, page.corpus = view.source, corpus
    held, clusters = st.session_state, ClusterSettings.parse(view.clusters)
    held["comparing"], held["comparing kind"], held["comparing method"] = len(view.recipes), view.kind, clusters.method
    if clusters.method == "kmeans":
        held["comparing k"] = clusters.k
    else:
        held["comparing size"] = clusters.min_cluster_size
    for place, recipe in enumerate(view.recipes):
        held[f"comparing model {place}"] = recipe.model
        held[f"comparing instruction {place} {view.source}"] = recipe.instruction


def recipe_line(place: int, recipe: Recipe) -> str:
    """A recipe in one line of HTML."""
    said = escape(recipe.instruction.strip()) if recipe.instruction else "no instruction"
    return f"<div>{letter(place)} <b>{escape(recipe.model)}</b> {said}</div>"
