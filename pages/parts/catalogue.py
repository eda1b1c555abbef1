"""What a browser session keeps in the catalogue, and how what was kept is opened again."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core import readers, samples
from core.corpus import Corpus
from core.errors import InputError
from core.jobs import Job
from core.pipeline import Run
from core.workspace import history, projects, saved
from core.workspace.store import Workspace, open_workspace
from pages.parts.clustering_rail import set_clusters
from pages.parts.corpus_rail import set_reading
from pages.parts.instruction_rail import set_instruction
from pages.parts.session import ReadingOptions, Session, Source, shared_store


@functools.cache
def shared_workspace() -> Workspace:
    """The catalogue of everybody who uses this server."""
    return open_workspace()


@dataclass
class Keeper:
    """What this session has kept already, so that a rerun doesn't do it again."""

    runs: dict[tuple[str, str], str]  # project and digest of the run -> id
    corpora: dict[str, tuple[Corpus, str]]  # project -> the corpus kept last, and its id
    said: str | None = None


def keep_own(state: Session) -> None:
    """Keep the run on show where its texts are the user's own; a sample is kept once somebody works on it."""
    run, keeper = state.shown, _keeper()
    if run is None or not run.settled or state.sources.get(state.source) is None:
        return
    try:
        keep_run(state, run)
        keeper.said = None
    except InputError as error:
        keeper.said = str(error)
    if keeper.said:
        st.warning(f"This work is not saved. {keeper.said}", icon=":material/cloud_off:")


def keep_run(state: Session, run: Run) -> str:
    """Keep a run with its texts in the session's project, and note its instruction; the id of the saved run.

    The project is the one that the user has opened, or the one that has these texts, or a new one of their name.

    Raises
    ------
    InputError
        Where nothing can be saved.
    """
    workspace, keeper = shared_workspace(), _keeper()
    project = state.project or saved.project_with(workspace, run.corpus)
    if project is None:
        project = projects.create(workspace, Path(run.corpus.name).stem[:200].strip() or "texts")
    place = (project, run.digest)
    if place not in keeper.runs or keeper.corpora[project][0] is not run.corpus:
        keeper.runs[place] = saved.add_run(workspace, _keep_corpus(state, project, run.corpus), run)
        history.remember(workspace, project, run.instruction, run.settings.model)
    return keeper.runs[place]


def keep_comparison(state: Session, runs: Sequence[Run], names: Sequence[str]) -> None:
    """Keep runs that are compared, where their texts are the user's own.

    Raises
    ------
    InputError
        Where nothing can be saved.
    """
    own = state.sources.get(state.source) is not None and all(run.corpus is state.corpus for run in runs)
    if not own or len(runs) < 2:  # on a shared map only the first has one of its own
        return
    kept = [keep_run(state, run) for run in runs]
    workspace = shared_workspace()
    saved.add_comparison(workspace, saved.project_of(workspace, kept[0]), " | ".join(names)[:200], kept)


def opening(run: str) -> Job[tuple[saved.Opened, Source]]:
    """Start opening a saved run; `show_opened` shows it once the job is done."""
    workspace = shared_workspace()

    def work(job: Job[tuple[saved.Opened, Source]]) -> tuple[saved.Opened, Source]:
        opened = saved.load_run(workspace, run, shared_store(), job.progress, job.cancelled)
        of = next(each.corpus for each in saved.runs(workspace, saved.project_of(workspace, run)) if each.id == run)
        return opened, _source(opened.run.corpus, saved.load_source(workspace, of))

    return Job(work)


def show_opened(state: Session, run: Run, source: Source) -> None:
    """Show a saved run, with the rails of the Explore page at what made it."""
    name = _take(state, run.corpus, source)
    state.source, state.corpus, state.error = name, run.corpus, None
    st.session_state["source"], st.session_state["model"] = name, run.settings.model
    set_instruction(name, run.instruction)
    set_clusters(run.settings.clusters)
    state.open(run)


def take_corpus(state: Session, digest: str) -> Corpus | None:
    """Take saved texts into the session; None where no project has them."""
    workspace = shared_workspace()
    found = saved.corpus_with(workspace, digest)
    if found is None:
        return None
    corpus = saved.load_corpus(workspace, found)
    _take(state, corpus, _source(corpus, saved.load_source(workspace, found)))
    return corpus


def _keep_corpus(state: Session, project: str, corpus: Corpus) -> str:
    keeper = _keeper()
    kept = keeper.corpora.get(project)
    if kept is None or kept[0] is not corpus:
        source = state.sources.get(state.source) if state.corpus is corpus else None
        id = saved.add_corpus(shared_workspace(), project, corpus, source.data if source is not None else None)
        kept = keeper.corpora[project] = (corpus, id)
    return kept[1]


def _source(corpus: Corpus, data: bytes | None) -> Source:
    """Where a saved corpus came from: its file, or, where that wasn't kept, a sample or a table made of it."""
    if data is None and any(sample.path.name == corpus.name for sample in samples.SAMPLES):
        return Source(corpus.name, b"")
    if data is None:
        table = corpus.metadata.assign(**{corpus.text_column: list(corpus.texts)})
        return Source(f"{Path(corpus.name).stem}.parquet", table.to_parquet(index=False))
    pasted = None if Path(corpus.name).suffix.lower() in readers.ACCEPTED else corpus.reading.unit or "line"
    return Source(corpus.name, data, pasted)


def _take(state: Session, corpus: Corpus, source: Source) -> str:
    """Put a saved corpus among the session's; its name there."""
    sample = next((each for each in samples.SAMPLES if each.path.name == corpus.name and not source.data), None)
    if sample is not None:
        name, options = sample.name, ReadingOptions()
    else:
        name, how = state.free_name(source), corpus.reading
        options = ReadingOptions(corpus.text_column, how.duplicates, how.repair, how.sheet, how.encoding, how.unit)
        state.sources[name] = source
        set_reading(name, options)
    state.corpora = {key: each for key, each in state.corpora.items() if key[0] != name} | {(name, options): corpus}
    return name


def _keeper() -> Keeper:
    if "keeper" not in st.session_state:
        st.session_state["keeper"] = Keeper({}, {})
    keeper: Keeper = st.session_state["keeper"]
    return keeper
