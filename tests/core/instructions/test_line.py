"""An instruction as a line, and back."""

import pytest

from core.instructions.line import Line, instruction_of, line_of
from core.texts.samples import GENERIC_PRESETS, SAMPLES

PRESETS = [preset.instruction for sample in SAMPLES for preset in sample.presets]
PRESETS += [preset.instruction for preset in GENERIC_PRESETS if preset.instruction]


@pytest.mark.parametrize("instruction", PRESETS)
def test_every_preset_is_a_line_and_comes_back_letter_by_letter(instruction):
    line = line_of(instruction)
    assert line is not None
    assert line.by
    assert instruction_of(line) == instruction


@pytest.mark.parametrize(
    "instruction", ["", "  odd ;", "Represent the review for retrieval: ", "query: ", "Cluster the reviews by tone: "]
)
def test_what_says_something_else_is_no_line(instruction):
    assert line_of(instruction) is None


def test_nothing_to_group_by_is_no_instruction():
    assert instruction_of(Line("review", "  ")) == ""
    assert instruction_of(Line("", "tone")) == "Represent the text for clustering by tone: "
