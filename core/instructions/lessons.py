"""The Learn page's lessons, computed live: similarities under an instruction, where its tokens go, what it costs."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.base.progress import UNWATCHED, Watch
from core.models.encoder.text_encoder import TextEncoder
from core.models.registry import load_model

Role: TypeAlias = Literal["instruction", "text", "special"]

# A plain model that takes the instruction before every text, whose tokenizer shows where the words go.
BEFORE_EVERY_TEXT = "all-MiniLM-L6-v2"
MOODS_AND_THINGS = (
    "I love this blender.",
    "I hate this blender.",
    "These headphones are wonderful.",
    "These headphones are awful.",
)


@dataclass(frozen=True)
class Piece:
    """A token as it is written, and what it belongs to."""

    text: str
    role: Role


@dataclass(frozen=True)
class LengthCost:
    """The cost of an instruction before every text on this machine: its tokens, and the seconds for all texts."""

    instruction: str
    instruction_tokens: int
    tokens: int
    seconds: float


def cosines(model: TextEncoder, texts: Sequence[str], instruction: str) -> NDArray[np.float32]:
    """(n, n) float32, cosine of every pair of texts under an instruction."""
    vectors = model.encode(list(texts), instruction)
    found: NDArray[np.float32] = np.clip(vectors @ vectors.T, -1, 1)
    return found


def pieces(instruction: str, text: str) -> list[Piece]:
    """The tokens of instruction and text as a model gets them that takes the instruction before every text."""
    from core.models.encoder.networks.packing import tokenise

    model = load_model(BEFORE_EVERY_TEXT)
    tokenizer = model.tokenizer  # type: ignore[attr-defined]
    tokenised = tokenise(tokenizer, [instruction], [text])
    after = int(tokenised.skip[0])
    written = tokenizer.encode(instruction + text).tokens
    found = []
    for place, token in enumerate(written):
        special = token in ("[CLS]", "[SEP]")
        role: Role = "special" if special else "instruction" if place < after else "text"
        found.append(Piece(token, role))
    return found


def length_costs(instructions: Sequence[str], texts: Sequence[str], watch: Watch = UNWATCHED) -> list[LengthCost]:
    """Encode the same texts under instructions of several lengths, and take the time; best of three."""
    model = load_model(BEFORE_EVERY_TEXT)
    model.encode(list(texts), instructions[0], watch=watch)  # the first call costs more than the later ones
    found = []
    for instruction in instructions:
        spent = []
        for _ in range(3):
            began = time.perf_counter()
            embedding = model.embed(list(texts), instruction, watch=watch)
            spent.append(time.perf_counter() - began)
        tokens = int(embedding.tokens.sum())
        found.append(LengthCost(instruction, embedding.instruction_tokens, tokens, min(spent)))
    return found
