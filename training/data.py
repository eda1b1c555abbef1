"""Labelled texts from a folder of Parquet files, thinned to a size that trains in minutes, and their dev split."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Texts kept of one set. More of them add little to a read-out, and each costs reading time and disk.
TEXTS_PER_SET = 6000
# One text in this many goes to the dev split.
DEV_SHARE = 8
# A class needs this many texts to be taught, and to be judged.
MIN_CLASS = 4


@dataclass(frozen=True)
class LabelledTexts:
    """Texts of one source with the classes they have under several aspects.

    Parameters
    ----------
    name : the source ("banking77").
    texts : n texts.
    labels : aspect to n class names; "" where a text has no class under that aspect.
    """

    name: str
    texts: list[str]
    labels: dict[str, list[str]]

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> "LabelledTexts":
        """The given rows, in the given order; aspects left with fewer than two classes go."""
        labels = {aspect: [column[row] for row in rows] for aspect, column in self.labels.items()}
        kept = {aspect: column for aspect, column in labels.items() if len(set(column) - {""}) > 1}
        return LabelledTexts(self.name, [self.texts[row] for row in rows], kept)

    def without(self, *aspects: str) -> "LabelledTexts":
        """The same texts without some aspects."""
        return LabelledTexts(self.name, self.texts, {a: c for a, c in self.labels.items() if a not in aspects})


def read_set(path: Path) -> LabelledTexts:
    """One Parquet file with columns ``text`` and ``labels`` (a JSON object aspect -> class)."""
    table = pd.read_parquet(path, columns=["text", "labels"])
    objects = [json.loads(raw) for raw in table["labels"]]
    aspects = sorted({aspect for labels in objects for aspect in labels})
    columns = {aspect: [str(labels.get(aspect) or "") for labels in objects] for aspect in aspects}
    return LabelledTexts(path.stem, [str(text) for text in table["text"]], columns)


def read_folder(folder: Path) -> list[LabelledTexts]:
    """Every set of a folder, in the order of the names, as it is."""
    return [read_set(path) for path in sorted(folder.glob("*.parquet"))]


def training_sets(folder: Path, leave_out: Sequence[str] = (), cap: int = TEXTS_PER_SET) -> list[LabelledTexts]:
    """The sets of a folder as they are trained on: aspects derived, classes that teach nothing dropped, thinned.

    Parameters
    ----------
    folder : Parquet files.
    leave_out : names of sets ("mams_aspect_sentiment") or of aspects of a set ("emobank/genre") to leave out.
    cap : texts kept of a set.
    """
    sets = []
    for labelled in read_folder(folder):
        if labelled.name in leave_out:
            continue
        hidden = [entry.split("/", 1)[1] for entry in leave_out if entry.startswith(labelled.name + "/")]
        sets.append(thin(prepare(labelled), cap).without(*hidden))
    return sets


def prepare(labelled: LabelledTexts) -> LabelledTexts:
    """Add the aspects that follow from others, drop those that texts don't show, and drop rare classes."""
    labels = dict(labelled.labels)
    for source, aspect, derive in DERIVED.get(labelled.name, ()):
        labels[aspect] = derive(labels) if source == "*" else [derive({source: [v]})[0] for v in labels[source]]
    for aspect in HIDDEN.get(labelled.name, ()):
        labels.pop(aspect, None)
    kept: dict[str, list[str]] = {}
    for aspect, column in labels.items():
        dropped = NO_CLASS.get(f"{labelled.name}/{aspect}", frozenset())
        counts = Counter(column)
        column = [v if v and v not in dropped and counts[v] >= MIN_CLASS else "" for v in column]
        if len(set(column) - {""}) > 1:
            kept[aspect] = column
    return LabelledTexts(labelled.name, labelled.texts, kept)


def thin(labelled: LabelledTexts, cap: int) -> LabelledTexts:
    """At most ``cap`` texts, those of rare classes first, so that every class of every aspect is well filled.

    A text's rank is its smallest rank within its classes, in an order that depends on the text alone.
    """
    if len(labelled) <= cap:
        return labelled
    order = sorted(range(len(labelled)), key=lambda row: text_hash(labelled.texts[row]))
    rank = np.full(len(labelled), np.inf)
    for column in labelled.labels.values():
        seen: defaultdict[str, int] = defaultdict(int)
        classes = len(set(column))
        for row in order:
            if column[row]:
                rank[row] = min(rank[row], seen[column[row]] * classes)
                seen[column[row]] += 1
    rows = np.sort(np.argsort(rank, kind="stable")[:cap])
    return labelled.take(rows.astype(np.int64))


