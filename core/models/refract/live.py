"""The encoder behind refract-small: texts are read once, and every instruction is asked of what was read."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from core.base.digest import digest
from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch
from core.models.cards.card import ModelCard, room_for_text
from core.models.cards.spaces import Embedding, Space
from core.models.encoder.encoder import EncodedChunk, Encoder, Inputs, split_pairs
from core.models.encoder.words import WordWeight, words_of
from core.models.refract.question import Asker, Question
from core.models.refract.reader import Reader
from core.models.refract.readings import ReadingPart, Readings
from core.models.refract.readout import ReadOut

FORMAT = "refract readings 1"
# Readings that are kept in memory between instructions.
HELD_BYTES = 1024**3
_QUESTIONS = 64


class LiveEncoder:
    """An encoder like `Encoder`, for which another instruction costs no second look at the texts.

    Parameters
    ----------
    card : of this model.
    encoder : the plain model that reads.
    read_out : trained on it.
    source : digest of the read-out's files.
    """

    def __init__(self, card: ModelCard, encoder: Encoder, read_out: ReadOut, source: str) -> None:
        self.card = card
        self.tokenizer = encoder.tokenizer
        self.precision, self.device = encoder.precision, encoder.device
        self.reader = Reader(encoder, read_out)
        self._asker = Asker(read_out, torch.bfloat16 if self.precision == "bfloat16" else torch.float32, self.device)
        self.fingerprint = digest(FORMAT, encoder.fingerprint, source)
        self._held: OrderedDict[str, Readings] = OrderedDict()
        self._questions: OrderedDict[str, Question] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, inputs: Inputs, instruction: str | None = None, watch: Watch = UNWATCHED) -> NDArray[np.float32]:
        """As `Encoder.encode`."""
        instructions, texts = split_pairs(inputs, instruction)
        readings = self.readings(texts, watch)
        vectors = np.empty((len(texts), self.card.dimension), np.float32)
        for each in dict.fromkeys(instructions):
            rows = np.flatnonzero([other == each for other in instructions])
            vectors[rows] = self.ask(readings, each, watch.quiet)[rows]
        return vectors

    def embed(self, texts: Sequence[str], instruction: str = "", watch: Watch = UNWATCHED) -> Embedding:
        """As `Encoder.embed`; the tokens are those that were read."""
        self.check_instruction(instruction)
        return self.answer(self.readings(texts, watch), instruction, watch)

    def stream(self, texts: Sequence[str], instruction: str = "", watch: Watch = UNWATCHED) -> Iterator[EncodedChunk]:
        """As `Encoder.stream`; readings are not kept."""
        question = self._question(instruction)
        for chunk in self.reader.read(texts, watch):
            rows = np.arange(len(chunk.lengths), dtype=np.int64)
            part = ReadingPart(rows, chunk.starts, chunk.lengths, chunk.plain, chunk.tokens)
            yield EncodedChunk(chunk.start, question.vectors(part), chunk.lengths, chunk.truncated)

    def readings(self, texts: Sequence[str], watch: Watch = UNWATCHED) -> Readings:
        """The readings of texts; those asked for last are kept in memory, up to `HELD_BYTES`."""
        key = digest(*texts)
        held = self.held(key)
        if held is not None:
            return held
        distinct = list(dict.fromkeys(texts))
        first = {text: place for place, text in enumerate(distinct)}
        source = np.fromiter((first[text] for text in texts), np.int64, len(texts))
        parts, lengths, truncated = [], np.empty(len(distinct), np.int32), np.empty(len(distinct), np.bool_)
        for chunk in self.reader.read(distinct, watch):
            rows = np.arange(chunk.start, chunk.start + len(chunk.lengths), dtype=np.int64)
            lengths[rows], truncated[rows] = chunk.lengths, chunk.truncated
            parts.append(ReadingPart(rows, chunk.starts, chunk.lengths, chunk.plain, chunk.tokens))
        readings = Readings(tuple(parts), source, lengths[source], truncated[source])
        self.hold(key, readings)
        return readings

    def held(self, key: str) -> Readings | None:
        """Readings that are in memory still, by the digest of their texts."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def hold(self, key: str, readings: Readings) -> None:
        """Keep readings in memory until others need the room; what is mapped from files takes none."""
        with self._lock:
            self._held[key] = readings
            while len(self._held) > 1 and sum(each.memory for each in self._held.values()) > HELD_BYTES:
                self._held.popitem(last=False)
            if readings.memory > HELD_BYTES:
                self._held.pop(key)

    def answer(self, readings: Readings, instruction: str, watch: Watch = UNWATCHED) -> Embedding:
        """The texts under an instruction, with what `embed` tells of them."""
        vectors = self.ask(readings, instruction, watch)
        vectors.setflags(write=False)
        return Embedding(vectors, self.space(instruction), readings.tokens, readings.truncated, 0)

    def ask(self, readings: Readings, instruction: str, watch: Watch = UNWATCHED) -> NDArray[np.float32]:
        """(n, dimension) float32, the vectors of texts that were read, under an instruction."""
        question = self._question(instruction)
        count = len(readings.source)
        vectors = np.empty((count, self.card.dimension), np.float32)
        done = 0
        for part in readings.parts:
            watch.check()
            vectors[part.rows] = question.vectors(part)
            done += len(part.rows)
            watch.report("embedding", min(done, count), count)
        repeated = not np.array_equal(readings.source, np.arange(count))
        return vectors[readings.source] if repeated else vectors

    def attention(self, text: str, instruction: str) -> list[WordWeight]:
        """How much each word of a text counts under an instruction.

        Returns
        -------
        list of `WordWeight`
            In the text's order. The weights of words and special tokens together sum to 1; words behind the reader's
            limit have none and are left out. Without an instruction every token counts alike.
        """
        chunk = next(self.reader.read([text]))
        part = ReadingPart(np.zeros(1, np.int64), chunk.starts, chunk.lengths, chunk.plain, chunk.tokens)
        question = self._question(instruction)
        length = int(chunk.lengths[0])
        weights = np.full(length, 1 / length, np.float32) if question.is_plain else question.attention(part)[0]
        return words_of(self.tokenizer.encode(text), weights)

    def space(self, instruction: str) -> Space:
        """As `Encoder.space`."""
        return Space(self.card.name, self.fingerprint, instruction, self.card.dimension)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As `Encoder.count_tokens`."""
        return self.reader.encoder.count_tokens(texts)

    def instruction_tokens(self, instruction: str) -> int:
        """0: the instruction doesn't stand before the texts."""
        return 0

    def check_instruction(self, instruction: str) -> None:
        """Raise `InputError` where the instruction is longer than the model reads."""
        tokens = self.count_tokens([instruction])[0]
        room = room_for_text(self.card.max_tokens, 0)
        if tokens > room:
            raise InputError(
                f"The instruction has {tokens} tokens; {self.card.name} reads {room}. Shorten it, so that nothing of "
                "it is lost."
            )

    def _question(self, instruction: str) -> Question:
        """The instruction ready to be asked."""
        with self._lock:
            if instruction in self._questions:
                self._questions.move_to_end(instruction)
                return self._questions[instruction]
        self.check_instruction(instruction)
        question = self._asker.question(self.reader.instruction_vector(instruction))
        with self._lock:
            self._questions[instruction] = question
            if len(self._questions) > _QUESTIONS:
                self._questions.popitem(last=False)
        return question
