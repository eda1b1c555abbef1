"""The sources of a session, how each is read, and the corpora made of them."""

from dataclasses import dataclass, field, replace

from core.base.errors import InputError
from core.texts import corpus as corpora
from core.texts import readers, samples
from core.texts.corpus import Corpus, ReadingChoices


@dataclass(frozen=True)
class ReadingOptions(ReadingChoices):
    """How a source becomes a corpus; None leaves the choice to what the file shows."""

    text_column: str | None = None

    @property
    def of_table(self) -> "ReadingOptions":
        """Those that the table depends on; the others only say what is made of it."""
        return replace(self, text_column=None, duplicates="once", repair=False)

    def found(self, table: readers.Table) -> "ReadingOptions":
        """The same with what was found out in reading a table so: asking for that gives the same table."""
        return replace(self, unit=table.unit, header=table.header, delimiter=table.delimiter)


@dataclass(frozen=True, eq=False)
class Source:
    """Where texts come from: the bytes of a file, or pasted text with what a text is in it ("line", "paragraph")."""

    name: str
    data: bytes
    pasted: str | None = None


@dataclass
class SessionTexts:
    """The texts that a session may look at, and those that it has chosen."""

    sources: dict[str, Source] = field(default_factory=dict)
    source: str = samples.SAMPLES[0].name
    upload_id: str = ""
    tables: dict[tuple[str, ReadingOptions], readers.Table] = field(default_factory=dict)
    corpora: dict[tuple[str, ReadingOptions], Corpus] = field(default_factory=dict)
    corpus: Corpus | None = None
    error: str | None = None

    def table(self, name: str, options: ReadingOptions) -> readers.Table:
        """The table behind a source, read once for each way of reading it."""
        key = (name, options.of_table)
        if key not in self.tables:
            self._keep(name, options.of_table, _read(self.sources.get(name), name, options))
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
        table = _read(source, name, options)
        corpus = corpora.build(table)
        self.sources[name] = source
        self._keep(name, options, table)
        asked = replace(options.found(table), text_column=corpus.text_column)  # what the page will ask for
        self.corpora[(name, asked)] = corpus
        return name

    def _keep(self, name: str, options: ReadingOptions, table: readers.Table) -> None:
        """Keep a table under what was asked for, and under what was found out: asking for that gives the same."""
        found = options.found(table)
        for same in (options, replace(found, header=None, delimiter=None), replace(found, header=None), found):
            self.tables.setdefault((name, same), table)

    def free_name(self, source: Source) -> str:
        """The name of a source in this session: its own, unless another has it."""
        name, number = source.name, 2
        while name in self.sources and self.sources[name].data != source.data:
            name, number = f"{source.name} ({number})", number + 1
        return name

    def chosen(self) -> Corpus | None:
        """The texts of the Explore page, or those that it would show first; None where they can't be read."""
        if self.corpus is None:
            try:
                self.corpus = self.build(self.source, ReadingOptions())
            except InputError:
                return None
        return self.corpus


def _read(source: Source | None, name: str, options: ReadingOptions) -> readers.Table:
    """Read a source, or the sample of that name."""
    if source is None:
        return readers.read(samples.sample(name).path)
    if source.pasted:
        return readers.read_pasted(source.data.decode("utf-8"), source.pasted)
    return readers.read(source.data, source.name, **options.of_file)
