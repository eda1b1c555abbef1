"""The contents of a project: corpora with the files they were read from, runs, and comparisons of runs."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch
from core.base.recipe import Recipe
from core.labelling.labels import clean_name
from core.pipeline.context import Context
from core.pipeline.embed import embed_corpus
from core.pipeline.run import Run, Settings, Stage
from core.projects import projects
from core.projects.database import Workspace
from core.projects.schema import Base, ComparedRow, ComparisonRow, CorpusRow, ProjectRow, RunRow, new_id
from core.results.run_format import corpus_bytes, corpus_from, picture_from, run_bytes
from core.store.vectors import VectorStore
from core.texts.corpus import Corpus

R = TypeVar("R", bound=Base)


@dataclass(frozen=True)
class SavedCorpus:
    """A corpus for the list: its id, name and number of texts, and whether its file was kept as well."""

    id: str
    name: str
    texts: int
    digest: str
    has_source: bool
    created: datetime


@dataclass(frozen=True)
class SavedRun:
    """A run for the list."""

    id: str
    corpus: str
    instruction: str
    model: str
    clusters: int
    noise: int
    created: datetime


@dataclass(frozen=True)
class SavedComparison:
    """Runs side by side, by their ids."""

    id: str
    name: str
    runs: tuple[str, ...]
    created: datetime


@dataclass(frozen=True)
class Opened:
    """A run as it was saved.

    Parameters
    ----------
    notes : in plain words, what about its model is different now.
    id, corpus, project : where it was found.
    slots : the colour slots of its clusters, as `core.figures.colours.match_slots` gives them, or
        none.
    """

    run: Run
    notes: tuple[str, ...]
    id: str
    corpus: str
    project: str
    slots: tuple[int, ...] = ()


def add_corpus(workspace: Workspace, project: str, corpus: Corpus, source: bytes | None = None) -> str:
    """Keep a corpus in a project, once: the same one again is the one that is there.

    Parameters
    ----------
    source : the file that it was read from, so that it can be read another way later.

    Returns
    -------
    Its id.

    Raises
    ------
    InputError
        Where there is no such project, or nothing can be saved.
    """
    file = workspace.files.put(corpus_bytes(corpus), "parquet")
    name = workspace.files.put(source, "source") if source is not None else None
    with workspace.store.writing() as session:
        projects.touch(session, project)
        known = session.scalar(select(CorpusRow).where(CorpusRow.project_id == project, CorpusRow.file == file))
        if known is not None:
            known.source = known.source or name
            return known.id
        row = CorpusRow(id=new_id(), project_id=project, name=corpus.name, digest=corpus.digest, texts=len(corpus))
        row.file, row.source = file, name
        session.add(row)
        return row.id


def corpora(workspace: Workspace, project: str) -> list[SavedCorpus]:
    """A project's corpora, the last one first."""
    with workspace.store.reading() as session:
        rows = session.scalars(
            select(CorpusRow).where(CorpusRow.project_id == project).order_by(CorpusRow.created.desc())
        )
        return [SavedCorpus(r.id, r.name, r.texts, r.digest, r.source is not None, r.created) for r in rows]


def project_with(workspace: Workspace, corpus: Corpus, among: Collection[str] | None = None) -> str | None:
    """The project, the last changed of them, that holds these texts under their name; None where none does.

    Parameters
    ----------
    among : ids of the projects to look at; all by default.
    """
    which = (
        select(ProjectRow.id)
        .join(CorpusRow, CorpusRow.project_id == ProjectRow.id)
        .where(CorpusRow.digest == corpus.digest, CorpusRow.name == corpus.name, ProjectRow.deleted.is_(None))
        .order_by(ProjectRow.changed.desc())
        .limit(1)
    )
    with workspace.store.reading() as session:
        return session.scalar(which if among is None else which.where(ProjectRow.id.in_(among)))


def corpus_with(workspace: Workspace, digest: str) -> str | None:
    """The id of the last saved corpus with these texts, in a project that isn't deleted; None where there is none."""
    with workspace.store.reading() as session:
        return session.scalar(
            select(CorpusRow.id)
            .join(ProjectRow, CorpusRow.project_id == ProjectRow.id)
            .where(CorpusRow.digest == digest, ProjectRow.deleted.is_(None))
            .order_by(CorpusRow.created.desc())
            .limit(1)
        )


def project_of(workspace: Workspace, run: str) -> str:
    """The project of a saved run; an `InputError` where the run is gone."""
    with workspace.store.reading() as session:
        return found(session, CorpusRow, found(session, RunRow, run).corpus_id).project_id


def load_corpus(workspace: Workspace, corpus: str) -> Corpus:
    """A saved corpus, exactly as it was; an `InputError` where it is gone or damaged."""
    with workspace.store.reading() as session:
        file = found(session, CorpusRow, corpus).file
    return corpus_from(workspace.files.get(file))


def load_source(workspace: Workspace, corpus: str) -> bytes | None:
    """The file that a corpus was read from, or None where it wasn't kept. Errors as `load_corpus`."""
    with workspace.store.reading() as session:
        file = found(session, CorpusRow, corpus).source
    return None if file is None else workspace.files.get(file)


