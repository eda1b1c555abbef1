"""The encoder: instruction and text in, one vector a text out."""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from core.digest import digest
from core.embedding.batching import TokenisedTexts, batches, pad, tokenise
from core.embedding.bert import BertEncoder
from core.embedding.card import ModelCard, too_long
from core.embedding.precision import PROBES, choose
from core.embedding.spaces import Embedding, Space
from core.errors import InputError
from core.progress import CancelSignal, ProgressCallback, check, report

Inputs: TypeAlias = "Sequence[str] | Sequence[Sequence[str]]"


class Encoder:
    """A transformer that pools the mean of the text's token states, under an instruction that the text attends to.

    The instruction stands before the text and takes part in the attention, but its tokens are left out of the mean
    (INSTRUCTOR, Su et al. 2022, section 2), unless the card says otherwise. Without an instruction this is the plain
    sentence model. Vectors have length 1.
    """

    def __init__(self, network: BertEncoder, tokenizer: Tokenizer, card: ModelCard, source: str) -> None:
        self.card = card
        self._tokenizer = tokenizer
        self._pad_id = tokenizer.token_to_id("[PAD]") or 0
        self._turn = FairLock()
        self.network, self.precision = choose(network, card.precision, self._probe)
        self.fingerprint = digest(source, card.max_tokens, card.pool_instruction, self.precision)

    @classmethod
    def from_directory(cls, directory: Path, card: ModelCard, weights_sha256: str) -> "Encoder":
        """Load network and tokenizer; the fingerprint covers both, the recipe and the number format."""
        raw = (directory / "tokenizer.json").read_bytes()
        tokenizer = Tokenizer.from_buffer(raw)
        tokenizer.no_padding()
        tokenizer.enable_truncation(card.max_tokens)
        config = (directory / "config.json").read_bytes()
        network = BertEncoder.from_directory(directory)
        positions, width = network.position.num_embeddings, network.position.embedding_dim
        if card.max_tokens > positions or card.dimension != width:
            raise InputError(
                f"The model {card.name} reads at most {positions} tokens and has {width} dimensions; "
                f"its card says {card.max_tokens} and {card.dimension}. Correct max_tokens and dimension."
            )
        return cls(network, tokenizer, card, source=digest(weights_sha256, raw, config))

    def encode(
        self,
        inputs: Inputs,
        instruction: str | None = None,
        progress: ProgressCallback | None = None,
        cancel: CancelSignal | None = None,
    ) -> NDArray[np.float32]:
        """Vectors of texts under an instruction.

        Parameters
        ----------
        inputs : texts, or ``[instruction, text]`` pairs, each with its own instruction.
        instruction : put before every text exactly as it is; with pairs it must be None.
        progress, cancel : see `core.progress`; cancel is looked at between batches.

        Returns
        -------
        (n, dimension) float32, rows of length 1.

        Raises
        ------
        InputError
            For an empty text, an input that is neither text nor pair, or an instruction that leaves the text less
            than 32 tokens.
        Cancelled
            Once ``cancel`` is set.
        """
        instructions, texts = split_pairs(inputs, instruction)
        vectors, _, _ = self._encode(instructions, texts, progress, cancel)
        return vectors

    def embed(
        self,
        texts: Sequence[str],
        instruction: str = "",
        progress: ProgressCallback | None = None,
        cancel: CancelSignal | None = None,
    ) -> Embedding:
        """As `encode`, with the space, the token counts and which texts were cut off."""
        vectors, tokens, truncated = self._encode([instruction] * len(texts), texts, progress, cancel)
        vectors.setflags(write=False)
        return Embedding(
            vectors=vectors,
            space=Space(self.card.name, self.fingerprint, instruction, vectors.shape[1]),
            tokens=tokens,
            truncated=truncated,
            instruction_tokens=self.count_tokens([instruction])[0],
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by itself, without special tokens, not cut off."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [len(e.ids) + sum(len(more.ids) for more in e.overflowing) for e in encodings]

    def check_instruction(self, instruction: str) -> None:
        """Raise `InputError` where the instruction leaves too little room for the text."""
        tokens = self.count_tokens([instruction])[0]
        if tokens and (refusal := too_long(self.card.name, self.card.max_tokens, tokens)):
            raise InputError(refusal)

    def _encode(
        self,
        instructions: Sequence[str],
        texts: Sequence[str],
        progress: ProgressCallback | None,
        cancel: CancelSignal | None,
    ) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.bool_]]:
        """Vectors, token counts and which texts were cut off; each distinct pair of instruction and text goes in once.

        So equal texts get equal vectors: a row's place in its batch can change the last bit.
        """
        for row, text in enumerate(texts):
            if not text.strip():
                raise InputError(f"Text {row + 1} is empty. Leave empty texts out.")
        for instruction in dict.fromkeys(instructions):
            self.check_instruction(instruction)
        check(cancel)
        pairs = list(zip(instructions, texts, strict=True))
        first = {pair: row for row, pair in enumerate(dict.fromkeys(pairs))}
        distinct_pairs = list(first)
        where = np.fromiter((first[pair] for pair in pairs), np.int64, len(pairs))
        repeats = np.bincount(where, minlength=len(first))
        tokenised = tokenise(self._tokenizer, [i for i, _ in distinct_pairs], [t for _, t in distinct_pairs])
        lengths = tokenised.lengths
        vectors = np.empty((len(first), self.card.dimension), np.float32)
        done, done_tokens, all_tokens = 0, 0, max(1, int(lengths.sum()))
        report(progress, "embedding", 0, len(texts), 0.0)
        for rows in batches(distinct_pairs, lengths):
            check(cancel)
            with self._turn.hold():
                vectors[rows] = self._encode_batch(self.network, tokenised, rows).numpy()
            done += int(repeats[rows].sum())
            done_tokens += int(lengths[rows].sum())
            report(progress, "embedding", done, len(texts), done_tokens / all_tokens)
        return vectors[where], lengths[where], tokenised.truncated[where]

    def _probe(self, network: nn.Module) -> Tensor:
        tokenised = tokenise(self._tokenizer, [""] * len(PROBES), PROBES)
        return self._encode_batch(network, tokenised, list(range(len(PROBES))))

    @torch.inference_mode()
    def _encode_batch(self, network: nn.Module, tokenised: TokenisedTexts, rows: list[int]) -> Tensor:
        ids, mask = pad([tokenised.ids[row] for row in rows], self._pad_id)
        states = network(ids, mask).float()
        if not self.card.pool_instruction:
            positions = torch.arange(ids.shape[1])
            mask = mask & (positions >= torch.from_numpy(tokenised.skip[rows])[:, None])
        pooled = mean_pool(states, mask)
        return torch.nn.functional.normalize(pooled, dim=1)


