"""Short names of runs: what tells them apart, without the words that they share."""

from collections.abc import Sequence
from itertools import takewhile

from core.pipeline.run import Run

# Fewer shared words than this are no burden.
_SHARED = 3


def run_names(runs: Sequence[Run]) -> tuple[str, ...]:
    """A short name for each run: the words of its instruction that set it apart.

    Where models or ways to cluster differ, they are part of the name.
    """
    wordings = differing([run.instruction for run in runs])
    names = []
    for run, wording in zip(runs, wordings, strict=True):
        parts = [wording or "no instruction"]
        if len({each.settings.model for each in runs}) > 1:
            parts.append(run.settings.model)
        if len({each.settings.clusters for each in runs}) > 1:
            parts.append(run.settings.clusters.spec())
        names.append(", ".join(parts))
    return tuple(names)


def differing(instructions: Sequence[str]) -> tuple[str, ...]:
    """Instructions without the words that all of them begin with, save the last of those; "…" stands for the others.

    An instruction of no words stays empty. Marks at the end go.

    >>> differing(["Represent the ticket for clustering by product: ", "Represent the ticket for clustering by tone: "])
    ('… by product', '… by tone')
    """
    wordings = [instruction.split() for instruction in instructions]
    written = [words for words in wordings if words]
    same = takewhile(lambda words: len(set(words)) == 1, zip(*written, strict=False))
    shared = len(list(same)) if len({tuple(words) for words in written}) > 1 else 0
    cut = shared - 1 if shared >= _SHARED else 0
    return tuple(
        ("… " if cut and words else "") + " ".join(words[cut:] if words else []).rstrip(" :;,.") for words in wordings
    )
