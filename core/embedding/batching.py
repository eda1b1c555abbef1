"""Texts to token ids, and token ids to batches that waste little on padding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer
from torch import Tensor

# Enough rows for the matrix product to be busy, few enough that a batch takes a fraction of a second: progress and
# cancel come between batches.
TOKENS_PER_BATCH = 2048


@dataclass(frozen=True, eq=False)
class TokenisedTexts:
    """Prompts as token ids.

    Parameters
    ----------
    ids : n lists of token ids, special tokens included, cut at the model's limit.
    skip : (n,) int32, how many leading tokens (those of the instruction) are left out of the pooling.
    truncated : (n,) bool, prompts that were longer than the limit.
    """

    ids: list[list[int]]
    skip: NDArray[np.int32]
    truncated: NDArray[np.bool_]

    @property
    def lengths(self) -> NDArray[np.int32]:
        """(n,) int32, tokens of each prompt."""
        return np.fromiter(map(len, self.ids), np.int32, len(self.ids))


def tokenise(tokenizer: Tokenizer, instructions: Sequence[str], texts: Sequence[str]) -> TokenisedTexts:
    """Tokenise instruction + text, row by row, and find where the text begins.

    The instruction is put before the text as it is, with nothing in between. Where its last characters and the
    text's first ones fall into one token, that token counts as text.
    """
    prompts = [instruction + text for instruction, text in zip(instructions, texts, strict=True)]
    encodings = tokenizer.encode_batch(prompts)
    skip = [
        _first_text_token(encoding, len(i), t) for encoding, i, t in zip(encodings, instructions, texts, strict=True)
    ]
    return TokenisedTexts(
        ids=[encoding.ids for encoding in encodings],
        skip=np.asarray(skip, np.int32),
        truncated=np.asarray([bool(encoding.overflowing) for encoding in encodings], np.bool_),
    )


def _first_text_token(encoding: Encoding, boundary: int, text: str) -> int:
    """Index of the first token that holds a character of the text; 0 without an instruction."""
    if boundary == 0:
        return 0
    start = boundary + len(text) - len(text.lstrip())
    token = encoding.char_to_token(start)
    if token is not None:
        return int(token)
    # The normaliser may drop the text's first characters (control characters): look for the first one it kept.
    ends = [end for _, end in encoding.offsets]
    return next((index for index, end in enumerate(ends) if end > boundary), len(ends) - 1)


def batches(
    pairs: Sequence[tuple[str, str]], lengths: NDArray[np.int32], budget: int = TOKENS_PER_BATCH
) -> Iterator[list[int]]:
    """Row indices in batches of similar length, longest first, at most ``budget`` padded tokens each.

    Ties are broken by the (instruction, text) pair itself, so that the same pairs meet in the same batches whatever
    their order: floating-point sums then come out bit for bit the same.
    """
    order = sorted(range(len(pairs)), key=lambda row: (-int(lengths[row]), pairs[row]))
    start = 0
    while start < len(order):
        longest = int(lengths[order[start]])
        stop = start + max(1, budget // max(1, longest))
        yield order[start:stop]
        start = stop


def pad(ids: Sequence[Sequence[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    """Token id lists to (batch, longest) int64 ids and a bool mask that is False on padding."""
    longest = max(map(len, ids))
    padded = np.full((len(ids), longest), pad_id, np.int64)
    mask = np.zeros((len(ids), longest), np.bool_)
    for row, tokens in enumerate(ids):
        padded[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = True
    return torch.from_numpy(padded), torch.from_numpy(mask)
