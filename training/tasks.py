"""What is trained on: sets of texts with their states, and batches of them with balanced classes."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training import data
from training.data import LabelledTexts
from training.instructions import (
    HELD_OUT_WORDS,
    TOPICAL,
    UNTAUGHT,
    aspect_of,
    neutral,
    phrase,
    source_of,
    source_words,
    taught_names,
)
from training.sheets import AspectSheet
from training.states import StateReader, States, states_of
from training.synthetic import noted_sets, written_sets

PHRASES_PER_ASPECT = 64
NEUTRAL_PHRASES = 1024
# A word of the vocabulary as near as this (cosine) to the name of a taught aspect may mean it.
TAUGHT_NEARNESS = 0.5
WRITTEN_TEXTS = 2000
NOTED_TEXTS = 1000
# How often a set with a sheet is drawn: its texts were written for this, under many independent aspects.
SHEET_WEIGHT = 3.0
# Sets that carry written notes: short, everyday, of many topics.
NOTED = ("clinc150", "sgd", "goemotions", "banking77", "bitext_support", "womens_clothing")
# How often a set is drawn; 1 where it isn't listed.
SET_WEIGHTS = {
    "pooled_sentiment": 8.0,
    "pooled_styles": 2.0,
    "womens_clothing": 2.0,
    "written_news": 2.0,
    "written_forms": 2.0,
    "netflix_titles": 2.0,
    "written_feedback": 2.0,
    "goemotions": 3.0,
    "emobank": 2.0,
    "amazon_stars": 2.0,
    "nhs_feedback": 2.0,
    "mams_aspect_sentiment": 1.5,
    "poem_sentiment": 0.3,
    "written_posts": 3.0,
    "nlupp": 0.5,
    "banking77+notes": 0.6,
    "bitext_support+notes": 0.6,
    "clinc150+notes": 0.6,
    "sgd+notes": 0.6,
    "goemotions+notes": 0.6,
    "womens_clothing+notes": 0.6,
}
# How often an aspect is drawn within its set; 1 where it isn't listed.
ASPECT_WEIGHTS = {
    "sentiment": 3.0,
    "country": 3.0,
    "complaint reason": 2.0,
    "writing style": 2.0,
    "company": 0.2,
    "state": 0.5,
    "typos": 0.3,
    "arousal": 0.5,
    "role": 0.5,
    "speaker": 0.5,
    "rating": 2.0,
    "origin": 0.7,
    "type": 0.5,
    "sentiment about miscellaneous": 0.2,
    "sentiment about menu": 0.3,
    "recommended": 0.7,
}
# The columns that mean the same thing whatever the texts are about: taught across sets too.
SENTIMENT_PARTS = {
    "womens_clothing": "sentiment",
    "goemotions": "sentiment",
    "emobank": "valence",
    "written_opinions": "sentiment",
    "amazon_stars": "sentiment",
    "nhs_feedback": "sentiment",
    "sentihood_places": "sentiment",
    "support": "sentiment",
    "reviews": "sentiment",
    "plainvoice": "sentiment",
    "mams_aspect_sentiment": "sentiment",
    "poem_sentiment": "sentiment",
}
# Kinds of text by where they come from, and the columns that say it.
STYLE_PARTS: dict[str, dict[str, str]] = {
    "written_forms": {"writing style": ""},
    "emobank": {"genre": ""},
    "poem_sentiment": {"": "poem"},
    "goemotions": {"": "online comment"},
    "dbpedia14": {"": "encyclopedia article"},
    "cfpb_complaints": {"": "complaint letter"},
    "stackoverflow20": {"": "question title"},
    "sgd": {"": "spoken dialogue"},
    "netflix_titles": {"": "film blurb"},
    "womens_clothing": {"": "customer review"},
    "politeness": {"": "forum question"},
    "hwu64": {"": "voice command"},
    "written_news": {"": "news report"},
}
STYLE_TEXTS = 1500


@dataclass(frozen=True)
class Column:
    """One aspect of a set.

    Parameters
    ----------
    codes : (texts of the set,) int64, the class of each text, -1 for none.
    members : for each class the rows that have it.
    names : (classes, 384) float32, plain vectors of the class names.
    phrases : (phrases, 768) float32, vectors of instructions that ask for the aspect.
    """

    aspect: str
    codes: NDArray[np.int64]
    members: list[NDArray[np.int64]]
    names: Tensor
    phrases: Tensor

    @property
    def topical(self) -> bool:
        """Whether the plain model's sense of similarity is what the aspect asks for."""
        return self.aspect in TOPICAL


