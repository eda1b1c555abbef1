"""One digest for everything that is cached, named by content or replayed."""

import hashlib
from collections.abc import Iterable, Mapping, Set
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Part: TypeAlias = "str | bytes | int | float | bool | NDArray[np.generic] | Iterable[Part] | None"


def raw_digest(*parts: "str | bytes | memoryview", size: int = 16) -> bytes:
    """Blake2b digest of bytes alone, ``size`` bytes long; strings count as UTF-8, half surrogate pairs included."""
    hasher = hashlib.blake2b(digest_size=size)
    for part in parts:
        hasher.update(_raw(part) if isinstance(part, str) else part)
    return hasher.digest()


def digest(*parts: Part) -> str:
    """Blake2b digest of the parts, as 32 hexadecimal characters.

    Every part goes in with its type and its length, so ``("ab", "c")`` and ``("a", "bc")`` differ, and so do ``1``
    and ``"1"``. Arrays count with dtype, shape and every element (no sampling). Lists and tuples are the same.

    Raises
    ------
    TypeError
        For sets, mappings and arrays of objects, whose bytes are not the same every time, and other types.
    """
    hasher = hashlib.blake2b(digest_size=16)
    for part in parts:
        _update(hasher, part)
    return hasher.hexdigest()


def _update(hasher: "hashlib.blake2b", part: Part) -> None:
    if isinstance(part, (Mapping, Set)) or (isinstance(part, np.ndarray) and part.dtype.hasobject):
        raise TypeError(f"A {type(part).__name__} of this kind has no stable digest; pass a list of its items.")
    if isinstance(part, np.ndarray):
        array = np.ascontiguousarray(part)  # of no dimension becomes of one: the shape is the part's own
        _header(hasher, f"array {array.dtype.str} {part.shape}", array.nbytes)
        hasher.update(array.data)
    elif isinstance(part, bytes):
        _header(hasher, "bytes", len(part))
        hasher.update(part)
    elif isinstance(part, str):
        raw = _raw(part)
        _header(hasher, "str", len(raw))
        hasher.update(raw)
    elif part is None or isinstance(part, (bool, int, float)):
        raw = repr(part).encode()
        _header(hasher, type(part).__name__, len(raw))
        hasher.update(raw)
    else:
        items = list(part)
        _header(hasher, "items", len(items))
        for item in items:
            _update(hasher, item)


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _header(hasher: "hashlib.blake2b", kind: str, length: int) -> None:
    hasher.update(f"{kind}:{length};".encode())
