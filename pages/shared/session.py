"""What one browser session holds: its corpora, the picture it sees, and the work under way for it."""

import atexit
import functools
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import streamlit as st

from core.base.cache import StageCache
from core.base.errors import InputError
from core.base.home import home
from core.base.jobs import Job
from core.figures.colours import match_slots
from core.models.registry import load_model
from core.pipeline.estimates import encoding_seconds, tokens_per_second
from core.pipeline.layout.process import ProjectionPool
from core.pipeline.run import Run, Settings, run
from core.store.vectors import VectorStore
from core.texts import corpus as corpora
from core.texts import readers, samples
from core.texts.corpus import Corpus

# A change that takes longer than this to encode waits for a click.
LIVE_SECONDS = 15.0


@functools.cache
def shared_cache() -> StageCache:
    """The results of all sessions: keyed by content, so nobody sees what they didn't bring."""
    return StageCache()


@functools.cache
def shared_store() -> VectorStore:
    """The vectors that outlive the server, keyed by content as well."""
    return VectorStore(home() / "vectors")


@functools.cache
def projectors() -> ProjectionPool:
    """The processes that compute maps. They warm up for seconds, while the texts are being encoded."""
    pool = ProjectionPool()
    atexit.register(pool.close)
    return pool


def prepare() -> None:
    """Map the first sample before anybody asks: the first visitor finds it done, or under way."""
    first = samples.SAMPLES[0]
    corpus = corpora.build(readers.read(first.path), first.text_column)
    load_model()  # before the processes start, which would compete with it for the cores
    instruction = first.presets[0].instruction
    run(corpus, instruction, Settings(), cache=shared_cache(), projector=projectors(), store=shared_store())


@dataclass(frozen=True)
class ReadingOptions:
    """How a source becomes a corpus; None leaves the choice to what the file shows."""

    text_column: str | None = None
    duplicates: Literal["once", "all"] = "once"
    repair: bool = False
    sheet: str | None = None
    encoding: str | None = None
    unit: str | None = None

    @property
    def of_table(self) -> "ReadingOptions":
        """Those that the table depends on; the others only say what is made of it."""
        return ReadingOptions(sheet=self.sheet, encoding=self.encoding, unit=self.unit)


@dataclass(frozen=True, eq=False)
class Source:
    """Where texts come from: the bytes of a file, or pasted text with what a text is in it ("line", "paragraph")."""

    name: str
    data: bytes
    pasted: str | None = None


@dataclass(frozen=True)
class Request:
    """What the user asks to see."""

    corpus: Corpus  # compared by identity: the same texts may come with other metadata
    instruction: str
    settings: Settings