def split(labelled: LabelledTexts) -> tuple[LabelledTexts, LabelledTexts]:
    """Training and dev texts. A text's side depends on the text alone."""
    is_dev = [int(text_hash(text)[:8], 16) % DEV_SHARE == 0 for text in labelled.texts]
    rows = range(len(labelled))
    return (
        labelled.take([row for row in rows if not is_dev[row]]),
        labelled.take([row for row in rows if is_dev[row]]),
    )


def text_hash(text: str) -> str:
    """Hexadecimal SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def pool(name: str, aspect: str, parts: Sequence[tuple[LabelledTexts, Mapping[str, str] | str]]) -> LabelledTexts:
    """One set of the texts of several that share the classes of one aspect.

    Within a batch of such a set, texts of different domains are positives: the vector has to drop the domain.

    Parameters
    ----------
    parts : for each set how its texts get their class: the name of a column, of which the classes in `POLES` count,
        or the class that all of its texts have, given as ``{"": class}``, or ``{column: ""}`` for a column of which
        every class counts.
    """
    texts: list[str] = []
    classes: list[str] = []
    origin: list[str] = []
    for labelled, rule in parts:
        if isinstance(rule, str):
            values = [value if value in POLES else "" for value in labelled.labels[rule]]
        else:
            ((column, value),) = rule.items()
            values = labelled.labels[column] if column else [value] * len(labelled)
        for text, value in zip(labelled.texts, values, strict=True):
            if value:
                texts.append(text)
                classes.append(value)
                origin.append(labelled.name)
    return LabelledTexts(name, texts, {aspect: classes, "origin": origin})


def _sentiment_of_stars(labels: Mapping[str, Sequence[str]]) -> list[str]:
    poles = {"1 stars": "negative", "2 stars": "negative", "5 stars": "positive"}
    return [poles.get(stars, "") for stars in labels["rating"]]


def _overall_sentiment(labels: Mapping[str, Sequence[str]]) -> list[str]:
    """Positive or negative where no part of the text is judged the other way."""
    columns = [column for aspect, column in labels.items() if aspect.startswith("sentiment about ")]
    overall = []
    for values in zip(*columns, strict=True):
        poles = set(values) & POLES
        overall.append(poles.pop() if len(poles) == 1 else "")
    return overall


POLES = frozenset({"positive", "negative"})

# set -> (source aspect or "*" for all, new aspect, function of the label columns to the new column)
DERIVED: dict[str, list[tuple[str, str, Callable[[Mapping[str, Sequence[str]]], list[str]]]]] = {
    "womens_clothing": [("*", "sentiment", _sentiment_of_stars)],
    "mams_aspect_sentiment": [("*", "sentiment", _overall_sentiment)],
}
# What a text of these sets hardly shows: labels that are a property of its author, its date or its file.
HIDDEN = {
    "womens_clothing": ("age_group", "division"),
    "cfpb_complaints": ("outcome",),
    "netflix_titles": ("decade", "audience_rating", "genres"),
    "mams_aspect_sentiment": ("aspects",),
    "politeness": ("community",),
    "emobank": ("dominance",),
    "claudette_terms": ("company",),
    "tosdr_points": ("service",),
    "plainvoice": ("length wish",),
}
# Classes that mean "none of the others": such texts have nothing in common.
NO_CLASS = {
    "clinc150/intent": frozenset({"out of scope"}),
    "clinc150/domain": frozenset({"out of scope"}),
    "poem_sentiment/sentiment": frozenset({"no impact", "mixed"}),
    "goemotions/emotion": frozenset({"neutral"}),
    "goemotions/ekman_emotion": frozenset({"neutral"}),
    "goemotions/sentiment": frozenset({"ambiguous"}),
    "persuasion_for_good/dialogue_act": frozenset({"other"}),
    "politeness/politeness": frozenset({"neutral"}),
    "claudette_terms/fairness": frozenset({"no such clause"}),
    "nhs_feedback/sentiment": frozenset({"neutral"}),
    "netflix_titles/genre": frozenset({"International", "British", "Independent"}),
}
