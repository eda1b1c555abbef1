"""The interface of every model, however it comes to its vectors."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from core.base.progress import UNWATCHED, Watch
from core.models.cards.card import ModelCard
from core.models.cards.spaces import Embedding, Space

if TYPE_CHECKING:
    import torch

    from core.models.encoder.encoder import EncodedChunk, Inputs
    from core.models.encoder.words import WordWeight


class TextEncoder(Protocol):
    """A model that is ready to encode: an `Encoder`, or a `LiveEncoder` where its card names a reader.

    Parameters
    ----------
    card : its recipe and facts.
    fingerprint : digest of weights, tokenizer, recipe and number format.
    precision : "float32" or "bfloat16".
    device : where it computes.
    """

    card: ModelCard
    fingerprint: str
    precision: str
    device: "torch.device"

    def encode(self, inputs: "Inputs", instruction: str | None = None, watch: Watch = UNWATCHED) -> NDArray[np.float32]:
        """See `core.models.encoder.encoder.Encoder.encode`."""

    def embed(self, texts: Sequence[str], instruction: str = "", watch: Watch = UNWATCHED) -> Embedding:
        """See `core.models.encoder.encoder.Encoder.embed`."""

    def stream(self, texts: Sequence[str], instruction: str = "", watch: Watch = UNWATCHED) -> "Iterator[EncodedChunk]":
        """See `core.models.encoder.encoder.Encoder.stream`."""

    def space(self, instruction: str) -> Space:
        """The space of vectors under this instruction: those of one space can be compared."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by itself, without special tokens, not cut off."""

    def attention(self, text: str, instruction: str) -> "list[WordWeight]":
        """How much each word of a text counts under an instruction; empty for a model that can't tell."""

    def instruction_tokens(self, instruction: str) -> int:
        """Tokens that stand before every text under this instruction."""

    def check_instruction(self, instruction: str) -> None:
        """Raise `InputError` where the model can't take the instruction."""
