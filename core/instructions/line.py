"""An instruction as a line: "Group each {kind} by {aspect}"."""

from dataclasses import dataclass

from core.instructions.paraphrases import aspect_of
from core.instructions.template import Slots, compose, parse


@dataclass(frozen=True)
class Line:
    """The kind of one text ("customer support ticket"), and what to group by ("product"); each may be ""."""

    kind: str = ""
    by: str = ""


def line_of(instruction: str) -> Line | None:
    """Read an instruction as a line; None where it says something else, or more.

    >>> line_of("Represent the customer review for clustering by complaint reason: ")
    Line(kind='customer review', by='complaint reason')
    """
    slots = parse(instruction)
    if slots is None:
        return None
    line = Line(" ".join(part for part in (slots.domain, slots.text_type) if part), aspect_of(instruction))
    return line if instruction_of(line).strip(" :;,.").lower() == instruction.strip(" :;,.").lower() else None


def instruction_of(line: Line) -> str:
    """Write the line as an instruction; "", the plain embedding, where there is nothing to group by."""
    by = " ".join(line.by.split())
    return compose(Slots("", line.kind, f"clustering by {by}")) if by else ""
