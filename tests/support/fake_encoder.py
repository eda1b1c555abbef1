"""An encoder without a network: what `Encoder` offers, over a plain function of the text."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from core.base.progress import UNWATCHED, Watch
from core.models.cards.card import ModelCard
from core.models.cards.spaces import Embedding, Space
from core.store.vectors import VectorStore


class FakeChunk:
    """As `core.models.encoder.encoder.EncodedChunk`; that one's module takes a second to import."""

    def __init__(self, start: int, vectors: np.ndarray, tokens: np.ndarray, truncated: np.ndarray) -> None:
        self.start, self.vectors, self.tokens, self.truncated = start, vectors, tokens, truncated


class FakeEncoder:
    """Vectors from a hash of instruction and text; ``encoded`` lists the texts that went through.

    ``before(n)`` is called before each chunk with the number of texts encoded so far; it may raise.
    """

    def __init__(
        self,
        dimension: int = 5,
        fingerprint: str = "fake",
        chunk_texts: int = 3,
        before: Callable[[int], None] = lambda done: None,
        template: str = "{instruction}",
    ) -> None:
        self.card = ModelCard("fake", dimension=dimension, template=template)
        self.fingerprint = fingerprint
        self.chunk_texts = chunk_texts
        self.before = before
        self.encoded: list[str] = []

    def stream(self, texts: Sequence[str], instruction: str = "", watch: Watch = UNWATCHED) -> Iterator[FakeChunk]:
        watch.report("embedding", 0, len(texts))
        for start in range(0, len(texts), self.chunk_texts):
            watch.check()
            self.before(len(self.encoded))
            part = texts[start : start + self.chunk_texts]
            self.encoded += part
            watch.report("embedding", start + len(part), len(texts))
            yield FakeChunk(start, *self._compute(part, instruction))

    def embed(self, texts: Sequence[str], instruction: str = "") -> Embedding:
        """What a store has to give, bit for bit."""
        vectors, tokens, truncated = self._compute(texts, instruction)
        return Embedding(vectors, self.space(instruction), tokens, truncated, self.instruction_tokens(instruction))

    def space(self, instruction: str) -> Space:
        return Space(self.card.name, self.fingerprint, instruction, self.card.dimension)

    def instruction_tokens(self, instruction: str) -> int:
        return len(self.card.prefix(instruction).split())

    def _compute(self, texts: Sequence[str], instruction: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        vectors = np.empty((len(texts), self.card.dimension), np.float32)
        prompts = [f"{self.fingerprint}|{self.card.prefix(instruction)}|{text}" for text in texts]
        for row, prompt in enumerate(prompts):
            raw = hashlib.shake_256(prompt.encode("utf-8", "surrogatepass")).digest(4 * self.card.dimension)
            vector = np.frombuffer(raw, "<u4").astype(np.float32) - np.float32(2**31)
            vectors[row] = vector / np.linalg.norm(vector)
        tokens = np.array([len(text) for text in texts], np.int32)
        return vectors, tokens, tokens > 20


def assert_same(found: Embedding, wanted: Embedding) -> None:
    """Equal to the last bit."""
    assert found.space == wanted.space
    assert found.instruction_tokens == wanted.instruction_tokens
    for name in ("vectors", "tokens", "truncated"):
        ours, theirs = getattr(found, name), getattr(wanted, name)
        assert ours.dtype == theirs.dtype
        assert ours.shape == theirs.shape
        assert ours.tobytes() == theirs.tobytes()


def files(store: VectorStore) -> list[Path]:
    """The files of a store."""
    return sorted(store.directory.rglob("*.npy"))


def again(store: VectorStore) -> VectorStore:
    """The same directory, as another process would come to it."""
    return VectorStore(store.directory)
