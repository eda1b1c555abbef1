"""Immutable files, each named by the digest of its bytes: what is the same is kept once, and damage shows."""

import os
import re
import time
from collections.abc import Iterable, Set
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from core.base.atomic import write_aside
from core.base.digest import raw_digest
from core.base.errors import InputError
from core.store.chunks import entries

_NAME = re.compile(r"[0-9a-f]{32}\.[a-z]{2,12}")
# A file may be younger than the entry in the catalogue that will name it, and a writer that was killed leaves one
# under another name: neither is taken for rubbish before it is this old.
KEPT_SECONDS = 86_400.0


class FileStore:
    """Files in a directory; safe to use from several threads and processes at once.

    Parameters
    ----------
    directory : made when something is saved.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def put(self, data: bytes, ending: str) -> str:
        """Keep some bytes for good, and return the name that they are found under.

        Parameters
        ----------
        ending : what they are, 2 to 12 small letters.

        Raises
        ------
        InputError
            Where the directory can't be written to or the disk is full. What was saved before is not touched.
        """
        name = f"{raw_digest(data).hex()}.{ending}"
        path = self._path(name)
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            if not self._kept(path, data):
                write_aside(path, data)
        except OSError as error:
            raise InputError(
                f"{self.directory} can't be written to ({error.strerror or error}). Free some space there or allow "
                "writing to it, or set REFRACT_HOME to another folder. What was saved before is kept."
            ) from error
        return name

    def get(self, name: str) -> bytes:
        """The bytes under a name, which are the ones that were put there.

        Raises
        ------
        InputError
            Where the file is gone, can't be read or is damaged.
        """
        path = self._path(name)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise InputError(f"The file {path} is gone. Copy it back from a backup.") from None
        except OSError as error:
            raise InputError(f"The file {path} can't be read ({error.strerror or error}).") from None
        if raw_digest(data).hex() != name.partition(".")[0]:
            raise InputError(f"The file {path} is damaged: its bytes have changed. Copy it back from a backup.")
        return data

    def sizes(self, names: Iterable[str]) -> dict[str, int]:
        """Bytes of each of some files; 0 for one that is gone."""
        found = {}
        for name in names:
            try:
                found[name] = self._path(name).stat().st_size
            except OSError:
                found[name] = 0
        return found

    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.stat().st_size for entry in entries(self.directory) if entry.is_file())

    def collect(self, used: Set[str], older_than: float = KEPT_SECONDS) -> int:
        """Remove the files that nothing uses, and what writers that were killed left behind.

        Parameters
        ----------
        used : names of the files to keep.
        older_than : seconds; younger ones may belong to somebody who is about to say so, and stay.

        Returns
        -------
        Bytes that were freed.
        """
        freed = 0
        for entry in entries(self.directory):
            if entry.name in used or not (_NAME.fullmatch(entry.name) or entry.name.endswith(".tmp")):
                continue
            with suppress(OSError), self._lock():
                found = os.stat(entry.path)
                if time.time() - found.st_mtime > older_than:
                    os.unlink(entry.path)
                    freed += found.st_size
        return freed

    def _kept(self, path: Path, data: bytes) -> bool:
        """Whether the bytes are there already; they count as new again, so that nobody takes them for rubbish."""
        with self._lock():
            try:
                if path.read_bytes() != data:
                    return False
                os.utime(path)
            except FileNotFoundError:
                return False
        return True

    def _lock(self) -> FileLock:
        return FileLock(self.directory / ".lock")

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a file")
        return self.directory / name
