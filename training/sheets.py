"""Sheets beside sets that were written for training: ways to name each aspect, and answers for each class."""

import json
from dataclasses import dataclass
from pathlib import Path

from training.instructions import Aspect, TextKind

# Of the ways to name an aspect, the last ones are never trained on.
HELD_OUT_PHRASES = 2


@dataclass(frozen=True)
class AspectSheet:
    """What one set's texts are, and what they can be asked.

    Parameters
    ----------
    kinds : kinds of text that the set's texts pass for.
    aspects : aspect to the names that stand for it in training.
    held_out : aspect to the names that only evaluations use.
    answers : aspect to class to ways to say the class, the class itself among them.
    """

    kinds: tuple[TextKind, ...]
    aspects: dict[str, Aspect]
    held_out: dict[str, tuple[str, ...]]
    answers: dict[str, dict[str, tuple[str, ...]]]


def read_sheet(path: Path) -> AspectSheet:
    """A file ``*.aspects.json`` with ``text_types``, ``domains`` and ``aspects``: phrases, and values with answers."""
    said = json.loads(path.read_text(encoding="utf-8"))
    kinds = [TextKind("", text_type) for text_type in said["text_types"]]
    kinds += [TextKind(domain, "message") for domain in said["domains"]]
    aspects, held_out, answers = {}, {}, {}
    for name, aspect in said["aspects"].items():
        phrases = tuple(dict.fromkeys([name, *aspect["phrases"]]))
        aspects[name] = Aspect(phrases[:-HELD_OUT_PHRASES])
        held_out[name] = phrases[-HELD_OUT_PHRASES:]
        answers[name] = {value: (value, *ways) for value, ways in aspect["values"].items()}
    return AspectSheet(tuple(kinds), aspects, held_out, answers)


def read_sheets(folder: Path) -> dict[str, AspectSheet]:
    """The sheets of a folder, by the names of their sets."""
    return {path.name.split(".")[0]: read_sheet(path) for path in sorted(folder.glob("*.aspects.json"))}
