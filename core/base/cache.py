"""Results of stages, kept by the digest of what they were made from."""

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from core.base.progress import UNWATCHED, Watch

T = TypeVar("T")

_POLL_SECONDS = 0.05

# Room for the vectors of some twenty instructions over 50,000 texts.
DEFAULT_BYTES = 2 * 1024**3


class StageCache:
    """The results used last, up to a number of bytes; safe to use from several threads.

    A key is a digest of everything that a result depends on, so an entry is never stale and sharing it between users
    shows nobody what they didn't bring themselves.
    """

    def __init__(self, max_bytes: int = DEFAULT_BYTES) -> None:
        self.max_bytes = max_bytes
        self._entries: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._pending: dict[str, threading.Event] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: str, compute: Callable[[], T], watch: Watch = UNWATCHED) -> tuple[T, bool]:
        """The result under ``key`` and True, or that of ``compute()`` and False.

        Where another thread is already computing the same, its result is waited for; should it be stopped or fail, it
        is computed here after all. So nobody is cancelled by another user, and nothing is computed twice at a time.
        """
        while True:
            with self._lock:
                if key in self._entries:
                    self._entries.move_to_end(key)
                    return self._entries[key][0], True
                under_way = self._pending.get(key)
                if under_way is None:
                    done = self._pending[key] = threading.Event()
                    break
            while not under_way.wait(_POLL_SECONDS):
                watch.check()
        try:
            value = compute()
            self._put(key, value)
            return value, False
        finally:
            with self._lock:
                del self._pending[key]
            done.set()

    def _put(self, key: str, value: object) -> None:
        size = size_in_bytes(value)
        with self._lock:
            if key in self._entries or size > self.max_bytes:
                return
            self._entries[key] = (value, size)
            self._bytes += size
            while self._bytes > self.max_bytes:
                _, (_, dropped) = self._entries.popitem(last=False)
                self._bytes -= dropped


def size_in_bytes(value: object) -> int:
    """Bytes of the arrays inside a result; everything else counts a little."""
    if isinstance(value, np.ndarray):
        return int(value.nbytes)
    if hasattr(value, "data") and hasattr(value, "indptr") and hasattr(value, "indices"):  # a sparse matrix
        return int(value.data.nbytes + value.indptr.nbytes + value.indices.nbytes)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return sum(size_in_bytes(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, (tuple, list)):
        return 64 + sum(map(size_in_bytes, value))
    return 64
