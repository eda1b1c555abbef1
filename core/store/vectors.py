"""Embeddings kept by what they were made from: model, instruction and text.

A text that was embedded once is never embedded again, in whatever corpus it comes; work that was stopped goes on where
it was.
"""

import functools
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

import numpy as np
from numpy.typing import NDArray

from core.base.digest import digest
from core.base.errors import InputError
from core.base.progress import UNWATCHED, ProgressCallback, Watch
from core.models.cards.spaces import Embedding
from core.models.encoder.checks import refuse_empty
from core.store.chunks import KEY_BYTES, ChunkFolder, entries, row_type, text_keys
from core.store.readings import ReadingFolder

if TYPE_CHECKING:
    from core.models.encoder.text_encoder import TextEncoder
    from core.models.refract.live import LiveEncoder

# Counts in the names of the folders: another one and nothing that was saved before is looked at.
FORMAT = "refract vectors 1"

# Texts are encoded and saved in parts that take about so long: what a kill costs at most. Shorter ones cost pace: in
# parts of 1,024 texts the encoder takes 4 % longer than in parts of 4,096, in parts of 256 it takes 16 % longer.
PART_SECONDS = 5.0
FIRST_PART_TEXTS = 16  # until the pace is known: a large model takes seconds for these, a small one a blink
MAX_PART_TEXTS = 4096

# Folders whose list of texts is kept in memory, some 40 bytes a text.
FOLDERS_IN_MEMORY = 16


class VectorStore:
    """Vectors in a directory, a folder a space; safe to use from several threads and processes at once.

    Parameters
    ----------
    directory : made when something is saved.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._opened = functools.lru_cache(FOLDERS_IN_MEMORY)(
            lambda name, dimension: ChunkFolder(directory / name, row_type(dimension))
        )
        self._opened_readings = functools.lru_cache(FOLDERS_IN_MEMORY)(
            lambda name, width, size: ReadingFolder(directory / name, width, size)
        )

    def embed(
        self, encoder: "TextEncoder", texts: Sequence[str], instruction: str = "", watch: Watch = UNWATCHED
    ) -> Embedding:
        """The vectors of ``encoder.embed``, bit for bit; only texts that were never embedded go through the encoder.

        Parameters
        ----------
        encoder : from `core.models.registry.load_model`.
        texts : n texts; equal ones are embedded once.
        instruction : used exactly as it is.
        watch : see `core.base.progress.Watch`. Saved texts count as done from the start; what was finished before
            ``watch`` stopped it, or anything else stopped the work, is saved.

        Returns
        -------
        Embedding

        Raises
        ------
        InputError
            For an empty text or an instruction that the encoder refuses; where the directory can't be written to or
            the disk is full.
        Cancelled
            Once ``watch`` stops it.
        """
        return self.embed_counted(encoder, texts, instruction, watch)[0]

    def embed_counted(
        self, encoder: "TextEncoder", texts: Sequence[str], instruction: str = "", watch: Watch = UNWATCHED
    ) -> tuple[Embedding, int]:
        """As `embed`, with the number of different texts whose vectors were saved already."""
        refuse_empty(texts)
        watch.check()
        if _is_live(encoder):
            return self._reading_folder(encoder).embed(encoder, texts, instruction, watch), 0
        work = _Work(texts, self._folder(encoder, instruction), encoder.card.dimension)
        work.load(watch)
        known = int(work.filled.sum())
        work.encode(encoder, instruction, watch)
        return work.embedding(encoder, instruction), known

    def size(self) -> int:
        """Bytes that the store takes on the disk."""
        total = 0
        for folder in entries(self.directory):
            for entry in entries(Path(folder.path)):
                with suppress(OSError):  # gone meanwhile
                    total += entry.stat().st_size
        return total

    def clear(self) -> None:
        """Remove everything that is saved. Work under way, here or in another process, goes on and is saved anew.

        Raises
        ------
        InputError
            Where something can't be removed.
        """
        for folder in entries(self.directory):
            for entry in entries(Path(folder.path)):
                if entry.name.endswith(".npy"):  # not the .tmp of a writer at work
                    try:
                        os.unlink(entry.path)
                    except FileNotFoundError:
                        pass
                    except OSError as error:
                        raise InputError(
                            f"{entry.path} can't be removed ({error.strerror or error}). Remove the folder yourself."
                        ) from None

    def _folder(self, encoder: "TextEncoder", instruction: str) -> ChunkFolder:
        """The folder of a space: model, all that stands before a text, and which part of that the user wrote."""
        dimension = encoder.card.dimension
        prompt = encoder.card.prefix(instruction)
        name = digest(FORMAT, encoder.fingerprint, dimension, prompt, instruction)
        return self._opened(name, dimension)

    def _reading_folder(self, encoder: "LiveEncoder") -> ReadingFolder:
        """The folder of a reader: what it reads doesn't depend on any instruction."""
        name = digest(FORMAT, "readings", encoder.fingerprint)
        return self._opened_readings(name, encoder.card.dimension, encoder.reader.bytes_per_token)


