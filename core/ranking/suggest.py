"""Instructions made from a label column, or from pairs of texts; chosen on some texts and scored on others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch
from core.instructions.template import Slots, compose
from core.models.cards.spaces import Embedding
from core.ranking.scores import LabelColumn, labelled, score

WARNING = (
    "Picking the best of many flatters it: the score that it was chosen by is higher than what it will do on other "
    "texts. So the choice was made on one half of the labelled texts, and the score is of the other half."
)
_MOST_VALUES = 6
_ASPECTS = ("topic", "sentiment", "intent", "kind of problem", "writing style", "emotion", "product", "place")


@dataclass(frozen=True)
class Suggestion:
    """Parameters
    ----------
    instruction : the exact string.
    chosen_on, scored_on : V-measure on the half of the texts that it was chosen on, and on the other half; for pairs,
        the share of pairs that it gets right (on both, as there is no other half).
    texts : in the half that it was scored on.
    """

    instruction: str
    chosen_on: float
    scored_on: float
    texts: int


def wordings_for(column: str, values: Sequence[str], domain: str = "", text_type: str = "text") -> tuple[str, ...]:
    """Instructions that ask for a column, from its name and its values."""
    name = " ".join(column.replace("_", " ").replace("-", " ").split()).lower()
    some = ", ".join(str(value) for value in values[:_MOST_VALUES])
    aspects = [name, f"its {name}", f"{name} ({some})", some, f"{name} such as {some}"]
    texts = [compose(Slots(domain, text_type, f"clustering by {aspect}")) for aspect in aspects]
    more = [
        f"Identify the {name} of the {text_type}: ",
        f"Classify the {text_type} by {name}: ",
        f"What is the {name}? ",
        f"{some}? ",
    ]
    return tuple(dict.fromkeys([*texts, *more]))


def suggest(
    column: str,
    values: pd.Series,
    embed: Callable[[str], Embedding],
    domain: str = "",
    text_type: str = "text",
    seed: int = 0,
    watch: Watch = UNWATCHED,
) -> tuple[Suggestion, ...]:
    """Instructions for a column, the best on one half of its labelled texts first; see `WARNING`.

    Parameters
    ----------
    values : of the column, one a text.
    embed : gives the embedding of all texts under an instruction.
    """
    whole = labelled(column, values)
    halves = _halves(whole, seed)
    texts = wordings_for(column, whole.classes, domain, text_type)
    found = []
    for number, text in enumerate(texts, 1):
        watch.check()
        vectors = embed(text).vectors
        chosen, held = (float(score(vectors, half, 3, watch.quiet).v_measure.mean()) for half in halves)
        found.append(Suggestion(text, chosen, held, len(halves[1].rows)))
        watch.report("suggesting", number, len(texts))
    return tuple(sorted(found, key=lambda each: -each.chosen_on))


def suggest_from_pairs(
    together: Sequence[tuple[int, int]],
    apart: Sequence[tuple[int, int]],
    embed: Callable[[str], Embedding],
    domain: str = "",
    text_type: str = "text",
    watch: Watch = UNWATCHED,
) -> tuple[Suggestion, ...]:
    """Instructions under which the pairs that belong together are nearer than those that don't.

    Parameters
    ----------
    together, apart : pairs of rows.

    Raises
    ------
    InputError
        Without a pair on either side.
    """
    if not together or not apart:
        raise InputError("Give at least one pair that belongs together and one that doesn't.")
    found = []
    for aspect in _ASPECTS:
        watch.check()
        text = compose(Slots(domain, text_type, f"clustering by {aspect}"))
        vectors = embed(text).vectors
        near, far = (np.asarray([float(vectors[a] @ vectors[b]) for a, b in side]) for side in (together, apart))
        right = float((near[:, None] > far[None, :]).mean())
        suggestion = Suggestion(text, right, right, len(together) + len(apart))
        found.append((right, float(near.mean() - far.mean()), suggestion))
    # Few pairs leave many equal: then the clearer difference goes first.
    return tuple(suggestion for *_, suggestion in sorted(found, key=lambda each: (-each[0], -each[1])))


def _halves(whole: LabelColumn, seed: int) -> tuple[LabelColumn, LabelColumn]:
    """Two halves with every class in both."""
    rng = np.random.default_rng(seed)
    side = np.zeros(len(whole.rows), np.bool_)
    for code in range(len(whole.classes)):
        members = rng.permutation(np.flatnonzero(whole.codes == code))
        side[members[: len(members) // 2]] = True
    return _part(whole, side), _part(whole, ~side)


def _part(whole: LabelColumn, keep: NDArray[np.bool_]) -> LabelColumn:
    codes, kept = np.unique(whole.codes[keep], return_inverse=True)
    return LabelColumn(
        whole.column, whole.rows[keep], kept.astype(np.int32), tuple(whole.classes[code] for code in codes)
    )
