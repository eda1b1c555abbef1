"""The files of saved vectors: what is in them, and that a damaged, foreign or half-written one does no harm."""

import io
import logging
import os
import time
from pathlib import Path

import numpy as np
import pytest

from core.store import chunks as chunks_module
from core.store.chunks import ChunkFolder, row_type
from core.store.vectors import VectorStore
from tests.support.fake_encoder import FakeEncoder, again, assert_same, files

TEXTS = [f"text {number}" + " and more" * (number % 4) for number in range(40)]


def test_no_text_or_instruction_becomes_a_path(store, tmp_path):
    store.embed(FakeEncoder(), ["../../up", "/etc/passwd"], "../../elsewhere")
    assert [path.name for path in tmp_path.iterdir()] == ["vectors"]
    for path in store.directory.rglob("*"):
        assert len(path.stem) == 32
        int(path.stem, 16)


def test_a_file_is_one_array_of_rows_without_objects(store):
    encoder = FakeEncoder()
    store.embed(encoder, ["one", "two"])
    (path,) = files(store)
    rows = np.load(path, allow_pickle=False)
    assert rows.dtype == row_type(5)
    assert rows.dtype.names == ("key", "tokens", "truncated", "vector")
    np.testing.assert_array_equal(rows["vector"], encoder.embed(["one", "two"]).vectors)


def test_the_same_rows_make_the_same_file(store, tmp_path):
    store.embed(FakeEncoder(), ["one", "two"])
    other = VectorStore(tmp_path / "other")
    other.embed(FakeEncoder(), ["one", "two"])
    assert [p.relative_to(store.directory) for p in files(store)] == [
        p.relative_to(other.directory) for p in files(other)
    ]


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def header_of_other_shape(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"(4,)", b"(9,)"))


DAMAGE = {
    "a bit of a vector": lambda path: flip(path, -3),
    "a bit of a key": lambda path: flip(path, path.read_bytes().index(b"\n") + 2),
    "a bit of the header": lambda path: flip(path, 12),
    "another shape": header_of_other_shape,
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "cut off in the header": lambda path: path.write_bytes(path.read_bytes()[:9]),
    "more behind it": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "empty": lambda path: path.write_bytes(b""),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "not an array": lambda path: path.write_bytes(b"PK\3\4 and something else"),
}


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("loaded_before", [False, True], ids=["at start", "while open"])
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_file_is_said_and_its_texts_encoded_again(store, damage, loaded_before, caplog):
    wanted = FakeEncoder().embed(TEXTS)
    store.embed(FakeEncoder(), TEXTS)
    later = again(store)
    if loaded_before:
        later.embed(FakeEncoder(), TEXTS)
    hit = files(store)[3]
    lost = len(np.load(hit))
    assert lost == 4
    damage(hit)
    encoder = FakeEncoder()
    assert_same(later.embed(encoder, TEXTS), wanted)
    assert len(encoder.encoded) == lost
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "damaged" in caplog.text
    caplog.clear()
    assert_same(again(store).embed(encoder, TEXTS), wanted)
    assert len(encoder.encoded) == lost
    assert not caplog.records


def test_a_damaged_file_goes_even_where_its_texts_come_in_other_parts(store, caplog):
    store.embed(FakeEncoder(), TEXTS)
    hit = files(store)[0]
    flip(hit, -1)
    again(store).embed(FakeEncoder(), TEXTS[:2])
    assert "damaged" in caplog.text
    assert not hit.exists()


def test_a_file_that_cannot_be_read_is_said_and_let_be(store, caplog):
    store.embed(FakeEncoder(), TEXTS)
    hit = files(store)[0]
    lost = len(np.load(hit))
    hit.unlink()
    hit.mkdir()
    encoder = FakeEncoder()
    assert_same(again(store).embed(encoder, TEXTS[::-1]), encoder.embed(TEXTS[::-1]))
    assert len(encoder.encoded) == lost
    assert "can't be read" in caplog.text
    assert hit.exists()


def test_a_file_from_another_space_is_not_taken(store, caplog):
    store.embed(FakeEncoder(), TEXTS, "one")
    (path,) = {p.parent for p in files(store)}
    store.embed(FakeEncoder(), TEXTS, "two")
    (other,) = {p.parent for p in files(store)} - {path}
    for file in other.iterdir():
        file.unlink()
    for file in path.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    assert_same(again(store).embed(FakeEncoder(), TEXTS, "two"), FakeEncoder().embed(TEXTS, "two"))
    assert "damaged" in caplog.text


class Bomb:
    """Would make a folder when unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self):
        return (os.mkdir, (str(self.target),))


@pytest.mark.parametrize("kind", ["pickle", "numbers"])
def test_something_else_under_a_fitting_name_is_not_loaded(store, kind, tmp_path, caplog):
    store.embed(FakeEncoder(), ["one"])
    (path,) = files(store)
    content = io.BytesIO()
    np.save(content, np.array([Bomb(tmp_path / "bang")], object) if kind == "pickle" else np.zeros((3, 5), np.float32))
    planted = path.parent / f"{ChunkFolder(path.parent, 5)._digest(content.getvalue())}.npy"
    planted.write_bytes(content.getvalue())
    assert_same(again(store).embed(FakeEncoder(), ["one", "two"]), FakeEncoder().embed(["one", "two"]))
    assert not (tmp_path / "bang").exists()
    assert "damaged" in caplog.text


def test_other_files_in_the_folder_are_let_be(store):
    store.embed(FakeEncoder(), ["one"])
    folder = files(store)[0].parent
    mine = [folder / name for name in ("notes.txt", "mine.npy")]
    for path in mine:
        path.write_text("not Refract's")
    again(store).embed(FakeEncoder(), ["one", "two"])
    assert all(path.exists() for path in mine)


def test_what_a_killed_writer_left_is_removed_once_it_is_old(store):
    store.embed(FakeEncoder(), ["one"])
    folder = files(store)[0].parent
    young, old = folder / "1-young.tmp", folder / "1-old.tmp"
    for path in (young, old):
        path.write_bytes(b"half")
    past = time.time() - 2 * chunks_module.ABANDONED_SECONDS
    os.utime(old, (past, past))
    again(store).embed(FakeEncoder(), ["one"])
    assert young.exists()
    assert not old.exists()
