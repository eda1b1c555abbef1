"""The card of a model: everything about it that its own files don't say."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Pooling = Literal["", "mean", "cls", "last"]

# What stands around instruction and text: [CLS] and [SEP], or one </s>; counted as two for all.
SPECIAL_TOKENS = 2
# An instruction must leave room for at least this many tokens of the text itself.
MIN_TEXT_TOKENS = 32
INSTRUCTION = "{instruction}"


@dataclass(frozen=True)
class Prefix:
    """A fixed string that a family was trained to see before a text, and what it tells the model, in plain words."""

    text: str
    meaning: str


@dataclass(frozen=True)
class Family:
    """How a family of models wants its input, and what it pools: the part of the recipe that no file says.

    Parameters
    ----------
    name : what ``load_model(path, family=...)`` calls it.
    title : its name in the field.
    template : what stands before a text under an instruction; ``{instruction}`` is replaced by it, as it is.
    plain_prefix : what stands before a text without an instruction.
    pooling : "mean", "cls" or "last", where the directory has no ``modules.json`` that says it.
    pool_instruction : whether the tokens before the text count in the mean.
    follows_instructions : whether the family was trained to heed an instruction in free words.
    prefixes : the fixed strings it was trained with.
    meaning : what the instruction or prefix does to the vectors of this family, in plain words.
    source : where the recipe is published.
    own : whether it is Refract's own, so that no other directory can hold a model of it.
    """

    name: str
    title: str
    template: str = INSTRUCTION
    plain_prefix: str = ""
    pooling: Pooling = "mean"
    pool_instruction: bool = True
    follows_instructions: bool = False
    prefixes: tuple[Prefix, ...] = ()
    meaning: str = ""
    source: str = ""
    own: bool = False


def _family(name: str, fields: dict[str, Any]) -> Family:
    prefixes = tuple(Prefix(**prefix) for prefix in fields.pop("prefixes", ()))
    return Family(name=name, prefixes=prefixes, **fields)


FAMILIES = {
    name: _family(name, fields)
    for name, fields in tomllib.loads(Path(__file__).with_name("families.toml").read_text("utf-8")).items()
}


@dataclass(frozen=True)
class ModelCard:
    """A model's recipe and what a user should know of it.

    Parameters
    ----------
    name : what the user calls it.
    family : a name in `FAMILIES`; it gives template, pooling and the rest where they are not set here.
    hub_id : ``owner/name`` on the model hub, or "" for a model that isn't there.
    revision : commit on the hub that is downloaded, or "main".
    package : an installed Python package that carries the model in its folder ``model``, or "".
    parameters : how many weights it has, in millions; 0 is unknown.
    languages : which it was trained on, in words.
    weights_sha256 : SHA-256 of ``model.safetensors`` as published; checked at every load. "" means unknown.
    max_tokens : texts are cut behind this many tokens, special tokens and instruction counted in.
    dimension : length of a vector.
    template, plain_prefix : what stands before a text with and without an instruction; see `Family`.
    pooling : "mean", "cls" or "last".
    normalise : whether vectors are brought to length 1. Every family here does.
    pool_instruction : whether the instruction's own tokens count in the mean. INSTRUCTOR (Su et al. 2022) leaves
        them out.
    follows_instructions : whether the model was trained to heed an instruction. One that was not still gives other
        vectors under another instruction, but not by its meaning.
    precision : "float32", "bfloat16", or "auto" for bfloat16 where the processor has it and a check of the vectors at
        load finds them unchanged (cosine of at least 0.999), and float32 elsewhere.
    reader : name of the plain model that reads texts for this one; "" for a model that encodes by itself.
    """

    name: str
    description: str = ""
    family: str = "plain"
    hub_id: str = ""
    revision: str = "main"
    package: str = ""
    licence: str = "unknown"
    parameters: float = 0
    languages: str = ""
    weights_sha256: str = ""
    max_tokens: int = 512
    dimension: int = 0
    template: str = INSTRUCTION
    plain_prefix: str = ""
    pooling: Pooling = ""
    normalise: bool = True
    pool_instruction: bool = False
    follows_instructions: bool = False
    precision: str = "auto"
    reader: str = ""

    def prefix(self, instruction: str) -> str:
        """The string before every text under an instruction, to the last character."""
        return self.template.replace(INSTRUCTION, instruction) if instruction else self.plain_prefix

    @property
    def reads_once(self) -> bool:
        """Whether texts are read once, and each instruction is asked of what was read within milliseconds."""
        return bool(self.reader)

    def for_answers(self, instruction: str) -> str:
        """The instruction for words that answer ``instruction``, such as names of topics, or a query.

        A model that reads once was trained to bring texts to the plain vectors of such words; others see them as texts
        under the same instruction.
        """
        return "" if self.reads_once else instruction


def from_family(name: str, family: str = "plain", **fields: object) -> ModelCard:
    """A card with its family's recipe, and ``fields`` over it."""
    recipe = FAMILIES[family]
    inherited = {
        key: getattr(recipe, key)
        for key in ("template", "plain_prefix", "pooling", "pool_instruction", "follows_instructions")
    }
    return ModelCard(name=name, family=family, **{**inherited, **fields})


def room_for_text(max_tokens: int, instruction_tokens: int) -> int:
    """Tokens of a text that are read behind an instruction."""
    return max(0, max_tokens - SPECIAL_TOKENS - instruction_tokens)


def too_long(
    model: str, max_tokens: int, instruction_tokens: int, min_text_tokens: int = MIN_TEXT_TOKENS
) -> str | None:
    """Why an instruction is refused, or None where it leaves the text enough room."""
    room = room_for_text(max_tokens, instruction_tokens)
    if room >= min_text_tokens:
        return None
    return (
        f"The instruction has {instruction_tokens} tokens; {model} reads {max_tokens} in all, which leaves {room} for "
        f"the text. Shorten the instruction to {room_for_text(max_tokens, min_text_tokens)} tokens."
    )
