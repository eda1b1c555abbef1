"""Instructions ranked by how well they bring out label columns, with intervals, controls and tests."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch
from core.base.recipe import Recipe
from core.instructions.paraphrases import paraphrases
from core.models.cards.spaces import Embedding
from core.ranking.candidates import Candidate
from core.ranking.intervals import holm, interval, paired_p
from core.ranking.scores import SEEDS, LabelColumn, Scores, labelled, score


@dataclass(frozen=True)
class Score:
    """A candidate against a column: means over wordings and seeds, with a 95 % interval of the V-measure.

    Parameters
    ----------
    v_measure, low, high, ari, ami, knn : see `core.ranking.scores`.
    own_wording : the V-measure of the instruction as written, without its paraphrases.
    texts, classes : on how many texts, of how many classes.
    behind : how far the V-measure is behind the column's first (of the instructions as written), and the p-value of
        that, corrected for the number of candidates; 0 and 1 for the first itself.
    """

    v_measure: float
    low: float
    high: float
    ari: float
    ami: float
    knn: float
    own_wording: float
    texts: int
    classes: int
    behind: float = 0.0
    p_value: float = 1.0


@dataclass(frozen=True)
class Ranked:
    """A candidate with its scores by column, and what it cost.

    Parameters
    ----------
    wordings : how many were scored: the instruction and its paraphrases.
    instruction_tokens : tokens that the instruction adds to every text.
    seconds : to embed the texts under the instruction as written; 0 where that was saved.
    """

    candidate: Candidate
    scores: dict[str, Score]
    wordings: int
    instruction_tokens: int
    seconds: float


@dataclass(frozen=True)
class Ranking:
    """Candidates with their scores, in the order in which they were given."""

    columns: tuple[str, ...]
    ranked: tuple[Ranked, ...]

    def best_first(self, column: str) -> list[Ranked]:
        """All candidates, the best for a column first."""
        return sorted(self.ranked, key=lambda each: -each.scores[column].v_measure)


def rank(
    candidates: Sequence[Candidate],
    columns: Mapping[str, pd.Series],
    embed: Callable[[Recipe], Embedding],
    reword: bool = True,
    seeds: int = SEEDS,
    watch: Watch = UNWATCHED,
) -> Ranking:
    """Score every candidate against every column.

    Parameters
    ----------
    candidates : all different.
    columns : label columns, one value a text.
    embed : gives the embedding of all texts under a recipe.
    reword : whether instructions are scored under their paraphrases too, so that the interval covers the wording.
    seeds : of k-means.

    Raises
    ------
    InputError
        Without candidates or columns, and as `core.ranking.scores.labelled`.
    Cancelled
        Once ``watch`` stops it.
    """
    if not candidates or not columns:
        raise InputError("Ranking takes at least one instruction and one label column.")
    labels = {name: labelled(name, values) for name, values in columns.items()}
    wordings = [_wordings(each, reword) for each in candidates]
    total, done = sum(map(len, wordings)), 0
    found: list[list[dict[str, Scores]]] = []
    costs: list[tuple[int, float]] = []
    for candidate, texts in zip(candidates, wordings, strict=True):
        own = []
        for number, text in enumerate(texts):
            watch.check()
            began = time.perf_counter()
            embedding = embed(Recipe(candidate.recipe.model, text))
            if not number:
                costs.append((embedding.instruction_tokens, time.perf_counter() - began))
            own.append({name: score(embedding.vectors, each, seeds, watch.quiet) for name, each in labels.items()})
            done += 1
            watch.report("ranking", done, total)
        found.append(own)
    scores = [{name: _summary([each[name] for each in own], labels[name]) for name in labels} for own in found]
    for name in labels:
        _test(scores, [own[0][name].clusterings for own in found], candidates, labels[name], watch.quiet)
    return Ranking(
        tuple(labels),
        tuple(
            Ranked(candidate, own, len(texts), *cost)
            for candidate, own, texts, cost in zip(candidates, scores, wordings, costs, strict=True)
        ),
    )


def _wordings(candidate: Candidate, reword: bool) -> tuple[str, ...]:
    """The instruction as written first. Controls are what they are: they have no paraphrases."""
    own = candidate.recipe.instruction
    return (own, *paraphrases(own)) if reword and candidate.role == "instruction" else (own,)


def _summary(found: Sequence[Scores], labels: LabelColumn) -> Score:
    values = np.stack([each.v_measure for each in found])
    low, high = interval(values)
    return Score(
        v_measure=float(values.mean()),
        low=low,
        high=high,
        ari=float(np.mean([each.ari for each in found])),
        ami=float(np.mean([each.ami for each in found])),
        knn=float(np.mean([each.knn for each in found])),
        own_wording=float(values[0].mean()),
        texts=len(labels.rows),
        classes=len(labels.classes),
    )


def _test(
    scores: "list[dict[str, Score]]",
    clusterings: Sequence[NDArray[np.int32]],
    candidates: Sequence[Candidate],
    labels: LabelColumn,
    watch: Watch,
) -> None:
    """Put into each score how far it is behind the first instruction, and how sure that is."""
    from dataclasses import replace

    name = labels.column
    instructions = [place for place, each in enumerate(candidates) if each.role == "instruction"] or [0]
    first = max(instructions, key=lambda place: scores[place][name].own_wording)
    others = [place for place in range(len(candidates)) if place != first]
    tests = []
    for place in others:
        watch.check()
        tests.append(paired_p(labels.codes, clusterings[first], clusterings[place]))
    for place, (behind, _), corrected in zip(others, tests, holm([p for _, p in tests]), strict=True):
        scores[place][name] = replace(scores[place][name], behind=behind, p_value=corrected)
