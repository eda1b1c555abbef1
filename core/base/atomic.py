"""Writing a file so that under its name there is never half of it."""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from core.base.errors import InputError


def write_aside(final: Path, data: "bytes | memoryview") -> None:
    """Write a file aside, flush it to the disk and rename it: once this returns it outlives a power failure.

    Raises
    ------
    OSError
        Where the folder can't be written to or the disk is full. Nothing is left behind then.
    """
    handle, aside = tempfile.mkstemp(prefix=f"{os.getpid()}-", suffix=".tmp", dir=final.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, final)
    except BaseException:
        with suppress(OSError):
            os.unlink(aside)
        raise
    _sync(final.parent)


def write_json(path: Path, content: object) -> None:
    """Write a JSON file aside and rename it.

    Raises
    ------
    InputError
        Where it can't be written.
    """
    try:
        write_aside(path, json.dumps(content, indent=1, ensure_ascii=False).encode())
    except OSError as error:
        raise InputError(f"{path} can't be written ({error.strerror}).") from None


def _sync(folder: Path) -> None:
    """Make a rename last through a power failure, where the system can."""
    with suppress(OSError, AttributeError):  # not on Windows, nor on every network drive
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
