"""``python -m training.evaluate --data FOLDER``: does the model follow instructions on texts it never saw?

For sets with several label columns: v-measure of k-means (k = number of classes) under paraphrases of the instruction
that asks for a column, under those that ask for another, under controls, and by the plain reader. The sets are for
judging; the model's card names the one thing about the training that their figures have led to.
"""

import argparse
import json
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.models.refract.readout import ReadOut
from training.controls import attention_check, prompted, shuffled_words
from training.data import LabelledTexts, read_set
from training.dev import readings_of, v_measure, vectors_of
from training.instructions import HELD_OUT_GENERIC, HELD_OUT_UNTAUGHT, TextKind, fill, held_out
from training.states import StateReader, States, states_of
from training.train import load

SEEDS = 5
NONSENSE = "Blorp the frindle zum for quaxing by morvish: "

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asking:
    """An aspect that a set can be asked for, and the column that answers.

    Parameters
    ----------
    column : label column.
    names : names of the aspect in the instruction; they take turns over the paraphrases.
    target : what the v-measure must reach, in percent; ``times_plain`` the same as a multiple of the plain reader's.
    """

    column: str
    names: tuple[str, ...]
    target: float | None = None
    times_plain: float | None = None


@dataclass(frozen=True)
class Judged:
    """A set, what its texts are, what it is asked, and which of its rows count ({column: class})."""

    name: str
    source: TextKind
    questions: tuple[Asking, ...]
    only: dict[str, str] = field(default_factory=dict)


JUDGED = (
    Judged(
        "mds_amazon",
        TextKind("product", "review"),
        (
            Asking("sentiment", ("sentiment", "opinion polarity"), target=40),
            Asking("domain", ("product domain", "product category"), target=66),
        ),
    ),
    Judged(
        "stance_semeval16",
        TextKind("", "tweet"),
        (
            Asking("sentiment", ("sentiment", "opinion polarity"), target=18),
            Asking("target", ("target", "target of the stance"), target=31),
        ),
    ),
    Judged(
        "syngoalex",
        TextKind("", "text"),
        (
            Asking("style", ("writing style", "style"), target=15),
            Asking("topic", ("topic", "topical content"), target=77),
        ),
        only={"language": "English"},
    ),
    Judged(
        "reuters_topic_place",
        TextKind("news", "article"),
        (
            Asking("topic", ("topic", "topical content"), target=61),
            Asking("place", ("country or place", "country"), target=28),
        ),
    ),
    Judged(
        "airline_reason",
        TextKind("airline", "tweet"),
        (
            Asking("negative_reason", ("complaint reason", "reason for complaining"), times_plain=1.25),
            Asking("airline", ("airline", "airline company")),
        ),
    ),
    Judged(
        "babe_topic_bias",
        TextKind("news", "sentence"),
        (Asking("topic", ("topic", "topical content")), Asking("bias", ("media bias", "bias"))),
    ),
)


