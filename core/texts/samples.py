"""Four corpora to try things on, and instructions to start from."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from core.base.errors import InputError
from core.base.home import ROOT

DIRECTORY = ROOT / "assets" / "samples"


@dataclass(frozen=True)
class Preset:
    """An instruction to start from.

    Parameters
    ----------
    label : what the user picks it by.
    instruction : the exact string; "" is the plain embedding.
    column : the sample's label column that holds the right answer to it, or "".
    """

    label: str
    instruction: str
    column: str = ""


@dataclass(frozen=True)
class Sample:
    """A corpus with label columns that are independent of one another: each is a different right way to group it.

    Parameters
    ----------
    name : what the user picks it by.
    file : the CSV in `DIRECTORY`.
    description : how many texts of what kind, and where they come from.
    what_you_see : two short sentences for somebody who looks at its map for the first time.
    presets : instructions to start from, without the plain embedding.
    text_column : the column of texts.
    """

    name: str
    file: str
    description: str
    what_you_see: str
    presets: tuple[Preset, ...]
    text_column: str = "text"

    @property
    def path(self) -> Path:
        """The CSV file."""
        return DIRECTORY / self.file

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The columns that presets ask for."""
        return tuple(preset.column for preset in self.presets if preset.column)


PLAIN = Preset("no instruction", "")

_TABLE = tomllib.loads((DIRECTORY / "samples.toml").read_text("utf-8"))


def _presets(said: list[dict[str, str]]) -> tuple[Preset, ...]:
    return tuple(Preset(**each) for each in said)


# The app opens on the first.
SAMPLES = tuple(Sample(**{**each, "presets": _presets(each["presets"])}) for each in _TABLE["samples"])

# For the user's own files, whose kind of text isn't known.
GENERIC_PRESETS = (*_presets(_TABLE["generic"]), PLAIN)


def sample(name: str) -> Sample:
    """The sample of that name; an `InputError` lists the names."""
    for candidate in SAMPLES:
        if candidate.name == name:
            return candidate
    raise InputError(f"There is no sample called {name}. Choose one of: {', '.join(s.name for s in SAMPLES)}.")


def presets_for(chosen: Sample | None) -> tuple[Preset, ...]:
    """The presets to offer for a sample, or for a user's own file; the plain embedding is always the last."""
    return GENERIC_PRESETS if chosen is None else (*chosen.presets, PLAIN)
