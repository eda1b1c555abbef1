"""Two things have the same digest exactly when they are the same thing."""

import hashlib
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from core.base.digest import digest, raw_digest

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
PARTS = st.recursive(SCALARS, lambda inner: st.tuples(inner) | st.tuples(inner, inner) | st.tuples(inner, inner, inner))

# Each of these is another thing.
DIFFERENT = [
    ("ab", "c"),
    ("a", "bc"),
    ("abc",),
    ("ab", "c", ""),
    (("ab", "c"),),
    (("ab",), "c"),
    (),
    ((),),
    ("",),
    (b"",),
    (1,),
    ("1",),
    (b"1",),
    (1.0,),
    (True,),
    (None,),
    ("None",),
    ("str:1;a",),
    (np.array(1),),
    (np.array([1]),),
    (np.array([1], np.int32),),
    (np.array([1.0]),),
    (np.array([[1]]),),
    (np.array([1, 2, 3, 4]),),
    (np.array([[1, 2], [3, 4]]),),
    (np.array([[1, 3], [2, 4]]),),
    (np.array(["1"]),),
    (np.empty((0, 3)),),
    (np.empty((3, 0)),),
]


def test_types_and_boundaries_count() -> None:
    for one, other in combinations(DIFFERENT, 2):
        assert digest(*one) != digest(*other), (one, other)


def test_it_stays_the_same_from_one_version_to_the_next() -> None:
    found = digest("text", b"raw", 7, 0.5, True, None, ("a", ["b", 1]), np.arange(6, dtype="<f4").reshape(2, 3))
    assert found == "4a30e96001666a9966f2888ce7fedb20"


@settings(deadline=None)
@given(one=st.lists(PARTS, max_size=4), other=st.lists(PARTS, max_size=4))
def test_different_parts_differ(one: list[object], other: list[object]) -> None:
    same = repr(one) == repr(other)  # tells 1, 1.0 and True apart, and 0.0 from -0.0
    assert (digest(*one) == digest(*other)) == same  # type: ignore[arg-type]


@settings(deadline=None)
@given(array=arrays(st.sampled_from(["<f4", "<i4", "u1"]), array_shapes(max_side=6)), data=st.data())
def test_every_element_counts(array: np.ndarray, data: st.DataObject) -> None:
    changed = array.copy()
    index = data.draw(st.integers(0, array.size - 1))
    raw = changed.reshape(-1).view(np.uint8)
    raw[index * array.itemsize] ^= 1
    assert digest(changed) != digest(array)
    assert digest(array.copy()) == digest(array)


def test_the_last_element_of_a_large_array_counts() -> None:
    array = np.zeros(1_000_000, np.float32)
    before = digest(array)
    array[-1] = 1e-30
    assert digest(array) != before


def test_strides_do_not_count() -> None:
    array = np.arange(24, dtype=np.float64).reshape(4, 6)
    for view in (array.T, array[::2, 1:4], array[::-1]):
        assert digest(view) == digest(np.array(view, order="C"))
    assert digest(np.asfortranarray(array)) == digest(array)


def test_lists_and_tuples_and_iterators_are_the_same() -> None:
    assert digest(["a", 1]) == digest(("a", 1)) == digest(iter(["a", 1]))


def test_half_surrogates_have_a_digest() -> None:
    assert digest("\ud800") != digest("\ud801")


@pytest.mark.parametrize("part", [{"a": 1}, {"a", "b"}, np.array(["a", None], object), np.int64(1), object()])
def test_what_has_no_stable_digest_is_refused(part: object) -> None:
    with pytest.raises(TypeError):
        digest(part)  # type: ignore[arg-type]


def test_bytes_alone_are_hashlibs():
    whole = hashlib.blake2b("né\ud800".encode("utf-8", "surrogatepass") + b"\x00", digest_size=8).digest()
    assert raw_digest("né\ud800", b"\x00", size=8) == whole
