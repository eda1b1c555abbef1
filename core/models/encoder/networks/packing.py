"""Texts to token ids, and token ids to batches without padding.

Texts of a batch stand one after the other in a single row of tokens; those of equal length stand together, so that
attention takes each such group as one block and needs no mask. No product is spent on padding, and what a text's
vector comes to doesn't depend on the texts beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer
from torch import Tensor

# Enough rows for the matrix product to be busy, few enough to stay in the processor's cache; progress and cancel come
# between batches. 512, 1,024 and 2,048 measured alike.
TOKENS_PER_BATCH = 1024
# Batches are filled up to a multiple of this: each new number of rows costs a matrix library some milliseconds of
# preparation.
ROWS_STEP = 32


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


def tokenise(tokenizer: Tokenizer, prefixes: Sequence[str], texts: Sequence[str]) -> TokenisedTexts:
    """Tokenise prefix + text, row by row, and find where the text begins.

    The prefix is put before the text as it is, with nothing in between. Where its last characters and the text's
    first ones fall into one token, that token counts as text.
    """
    prompts = [prefix + text for prefix, text in zip(prefixes, texts, strict=True)]
    encodings = tokenizer.encode_batch(prompts)
    skip = [_first_text_token(e, p, t) if p else 0 for e, p, t in zip(encodings, prefixes, texts, strict=True)]
    return TokenisedTexts(
        ids=[encoding.ids for encoding in encodings],
        skip=np.asarray(skip, np.int32),
        truncated=np.asarray([bool(encoding.overflowing) for encoding in encodings], np.bool_),
    )


def _first_text_token(encoding: Encoding, prefix: str, text: str) -> int:
    """Index of the first token that holds a character of the text."""
    start = len(prefix) + len(text) - len(text.lstrip())
    token = encoding.char_to_token(start)
    if token is not None:
        return _before_space(encoding, int(token), len(prefix.rstrip()))
    # The normaliser may drop the text's first characters (control characters): look for the first one it kept.
    ends = [end for _, end in encoding.offsets]
    return next((index for index, end in enumerate(ends) if end > len(prefix)), len(ends) - 1)


def _before_space(encoding: Encoding, token: int, prefix_end: int) -> int:
    """A space that has become a token of its own between prefix and text belongs to the text: SentencePiece marks the
    beginning of a word, not the end of the one before."""
    while token > 0 and encoding.tokens[token - 1] == "▁" and encoding.offsets[token - 1][0] >= prefix_end:
        token -= 1
    return token


@dataclass(frozen=True)
class LengthGroup:
    """Texts of equal length, one after the other: ``count`` of ``length`` tokens from token ``start`` on."""

    start: int
    count: int
    length: int

    @property
    def stop(self) -> int:
        """The token after the group's last."""
        return self.start + self.count * self.length

    @property
    def first_rows(self) -> range:
        """The first token of each text."""
        return range(self.start, self.stop, self.length)

    def of(self, states: Tensor) -> Tensor:
        """(rows, ...) to the group's own (count, length, ...), without a copy."""
        return states[self.start : self.stop].view(self.count, self.length, *states.shape[1:])


@dataclass(frozen=True, eq=False)
class PackedBatch:
    """Token ids of several texts in one row.

    Parameters
    ----------
    ids : (rows,) int64; after the last text come zeros up to a multiple of `ROWS_STEP`, which nobody reads.
    positions : (rows,) int64, each token's place in its own text, from 0.
    groups : the texts, those of equal length together.
    """

    ids: Tensor
    positions: Tensor
    groups: tuple[LengthGroup, ...]

    @property
    def tokens(self) -> int:
        """Rows that belong to a text."""
        return self.groups[-1].stop

    def to(self, device: torch.device) -> "PackedBatch":
        """The same on another device."""
        return PackedBatch(self.ids.to(device), self.positions.to(device), self.groups)


def batches(lengths: NDArray[np.int32], budget: int = TOKENS_PER_BATCH) -> Iterator[NDArray[np.int64]]:
    """Row indices in batches of at most ``budget`` tokens, longest texts first; a longer text goes alone."""
    order = np.argsort(-lengths.astype(np.int64), kind="stable")
    start, tokens = 0, 0
    for place, row in enumerate(order):
        length = int(lengths[row])
        if place > start and tokens + length > budget:
            yield order[start:place]
            start, tokens = place, 0
        tokens += length
    if start < len(order):
        yield order[start:]


def pack(ids: Sequence[Sequence[int]]) -> PackedBatch:
    """Token id lists, those of equal length together, to a batch."""
    lengths = [len(tokens) for tokens in ids]
    total = sum(lengths)
    rows = -(-total // ROWS_STEP) * ROWS_STEP
    flat = np.zeros(rows, np.int64)
    flat[:total] = np.concatenate([np.asarray(tokens, np.int64) for tokens in ids])
    positions = np.zeros(rows, np.int64)
    groups: list[LengthGroup] = []
    start = 0
    while start < len(ids):
        length = lengths[start]
        stop = start + 1
        while stop < len(ids) and lengths[stop] == length:
            stop += 1
        first = groups[-1].stop if groups else 0
        group = LengthGroup(first, stop - start, length)
        positions[group.start : group.stop] = np.tile(np.arange(length), group.count)
        groups.append(group)
        start = stop
    return PackedBatch(torch.from_numpy(flat), torch.from_numpy(positions), tuple(groups))
