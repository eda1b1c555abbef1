"""Keeps a browser session's work in the catalogue, and opens what was kept."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from core.base.errors import InputError
from core.base.jobs import Job
from core.base.recipe import Recipe
from core.pipeline.run import Run
from core.projects import history, links, projects, saved_runs
from core.projects.links import ComparedView
from core.texts import readers, samples
from core.texts.corpus import Corpus
from pages.shared.instruction import instruction
from pages.shared.session import Session
from pages.shared.session.held import held
from pages.shared.session.resources import shared_store, shared_workspace
from pages.shared.session.texts import ReadingOptions, Source
from pages.shared.sidebar.clustering import set_clusters
from pages.shared.sidebar.import_settings import set_reading
from pages.shared.sidebar.model import set_model


@dataclass
class Keeper:
    """The items that this session has kept already, so that a rerun doesn't do it again."""

    runs: dict[tuple[str, str], str]  # project and digest of the run -> id
    corpora: dict[str, tuple[Corpus, str]]  # project -> the corpus kept last, and its id
    said: str | None = None
    opened: saved_runs.Opened | None = None


def keep_own(state: Session) -> None:
    """Keep the run on show where its texts are the user's own; a sample is kept once somebody works on it."""
    run, keeper = state.picture.run, _keeper()
    if run is None or not run.settled or not _own(state, run.corpus):
        return
    if keeper.opened is not None and keeper.opened.run is run and keeper.opened.notes:
        st.warning(" ".join(keeper.opened.notes), icon=":material/deployed_code_alert:")
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
    project = state.project or _project_with(run.corpus)
    if project is None:
        project = projects.create(workspace, Path(run.corpus.name).stem[:200].strip() or "texts")
    place = (project, run.digest)
    if place not in keeper.runs or keeper.corpora[project][0] is not run.corpus:
        slots = state.picture.slots if run is state.picture.run else ()
        keeper.runs[place] = saved_runs.add_run(workspace, _keep_corpus(state, project, run.corpus), run, slots)
        history.remember(workspace, project, run.instruction, run.settings.model)
    return keeper.runs[place]


def keep_comparison(state: Session, runs: Sequence[Run], names: Sequence[str]) -> None:
    """Keep runs that are compared, where their texts are the user's own.

    Raises
    ------
    InputError
        Where nothing can be saved.
    """
    texts = state.texts
    own = texts.source in texts.sources and all(run.corpus is texts.corpus for run in runs)
    if not own or len(runs) < 2:  # on a shared map only the first has one of its own
        return
    kept = [keep_run(state, run) for run in runs]
    workspace = shared_workspace()
    saved_runs.add_comparison(workspace, saved_runs.project_of(workspace, kept[0]), " | ".join(names)[:200], kept)


def opening(run: str) -> Job[tuple[saved_runs.Opened, Source]]:
    """Start opening a saved run; `show_opened` shows it once the job is done."""
    workspace = shared_workspace()

    def work(job: Job[tuple[saved_runs.Opened, Source]]) -> tuple[saved_runs.Opened, Source]:
        opened = saved_runs.load_run(workspace, run, shared_store(), job.watch)
        return opened, _source(opened.run.corpus, saved_runs.load_source(workspace, opened.corpus))

    return Job(work)


def show_opened(state: Session, opened: saved_runs.Opened, source: Source) -> None:
    """Show a saved run, with the rails of the Explore page at what made it. To look at it is not to change it."""
    run, keeper = opened.run, _keeper()
    show_texts(state, run.corpus, source)
    set_model(run.settings.model)
    instruction().write(state.texts.source, run.instruction)
    set_clusters(run.settings.clusters)
    state.work.open(run, opened.slots)
    keeper.opened = opened
    keeper.corpora[opened.project] = (run.corpus, opened.corpus)
    keeper.runs[(opened.project, run.digest)] = opened.id


def opening_texts(corpus: str) -> Job[tuple[Corpus, Source]]:
    """Start opening a saved corpus; `show_texts` chooses it once the job is done."""
    workspace = shared_workspace()

    def work(_: Job[tuple[Corpus, Source]]) -> tuple[Corpus, Source]:
        texts = saved_runs.load_corpus(workspace, corpus)
        return texts, _source(texts, saved_runs.load_source(workspace, corpus))

    return Job(work)


def show_texts(state: Session, corpus: Corpus, source: Source) -> None:
    """Choose saved texts, as if they had been uploaded."""
    name = _take(state, corpus, source)
    state.texts.source, state.texts.corpus, state.texts.error = name, corpus, None
    st.session_state["source"] = name


def comparison_link(project: str, comparison: saved_runs.SavedComparison) -> str:
    """The id of the view in which the Compare page shows a saved comparison again; an `InputError` where it can't."""
    workspace = shared_workspace()
    runs = {run.id: run for run in saved_runs.runs(workspace, project)}
    compared = [runs[run] for run in comparison.runs]
    of = next(each for each in saved_runs.corpora(workspace, project) if each.id == compared[0].corpus)
    clusters = saved_runs.load_settings(workspace, compared[0].id).clusters
    sample = next((each.name for each in samples.SAMPLES if each.path.name == of.name and not of.has_source), None)
    recipes = tuple(Recipe(run.model, run.instruction) for run in compared)
    view = ComparedView(sample or of.name, of.digest, recipes, clusters.spec(), "aligned", clusters.assign_noise)
    return links.keep(view)


def take_corpus(state: Session, digest: str) -> Corpus | None:
    """Take saved texts into the session; None where no project has them."""
    workspace = shared_workspace()
    found = saved_runs.corpus_with(workspace, digest)
    if found is None:
        return None
    corpus = saved_runs.load_corpus(workspace, found)
    _take(state, corpus, _source(corpus, saved_runs.load_source(workspace, found)))
    return corpus


def _own(state: Session, corpus: Corpus) -> bool:
    """Whether what is done to the texts on show is kept: the user's own, or a sample in the project that is open."""
    if any(each is corpus and name in state.texts.sources for (name, _), each in state.texts.corpora.items()):
        return True
    return (
        state.project is not None and saved_runs.project_with(shared_workspace(), corpus, [state.project]) is not None
    )


def _project_with(corpus: Corpus) -> str | None:
    """The project that these texts were kept in or opened from in this session, or else the last one with them."""
    before = [project for project, (kept, _) in _keeper().corpora.items() if kept is corpus]
    workspace = shared_workspace()
    return saved_runs.project_with(workspace, corpus, before) or saved_runs.project_with(workspace, corpus)


def _keep_corpus(state: Session, project: str, corpus: Corpus) -> str:
    keeper = _keeper()
    kept = keeper.corpora.get(project)
    if kept is None or kept[0] is not corpus:
        source = state.texts.sources.get(state.texts.source) if state.texts.corpus is corpus else None
        id = saved_runs.add_corpus(shared_workspace(), project, corpus, source.data if source is not None else None)
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
        name, how = state.texts.free_name(source), corpus.reading
        options = ReadingOptions(**asdict(how), text_column=corpus.text_column)
        state.texts.sources[name] = source
        set_reading(name, options)
    others = {key: each for key, each in state.texts.corpora.items() if key[0] != name}
    state.texts.corpora = others | {(name, options): corpus}
    return name


def _keeper() -> Keeper:
    return held("keeper", lambda: Keeper({}, {}))
