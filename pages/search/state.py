"""The Search page's state for one browser session."""

from dataclasses import dataclass

from core.base.digest import digest
from core.base.jobs import Job
from core.base.recipe import Recipe
from core.models.cards.spaces import Embedding
from core.pipeline.embed import embed_corpus
from core.pipeline.estimates import encoding_seconds
from core.pipeline.run import Run
from core.search.words import WordIndex, word_index
from core.texts.corpus import Corpus
from pages.shared.session import Session
from pages.shared.session.held import held
from pages.shared.session.resources import shared_cache, shared_context
from pages.shared.session.work import LIVE_SECONDS


@dataclass
class SearchState:
    """The words of the texts, the texts' vectors under the instruction to search with, and what to find more of."""

    corpus: Corpus | None = None
    index: Job[WordIndex] | None = None
    wanted: tuple[Corpus, Recipe] | None = None
    vectors: Job[Embedding] | None = None
    like: tuple[int, ...] | None = None
    selected: tuple[int, ...] | None = None  # drawn around on the map

    def words(self, corpus: Corpus) -> Job[WordIndex]:
        """The job that indexes the words of a corpus, once for all sessions."""
        if self.index is None or self.corpus is not corpus or self.index.state in ("failed", "cancelled"):
            self.corpus, self.like, self.selected = corpus, None, None
            key = digest("words to search", corpus.digest, *corpus.ids)
            self.index = Job(
                lambda job: shared_cache().get(key, lambda: word_index(corpus.texts, job.watch), job.watch)[0]
            )
        return self.index

    def under(self, page: Session, run: Run, instruction: str) -> Embedding | float | None:
        """The texts' vectors under an instruction.

        Returns
        -------
        The vectors; None while they are computed; or the seconds that it would take, where that is long enough to ask
        first.
        """
        if instruction == run.instruction:
            return run.embedding
        wanted = (run.corpus, Recipe(run.settings.model, instruction))
        if self.wanted == wanted and self.vectors is not None and self.vectors.state in ("running", "done"):
            return self.vectors.result
        rate = page.work.rates.get(run.settings.model)
        seconds = 0.0 if rate is None else encoding_seconds(run, instruction, rate)
        if seconds > LIVE_SECONDS and self.wanted != wanted:
            return seconds
        self.embed(run, instruction)
        return None

    def embed(self, run: Run, instruction: str) -> None:
        """Start embedding the texts under an instruction."""
        corpus, recipe = run.corpus, Recipe(run.settings.model, instruction)
        self.wanted = (corpus, recipe)
        self.vectors = Job(lambda job: embed_corpus(corpus, recipe, shared_context(), job.watch.quiet))


def search_state() -> SearchState:
    """This browser session's state of the page."""
    return held("searching", SearchState)
