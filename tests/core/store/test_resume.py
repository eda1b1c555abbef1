"""Killed with SIGKILL, an embedding goes on where it was; processes at once on one store do each other no harm."""

import random
from pathlib import Path

import numpy as np
import pytest

from core.base.progress import Watch
from core.models.registry import load_model
from core.store.vectors import VectorStore
from tests.support.fake_encoder import FakeEncoder, assert_same, files
from tests.support.resuming import INSTRUCTION, kill_at, start, texts

COUNT = 3000


def saved(store: VectorStore) -> int:
    """Rows in the files of a store."""
    return sum(len(np.load(path)) for path in files(store))


@pytest.mark.slow
def test_killed_at_half_only_the_rest_is_encoded_and_the_bits_are_those_of_one_run(store, monkeypatch):
    kill_at(start(store.directory, 0, COUNT, "--part-seconds", 0.3), COUNT // 2)
    kept = saved(store)
    assert 0 < kept < COUNT

    encoder = load_model("all-MiniLM-L6-v2")
    stream, encoded = encoder.stream, []
    monkeypatch.setattr(encoder, "stream", lambda part, *given: encoded.extend(part) or stream(part, *given))
    seen = []
    resumed, known = store.embed_counted(encoder, texts(0, COUNT), INSTRUCTION, Watch(seen.append))
    assert known == kept
    assert len(encoded) == COUNT - kept
    assert seen[0].done == kept

    monkeypatch.undo()
    assert_same(resumed, encoder.embed(texts(0, COUNT), INSTRUCTION))


@pytest.mark.slow
def test_killed_again_and_again_at_any_moment(store, caplog):
    chance = random.Random(0)
    before = 0
    for _ in range(4):
        process = start(store.directory, 0, 4000, "--fake", "--part-seconds", 0.02)
        kill_at(process, before + chance.randrange(100, 700), after=chance.random() / 20)
        assert saved(store) > before
        before = saved(store)
    encoder = FakeEncoder()
    assert_same(store.embed(encoder, texts(0, 4000), INSTRUCTION), encoder.embed(texts(0, 4000), INSTRUCTION))
    assert len(encoder.encoded) == 4000 - before
    assert not caplog.records


@pytest.mark.slow
def test_processes_at_once(tmp_path: Path):
    directory = tmp_path / "vectors"
    windows = [(0, 1500), (500, 2000), (0, 2000)]
    processes = [start(directory, *window, "--fake", "--part-seconds", 0.02) for window in windows]
    for process in processes:
        _, said = process.communicate(timeout=600)
        assert process.returncode == 0, said
        assert said == ""
    encoder = FakeEncoder()
    found = VectorStore(directory).embed(encoder, texts(0, 2000), INSTRUCTION)
    assert encoder.encoded == []
    assert_same(found, encoder.embed(texts(0, 2000), INSTRUCTION))
