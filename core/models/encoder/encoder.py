"""The encoder: instruction and text in, one vector a text out."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn

from core.base.digest import digest
from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch
from core.models.cards.card import ModelCard, too_long
from core.models.cards.spaces import Embedding, Space
from core.models.encoder.checks import refuse_empty
from core.models.encoder.dense import Dense
from core.models.encoder.networks.bert import BertEncoder
from core.models.encoder.networks.layers import first_of_texts, last_of_texts, mean_of_texts, pack_all
from core.models.encoder.networks.packing import PackedBatch, TokenisedTexts, batches, pack, tokenise
from core.models.encoder.precision import PROBES, best_device, choose
from core.models.encoder.words import WordWeight

T = TypeVar("T")
Inputs: TypeAlias = "Sequence[str] | Sequence[Sequence[str]]"

# Texts that are tokenised, sorted and encoded together: enough for groups of equal length, few enough that token ids
# never take much memory.
CHUNK_TEXTS = 4096


@dataclass(frozen=True, eq=False)
class EncodedChunk:
    """Some of the texts asked for, encoded.

    Parameters
    ----------
    start : row of the first.
    vectors : (n, dimension) float32, rows of length 1.
    tokens : (n,) int32, tokens of each text as encoded.
    truncated : (n,) bool, texts that were cut off at the model's limit.
    """

    start: int
    vectors: NDArray[np.float32]
    tokens: NDArray[np.int32]
    truncated: NDArray[np.bool_]


class Encoder:
    """A transformer whose token states are pooled to one vector, under an instruction that the text attends to.

    What stands before the text, what is pooled and what comes after is the card's to say. Without an instruction
    this is the plain sentence model.
    """

    def __init__(
        self, network: nn.Module, tokenizer: Tokenizer, card: ModelCard, source: str, dense: Sequence[Dense] = ()
    ) -> None:
        self.card = card
        self.tokenizer = tokenizer
        self._dense = nn.Sequential(*dense)
        self.turn = FairLock()
        self._dense.to(best_device())
        pack_all(self._dense)
        self.network, self.precision, self.device = choose(network, card.precision, self._probe)
        recipe = (card.template, card.plain_prefix, card.pooling, card.normalise, card.pool_instruction)
        self.fingerprint = digest(source, card.max_tokens, recipe, self.precision, self.device.type)

    def encode(self, inputs: Inputs, instruction: str | None = None, watch: Watch = UNWATCHED) -> NDArray[np.float32]:
        """Vectors of texts under an instruction.

        Parameters
        ----------
        inputs : texts, or ``[instruction, text]`` pairs, each with its own instruction.
        instruction : used exactly as it is; with pairs it must be None.
        watch : see `core.base.progress.Watch`; cancel is looked at between batches.

        Returns
        -------
        (n, dimension) float32, rows of length 1.

        Raises
        ------
        InputError
            For an empty text, an input that is neither text nor pair, or an instruction that leaves the text less
            than 32 tokens.
        Cancelled
            Once ``watch`` stops it.
        """
        instructions, texts = split_pairs(inputs, instruction)
        return self._collect(self._stream(instructions, texts, watch), len(texts))[0]

    def embed(self, texts: Sequence[str], instruction: str = "", watch: Watch = UNWATCHED) -> Embedding:
        """As `encode`, with the space, the token counts and which texts were cut off."""
        stream = self.stream(texts, instruction, watch)
        vectors, tokens, truncated = self._collect(stream, len(texts))
        vectors.setflags(write=False)
        return Embedding(
            vectors=vectors,
            space=self.space(instruction),
            tokens=tokens,
            truncated=truncated,
            instruction_tokens=self.instruction_tokens(instruction),
        )

    def stream(self, texts: Sequence[str], instruction: str = "", watch: Watch = UNWATCHED) -> Iterator[EncodedChunk]:
        """As `embed`, a chunk of texts at a time, in order; memory stays that of two chunks.

        A text's vector is the same to the last bit whatever texts come with it (on a processor; not on an
        accelerator), so chunks may be kept and the rest encoded later.
        """
        return self._stream([instruction] * len(texts), texts, watch)

    def space(self, instruction: str) -> Space:
        """The space of vectors under this instruction: those of one space can be compared."""
        return Space(self.card.name, self.fingerprint, instruction, self.card.dimension)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by itself, without special tokens, not cut off."""
        encodings = self.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [len(e.ids) + sum(len(more.ids) for more in e.overflowing) for e in encodings]

    def attention(self, text: str, instruction: str) -> list[WordWeight]:
        """None: a network that reads instruction and text together doesn't tell what each word counts for."""
        return []

    def instruction_tokens(self, instruction: str) -> int:
        """Tokens that stand before every text under this instruction, the family's own words counted in."""
        return self.count_tokens([self.card.prefix(instruction)])[0]

    def check_instruction(self, instruction: str) -> None:
        """Raise `InputError` where the instruction leaves too little room for the text."""
        tokens = self.instruction_tokens(instruction)
        if tokens and (refusal := too_long(self.card.name, self.card.max_tokens, tokens)):
            raise InputError(refusal)

    def _collect(
        self, stream: Iterator[EncodedChunk], count: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.bool_]]:
        vectors = np.empty((count, self.card.dimension), np.float32)
        tokens, truncated = np.empty(count, np.int32), np.empty(count, np.bool_)
        for chunk in stream:
            rows = slice(chunk.start, chunk.start + len(chunk.tokens))
            vectors[rows], tokens[rows], truncated[rows] = chunk.vectors, chunk.tokens, chunk.truncated
        return vectors, tokens, truncated

    def _stream(self, instructions: Sequence[str], texts: Sequence[str], watch: Watch) -> Iterator[EncodedChunk]:
        refuse_empty(texts)
        prefixes: dict[str, str] = {}
        for instruction in dict.fromkeys(instructions):
            self.check_instruction(instruction)
            prefixes[instruction] = self.card.prefix(instruction)
        watch.check()
        watch.report("embedding", 0, len(texts), 0.0)
        starts = range(0, len(texts), CHUNK_TEXTS)

        def prepare(start: int) -> tuple[list[tuple[str, str]], TokenisedTexts]:
            chunk = slice(start, start + CHUNK_TEXTS)
            pairs = [(prefixes[i], t) for i, t in zip(instructions[chunk], texts[chunk], strict=True)]
            distinct = list(dict.fromkeys(pairs))
            return pairs, tokenise(self.tokenizer, [p for p, _ in distinct], [t for _, t in distinct])

        for start, (pairs, tokenised) in zip(starts, ahead(prepare, starts), strict=True):
            first = {pair: row for row, pair in enumerate(dict.fromkeys(pairs))}
            where = np.fromiter((first[pair] for pair in pairs), np.int64, len(pairs))
            report_batch = self._batch_progress(watch, start, len(texts), where, tokenised)
            vectors = self._encode_chunk(tokenised, report_batch, watch.quiet)
            yield EncodedChunk(start, vectors[where], tokenised.lengths[where], tokenised.truncated[where])

    @staticmethod
    def _batch_progress(
        watch: Watch, start: int, total: int, where: NDArray[np.int64], tokenised: TokenisedTexts
    ) -> Callable[[NDArray[np.int64]], None]:
        """Count a batch's texts as done; by tokens within the chunk, by texts from chunk to chunk."""
        repeats = np.bincount(where, minlength=len(tokenised.ids))
        lengths = tokenised.lengths
        done, done_tokens = start, 0

        def note(rows: NDArray[np.int64]) -> None:
            nonlocal done, done_tokens
            done += int(repeats[rows].sum())
            done_tokens += int(lengths[rows].sum())
            share = (start + done_tokens / max(1, int(lengths.sum())) * len(where)) / max(1, total)
            watch.report("embedding", done, total, share)

        return note

    def _encode_chunk(
        self, tokenised: TokenisedTexts, done: Callable[[NDArray[np.int64]], None], watch: Watch
    ) -> NDArray[np.float32]:
        vectors = np.empty((len(tokenised.ids), self.card.dimension), np.float32)
        for rows in batches(tokenised.lengths):
            watch.check()
            with self.turn.hold():
                vectors[rows] = self._encode_batch(self.network, tokenised, rows).cpu().numpy()
            done(rows)
        return vectors

    def _probe(self, network: nn.Module, device: torch.device) -> Tensor:
        """Vectors of the probe texts under a network; `choose` compares them."""
        tokenised = tokenise(self.tokenizer, [""] * len(PROBES), PROBES)
        found = torch.empty(len(PROBES), self.card.dimension)
        for rows in batches(tokenised.lengths):
            found[torch.from_numpy(rows)] = self._encode_batch(network, tokenised, rows, device).cpu()
        return found

    @torch.inference_mode()
    def _encode_batch(
        self, network: nn.Module, tokenised: TokenisedTexts, rows: NDArray[np.int64], device: torch.device | None = None
    ) -> Tensor:
        """(texts, dimension) float32 vectors of the texts of one batch."""
        device = device or self.device
        batch = pack([tokenised.ids[row] for row in rows]).to(device)
        vectors = self._dense(self._pool(network, batch, tokenised.skip[rows]))
        return torch.nn.functional.normalize(vectors, dim=1) if self.card.normalise else vectors

    def _pool(self, network: nn.Module, batch: PackedBatch, skip: NDArray[np.int32]) -> Tensor:
        """(texts, width) float32, each text's token states pooled as the card says."""
        if self.card.pooling == "last":
            return last_of_texts(network(batch), batch.groups)
        if self.card.pooling == "cls":
            if isinstance(network, BertEncoder):
                return network.first_states(batch).float()
            return first_of_texts(network(batch), batch.groups)
        left_out = torch.from_numpy(skip.astype(np.int64)).to(batch.ids.device)
        if self.card.pool_instruction:
            left_out = torch.zeros_like(left_out)
        return mean_of_texts(network(batch), batch.groups, left_out)


def ahead(prepare: Callable[[int], T], items: Sequence[int]) -> Iterator[T]:
    """``prepare(item)`` for each item in order, the next one under way on a thread while this one is used."""
    if not items:
        return
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(prepare, items[0])
        for item in [*items[1:], None]:
            current = following.result()
            if item is not None:
                following = thread.submit(prepare, item)
            yield current


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
