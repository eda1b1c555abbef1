"""Explore: the instruction, and below it what it makes of the texts: map, topics, table."""

import numpy as np
import streamlit as st

from core.base.jobs import running
from core.figures import map
from core.figures.colours import colour
from core.models.registry import card_of
from core.pipeline.run import Run, Settings
from core.pipeline.topics.languages import unread_warning
from core.results import result_folder
from core.results.labelled import Labelled
from pages.explore.followed_line import followed_line
from pages.explore.instruction_line import instruction_line
from pages.explore.shares import choose_shares
from pages.explore.table import table
from pages.explore.topics_column import topics_column
from pages.shared.catalogue import keep_own
from pages.shared.export_panel import export_panel
from pages.shared.filter_bar import filter_bar
from pages.shared.frame import frame
from pages.shared.map_card import map_card
from pages.shared.map_view import preload
from pages.shared.project_line import project_line
from pages.shared.session import Session, session
from pages.shared.session.picture import PictureOnShow
from pages.shared.sidebar.clustering import clustering_rail
from pages.shared.sidebar.model import model_rail
from pages.shared.sidebar.texts import corpus_rail
from pages.shared.status import status_line

MAP_HEIGHT = 560


def ask(state: Session) -> None:
    """Sidebar and instruction: what the user wants to see, and the run that it takes."""
    with st.sidebar:
        project_line(state)
        corpus = corpus_rail(state.texts)
        clusters = clustering_rail(len(corpus))
        model = model_rail()
    instruction = instruction_line(state.texts.source, corpus, model, state.picture.run)
    if warning := unread_warning(corpus.texts, card_of(model)):
        st.warning(warning, icon=":material/translate:")
    settings = Settings(model=model, clusters=clusters)
    seconds = state.work.request(corpus, instruction, settings)
    if seconds is not None:
        st.button(
            f"Embed {len(corpus):,} texts again: about {seconds:,.0f} s",
            type="primary",
            on_click=state.work.start,
            args=(corpus, instruction, settings),
        )


def show(picture: PictureOnShow, run: Run) -> None:
    """The picture: whether the instruction was followed, map, topics, table."""
    if run.settled:
        followed_line(run)
    mask, by = filter_bar(run.corpus)
    if picture.focus is not None:
        mask &= run.clustering.labels == picture.focus
    groups = map.value_groups(run.corpus.metadata[by]) if by else map.cluster_groups(run, picture.slots)
    left, right = st.columns([2.15, 1], gap="medium")
    with left:
        map_card(picture, run, map.map_figure(run, groups, labelled=by is None), mask, MAP_HEIGHT)
    with right:
        shares = choose_shares(run)
        topics_column(picture, run, MAP_HEIGHT + 60, shares)
    chosen = mask if picture.selected is None else mask & np.isin(np.arange(len(mask)), picture.selected)
    export_panel(Labelled(run, colours=[colour(slot) for slot in picture.slots]))
    table(result_folder.table(run), chosen, picture.selected is not None)


frame()
state = session()
ask(state)
state.work.take()
keep_own(state)
status_line(state)
if state.picture.run is not None:
    show(state.picture, state.picture.run)
elif running(state.work.job):
    preload()
    st.info("Reading the texts for the first time. The map appears here as soon as they are read.")
