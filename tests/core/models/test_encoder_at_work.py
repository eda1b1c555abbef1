"""The encoder at work: its progress, the same bits in any order and on any thread, and a fair turn for every caller."""

import threading
from itertools import pairwise

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.base.errors import Cancelled
from core.base.progress import Progress, Watch
from core.models.encoder.encoder import Encoder, FairLock

pytestmark = pytest.mark.usefixtures("one_processor")

WORDS = ["the", "parcel", "came", "late", "and", "nobody", "would", "answer", "our", "winter", "letters", "refund"]


def words(seed: int, rows: int, most: int) -> list[str]:
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(WORDS, random.integers(1, most + 1))) for _ in range(rows)]


class TestProgress:
    def test_it_climbs_to_the_total(self, tiny: Encoder) -> None:
        seen: list[Progress] = []
        texts = ["cat " * (1 + row % 50) for row in range(400)]  # with repeats, over several batches
        tiny.encode(texts, "by ", watch=Watch(seen.append))
        assert len(seen) > 1
        assert (seen[0].done, seen[0].fraction) == (0, 0.0)
        assert (seen[-1].done, seen[-1].total, seen[-1].fraction) == (400, 400, 1.0)
        assert all(a.done < b.done and a.fraction < b.fraction for a, b in pairwise(seen))
        assert {p.stage for p in seen} == {"embedding"}

    def test_cancel_stops_between_batches(self, tiny: Encoder) -> None:
        cancel = threading.Event()
        seen: list[Progress] = []

        def stop_after_the_first(progress: Progress) -> None:
            seen.append(progress)
            if progress.done:
                cancel.set()

        with pytest.raises(Cancelled):
            tiny.encode([f"{'cat ' * 50}{row}" for row in range(400)], watch=Watch(stop_after_the_first, cancel))
        assert [p.done > 0 for p in seen] == [False, True]
        assert seen[-1].done < 400

    def test_cancelled_beforehand_it_does_not_start(self, tiny: Encoder) -> None:
        cancel = threading.Event()
        cancel.set()
        seen: list[Progress] = []
        with pytest.raises(Cancelled):
            tiny.encode(["cat"], watch=Watch(seen.append, cancel))
        assert not seen


class TestDeterminism:
    @pytest.mark.parametrize("threads", [1, 2])
    def test_order_changes_no_bit(self, minilm: Encoder, threads: int) -> None:
        torch.set_num_threads(threads)
        texts = words(1, 50, 20)
        texts += texts[:20]
        vectors = minilm.encode(texts, "query ")
        order = np.random.default_rng(0).permutation(len(texts))
        np.testing.assert_array_equal(minilm.encode([texts[row] for row in order], "query "), vectors[order])

    def test_order_changes_no_bit_over_several_batches(self, tiny: Encoder) -> None:
        pairs = [[text[:cut], text[cut:]] for text in words(2, 200, 20) for cut in (0, text.find(" ") + 1)]
        vectors = tiny.encode(pairs)
        for seed in range(5):
            order = np.random.default_rng(seed).permutation(len(pairs))
            np.testing.assert_array_equal(tiny.encode([pairs[row] for row in order]), vectors[order])

    def test_equal_texts_get_equal_vectors(self, minilm: Encoder) -> None:
        text = words(3, 1, 1)[0] + " came late and nobody answered our letters about it"
        texts = [text if row % 3 else other for row, other in enumerate(words(4, 340, 16))]
        vectors = minilm.encode(texts)
        same = vectors[[row for row, each in enumerate(texts) if each == text]]
        np.testing.assert_array_equal(same, np.broadcast_to(same[0], same.shape))

    def test_threads_at_once_get_what_they_get_alone(self, minilm: Encoder, tiny: Encoder) -> None:
        jobs = [
            (minilm, words(5, 30, 20), "query "),
            (minilm, words(6, 30, 20), ""),
            (tiny, words(7, 600, 30), "by "),
            (tiny, words(8, 600, 30), ""),
        ]
        alone = [model.encode(texts, instruction) for model, texts, instruction in jobs]
        at_once: dict[int, NDArray[np.float32]] = {}
        together = threading.Barrier(len(jobs))

        def work(index: int) -> None:
            model, texts, instruction = jobs[index]
            together.wait()
            at_once[index] = model.encode(texts, instruction)

        threads = [threading.Thread(target=work, args=(index,), daemon=True) for index in range(len(jobs))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        for index, vectors in enumerate(alone):
            np.testing.assert_array_equal(at_once[index], vectors)


class TestFairness:
    def test_a_second_caller_is_served_before_a_long_first_call_ends(self, tiny: Encoder) -> None:
        second_served = threading.Event()
        served_in_time: list[bool] = []

        def second() -> None:
            tiny.encode(["dog"])
            second_served.set()

        def start_second(progress: Progress) -> None:
            if progress.done and not served_in_time:
                threading.Thread(target=second, daemon=True).start()
                served_in_time.append(second_served.wait(600))
                assert progress.done < progress.total

        tiny.encode([f"{'cat ' * 50}{row}" for row in range(400)], watch=Watch(start_second))
        assert served_in_time == [True]

    def test_a_lock_goes_to_whoever_asked_first(self) -> None:
        lock = FairLock()
        served: list[str] = []

        def ask(name: str) -> None:
            with lock.hold():
                served.append(name)

        threads = [threading.Thread(target=ask, args=(name,), daemon=True) for name in "abc"]
        with lock.hold():
            for waiting, thread in enumerate(threads, 2):
                thread.start()
                while len(lock._waiting) < waiting:
                    pass
        ask("again")  # released and asked for again at once: after the three that wait
        for thread in threads:
            thread.join(10)
        assert served == ["a", "b", "c", "again"]

    def test_an_error_gives_the_lock_back(self) -> None:
        lock = FairLock()
        with pytest.raises(ZeroDivisionError), lock.hold():
            raise ZeroDivisionError
        free = threading.Event()

        def ask() -> None:
            with lock.hold():
                free.set()

        threading.Thread(target=ask, daemon=True).start()
        assert free.wait(120)
