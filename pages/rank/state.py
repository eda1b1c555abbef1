"""The Rank page's state for one browser session."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd

from core.base.jobs import Job
from core.base.recipe import Recipe
from core.models.cards.spaces import Embedding
from core.pipeline.embed import embed_corpus
from core.ranking.candidates import Candidate, ablations, candidates, controls
from core.ranking.intrinsic import Intrinsic, intrinsic
from core.ranking.rank import Ranking, rank
from core.ranking.suggest import Suggestion, suggest, suggest_from_pairs
from core.texts.corpus import Corpus
from pages.shared.session.held import held
from pages.shared.session.resources import shared_context


@dataclass(frozen=True, eq=False)
class RankRequest:
    """The ranking that the user asks for."""

    corpus: Corpus
    instructions: tuple[str, ...]
    models: tuple[str, ...]
    columns: dict[str, pd.Series]
    reword: bool

    @property
    def wordings(self) -> int:
        """Instructions under models, before paraphrases and controls."""
        return len(self.instructions) * len(self.models)


@dataclass
class RankState:
    """The ranking on show, and the work under way."""

    job: Job[Ranking] | None = None
    asked: RankRequest | None = None
    shown: RankRequest | None = None
    found: Ranking | None = None
    ablation: Job[Ranking] | None = None
    suggestion: tuple[str, Job[tuple[Suggestion, ...]]] | None = None
    from_pairs: Job[tuple[Suggestion, ...]] | None = None
    inner: Job[list[tuple[str, Intrinsic]]] | None = None
    labels: dict[str, dict[int, str]] = field(default_factory=dict)  # by corpus digest: row to label, given by hand

    def start(self, asked: RankRequest) -> None:
        """Start ranking, and stop what is under way."""
        if self.job is not None:
            self.job.cancel()
        self.asked = asked
        listed = candidates(asked.instructions, asked.models, list(asked.columns))
        for model in asked.models:
            known = {each.recipe for each in listed}
            listed += [each for each in controls(asked.instructions[0], model) if each.recipe not in known]
        self.job = Job(lambda job: self._rank(asked, listed, job, asked.reword))

    def take(self) -> bool:
        """Show what has come; True when the picture changed."""
        if self.job is None or self.job.result is None or self.job.result is self.found:
            return False
        self.found, self.shown = self.job.result, self.asked
        self.ablation = self.suggestion = self.from_pairs = self.inner = None
        return True

    def ablate(self, recipe: Recipe, column: str) -> None:
        """Score an instruction with its parts dropped or swapped."""
        shown = self.shown
        assert shown is not None
        texts = [recipe.instruction, *ablations(recipe.instruction).values()]
        listed = candidates(texts, [recipe.model], [column])
        one = RankRequest(shown.corpus, tuple(texts), (recipe.model,), {column: shown.columns[column]}, False)
        self.ablation = Job(lambda job: self._rank(one, listed, job, False))

    def suggest(self, column: str, domain: str, text_type: str) -> None:
        """Make instructions from a column and score them."""
        shown = self.shown
        assert shown is not None
        model = shown.models[0]

        def work(job: Job[tuple[Suggestion, ...]]) -> tuple[Suggestion, ...]:
            embed = _embedder(shown.corpus, job)
            return suggest(
                column,
                shown.columns[column],
                lambda text: embed(Recipe(model, text)),
                domain,
                text_type or "text",
                watch=job.watch,
            )

        self.suggestion = (column, Job(work))

    def suggest_from_pairs(
        self, together: tuple[int, int], apart: tuple[int, int], domain: str, text_type: str
    ) -> None:
        """Find instructions under which two texts are nearer than two others."""
        shown = self.shown
        assert shown is not None
        model = shown.models[0]

        def work(job: Job[tuple[Suggestion, ...]]) -> tuple[Suggestion, ...]:
            embed = _embedder(shown.corpus, job)
            return suggest_from_pairs(
                [together],
                [apart],
                lambda text: embed(Recipe(model, text)),
                domain,
                text_type or "text",
                job.watch.quiet,
            )

        self.from_pairs = Job(work)

    def look_inside(self, k: int) -> None:
        """Compute figures that take no labels."""
        shown = self.shown
        assert shown is not None

        def work(job: Job[list[tuple[str, Intrinsic]]]) -> list[tuple[str, Intrinsic]]:
            embed = _embedder(shown.corpus, job)
            listed: Sequence[str] = ("", *shown.instructions)
            return [
                (text, intrinsic(embed(Recipe(shown.models[0], text)).vectors, k, watch=job.watch.quiet))
                for text in dict.fromkeys(listed)
            ]

        self.inner = Job(work)

    @staticmethod
    def _rank(asked: RankRequest, listed: list[Candidate], job: Job[Ranking], reword: bool) -> Ranking:
        return rank(listed, asked.columns, _embedder(asked.corpus, job), reword, watch=job.watch)


def _embedder(corpus: Corpus, job: Job[Any]) -> Callable[[Recipe], Embedding]:
    return partial(embed_corpus, corpus, context=shared_context(), watch=job.watch.quiet)


def rank_state() -> RankState:
    """This browser session's state of the page."""
    return held("ranking", RankState)