class _Work:
    """One call's result as it fills.

    ``source`` is, for each text, the row where that text comes first: that row alone is loaded or encoded.
    """

    def __init__(self, texts: Sequence[str], folder: ChunkFolder, dimension: int) -> None:
        count = len(texts)
        self.texts = texts
        self.folder = folder
        self.keys = text_keys(texts)
        _, first, which = np.unique(self.keys, return_index=True, return_inverse=True)
        self.source = first[which]
        self.distinct = np.sort(first)
        self.filled = np.zeros(count, np.bool_)
        self.vectors = np.empty((count, dimension), np.float32)
        self.tokens = np.empty(count, np.int32)
        self.truncated = np.empty(count, np.bool_)

    def load(self, watch: Watch) -> None:
        """Fill in what is saved."""
        for places, rows in self.folder.find(self.keys[self.distinct], watch):
            self._fill(self.distinct[places], rows["vector"], rows["tokens"], rows["truncated"])

    def encode(self, encoder: "TextEncoder", instruction: str, watch: Watch) -> None:
        """Fill in the rest, and save it part by part."""
        count = len(self.texts)
        known = int(self.filled[self.source].sum())
        missing = self.distinct[~self.filled[self.distinct]]

        def tell(done: float) -> None:
            """Report that so many of the missing texts are encoded; repeated texts count as often as they come."""
            share = known + (count - known) * done / max(1, len(missing))
            watch.report("embedding", int(share), count, share / count if count else 1.0)

        tell(0)
        start, size = 0, FIRST_PART_TEXTS
        while start < len(missing):
            part = missing[start : start + size]
            began = time.monotonic()
            self._encode_part(part, encoder, instruction, watch.telling(_inside(tell, start, len(part))))
            pace = len(part) / max(1e-3, time.monotonic() - began)
            start, size = start + len(part), max(1, min(MAX_PART_TEXTS, int(pace * PART_SECONDS)))
            tell(start)

    def _encode_part(self, part: NDArray[np.int64], encoder: "TextEncoder", instruction: str, watch: Watch) -> None:
        texts = [self.texts[row] for row in part]
        try:
            for chunk in encoder.stream(texts, instruction, watch):
                rows = part[chunk.start : chunk.start + len(chunk.vectors)]
                self._fill(rows, chunk.vectors, chunk.tokens, chunk.truncated)
        except BaseException:
            with suppress(InputError):  # a full disk must not hide what went wrong first
                self._save(part[self.filled[part]])
            raise
        self._save(part)

    def embedding(self, encoder: "TextEncoder", instruction: str) -> Embedding:
        """The result, once every distinct text is filled in."""
        repeats = np.flatnonzero(self.source != np.arange(len(self.texts)))
        origin = self.source[repeats]
        self._fill(repeats, self.vectors[origin], self.tokens[origin], self.truncated[origin])
        self.vectors.setflags(write=False)
        return Embedding(
            vectors=self.vectors,
            space=encoder.space(instruction),
            tokens=self.tokens,
            truncated=self.truncated,
            instruction_tokens=encoder.instruction_tokens(instruction),
        )

    def _fill(
        self,
        rows: NDArray[np.int64],
        vectors: NDArray[np.float32],
        tokens: NDArray[np.int32],
        truncated: NDArray[np.bool_],
    ) -> None:
        self.vectors[rows] = vectors
        self.tokens[rows] = tokens
        self.truncated[rows] = truncated
        self.filled[rows] = True

    def _save(self, part: NDArray[np.int64]) -> None:
        if not self.filled[part].all():
            raise RuntimeError(f"The encoder gave no vectors for {int((~self.filled[part]).sum())} texts.")
        if not len(part):
            return
        rows = np.empty(len(part), self.folder.row)
        rows["key"] = self.keys[part].view(f"V{KEY_BYTES}")
        rows["tokens"] = self.tokens[part]
        rows["truncated"] = self.truncated[part]
        rows["vector"] = self.vectors[part]
        self.folder.save(rows)


def _is_live(encoder: "TextEncoder") -> "TypeGuard[LiveEncoder]":
    """Whether instructions are asked of readings, which are what is worth keeping."""
    return encoder.card.reads_once


def _inside(tell: Callable[[float], None], start: int, size: int) -> ProgressCallback:
    """A callback for the encoder's progress over ``size`` texts, ``start`` texts into the work that ``tell`` knows."""
    return lambda part: tell(start + size * part.fraction)