def mean_pool(states: Tensor, mask: Tensor) -> Tensor:
    """Mean of (batch, tokens, width) states over the tokens where the (batch, tokens) mask is True."""
    weights = mask.to(states.dtype)
    return torch.bmm(weights[:, None, :], states).squeeze(1) / weights.sum(1, keepdim=True)


def split_pairs(inputs: Inputs, instruction: str | None) -> tuple[list[str], list[str]]:
    """``[instruction, text]`` pairs, or texts and one instruction, to a list of instructions and a list of texts."""
    if isinstance(inputs, str):
        raise InputError("Give a list of texts, not a single string.")
    instructions: list[str] = []
    texts: list[str] = []
    for row, item in enumerate(inputs):
        if isinstance(item, str):
            instructions.append(instruction or "")
            texts.append(item)
        elif isinstance(item, (list, tuple)) and len(item) == 2 and all(isinstance(part, str) for part in item):
            if instruction is not None:
                raise InputError("The inputs carry their own instructions: leave the argument instruction out.")
            instructions.append(item[0])
            texts.append(item[1])
        else:
            raise InputError(f"Input {row + 1} is neither a text nor a pair of instruction and text.")
    return instructions, texts


class FairLock:
    """A lock that is granted in the order it was asked for.

    `threading.Lock` favours a thread that releases and asks again at once: with it, a long encoding would keep every
    other user's waiting.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Wait for one's turn and keep the lock inside the ``with`` block."""
        mine = threading.Event()
        with self._guard:
            self._waiting.append(mine)
            if self._waiting[0] is mine:
                mine.set()
        mine.wait()
        try:
            yield
        finally:
            with self._guard:
                self._waiting.popleft()
                if self._waiting:
                    self._waiting[0].set()