def add_run(workspace: Workspace, corpus: str, run: Run, slots: Sequence[int] = ()) -> str:
    """Keep a run over a saved corpus, once.

    Parameters
    ----------
    corpus : id of the saved corpus; the run's own, row by row.
    slots : the colour slots that its clusters are shown in. One that has colours already stays in them.

    Returns
    -------
    Its id.

    Raises
    ------
    InputError
        Where there is no such corpus, or nothing can be saved.
    """
    if not run.settled:
        raise ValueError("only a finished run can be saved")
    with workspace.store.reading() as session:
        saved = found(session, CorpusRow, corpus)
    if saved.digest != run.corpus.digest:
        raise ValueError("the run is over another corpus")
    file = workspace.files.put(run_bytes(run), "safetensors")
    with workspace.store.writing() as session:
        projects.touch(session, saved.project_id)
        known = session.scalar(select(RunRow).where(RunRow.corpus_id == corpus, RunRow.file == file))
        if known is not None:
            known.slots = known.slots or list(slots) or None
            return known.id
        row = RunRow(
            id=new_id(),
            corpus_id=corpus,
            instruction=run.instruction,
            model=run.settings.model,
            file=file,
            clusters=run.clustering.k,
            noise=run.clustering.noise,
            slots=list(slots) or None,
        )
        session.add(row)
        return row.id


def runs(workspace: Workspace, project: str) -> list[SavedRun]:
    """A project's runs, the last one first."""
    with workspace.store.reading() as session:
        rows = session.scalars(
            select(RunRow)
            .join(CorpusRow, RunRow.corpus_id == CorpusRow.id)
            .where(CorpusRow.project_id == project)
            .order_by(RunRow.created.desc())
        )
        return [SavedRun(r.id, r.corpus_id, r.instruction, r.model, r.clusters, r.noise, r.created) for r in rows]


def load_run(workspace: Workspace, run: str, vectors: VectorStore, watch: Watch = UNWATCHED) -> Opened:
    """A saved run: clusters, map and topics as they were, with vectors from the model as it is now.

    Parameters
    ----------
    vectors : has those of the run as long as nobody clears it; otherwise they are computed again.

    Raises
    ------
    InputError
        Where the run is gone or damaged, or its model isn't there any more.
    """
    with workspace.store.reading() as session:
        row = found(session, RunRow, run)
        corpus_id, project = row.corpus_id, found(session, CorpusRow, row.corpus_id).project_id
    picture = picture_from(workspace.files.get(row.file))
    corpus = load_corpus(workspace, corpus_id)
    began = time.perf_counter()
    embedding = embed_corpus(corpus, Recipe(picture.settings.model, picture.instruction), Context(store=vectors), watch)
    notes: tuple[str, ...] = ()
    if embedding.space.fingerprint != picture.fingerprint:
        notes = (
            f"The model {picture.settings.model} is not the one that made this: its weights, recipe or number format "
            "differ. Clusters, map and names are as they were saved; distances are the present model's.",
        )
    stage = Stage("embedding", time.perf_counter() - began, cached=True)
    opened = Run(
        corpus,
        picture.instruction,
        picture.settings,
        embedding,
        picture.clustering,
        picture.layout,
        picture.topics,
        picture.language,
        (stage,),
        start=picture.start,
    )
    return Opened(opened, notes, run, corpus_id, project, tuple(row.slots or ()))


def load_settings(workspace: Workspace, run: str) -> Settings:
    """The settings of a saved run; an `InputError` where it is gone or damaged."""
    with workspace.store.reading() as session:
        file = found(session, RunRow, run).file
    return picture_from(workspace.files.get(file)).settings


def add_comparison(workspace: Workspace, project: str, name: str, runs: Sequence[str]) -> str:
    """Keep that some of a project's runs are compared, in this order, once; the comparison's id.

    Raises
    ------
    InputError
        For fewer than two runs, or a run that isn't the project's.
    """
    if len(runs) < 2:
        raise InputError("A comparison takes at least two runs.")
    with workspace.store.writing() as session:
        projects.touch(session, project)
        own = session.scalar(
            select(func.count())
            .select_from(RunRow)
            .join(CorpusRow, RunRow.corpus_id == CorpusRow.id)
            .where(CorpusRow.project_id == project, RunRow.id.in_(runs))
        )
        if own != len(set(runs)):
            raise InputError("Some of the runs are not in this project. Choose them again.")
        known = _comparison_of(session, project, runs)
        if known is not None:
            return known
        row = ComparisonRow(id=new_id(), project_id=project, name=clean_name(name))
        session.add(row)
        session.flush()
        session.add_all(ComparedRow(comparison_id=row.id, place=place, run_id=run) for place, run in enumerate(runs))
        return row.id


def _comparison_of(session: Session, project: str, runs: Sequence[str]) -> str | None:
    """The comparison of exactly these runs, where there is one."""
    rows = session.execute(
        select(ComparedRow.comparison_id, ComparedRow.run_id)
        .join(ComparisonRow, ComparedRow.comparison_id == ComparisonRow.id)
        .where(ComparisonRow.project_id == project)
        .order_by(ComparedRow.place)
    ).all()
    compared: dict[str, list[str]] = {}
    for of, run in rows:
        compared.setdefault(of, []).append(run)
    return next((of for of, own in compared.items() if own == list(runs)), None)


def comparisons(workspace: Workspace, project: str) -> list[SavedComparison]:
    """A project's comparisons, the last one first."""
    with workspace.store.reading() as session:
        rows = session.scalars(
            select(ComparisonRow).where(ComparisonRow.project_id == project).order_by(ComparisonRow.created.desc())
        ).all()
        compared = session.execute(
            select(ComparedRow.comparison_id, ComparedRow.run_id)
            .where(ComparedRow.comparison_id.in_([row.id for row in rows]))
            .order_by(ComparedRow.place)
        ).all()
    return [
        SavedComparison(row.id, row.name, tuple(run for of, run in compared if of == row.id), row.created)
        for row in rows
    ]


def found(session: Session, kind: type[R], id: str) -> R:
    """A row by its id; an `InputError` where it is gone."""
    row = session.get(kind, id)
    if row is None:
        raise InputError("This is not there any more: somebody has deleted it. Go back to the list of projects.")
    return row
