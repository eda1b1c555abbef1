"""Colours of clusters that stay with them from one instruction to the next."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.pipeline.clustering.matching import matched_clusters

NOISE = "#9aa0ad"
CLEAR = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}

# Distinct colours that read on white and on near-black: twelve chosen by hand, extended to sixty with the package
# glasbey 0.4.0 (extend_palette, lightness 42-72, chroma 25-80).
_COLOURS = """
#4e79d7 #f28e2b #2a9d8f #e15759 #8e6bbf #c9a227 #d177b5 #6aa84f #9c6b4f #56b4e9 #b5485d #7f8c2f
#ceb5ff #5adeb5 #efadad #a5d600 #c531de #adc594 #00de63 #00deef #9494ff #6b8ca5 #ce7bff #ce5a00
#ff9cf7 #a594bd #adc5e6 #bd946b #84b5b5 #a57300 #bd7b84 #ff846b #19945a #efb57b #ff5aef #63b58c
#9cad00 #009c00 #9c7394 #0094ce #ad42ff #8463ff #d6c519 #de3abd #00b5c5 #9ca563 #d6a5c5 #ff6321
#6b8c63 #5abd10 #5a9cff #ce7352 #ffad00 #94d673 #7b84bd #8ca5ce #b56bc5 #21c5b5 #ff738c #cebd6b
"""
PALETTE = _COLOURS.split()


def colour(slot: int) -> str:
    """The colour of a slot. Behind the sixtieth they come round again; noise (-1) is grey."""
    return NOISE if slot < 0 else PALETTE[slot % len(PALETTE)]


def match_slots(
    labels: NDArray[np.int32], k: int, before: NDArray[np.int32] | None = None, slots: Sequence[int] = ()
) -> tuple[int, ...]:
    """A colour slot for each of ``k`` clusters, kept from the clusters that were shown before.

    Clusters are matched so that as many texts as possible keep their colour (see
    `core.pipeline.clustering.matching`). A cluster without a counterpart takes the first free slot.

    Parameters
    ----------
    labels, before : (n,) int32 cluster of each text now and before, -1 for noise.
    slots : colour slots of the clusters before.

    Returns
    -------
    k slots, all different.
    """
    if before is None or not slots or len(before) != len(labels):
        return tuple(range(k))
    matched = {now: slots[was] for now, was in matched_clusters(labels, k, before, len(slots)).items()}
    free = iter(slot for slot in range(k + len(slots)) if slot not in matched.values())
    return tuple(matched[now] if now in matched else next(free) for now in range(k))