@dataclass(frozen=True)
class TaskSet:
    """A set ready for training: states, columns, and instructions that ask for none of them."""

    name: str
    states: States
    columns: list[Column]
    neutral: Tensor
    weight: float = 1.0

    def draw_column(self, rng: random.Random, other_than: Column | None = None) -> Column | None:
        """A column by weight, or None if there is no other."""
        columns = [column for column in self.columns if column is not other_than]
        if not columns:
            return None
        return rng.choices(columns, [ASPECT_WEIGHTS.get(column.aspect, 1.0) for column in columns])[0]

    def draw_rows(
        self, column: Column, size: int, rng: random.Random, beside: Column | None = None
    ) -> NDArray[np.int64]:
        """Rows with balanced classes: up to 32 classes, at least four texts of each where there are that many.

        With a column ``beside``, each class's texts are balanced over that column's classes as well, so that the two
        are independent within the batch.
        """
        classes = rng.sample(range(len(column.members)), min(len(column.members), 32, size // 4))
        each = -(-size // len(classes))
        rows: set[int] = set()
        for cls in classes:
            rows.update(_balanced(column.members[cls], each, rng, beside))
        return np.asarray(sorted(rows)[:size] if len(rows) <= size else rng.sample(sorted(rows), size), np.int64)


def load_sets(
    folders: Sequence[Path], leave_out: Sequence[str], seed: int, cap: int = data.TEXTS_PER_SET
) -> tuple[list[LabelledTexts], list[LabelledTexts]]:
    """All training sets, real and written, and the dev splits of those in the folders."""
    sets = [labelled for folder in folders for labelled in data.training_sets(folder, leave_out, cap)]
    train, dev = zip(*(data.split(labelled) for labelled in sets), strict=True)
    written = written_sets(WRITTEN_TEXTS, seed)
    by_name = {labelled.name: labelled for labelled in [*train, *written]}
    noted = noted_sets([by_name[name] for name in NOTED if name in by_name], NOTED_TEXTS, seed)
    sentiments = [
        (by_name[name], column)
        for name, column in SENTIMENT_PARTS.items()
        if name in by_name and column in by_name[name].labels
    ]
    styles = [
        (by_name[name].take(range(min(len(by_name[name]), STYLE_TEXTS))), rule)
        for name, rule in STYLE_PARTS.items()
        if name in by_name and (set(rule) <= {"", *by_name[name].labels})
    ]
    pooled = [
        data.pool("pooled_sentiment", "sentiment", sentiments),
        data.pool("pooled_styles", "writing style", styles).without("origin"),
    ]
    return [*train, *written, *noted, *pooled], list(dev)


@dataclass(frozen=True)
class Untaught:
    """What instructions may name that are to be passed over: words of the vocabulary, and names of aspects."""

    words: list[str]
    aspects: list[str]


def untaught(reader: StateReader, sheets: Mapping[str, AspectSheet]) -> Untaught:
    """The reader's vocabulary, and `UNTAUGHT`, without what may mean an aspect that is taught or judged."""
    vocabulary = reader.tokenizer.get_vocab()
    passed_over = HELD_OUT_WORDS | source_words()
    words = sorted(w for w in vocabulary if len(w) > 3 and w.isascii() and w.isalpha() and w not in passed_over)
    written = {name for sheet in sheets.values() for aspect in sheet.aspects.values() for name in aspect.names}
    written |= {name for sheet in sheets.values() for names in sheet.held_out.values() for name in names}
    taught = reader.plain(sorted({*taught_names(), *written})).T

    def apart(names: Sequence[str]) -> list[str]:
        nearest = (reader.plain(names) @ taught).max(axis=1)
        return [name for name, near in zip(names, nearest, strict=True) if near < TAUGHT_NEARNESS]

    return Untaught(apart(words), apart(UNTAUGHT))


def prepare_task(
    labelled: LabelledTexts,
    reader: StateReader,
    cache: Path,
    seed: int,
    others: Untaught | None = None,
    sheet: AspectSheet | None = None,
) -> TaskSet:
    """Read the texts, the class names and the instructions.

    Parameters
    ----------
    others : what nothing teaches, for the instructions that are to be passed over.
    sheet : how the set's aspects are asked for and its classes are said, where it has one.
    """
    rng = random.Random(f"{seed}-{labelled.name}")
    kinds = sheet.kinds if sheet is not None else (source_of(labelled.name),)
    columns = []
    for aspect, values in labelled.labels.items():
        names = sorted({v for v in values if v and values.count(v) >= data.MIN_CLASS})
        if len(names) < 2:
            continue
        known = sheet.aspects[aspect] if sheet is not None else aspect_of(aspect, labelled.name)
        code = {name: index for index, name in enumerate(names)}
        codes = np.asarray([code.get(value, -1) for value in values], np.int64)
        phrases = sorted({phrase(known, kinds, rng) for _ in range(PHRASES_PER_ASPECT)})
        answers = sheet.answers[aspect] if sheet is not None else {}
        columns.append(
            Column(
                aspect,
                codes,
                [np.flatnonzero(codes == index).astype(np.int64) for index in range(len(names))],
                _names(reader, [answers.get(name, (name.replace("|", ", "),)) for name in names]),
                reader.instructions(phrases),
            )
        )
    words, aspects = (others.words, others.aspects) if others is not None else ((), UNTAUGHT)
    neutral_phrases = sorted({neutral(kinds, rng, words, aspects) for _ in range(NEUTRAL_PHRASES)})
    return TaskSet(
        labelled.name,
        states_of(labelled.name, labelled.texts, reader, cache),
        columns,
        reader.instructions(neutral_phrases),
        SHEET_WEIGHT if sheet is not None else SET_WEIGHTS.get(labelled.name, 1.0),
    )


def draw_set(sets: Sequence[TaskSet], rng: random.Random) -> TaskSet:
    """A set by weight."""
    return rng.choices(sets, [task.weight for task in sets])[0]


def _balanced(members: NDArray[np.int64], size: int, rng: random.Random, beside: Column | None) -> list[int]:
    """Up to ``size`` of a class's rows, taken from the classes beside in turn."""
    rows = rng.sample(members.tolist(), len(members))
    if beside is None:
        return rows[:size]
    turns: Counter[int] = Counter()
    turn = {}
    for row in rows:
        other = int(beside.codes[row])
        turn[row] = turns[other]
        turns[other] += 1
    return sorted(rows, key=lambda row: turn[row])[:size]


def _names(reader: StateReader, answers: Sequence[Sequence[str]]) -> Tensor:
    """(classes, 384) float32: for each class the mean of the plain vectors of the ways to say it, of length 1."""
    means = np.stack([reader.plain(ways).mean(axis=0) for ways in answers])
    return torch.from_numpy(means / np.linalg.norm(means, axis=1, keepdims=True))
