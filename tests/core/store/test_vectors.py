"""Saved vectors: the encoder's own to the bit, each text encoded once, and nothing wrong taken from the disk."""

import errno
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base import atomic
from core.base.errors import Cancelled, InputError
from core.base.progress import Progress, Watch
from core.store import vectors as vectors_module
from core.store.vectors import VectorStore
from tests.support.fake_encoder import FakeEncoder, again, assert_same, files

TEXTS = [f"text {number}" + " and more" * (number % 4) for number in range(40)]
BY_TOPIC = "Represent the text for clustering by topic: "


@pytest.mark.parametrize("instruction", ["", BY_TOPIC, " ", "ünïcode 🌍"])
def test_gives_what_the_encoder_gives_the_first_time_and_ever_after(store, instruction):
    encoder = FakeEncoder()
    wanted = encoder.embed(TEXTS, instruction)
    assert_same(store.embed(encoder, TEXTS, instruction), wanted)
    assert encoder.encoded == TEXTS
    for later in (store, again(store)):
        assert_same(later.embed(encoder, TEXTS, instruction), wanted)
    assert encoder.encoded == TEXTS


def test_vectors_are_read_only(store):
    assert not store.embed(FakeEncoder(), TEXTS).vectors.flags.writeable


def test_appended_rows_alone_are_encoded(store):
    store.embed(FakeEncoder(), TEXTS[:30])
    encoder = FakeEncoder()
    found, known = again(store).embed_counted(encoder, TEXTS[::-1])
    assert sorted(encoder.encoded) == sorted(TEXTS[30:])
    assert known == 30
    assert_same(found, encoder.embed(TEXTS[::-1]))


@given(st.data())
def test_any_split_into_calls_in_any_order_gives_the_same_bits(tmp_path_factory, data):
    texts = data.draw(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=30))
    calls = data.draw(st.lists(st.lists(st.sampled_from(texts), max_size=12), max_size=5))
    directory = tmp_path_factory.mktemp("split")
    encoder = FakeEncoder(chunk_texts=data.draw(st.integers(1, 5)))
    for call in [*calls, texts]:
        assert_same(VectorStore(directory).embed(encoder, call), encoder.embed(call))
    assert len(encoder.encoded) == len(set(encoder.encoded))


def test_equal_texts_are_encoded_once(store):
    encoder = FakeEncoder()
    texts = ["same", "other", "same", "same", "last"]
    found, known = store.embed_counted(encoder, texts)
    assert encoder.encoded == ["same", "other", "last"]
    assert known == 0
    assert_same(found, encoder.embed(texts))


def test_texts_that_differ_in_a_byte_are_different(store):
    texts = ["é", "e\u0301", "e", "E", "e ", " e", "e\u200b", "\ud800", "\ud801", "e\0", "e\0\0"]
    encoder = FakeEncoder()
    assert_same(store.embed(encoder, texts), encoder.embed(texts))
    assert encoder.encoded == texts


def test_what_stands_before_the_text_and_the_model_make_another_space(store):
    for encoder, instruction, texts in [
        (FakeEncoder(), "ab", ["c"]),
        (FakeEncoder(), "a", ["bc"]),
        (FakeEncoder(), "a ", ["bc"]),
        (FakeEncoder(), "", ["bc"]),
        (FakeEncoder(fingerprint="other"), "a", ["bc"]),
        (FakeEncoder(template="query: {instruction}"), "a", ["bc"]),
        (FakeEncoder(dimension=6), "a", ["bc"]),
    ]:
        assert_same(store.embed(encoder, texts, instruction), encoder.embed(texts, instruction))
        assert encoder.encoded == texts
    assert len(list(store.directory.iterdir())) == 7


def test_no_texts_make_no_rows_and_no_folder(store):
    assert store.embed(FakeEncoder(), []).vectors.shape == (0, 5)
    assert not store.directory.exists()


def test_an_empty_text_is_named_by_its_own_row(store):
    store.embed(FakeEncoder(), ["one"])
    with pytest.raises(InputError, match="Text 3 is empty"):
        store.embed(FakeEncoder(), ["one", "two", " "])


@pytest.mark.usefixtures("small_parts")
def test_cancel_keeps_what_was_finished(store):
    cancel = threading.Event()
    encoder = FakeEncoder(chunk_texts=2, before=lambda done: cancel.set() if done >= 20 else None)
    with pytest.raises(Cancelled):
        store.embed(encoder, TEXTS, watch=Watch(cancel=cancel))
    finished = list(encoder.encoded)
    assert 20 <= len(finished) < len(TEXTS)
    later = FakeEncoder()
    assert_same(again(store).embed(later, TEXTS), later.embed(TEXTS))
    assert later.encoded == TEXTS[len(finished) :]


def test_a_cancelled_call_encodes_nothing(store):
    cancel = threading.Event()
    cancel.set()
    encoder = FakeEncoder()
    with pytest.raises(Cancelled):
        store.embed(encoder, TEXTS, watch=Watch(cancel=cancel))
    assert encoder.encoded == []


@pytest.mark.parametrize("failure", [KeyboardInterrupt, MemoryError])
def test_whatever_stops_the_encoder_finished_chunks_are_kept(store, failure):
    def stop(done: int) -> None:
        if done >= 12:
            raise failure

    with pytest.raises(failure):
        store.embed(FakeEncoder(before=stop), TEXTS)
    encoder = FakeEncoder()
    store.embed(encoder, TEXTS)
    assert encoder.encoded == TEXTS[12:]


