"""Dev figures: v-measures on texts held out of training, by which settings are chosen."""

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import v_measure_score
from torch import Tensor

from core.models.refract.readout import Reading, ReadOut
from training.data import MIN_CLASS, LabelledTexts
from training.instructions import (
    HELD_OUT_GENERIC,
    HELD_OUT_TEMPLATES,
    HELD_OUT_UNTAUGHT,
    TOPICAL,
    fill,
    held_out,
    source_of,
)
from training.sheets import AspectSheet
from training.states import StateReader, States, states_of

TEXTS = 400

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DevFigure:
    """V-measures, in percent, of one label column: plain, asked for, generic and unrelated instruction."""

    name: str
    aspect: str
    plain: float
    asked: float
    generic: float
    unrelated: float


Readings: TypeAlias = list[tuple[NDArray[np.int64], Reading]]


def readings_of(model: ReadOut, states: States, batch: int = 256) -> Readings:
    """The readings of all texts in eight bits, as the app keeps them, by batches of similar length with their rows."""
    order = np.argsort(states.offsets[1:] - states.offsets[:-1], kind="stable").astype(np.int64)
    found = []
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            found.append((rows, model.read(*states.batch(rows)).quantised()))
    return found


def vectors_of(model: ReadOut, readings: Readings, instruction: Tensor) -> NDArray[np.float32]:
    """(n, 384) float32, vectors of all texts under one instruction, in the texts' order."""
    out = np.empty((sum(len(rows) for rows, _ in readings), readings[0][1].plain.shape[1]), np.float32)
    with torch.inference_mode():
        for rows, reading in readings:
            out[rows] = model(reading, instruction).numpy()
    return out


def v_measure(vectors: NDArray[np.float32], classes: Sequence[str], seed: int) -> float:
    """V-measure in percent of k-means with as many clusters as classes."""
    clusters = KMeans(len(set(classes)), n_init=1, random_state=seed).fit_predict(vectors)
    return 100 * float(v_measure_score(classes, clusters))


def dev_figures(
    model: ReadOut,
    sets: Sequence[LabelledTexts],
    reader: StateReader,
    cache: Path,
    sheets: Mapping[str, AspectSheet] | None = None,
) -> list[DevFigure]:
    """Every column of every set, under two held-out paraphrases that ask for it."""
    figures = []
    for labelled in sets:
        rows = random.Random(0).sample(range(len(labelled)), min(TEXTS, len(labelled)))
        labelled = labelled.take(sorted(rows))
        states = states_of(f"dev-{labelled.name}", labelled.texts, reader, cache)
        sheet = (sheets or {}).get(labelled.name)
        source = sheet.kinds[0] if sheet is not None else source_of(labelled.name)
        readings = readings_of(model, states)
        generic = _under(model, readings, reader, fill(HELD_OUT_GENERIC[0], "", source))
        unrelated = [_under(model, readings, reader, fill(HELD_OUT_TEMPLATES[0], n, source)) for n in HELD_OUT_UNTAUGHT]
        for aspect, values in labelled.labels.items():
            known = [row for row, v in enumerate(values) if v and values.count(v) >= MIN_CLASS]
            classes = [values[row] for row in known]
            if len(set(classes)) < 2 or len(known) < 60:
                continue
            names = sheet.held_out[aspect] if sheet is not None else ()
            asked = [_under(model, readings, reader, text) for text in held_out(aspect, source, names)[:2]]
            measured = [
                float(np.mean([v_measure(vectors[known], classes, seed) for seed in range(2) for vectors in group]))
                for group in ([states.plain], asked, [generic], unrelated)
            ]
            figures.append(DevFigure(labelled.name, aspect, *measured))
            log.info(
                "dev %-24s %-32s plain %5.1f asked %5.1f generic %5.1f unrelated %5.1f",
                labelled.name,
                aspect,
                *measured,
            )
    return figures


def summary(figures: Sequence[DevFigure]) -> dict[str, float]:
    """Means over columns: what steering gains, what topical columns keep, what other instructions cost."""
    topical = [f for f in figures if f.aspect in TOPICAL]
    steered = [f for f in figures if f.aspect not in TOPICAL]
    return {
        "steered, asked": _mean([f.asked for f in steered]),
        "steered, plain": _mean([f.plain for f in steered]),
        "topical, asked": _mean([f.asked for f in topical]),
        "topical, plain": _mean([f.plain for f in topical]),
        "topical, generic": _mean([f.generic for f in topical]),
        "topical, unrelated": _mean([f.unrelated for f in topical]),
    }


def _under(model: ReadOut, readings: Readings, reader: StateReader, instruction: str) -> NDArray[np.float32]:
    return vectors_of(model, readings, reader.instructions([instruction]))


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
