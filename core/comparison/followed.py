"""Whether a model listened to an instruction: how far it moved the texts, over what other wordings move them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.base.progress import UNWATCHED, Watch
from core.comparison.agreement import neighbour_overlap
from core.comparison.nearest import nearest
from core.instructions.paraphrases import paraphrases
from core.models.registry import load_model
from core.store.vectors import VectorStore
from core.texts.corpus import Corpus

Verdict = Literal["followed", "partly", "not"]

NEIGHBOURS = 10
# Texts that are looked at: the share of changed neighbours is then known to about 0.01.
SAMPLE = 1000
# Shares of changed neighbours. Over nine labelled sets, instructions of nonsense and for what no text shows change 0.02
# to 0.06 under refract-small, and those that bring out a column that no instruction doesn't, 0.3 to 0.9.
FOLLOWED = 0.3
PARTLY = 0.1


@dataclass(frozen=True)
class Followed:
    """The effect of an instruction on the neighbourhoods.

    Parameters
    ----------
    changed : share of each text's ``NEIGHBOURS`` nearest that are others than without an instruction, mean, 0 to 1.
    wordings : the same between the instruction and its paraphrases, mean: what the choice of words alone changes.
    texts : how many were looked at.
    """

    changed: float
    wordings: float
    texts: int

    @property
    def verdict(self) -> Verdict:
        """ "followed", "partly" or "not": much changed, and clearly more than by wording; a little; or nothing."""
        if self.changed >= FOLLOWED and self.changed >= 1.5 * self.wordings:
            return "followed"
        return "partly" if self.changed >= PARTLY and self.changed > self.wordings else "not"


def followed(
    texts: Sequence[str], instruction: str, embed: Callable[[Sequence[str], str], NDArray[np.float32]]
) -> Followed | None:
    """Hold the neighbours under an instruction against those without one, and against its paraphrases'.

    Parameters
    ----------
    texts : some of a corpus.
    embed : ``embed(texts, instruction)`` gives (n, d) float32, rows of length 1.

    Returns
    -------
    Followed, or None without an instruction, or with fewer than three texts, where there is nothing to tell.
    """
    if not instruction.strip() or len(texts) < 3:
        return None

    asked = nearest(embed(texts, instruction), NEIGHBOURS)[0]

    def changed(wording: str) -> float:
        return 1 - neighbour_overlap(asked, nearest(embed(texts, wording), NEIGHBOURS)[0])

    wordings = [changed(other) for other in paraphrases(instruction)]
    return Followed(changed(""), float(np.mean(wordings)), len(texts))


def followed_on(
    corpus: Corpus, instruction: str, model: str, store: VectorStore, watch: Watch = UNWATCHED
) -> Followed | None:
    """As `followed`, with a model by its name, on up to ``SAMPLE`` texts; vectors and token states come from the store.

    They are the first of the corpus's canonical order, which is as good as drawn at random.

    Raises
    ------
    Cancelled
        Once ``watch`` says so.
    """
    encoder = load_model(model)

    def embed(texts: Sequence[str], wording: str) -> NDArray[np.float32]:
        return store.embed(encoder, texts, wording, watch.quiet).vectors

    return followed(corpus.canonical_texts[:SAMPLE], instruction, embed)