def test_an_encoder_that_gives_too_little_is_a_defect_and_never_a_row_of_rubbish(store, monkeypatch):
    encoder = FakeEncoder()
    whole = encoder.stream
    monkeypatch.setattr(encoder, "stream", lambda *given: list(whole(*given))[:-1])
    with pytest.raises(RuntimeError, match="no vectors"):
        store.embed(encoder, TEXTS)


@pytest.mark.usefixtures("small_parts")
def test_progress_starts_where_it_was_and_never_goes_back(store):
    texts = [*TEXTS[:10], *TEXTS]
    store.embed(FakeEncoder(), TEXTS[5:25])
    seen: list[Progress] = []
    again(store).embed(FakeEncoder(chunk_texts=1), texts, watch=Watch(seen.append))
    assert {(p.stage, p.total) for p in seen} == {("embedding", 50)}
    assert seen[0].done == 25  # 5 of the first ten, which come twice, and the other 15
    assert seen[0].fraction == 0.5
    assert (seen[-1].done, seen[-1].fraction) == (50, 1.0)
    done, shares = [p.done for p in seen], [p.fraction for p in seen]
    assert done == sorted(done)
    assert shares == sorted(shares)
    assert len(set(done)) > 5

    seen.clear()
    store.embed(FakeEncoder(), texts, watch=Watch(seen.append))
    assert [(p.done, p.fraction) for p in seen] == [(50, 1.0)]


def test_parts_grow_with_the_pace(store):
    store.embed(FakeEncoder(chunk_texts=4096), [f"text {n}" for n in range(20_000)])
    sizes = [len(np.load(path)) for path in files(store)]
    assert len(sizes) < 12
    assert max(sizes) == vectors_module.MAX_PART_TEXTS


def test_parts_of_a_slow_model_stay_small(store, monkeypatch):
    monkeypatch.setattr(vectors_module, "PART_SECONDS", 0.05)
    store.embed(FakeEncoder(chunk_texts=1, before=lambda done: time.sleep(0.01)), TEXTS)
    assert len(files(store)) >= 4


def test_a_directory_that_cannot_be_written_to_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match=r"can't be saved.*REFRACT_HOME") as caught:
        VectorStore(tmp_path / "file" / "vectors").embed(FakeEncoder(), TEXTS)
    assert "file" in str(caught.value)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("fails", ["write", "fsync", "replace"])
def test_a_full_disk_is_said_and_nothing_saved_is_lost(store, monkeypatch, fails):
    room = 3

    def full(real):
        def call(*given, **named):
            nonlocal room
            if room <= 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            room -= 1
            return real(*given, **named)

        return call

    if fails == "write":
        monkeypatch.setattr(atomic.tempfile, "mkstemp", full(atomic.tempfile.mkstemp))
    else:
        monkeypatch.setattr(atomic.os, fails, full(getattr(os, fails)))
    with pytest.raises(InputError, match="No space left on device"):
        store.embed(FakeEncoder(), TEXTS)
    monkeypatch.undo()
    monkeypatch.setattr(vectors_module, "MAX_PART_TEXTS", 100)
    kept = sum(len(np.load(path)) for path in files(store))
    assert 0 < kept < len(TEXTS)
    assert not list(store.directory.rglob("*.tmp"))
    encoder = FakeEncoder()
    assert_same(again(store).embed(encoder, TEXTS), encoder.embed(TEXTS))
    assert encoder.encoded == TEXTS[kept:]


def test_a_full_disk_does_not_hide_that_the_user_stopped_it(store, monkeypatch):
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    cancel = threading.Event()
    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(Cancelled):
        store.embed(FakeEncoder(before=lambda done: cancel.set() if done else None), TEXTS, watch=Watch(cancel=cancel))


def test_size_and_clear(store):
    assert store.size() == 0
    store.clear()
    encoder = FakeEncoder()
    store.embed(encoder, TEXTS)
    assert store.size() == sum(path.stat().st_size for path in files(store)) > 0
    at_work = files(store)[0].parent / "1-another.tmp"
    at_work.touch()
    store.clear()
    assert store.size() == 0
    assert at_work.exists()
    assert_same(store.embed(encoder, TEXTS), encoder.embed(TEXTS))
    assert len(encoder.encoded) == 2 * len(TEXTS)


@pytest.mark.usefixtures("small_parts")
def test_clearing_while_another_one_works_loses_no_row_of_its_result(store):
    encoder = FakeEncoder(before=lambda done: again(store).clear() if done == 20 else None, chunk_texts=4)
    assert_same(store.embed(encoder, TEXTS), encoder.embed(TEXTS))


@pytest.mark.usefixtures("small_parts")
def test_threads_at_once_get_the_same_bits(store):
    encoder = FakeEncoder(chunk_texts=1)
    wanted = encoder.embed(TEXTS)
    stores = [store, store, again(store), again(store)]
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda each: each.embed(FakeEncoder(chunk_texts=1), TEXTS), stores * 3):
            assert_same(found, wanted)
    last = FakeEncoder()
    assert_same(again(store).embed(last, TEXTS), wanted)
    assert last.encoded == []


def test_more_spaces_than_are_kept_in_memory(store):
    encoder = FakeEncoder()
    instructions = [f"by {number}: " for number in range(vectors_module.FOLDERS_IN_MEMORY + 3)]
    for instruction in instructions * 2:
        assert_same(store.embed(encoder, ["one", "two"], instruction), encoder.embed(["one", "two"], instruction))
    assert len(encoder.encoded) == 2 * len(instructions)
