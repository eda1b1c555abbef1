"""Messages between two of Refract's processes: a JSON header and arrays as plain bytes. Nothing is pickled."""

import json
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Arrays = Sequence[NDArray[Any]]


def send(pipe: BinaryIO, header: dict[str, Any], arrays: Arrays = ()) -> None:
    """Write a message: the header on one line, then each array's bytes."""
    shapes = [[array.dtype.str, list(array.shape)] for array in arrays]
    pipe.write(json.dumps({**header, "arrays": shapes}).encode() + b"\n")
    for array in arrays:
        pipe.write(np.ascontiguousarray(array).tobytes())
    pipe.flush()


def receive(pipe: BinaryIO) -> tuple[dict[str, Any], list[NDArray[Any]]] | None:
    """Read a message, or None once the other side has gone, be it in the middle of one."""
    line = pipe.readline()
    if not line.endswith(b"\n"):
        return None
    header = json.loads(line)
    arrays = []
    for dtype, shape in header.pop("arrays"):
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        raw = pipe.read(size)
        if len(raw) < size:
            return None
        arrays.append(np.frombuffer(raw, dtype).reshape(shape))
    return header, arrays
