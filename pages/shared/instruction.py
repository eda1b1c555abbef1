"""The instruction that Explore works under, and the one place that writes it."""

from dataclasses import dataclass, field

from core.instructions.line import Line, instruction_of, line_of
from core.texts import samples
from pages.shared.session.held import held


@dataclass
class Instruction:
    """The exact string, with what the editor needs to stay in step.

    Parameters
    ----------
    text : used exactly as it is; "" is none.
    line : the same as a line, as far as it is one; what one text is stays when the string becomes something else.
    source : the texts that it stands for; others begin with a preset of their own.
    stamp : counts what was written besides typing.
    seen : the number of what was typed last.
    used : instructions before this one, the latest first.
    """

    text: str = ""
    line: Line = field(default_factory=Line)
    source: str | None = None
    stamp: int = 0
    seen: int = 0
    used: list[str] = field(default_factory=list)

    def begin(self, source: str) -> None:
        """Start other texts with the first of their presets."""
        if source != self.source:
            self.write(source, preset_instructions(source)[0])

    def write(self, source: str, text: str) -> None:
        """Put an instruction in place: a preset's, a saved one, another page's."""
        self.source = source
        self.stamp += 1
        self._take(text)

    def typed_text(self, number: int, text: str) -> None:
        """Take what was typed as the exact string."""
        self.seen = number
        self._take(text)

    def typed_line(self, number: int, line: Line) -> None:
        """Take what was typed into the line."""
        self.seen = number
        self._take(instruction_of(line))
        self.line = line

    def _take(self, text: str) -> None:
        if self.text and self.text != text:
            self.used = [self.text, *(each for each in self.used if each not in (self.text, text))][:_REMEMBERED]
        self.text = text
        self.line = line_of(text) or Line(self.line.kind)


_REMEMBERED = 30


def preset_instructions(source: str) -> list[str]:
    """Instructions to begin with, for a sample or for texts of the user's own."""
    sample = next((each for each in samples.SAMPLES if each.name == source), None)
    return [preset.instruction for preset in samples.presets_for(sample)]


def instruction() -> Instruction:
    """This browser session's instruction."""
    return held("instruction", Instruction)
