"""Results are kept by key, those used last the longest, within a number of bytes."""

import threading
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import random_array

from core.base.cache import StageCache, size_in_bytes
from core.base.errors import Cancelled
from core.base.progress import Watch


def hundred_bytes() -> NDArray[np.uint8]:
    return np.zeros(100, np.uint8)


def is_kept(cache: StageCache, key: str) -> bool:
    """Look, without changing what is kept: a failing computation is not."""
    try:
        cache.get(key, lambda: 1 // 0)
    except ZeroDivisionError:
        return False
    return True


def test_the_second_time_it_is_a_hit_and_the_same_object() -> None:
    cache = StageCache()
    first, cached = cache.get("key", hundred_bytes)
    assert not cached
    again, cached = cache.get("key", hundred_bytes)
    assert cached
    assert again is first


def test_another_key_is_a_miss() -> None:
    cache = StageCache()
    cache.get("one", lambda: "1")
    assert cache.get("two", lambda: "2") == ("2", False)


def test_none_is_a_result_like_any_other() -> None:
    cache = StageCache()
    cache.get("key", lambda: None)
    assert cache.get("key", lambda: None) == (None, True)


def test_the_one_not_used_for_longest_goes_first() -> None:
    cache = StageCache(max_bytes=300)
    for key in "abc":
        cache.get(key, hundred_bytes)
    cache.get("a", hundred_bytes)
    cache.get("d", hundred_bytes)
    assert [key for key in "abcd" if is_kept(cache, key)] == ["a", "c", "d"]


def test_a_large_one_pushes_out_several() -> None:
    cache = StageCache(max_bytes=300)
    for key in "abc":
        cache.get(key, hundred_bytes)
    cache.get("large", lambda: np.zeros(200, np.uint8))
    assert [key for key in ("a", "b", "c", "large") if is_kept(cache, key)] == ["c", "large"]


def test_what_is_larger_than_the_whole_cache_is_given_but_not_kept() -> None:
    cache = StageCache(max_bytes=300)
    cache.get("small", hundred_bytes)
    value, cached = cache.get("large", lambda: np.zeros(301, np.uint8))
    assert (value.shape, cached) == ((301,), False)
    assert is_kept(cache, "small")
    assert not is_kept(cache, "large")


def test_a_cache_of_no_bytes_keeps_nothing() -> None:
    cache = StageCache(0)
    cache.get("key", lambda: None)
    assert not is_kept(cache, "key")


def test_a_failure_is_not_kept() -> None:
    cache = StageCache()

    def fail() -> str:
        raise ValueError("once")

    with pytest.raises(ValueError, match="once"):
        cache.get("key", fail)
    assert cache.get("key", lambda: "fine") == ("fine", False)


def slow(started: threading.Event, release: threading.Event, calls: list[str]) -> str:
    calls.append("slow")
    started.set()
    assert release.wait(120)
    return "result"


def test_what_is_being_computed_is_waited_for_and_not_computed_again() -> None:
    cache, started, release = StageCache(), threading.Event(), threading.Event()
    calls: list[str] = []
    results: list[tuple[str, bool]] = []
    first = threading.Thread(target=lambda: results.append(cache.get("key", lambda: slow(started, release, calls))))
    first.start()
    assert started.wait(120)
    second = threading.Thread(target=lambda: results.append(cache.get("key", lambda: calls.append("again") or "no")))
    second.start()
    release.set()
    first.join(10)
    second.join(10)
    assert calls == ["slow"]
    assert sorted(results) == [("result", False), ("result", True)]


def test_who_waits_can_be_cancelled_and_the_other_goes_on() -> None:
    cache, started, release, cancel = StageCache(), threading.Event(), threading.Event(), threading.Event()
    first = threading.Thread(target=cache.get, args=("key", lambda: slow(started, release, [])))
    first.start()
    assert started.wait(120)
    cancel.set()
    with pytest.raises(Cancelled):
        cache.get("key", lambda: "never", Watch(cancel=cancel))
    release.set()
    first.join(10)
    assert cache.get("key", lambda: "never") == ("result", True)


def test_who_waits_computes_it_where_the_other_was_cancelled() -> None:
    cache, started, release = StageCache(), threading.Event(), threading.Event()

    def stopped() -> str:
        slow(started, release, [])
        raise Cancelled

    def first_work() -> None:
        with pytest.raises(Cancelled):
            cache.get("key", stopped)

    first = threading.Thread(target=first_work)
    first.start()
    assert started.wait(120)
    results: list[tuple[str, bool]] = []
    second = threading.Thread(target=lambda: results.append(cache.get("key", lambda: "own")))
    second.start()
    release.set()
    first.join(10)
    second.join(10)
    assert results == [("own", False)]


def test_bytes_are_counted_right_under_threads() -> None:
    cache = StageCache(max_bytes=1000)

    def work(seed: int) -> None:
        for key in np.random.default_rng(seed).integers(0, 30, 500):
            value, _ = cache.get(str(key), lambda key=key: np.full(100 + key, key, np.uint8))
            assert len(value) == 100 + key
            assert value[0] == key

    failures: list[threading.ExceptHookArgs] = []
    before, threading.excepthook = threading.excepthook, failures.append
    try:
        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    finally:
        threading.excepthook = before
    assert not failures
    sizes = [100 + key for key in range(30) if is_kept(cache, str(key))]
    assert 0 < sum(sizes) <= 1000


@dataclass(frozen=True)
class Result:
    vectors: NDArray[np.float32]
    parts: tuple[NDArray[np.uint8], ...]
    name: str


def test_arrays_are_counted_wherever_they_are() -> None:
    vectors = np.zeros((10, 4), np.float32)
    assert size_in_bytes(vectors) == 160
    assert 160 + 200 <= size_in_bytes(Result(vectors, (hundred_bytes(), hundred_bytes()), "name")) < 160 + 200 + 300


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sparse_matrices_are_counted_with_their_indices(dtype: type) -> None:
    matrix = random_array((50, 80), density=0.2, format="csr", dtype=dtype)
    assert size_in_bytes(matrix) == matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes
