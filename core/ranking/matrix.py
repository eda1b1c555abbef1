"""Instructions by columns: does each bring out its own column, and only that?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.ranking.rank import Ranked, Ranking


@dataclass(frozen=True)
class Selectivity:
    """Parameters
    ----------
    own : V-measure on the instruction's own column.
    others : mean V-measure on the other columns; 0 where there are none.
    flags : what is wrong with it, in plain words.
    """

    own: float
    others: float
    flags: tuple[str, ...]

    @property
    def value(self) -> float:
        """Own minus others."""
        return self.own - self.others


def matrix(ranking: Ranking) -> tuple[tuple[Ranked, ...], NDArray[np.float64]]:
    """The instructions (no controls) and their (instructions, columns) V-measures."""
    rows = tuple(each for each in ranking.ranked if each.candidate.role == "instruction")
    values = np.asarray([[each.scores[name].v_measure for name in ranking.columns] for each in rows])
    return rows, values.reshape(len(rows), len(ranking.columns))


def selectivity(ranking: Ranking, ranked: Ranked) -> Selectivity | None:
    """How selective an instruction is; None for one that is tied to no column."""
    own_column = ranked.candidate.column
    if own_column not in ranked.scores:
        return None
    own = ranked.scores[own_column]
    others = [score.v_measure for name, score in ranked.scores.items() if name != own_column]
    return Selectivity(own.v_measure, float(np.mean(others)) if others else 0.0, _flags(ranking, ranked, own_column))


def _flags(ranking: Ranking, ranked: Ranked, own_column: str) -> tuple[str, ...]:
    own = ranked.scores[own_column]
    found = []
    best = max(ranked.scores, key=lambda name: ranked.scores[name].v_measure)
    if best != own_column:
        found.append(f"brings out {best} more than {own_column}")
    for control in ranking.ranked:
        same_model = control.candidate.recipe.model == ranked.candidate.recipe.model
        # Words in another order are shown but not held against it: a model may well do without the order.
        if control.candidate.role in ("instruction", "shuffled words"):
            continue
        if not (same_model or control.candidate.role == "plain model"):
            continue
        if control.scores[own_column].v_measure >= own.low:
            found.append(f"no better than {_control(control.candidate.role)}")
    for name, score in ranked.scores.items():
        ahead = [
            each.candidate.recipe.instruction.strip()
            for each in ranking.ranked
            if each.candidate.role == "instruction"
            and each.candidate.column == name
            and name != own_column
            and each.scores[name].high < score.low
        ]
        found += [f"brings out {name} better than “{text}”, which asks for it" for text in ahead]
    if own.high - own.low > 0.1:
        found.append("hangs on its wording or the seed")
    return tuple(found)


def _control(role: str) -> str:
    return "the plain model" if role == "plain model" else role
