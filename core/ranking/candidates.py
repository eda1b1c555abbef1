"""The candidates of a ranking: instructions under models, and the controls that they have to beat."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from core.base.recipe import Recipe
from core.instructions.template import Slots, compose, parse

Role: TypeAlias = Literal["instruction", "no instruction", "nonsense", "shuffled words", "plain model"]

PLAIN_MODEL = "all-MiniLM-L6-v2"
# Of the same form as an instruction, and of no meaning.
NONSENSE = "Represent the blorp for clustering by frindle quax: "


@dataclass(frozen=True)
class Candidate:
    """A recipe, what it is there for, and the label column that it is meant to bring out ("" where nobody said)."""

    recipe: Recipe
    role: Role = "instruction"
    column: str = ""


def candidates(instructions: Sequence[str], models: Sequence[str], columns: Sequence[str]) -> list[Candidate]:
    """Every instruction under every model, each tied to its own column.

    Parameters
    ----------
    instructions, models : without repetition.
    columns : label columns that an instruction may be tied to: by the name that stands in its objective.
    """
    return [
        Candidate(Recipe(model, instruction), "instruction", named_column(instruction, columns))
        for model in dict.fromkeys(models)
        for instruction in dict.fromkeys(instructions)
    ]


def controls(instruction: str, model: str, seed: int = 0) -> list[Candidate]:
    """The controls to beat: none, one without meaning, its own words shuffled, and the plain model."""
    words = instruction.split()
    random.Random(seed).shuffle(words)
    found = [
        Candidate(Recipe(model, ""), "no instruction"),
        Candidate(Recipe(model, NONSENSE), "nonsense"),
        Candidate(Recipe(model, " ".join(words)), "shuffled words"),
    ]
    if model != PLAIN_MODEL:
        found.append(Candidate(Recipe(PLAIN_MODEL, ""), "plain model"))
    return found


def named_column(instruction: str, columns: Sequence[str]) -> str:
    """The column whose name stands in the instruction's objective, the longest if several do; else ""."""
    slots = parse(instruction)
    objective = _plain(slots.objective if slots is not None and slots.objective else instruction)
    named = [column for column in columns if f" {_plain(column)} " in f" {objective} "]
    return max(named, key=len, default="")


def ablations(instruction: str) -> dict[str, str]:
    """The instruction with one part dropped or swapped, by what was done; {} where it doesn't fit the template."""
    slots = parse(instruction)
    if slots is None:
        return {}
    changed = {
        "without domain": Slots("", slots.text_type, slots.objective),
        "text type swapped for “text”": Slots(slots.domain, "text", slots.objective),
        "without objective": Slots(slots.domain, slots.text_type, ""),
        "domain swapped for “Wikipedia”": Slots("Wikipedia", slots.text_type, slots.objective),
        "objective alone": Slots("", "", slots.objective),
    }
    found = {name: compose(each) for name, each in changed.items()}
    return {name: text for name, text in found.items() if text and text != instruction}


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("_", " ").replace("-", " ").strip(" :;,.").split())
