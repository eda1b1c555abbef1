"""The same instruction in other words: what a difference between two instructions has to stand out from."""

import re

from core.instructions.template import parse

_TASK = re.compile(r"^(?:for |to )?(?:clustering|grouping|classification|classifying|sorting|categori[sz]ing)\b", re.I)
_TEMPLATES = (
    "Represent the {domain}{text} for grouping by {aspect}: ",
    "Cluster the {domain}{text}s by {aspect}: ",
    "Identify the {aspect} of the {domain}{text}: ",
    "Sort the {domain}{text}s according to their {aspect}: ",
)
_WRAPPINGS = ("{core}", "{core}, please: ", "Task: {core}. Text: ", "Your task is this: {core}: ")


def paraphrases(instruction: str) -> tuple[str, ...]:
    """The same request in other words: the aspect, the domain and the text type stay, the sentence changes.

    An instruction that doesn't name an aspect to group by keeps its words, and what stands around them changes. The
    empty instruction has no paraphrase.

    Returns
    -------
    tuple of str
        Up to four, none equal to the instruction.
    """
    core = " ".join(instruction.split()).rstrip(" :;,.")
    if not core:
        return ()
    slots = parse(instruction)
    aspect = aspect_of(instruction)
    if slots is not None and aspect:
        domain = slots.domain + " " if slots.domain else ""
        found = [template.format(domain=domain, text=slots.text_type, aspect=aspect) for template in _TEMPLATES]
    else:
        found = [wrapping.format(core=core) for wrapping in _WRAPPINGS]
    return tuple(text for text in found if text != instruction)


def aspect_of(instruction: str) -> str:
    """The aspect to group by, "complaint reason" of "... clustering by complaint reason: "; "" where none is named."""
    slots = parse(instruction)
    objective = slots.objective if slots is not None else ""
    if objective.startswith("by "):
        return objective.removeprefix("by ")
    task, by, aspect = objective.partition(" by ")
    return aspect if by and _TASK.match(task) else ""