@dataclass(frozen=True)
class Row:
    """One line of the table; v-measures in percent.

    Parameters
    ----------
    asked : mean over paraphrases and seeds; ``paraphrase_spread`` and ``seed_spread`` are standard deviations.
    other : mean of the same column under the paraphrases that ask for another column.
    wins : for how many of the paraphrases asked is above other.
    unrelated : under instructions that ask for something the texts don't have.
    """

    name: str
    column: str
    texts: int
    classes: int
    plain: float
    asked: float
    paraphrase_spread: float
    seed_spread: float
    other: float
    wins: int
    paraphrases: int
    none: float
    generic: float
    unrelated: float
    nonsense: float
    shuffled: float
    prompted: float
    target: float | None

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None without one."""
        return None if self.target is None else self.asked >= self.target


def judge(model: ReadOut, judged: Judged, labelled: LabelledTexts, reader: StateReader, cache: Path) -> list[Row]:
    """All rows of one set."""
    rows = [r for r in range(len(labelled)) if all(labelled.labels[c][r] == v for c, v in judged.only.items())]
    labelled = labelled.take(rows)
    states = states_of(f"eval-{judged.name}", labelled.texts, reader, cache)
    embed = _embedder(model, states, reader)
    paraphrases = {q.column: held_out(q.names[0], judged.source, q.names) for q in judged.questions}
    asked = {column: [embed(text) for text in texts] for column, texts in paraphrases.items()}
    generic = [embed(fill(template, "", judged.source)) for template in HELD_OUT_GENERIC]
    source = judged.source
    unrelated = [embed(f"Represent the {source.text_type} for clustering by {name}: ") for name in HELD_OUT_UNTAUGHT]
    rng = random.Random(0)
    out = []
    for question in judged.questions:
        column = labelled.labels[question.column]
        known = np.flatnonzero([value != "" for value in column])
        classes = [column[row] for row in known]

        def scores(
            groups: Sequence[NDArray[np.float32]], known: NDArray[np.int64] = known, classes: Sequence[str] = classes
        ) -> NDArray[np.float64]:
            """(vectors, seeds) v-measures."""
            return np.asarray(
                [[v_measure(vectors[known], classes, seed) for seed in range(SEEDS)] for vectors in groups]
            )

        own = scores(asked[question.column])
        others = [scores(vectors) for name, vectors in asked.items() if name != question.column]
        other = np.mean(others, axis=0)
        plain = float(scores([states.plain]).mean())
        text = paraphrases[question.column][0]
        target = question.target if question.times_plain is None else question.times_plain * plain
        row = Row(
            judged.name,
            question.column,
            len(known),
            len(set(classes)),
            plain,
            float(own.mean()),
            float(own.mean(1).std()),
            float(own.std(1).mean()),
            float(other.mean()),
            int((own.mean(1) > other.mean(1)).sum()),
            len(own),
            float(scores([embed("")]).mean()),
            float(scores(generic).mean()),
            float(scores(unrelated).mean()),
            float(scores([embed(NONSENSE)]).mean()),
            float(scores([embed(shuffled_words(text, rng)) for _ in range(3)]).mean()),
            float(scores([prompted(reader, text, labelled.texts)]).mean()),
            target,
        )
        log.info("%s", row)
        out.append(row)
    return out


def table(rows: Sequence[Row]) -> str:
    """The figures as two Markdown tables: what is asked for, and the controls."""
    lines = [
        "| set | column | texts | classes | plain reader | asked | ± paraphrases | ± seeds | other instruction | "
        "wins | must reach |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        target = "" if r.target is None else f"{r.target:.1f} {'yes' if r.reached else 'no'}"
        lines.append(
            f"| {r.name} | {r.column} | {r.texts} | {r.classes} | {r.plain:.1f} | {r.asked:.1f} | "
            f"{r.paraphrase_spread:.1f} | {r.seed_spread:.1f} | {r.other:.1f} | {r.wins}/{r.paraphrases} | {target} |"
        )
    lines += [
        "",
        "| set | column | plain reader | no instruction | generic | unrelated | nonsense | shuffled words | "
        "plain reader, instruction before the text |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.name} | {r.column} | {r.plain:.1f} | {r.none:.1f} | {r.generic:.1f} | {r.unrelated:.1f} | "
        f"{r.nonsense:.1f} | {r.shuffled:.1f} | {r.prompted:.1f} |"
        for r in rows
    ]
    return "\n".join(lines)


def main() -> None:
    """Print the tables and the attention check."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of Parquet files with text and labels")
    parser.add_argument("--model", type=Path, default=Path("assets/models/refract-small"))
    parser.add_argument("--work", type=Path, default=Path("training-work"), help="cached states")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    reader, model = StateReader(), load(arguments.model)
    rows: list[Row] = []
    checks = {}
    for judged in JUDGED:
        labelled = read_set(arguments.data / f"{judged.name}.parquet")
        rows += judge(model, judged, labelled, reader, arguments.work / "states")
        for question in judged.questions:
            instruction = held_out(question.names[0], judged.source, question.names)[0]
            checks[f"{judged.name} {question.column}"] = attention_check(model, reader, labelled.texts, instruction)
    print(table(rows))
    print("\nCosine distance moved by removing a fifth of the words:\n\n| set | most attended | random | ratio |")
    print("|---|---|---|---|")
    for name, (top, at_random) in checks.items():
        print(f"| {name} | {top:.3f} | {at_random:.3f} | {top / at_random:.2f} |")
    if arguments.json:
        figures = {"rows": [asdict(row) for row in rows], "attention": checks}
        arguments.json.write_text(json.dumps(figures, indent=1))


def _embedder(model: ReadOut, states: States, reader: StateReader) -> Callable[[str], NDArray[np.float32]]:
    readings = readings_of(model, states)
    return lambda instruction: vectors_of(model, readings, reader.instructions([instruction]))


if __name__ == "__main__":
    main()