@dataclass
class Session:
    """The state behind the pages. Arrays live in the shared cache and in `shown`, not in widgets."""

    sources: dict[str, Source] = field(default_factory=dict)
    source: str = samples.SAMPLES[0].name
    upload_id: str = ""
    tables: dict[tuple[str, ReadingOptions], readers.Table] = field(default_factory=dict)
    corpora: dict[tuple[str, ReadingOptions], Corpus] = field(default_factory=dict)
    corpus: Corpus | None = None
    error: str | None = None
    shown: Run | None = None
    slots: tuple[int, ...] = ()
    job: Job[Run] | None = None
    asked: Request | None = None
    rates: dict[str, float] = field(default_factory=dict)  # tokens a second, by model
    selected: tuple[int, ...] | None = None
    focus: int | None = None
    project: str | None = None  # the one that the user has opened

    def table(self, name: str, options: ReadingOptions) -> readers.Table:
        """The table behind a source, read once for each way of reading it."""
        key = (name, options.of_table)
        if key not in self.tables:
            table = read_source(self.sources.get(name), name, options)
            self.tables[key] = table
            self.tables.setdefault((name, replace(options.of_table, unit=table.unit)), table)  # asking for it gives it
        return self.tables[key]

    def build(self, name: str, options: ReadingOptions) -> Corpus:
        """The corpus of a source; an `InputError` leaves everything as it was."""
        key = (name, options)
        if key not in self.corpora:
            table = self.table(name, options)
            self.corpora = {kept: corpus for kept, corpus in self.corpora.items() if kept[0] != name}
            self.corpora[key] = corpora.build(
                table, options.text_column, duplicates=options.duplicates, repair=options.repair
            )
        return self.corpora[key]

    def add(self, source: Source) -> str:
        """Take a new source in once it has proved readable; its name, made unique."""
        options = ReadingOptions()
        name = self.free_name(source)
        table = read_source(source, name, options)
        corpus = corpora.build(table)
        self.sources[name] = source
        self.tables[(name, options)] = table
        self.corpora[(name, replace(options, text_column=corpus.text_column))] = corpus  # what the page will ask for
        return name

    def free_name(self, source: Source) -> str:
        """The name of a source in this session: its own, unless another has it."""
        name, number = source.name, 2
        while name in self.sources and self.sources[name].data != source.data:
            name, number = f"{source.name} ({number})", number + 1
        return name

    def open(self, run: Run, slots: tuple[int, ...] = ()) -> None:
        """Show a run that was saved, in the colours that were saved, in place of what is on show."""
        if self.job is not None:
            self.job.cancel()
        self.asked, self.job = Request(run.corpus, run.instruction, run.settings), None
        self.shown, self.selected, self.focus = None, None, None
        self._show(run)
        if len(slots) == run.clustering.k:
            self.slots = slots

    def request(self, corpus: Corpus, instruction: str, settings: Settings) -> float | None:
        """Start what the user asks for, unless it is there, under way, or waits for a click.

        Returns
        -------
        None, or the seconds that it would take, where that is long enough to ask first.
        """
        request = Request(corpus, instruction, settings)
        if request == self.asked:
            return None
        seconds = self._cost(corpus, instruction, settings)
        if seconds is not None and seconds > LIVE_SECONDS:
            return seconds
        self.start(corpus, instruction, settings)
        return None

    def start(self, corpus: Corpus, instruction: str, settings: Settings) -> None:
        """Start a run, and stop the one under way."""
        if self.job is not None:
            self.job.cancel()
        previous = self.shown
        self.asked = Request(corpus, instruction, settings)
        self.job = Job(
            lambda job: run(
                corpus,
                instruction,
                settings,
                job.progress,
                job.cancelled,
                cache=shared_cache(),
                previous=previous,
                partial=job.partial,
                projector=projectors(),
                store=shared_store(),
            )
        )

    def again(self) -> None:
        """Start once more what was asked for last."""
        if self.asked is not None:
            self.start(self.asked.corpus, self.asked.instruction, self.asked.settings)

    def _cost(self, corpus: Corpus, instruction: str, settings: Settings) -> float | None:
        """Seconds to encode again, where this session has a pace to tell it from and a picture to keep meanwhile."""
        shown = self.shown
        rate = self.rates.get(settings.model)
        if shown is None or rate is None or shown.corpus.digest != corpus.digest:
            return None
        if shown.settings.model != settings.model or shown.instruction == instruction:
            return None
        return encoding_seconds(shown, instruction, rate)

    def take(self) -> bool:
        """Show what the job has by now; True when the picture changed."""
        if self.job is None:
            return False
        latest = self.job.result or self.job.preview
        if latest is None or latest is self.shown or self.job.state in ("cancelled", "failed"):
            return False
        self._show(latest)
        return True

    def _show(self, run: Run) -> None:
        labels, before = run.clustering.labels, self.shown
        if before is not None and before.corpus.digest == run.corpus.digest:
            self.slots = match_slots(labels, run.clustering.k, before.clustering.labels, self.slots)
            if not np.array_equal(labels, before.clustering.labels):
                self.focus = None
        else:
            self.slots = match_slots(labels, run.clustering.k)
            self.selected = self.focus = None
        self.shown = run
        if rate := tokens_per_second(run):
            self.rates[run.settings.model] = rate


def read_source(source: Source | None, name: str, options: ReadingOptions) -> readers.Table:
    """Read a source, or the sample of that name."""
    if source is None:
        return readers.read(samples.sample(name).path)
    if source.pasted:
        return readers.read_pasted(source.data.decode("utf-8"), source.pasted)
    return readers.read(source.data, source.name, sheet=options.sheet, encoding=options.encoding, unit=options.unit)


def texts_of(page: Session) -> Corpus | None:
    """The texts of the Explore page, or those that it would show first."""
    if page.corpus is None:
        try:
            page.corpus = page.build(page.source, ReadingOptions())
        except InputError:
            return None
    return page.corpus


def session() -> Session:
    """This browser session's state."""
    if "refract" not in st.session_state:
        st.session_state["refract"] = Session()
    state: Session = st.session_state["refract"]
    return state
