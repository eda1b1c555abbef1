"""The link to a comparison: the address names it, and whoever opens the address on this server sees the same."""

from dataclasses import replace

import streamlit as st

from core.base.errors import InputError
from core.base.wording import listed
from core.models.catalogue import ready_names
from core.pipeline.clustering.cluster import ClusterSettings
from core.projects import links
from core.projects.links import ComparedView
from core.texts import samples
from core.texts.corpus import Corpus
from pages.compare.setup import KIND, set_recipes
from pages.compare.state import CompareRequest, CompareState
from pages.shared.catalogue import keep_comparison, take_corpus
from pages.shared.handover import COMPARE, EXPLORE, handed_over
from pages.shared.session import Session
from pages.shared.session.texts import ReadingOptions
from pages.shared.sidebar.clustering import set_clusters

_NAME = "view"


def keep_link(page: Session, asked: CompareRequest) -> None:
    """Put the id of what is asked for into the address."""
    clusters = asked.clusters
    view = ComparedView(
        page.texts.source, asked.corpus.digest, asked.recipes, clusters.spec(), asked.kind, clusters.assign_noise
    )
    try:
        name = links.keep(view)
    except InputError as error:
        st.warning(f"There is no link to this comparison. {error}", icon=":material/link_off:")
        return
    if st.query_params.get(_NAME) != name:
        st.query_params[_NAME] = name


def keep_compared(page: Session, state: CompareState) -> None:
    """Keep what is on show in the project of its texts, once."""
    if state.done is None or state.done is state.kept:
        return
    state.kept = state.done
    drawn = [layout.drawn for layout in state.done.compared.layouts]
    try:
        keep_comparison(page, [run for run in drawn if run is not None], state.names)
    except InputError as error:
        st.warning(f"This comparison is not saved. {error}", icon=":material/cloud_off:")


def open_link(page: Session, state: CompareState) -> None:
    """Take over what the address names, once, when a session begins with it, or as soon as its texts are there."""
    name = st.query_params.get(_NAME)
    if (handed_over(COMPARE) or not state.linked) and name:
        try:
            state.pending = links.find(name)
        except InputError as error:
            state.refused_link = str(error)
    state.linked = True
    if state.pending is None:
        return
    try:
        corpus = _texts(page, state.pending)
        _take(page, state.pending, corpus)
    except InputError as error:
        state.refused_link = str(error)
    else:
        state.pending, state.refused_link = None, None


def waiting_link(state: CompareState) -> None:
    """Say what a link still needs; the address goes on naming it."""
    st.warning(state.refused_link or "", icon=":material/link_off:")
    left, right, _ = st.columns([1.3, 2, 3], vertical_alignment="center")
    left.page_link(EXPLORE, label="Go to Explore", icon=":material/scatter_plot:")
    right.button("Compare the texts that are here instead", on_click=_give_up, args=(state,), width="stretch")


def _give_up(state: CompareState) -> None:
    state.pending, state.refused_link = None, None


def _texts(page: Session, view: ComparedView) -> Corpus:
    """The texts that a view is of, whatever they are called in this session."""
    held = [*page.texts.corpora.values(), *([page.texts.corpus] if page.texts.corpus is not None else [])]
    for corpus in held:
        if corpus.digest == view.corpus:
            return corpus
    if view.source not in {sample.name for sample in samples.SAMPLES}:
        saved = take_corpus(page, view.corpus)
        if saved is None:
            raise InputError(
                f"This link compares the texts of {view.source}, which are in no project any more. Open that file on "
                "the Explore page, then come back to this page, and the comparison appears."
            )
        return saved
    corpus = page.texts.build(view.source, ReadingOptions())
    if corpus.digest != view.corpus:
        raise InputError(f"The texts of {view.source} have changed since this link was made.")
    return corpus


def _take(page: Session, view: ComparedView, corpus: Corpus) -> None:
    clusters = replace(ClusterSettings.parse(view.clusters), assign_noise=view.assign_noise)
    missing = sorted({recipe.model for recipe in view.recipes} - set(ready_names()))
    if missing:
        raise InputError(
            f"This link compares with {listed(missing)}, which this machine doesn't have. "
            "Add it on the Models page, then open the link again."
        )
    source = next((name for (name, _), each in page.texts.corpora.items() if each is corpus), page.texts.source)
    page.texts.source, page.texts.corpus = source, corpus
    held = st.session_state
    held["source"] = source
    held[KIND] = view.kind
    set_recipes(source, view.recipes)
    set_clusters(clusters)
