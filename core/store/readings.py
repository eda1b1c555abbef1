"""Readings kept on disk: what a live model read in a text is never read again, whatever the instruction.

A folder holds two kinds of immutable files. ``<digest>.tokens.npy`` are the keys and values of some texts' tokens,
mapped into memory when they are asked; ``<digest>.npy`` are the rows that say which text's are where. The tokens are
on disk before the rows that name them are.
"""

import io
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.base.digest import digest, raw_digest
from core.base.progress import UNWATCHED, Progress, Watch
from core.models.cards.spaces import Embedding
from core.models.refract.readings import ReadingPart, Readings
from core.store.chunks import KEY_BYTES, ChunkFolder, Keys, Rows, text_keys

if TYPE_CHECKING:
    from core.models.refract.live import LiveEncoder
    from core.models.refract.reader import ReadChunk

log = logging.getLogger(__name__)


def reading_row(width: int) -> "np.dtype[np.void]":
    """One text: key V16, tokens i4, truncated ?, start i8 in the file named by the hexadecimal ``file``, plain f4."""
    return np.dtype(
        [
            ("key", f"V{KEY_BYTES}"),
            ("tokens", "<i4"),
            ("truncated", "?"),
            ("start", "<i8"),
            ("file", "S32"),
            ("plain", "<f4", (width,)),
        ]
    )


class ReadingFolder:
    """The readings of one reader.

    Parameters
    ----------
    path : made when something is saved.
    width : of a plain vector.
    bytes_per_token : of the keys and values.
    """

    def __init__(self, path: Path, width: int, bytes_per_token: int) -> None:
        self.path = path
        self.bytes_per_token = bytes_per_token
        self._rows = ChunkFolder(path, reading_row(width))
        self._whole: set[str] = set()

    def embed(
        self, encoder: "LiveEncoder", texts: Sequence[str], instruction: str, watch: Watch = UNWATCHED
    ) -> Embedding:
        """As `VectorStore.embed`: texts that were never read are read, and the instruction is asked of all."""
        encoder.check_instruction(instruction)
        keys = text_keys(texts)
        known_as = digest(str(self.path), keys)
        readings = encoder.held(known_as)
        if readings is None:
            readings = self._readings(encoder, texts, keys, watch)
            encoder.hold(known_as, readings)
        return encoder.answer(readings, instruction, watch.quiet)

    def _readings(self, encoder: "LiveEncoder", texts: Sequence[str], keys: Keys, watch: Watch) -> Readings:
        _, first, which = np.unique(keys, return_index=True, return_inverse=True)
        distinct = np.sort(first)
        lengths, truncated = np.zeros(len(texts), np.int32), np.zeros(len(texts), np.bool_)
        parts = []
        for part, cut in self._load(keys, distinct, watch):
            lengths[part.rows], truncated[part.rows] = part.lengths, cut
            parts.append(part)
        missing = distinct[lengths[distinct] == 0]
        known = len(texts) - len(missing)

        def tell(said: Progress) -> None:
            share = (known + len(missing) * said.fraction) / max(1, len(texts))
            watch.report("embedding", known + said.done, len(texts), share)

        if len(missing):
            for chunk in encoder.reader.read([texts[row] for row in missing], watch.telling(tell)):
                rows = missing[chunk.start : chunk.start + len(chunk.lengths)]
                lengths[rows], truncated[rows] = chunk.lengths, chunk.truncated
                parts.append(self._save(chunk, rows, keys[rows]))
        source = first[which].astype(np.int64)
        return Readings(tuple(parts), source, lengths[source], truncated[source])

    def _load(
        self, keys: Keys, distinct: NDArray[np.int64], watch: Watch
    ) -> list[tuple[ReadingPart, NDArray[np.bool_]]]:
        """The saved readings of the texts, one part a file of tokens."""
        found, lost = [], set[bytes]()
        for places, rows in self._rows.find(keys[distinct], watch):
            for name in np.unique(rows["file"]):
                watch.check()
                own = np.flatnonzero(rows["file"] == name)
                tokens = self._map(name.decode())
                if tokens is None:
                    lost.add(bytes(name))
                    continue
                part = ReadingPart(
                    rows=distinct[places[own]],
                    starts=rows["start"][own].astype(np.int64),
                    lengths=rows["tokens"][own].astype(np.int32),
                    plain=np.ascontiguousarray(rows["plain"][own], np.float32),
                    tokens=tokens,
                )
                found.append((part, rows["truncated"][own]))
        if lost:  # rows without their tokens would hide those that are saved in their place
            self._rows.drop(lambda rows: not lost.isdisjoint(rows["file"].tolist()))
        return found

    def _save(self, chunk: "ReadChunk", rows: NDArray[np.int64], keys: Keys) -> ReadingPart:
        """Keep a chunk for good; the part is mapped from its file, so that memory stays that of a chunk."""
        content = io.BytesIO()
        np.save(content, chunk.tokens, allow_pickle=False)
        data = content.getbuffer()
        name = raw_digest(data).hex()
        self._rows.write(f"{name}.tokens.npy", data)
        self._whole.add(name)
        table: Rows = np.empty(len(rows), self._rows.row)
        table["key"] = keys.view(f"V{KEY_BYTES}")
        table["tokens"], table["truncated"] = chunk.lengths, chunk.truncated
        table["start"], table["file"], table["plain"] = chunk.starts, name.encode(), chunk.plain
        self._rows.save(table)
        tokens = self._map(name)
        return ReadingPart(rows, chunk.starts, chunk.lengths, chunk.plain, chunk.tokens if tokens is None else tokens)

    def _map(self, name: str) -> NDArray[np.int8] | None:
        """A file of tokens, or None where it is gone or damaged: it is read through once a process to see."""
        path = self.path / f"{name}.tokens.npy"
        try:
            if name not in self._whole:
                if raw_digest(path.read_bytes()).hex() != name:
                    raise ValueError("its bytes have changed")
                self._whole.add(name)
            # Copy-on-write: nothing that is done to the array reaches the file.
            tokens: NDArray[np.int8] = np.load(path, mmap_mode="c", allow_pickle=False)
            if tokens.dtype != np.int8 or tokens.ndim != 2 or tokens.shape[1] != self.bytes_per_token:
                raise ValueError("it holds something else")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("Saved readings in %s are damaged (%s): their texts are read again.", path, error)
            self._whole.discard(name)
            return None
        return tokens
