"""Search: find texts by their words, by their meaning, or by others that are like them."""

import streamlit as st

from core.base.errors import InputError
from core.base.wording import shortened
from core.figures import map
from core.figures.topics import topic_groups
from core.models.registry import load_model
from core.pipeline.run import Run
from core.search.meaning import cosines, mean_vector, query_vector
from core.search.rank import ranked
from pages.search.box import Query, search_box
from pages.search.results import Shown, results
from pages.search.state import SearchState, search_state
from pages.shared.elements.job_line import job_line, outcome
from pages.shared.frame import frame
from pages.shared.map_view import preload
from pages.shared.run_on_show import run_on_show
from pages.shared.session import Session, session


def search(page: Session, state: SearchState, shown: Shown, query: Query) -> None:
    """Rank the texts and show them, or say what is still missing."""
    run = shown.run
    if state.like is not None:
        said, back = st.columns([5, 1.3], vertical_alignment="center")
        said.markdown(
            f"**More like** “{shortened(run.corpus.texts[state.like[0]], 160)}”" + _and_others(len(state.like))
        )
        back.button("Back to the search", on_click=_back, args=(state,), width="stretch", icon=":material/undo:")
        keep = query.keep.copy()
        keep[list(state.like)] = False
        vectors = run.embedding.vectors
        found = ranked(None, cosines(vectors, mean_vector(vectors, state.like)), keep)
        told = f"{len(found.rows):,} texts, by their cosine to what was chosen, under the map’s instruction"
        results(state, shown, found, "", told)
        return
    if not query.text.strip():
        st.info(f"Write a question or a few words: {len(run.corpus):,} texts are searched as you type.")
        return
    words = meaning = None
    if query.way != "meaning":
        index = outcome(state.words(run.corpus), "words", "Indexing the words of the texts: ", stop=False)
        if index is None:
            return
        words = index.scores(query.text)
    if query.way != "words":
        held = state.under(page, run, query.before.text)
        if isinstance(held, float):
            st.button(
                f"Embed {len(run.corpus):,} texts to search them: about {held:,.0f} s",
                type="primary",
                on_click=state.embed,
                args=(run, query.before.text),
            )
            return
        if held is None:
            assert state.vectors is not None
            job_line(state.vectors, "search", "Embedding the texts to search them: ", state.vectors.cancel)
            return
        meaning = cosines(held.vectors, query_vector(load_model(run.settings.model), query.text, query.before.query))
    found = ranked(words, meaning, query.keep)
    if not len(found.rows):
        st.info(f"None of the {_texts(run, query)} has these words. Search by meaning?")
        return
    told = f"{len(found.rows):,} texts that have the words" if meaning is None else _texts(run, query)
    results(state, shown, found, query.text, told)


def _texts(run: Run, query: Query) -> str:
    kept = int(query.keep.sum())
    return f"{kept:,} texts" if kept == len(run.corpus) else f"{kept:,} texts that the filters leave"


def _shown(page: Session, run: Run) -> Shown:
    """The run under the names that the analyst has given, where that was done in this session."""
    labelled = page.picture.labels
    if labelled is not None and labelled.run is run:
        view = labelled.look()
        return Shown(view.run, topic_groups(view, labelled.colours(view)))
    return Shown(run, map.cluster_groups(run, page.picture.slots))


def _and_others(count: int) -> str:
    return "" if count == 1 else f" and {count - 1:,} others"


def _back(state: SearchState) -> None:
    state.like = state.selected = None


frame()
page, state = session(), search_state()
run = run_on_show(page)
if run is None:
    preload()
    st.stop()
shown = _shown(page, run)
try:
    search(page, state, shown, search_box(shown.run))
except InputError as error:
    st.error(str(error), icon=":material/error:")
