"""Messages between processes arrive as they were sent."""

import io

import numpy as np

from core.base.messages import receive, send


def test_header_and_arrays_come_back():
    pipe = io.BytesIO()
    arrays = [np.arange(6, dtype=np.float32).reshape(2, 3), np.empty((0, 4), np.int32), np.arange(8)[::2]]
    send(pipe, {"kind": "done", "name": "Zürich\n"}, arrays)
    send(pipe, {"kind": "next"})
    pipe.seek(0)
    header, received = receive(pipe)
    assert header == {"kind": "done", "name": "Zürich\n"}
    for sent, came in zip(arrays, received, strict=True):
        np.testing.assert_array_equal(sent, came)
        assert sent.dtype == came.dtype
    assert receive(pipe) == ({"kind": "next"}, [])


def test_a_closed_or_broken_pipe_is_none():
    assert receive(io.BytesIO()) is None
    pipe = io.BytesIO()
    send(pipe, {}, [np.ones(100)])
    assert receive(io.BytesIO(pipe.getvalue()[:-1])) is None


def test_a_sender_that_dies_within_a_header_is_gone():
    pipe = io.BytesIO()
    send(pipe, {"kind": "progress"})
    assert receive(io.BytesIO(pipe.getvalue()[:-5])) is None
