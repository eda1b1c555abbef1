"""A folder of immutable files of vectors, each of which proves by its name that it is whole.

A file is written aside, flushed to the disk and renamed; its name is the digest of its bytes. So whoever is stopped
in the middle leaves nothing half-written under a final name, two writers of the same rows write the same file, and a
damaged file is told from a whole one.
"""

import io
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.base.atomic import write_aside
from core.base.digest import raw_digest
from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch

log = logging.getLogger(__name__)

Keys: TypeAlias = NDArray[np.bytes_]  # (n,) S16
Rows: TypeAlias = NDArray[np.void]  # (n,) of `row_type`

KEY_BYTES = 16
# A file that is being written is renamed within seconds. One this old was left by a writer that was killed.
ABANDONED_SECONDS = 3600.0

_NAME = re.compile(r"[0-9a-f]{32}\.npy")


def row_type(dimension: int) -> "np.dtype[np.void]":
    """One text in a file: key V16, tokens i4, truncated ?, vector (dimension,) f4; little-endian everywhere."""
    return np.dtype([("key", f"V{KEY_BYTES}"), ("tokens", "<i4"), ("truncated", "?"), ("vector", "<f4", (dimension,))])


@dataclass(frozen=True, eq=False)
class _Index:
    """Where each key is: ``keys`` sorted, with the file (a place in ``names``) and the row in that file."""

    names: tuple[str, ...]
    keys: Keys
    file: NDArray[np.int32]
    row: NDArray[np.int32]

    @classmethod
    def of(cls, held: dict[str, Keys]) -> "_Index":
        names = tuple(sorted(held))
        sizes = [len(held[name]) for name in names]
        keys = np.concatenate([np.empty(0, f"S{KEY_BYTES}"), *(held[name] for name in names)])
        order = np.argsort(keys, kind="stable")
        file = np.repeat(np.arange(len(names), dtype=np.int32), sizes)
        row = np.concatenate([np.empty(0, np.int32), *(np.arange(size, dtype=np.int32) for size in sizes)])
        return cls(names, keys[order], file[order], row[order])

    def locate(self, keys: Keys) -> NDArray[np.int64]:
        """(n,) places of keys in this index, -1 for those that it lacks."""
        if not len(self.keys):
            return np.full(len(keys), -1, np.int64)
        place = np.searchsorted(self.keys, keys)
        place[place == len(self.keys)] = 0
        return np.where(self.keys[place] == keys, place, -1)


class ChunkFolder:
    """The vectors of one space, by key; safe to use from several threads and processes at once.

    Parameters
    ----------
    path : made when something is saved. Its name counts in the names of the files, so that a file that was moved
        here from another space's folder counts as damaged.
    row : what a row holds, such as `row_type`; its field ``key`` is a V16.
    """

    def __init__(self, path: Path, row: "np.dtype[np.void]") -> None:
        self.path = path
        self.row = row
        self._lock = threading.Lock()
        self._held: dict[str, Keys] = {}
        self._index = _Index.of({})

    def find(self, keys: Keys, watch: Watch = UNWATCHED) -> Iterator[tuple[NDArray[np.int64], Rows]]:
        """The rows that are there, file by file.

        Parameters
        ----------
        keys : (n,) S16.
        watch : see `core.base.progress.Watch`; looked at between files.

        Yields
        ------
        (m,) int64 places in ``keys``, and the (m,) rows that belong there.
        """
        index = self._refresh(watch)
        place = index.locate(keys)
        there = np.flatnonzero(place >= 0)
        file = index.file[place[there]]
        order = np.argsort(file, kind="stable")
        for group in np.split(order, np.flatnonzero(np.diff(file[order])) + 1):
            if len(group):
                watch.check()
                rows = self._read(index.names[file[group[0]]])
                if rows is not None:
                    yield there[group], rows[index.row[place[there[group]]]]

    def save(self, rows: Rows) -> None:
        """Keep rows for good: once this returns they are on the disk.

        Raises
        ------
        InputError
            Where the folder can't be written to or the disk is full. What was saved before is not touched.
        """
        content = io.BytesIO()
        np.save(content, rows, allow_pickle=False)
        data = content.getvalue()
        self.write(f"{self._digest(data)}.npy", data)

    def drop(self, unwanted: Callable[[Rows], bool]) -> None:
        """Remove the files of which ``unwanted(rows)`` holds."""
        for name in self._names():
            rows = self._read(name)
            if rows is not None and unwanted(rows):
                with suppress(OSError):
                    (self.path / name).unlink()

    def write(self, name: str, data: "bytes | memoryview") -> None:
        """Keep a file under a name that says what is in it; whole or not at all. Errors as for `save`."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            write_aside(self.path / name, data)
        except OSError as error:
            raise unwritable(self.path, error) from error

    def _refresh(self, watch: Watch) -> _Index:
        """The index of what is in the folder now: files come from other processes too, and go when it is cleared."""
        with self._lock:
            names = self._names()
            if names != self._held.keys():
                held = {name: keys for name, keys in self._held.items() if name in names}
                for name in sorted(names - held.keys()):
                    watch.check()
                    rows = self._read(name)
                    if rows is not None:
                        held[name] = np.ascontiguousarray(rows["key"]).view(f"S{KEY_BYTES}")
                self._held, self._index = held, _Index.of(held)
            return self._index

    def _names(self) -> set[str]:
        """Names of the finished files; what writers that were killed left behind is removed."""
        names = set()
        for entry in entries(self.path):
            if _NAME.fullmatch(entry.name):
                names.add(entry.name)
            elif entry.name.endswith(".tmp"):
                with suppress(OSError):  # another process may have removed or renamed it
                    if time.time() - entry.stat().st_mtime > ABANDONED_SECONDS:
                        os.unlink(entry.path)
        return names

    def _read(self, name: str) -> Rows | None:
        """The rows of a file, or None where it is gone, unreadable or damaged; of the last two the log tells."""
        path = self.path / name
        try:
            data = path.read_bytes()
        except FileNotFoundError:  # cleared by another process
            return None
        except OSError as error:
            log.warning("Saved vectors in %s can't be read (%s): their texts are embedded again.", path, error)
            return None
        rows = self._parse(data) if f"{self._digest(data)}.npy" == name else None
        if rows is None:
            log.warning("Saved vectors in %s are damaged: they are dropped and their texts embedded again.", path)
            with suppress(OSError):
                path.unlink()
        return rows

    def _parse(self, data: bytes) -> Rows | None:
        """The rows, or None for something else under a name that fits it, which only malice puts there."""
        try:
            rows: Rows = np.load(io.BytesIO(data), allow_pickle=False)
        except ValueError:
            return None
        return rows if rows.dtype == self.row else None

    def _digest(self, data: bytes) -> str:
        return raw_digest(self.path.name, data).hex()


def text_keys(texts: Sequence[str]) -> Keys:
    """(n,) S16, blake2b of the bytes of each text."""
    return np.frombuffer(b"".join(raw_digest(text, size=KEY_BYTES) for text in texts), f"S{KEY_BYTES}")


def entries(folder: Path) -> "list[os.DirEntry[str]]":
    """The entries of a folder; none where there is no such folder or it can't be listed."""
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []


def unwritable(folder: Path, error: OSError) -> InputError:
    """Why vectors can't be saved, and what to do about it."""
    return InputError(
        f"Vectors can't be saved in {folder} ({error.strerror or error}). Free some space there or allow writing to "
        "it, or set REFRACT_HOME to another folder. What was saved before is kept."
    )
