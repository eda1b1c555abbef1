"""Immutable files: what is put is what is got, once, and damage is said."""

import errno
import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base import atomic
from core.base.errors import InputError
from core.projects.file_store import KEPT_SECONDS, FileStore


@pytest.fixture
def files(tmp_path) -> FileStore:
    return FileStore(tmp_path / "files")


@given(data=st.binary(max_size=200))
def test_what_is_put_is_got(tmp_path_factory, data):
    files = FileStore(tmp_path_factory.getbasetemp() / "any")
    assert files.get(files.put(data, "bin")) == data


def test_the_same_bytes_are_kept_once(files):
    assert files.put(b"one", "bin") == files.put(b"one", "bin")
    assert files.put(b"two", "bin") != files.put(b"one", "bin")
    assert files.size() == 6
    assert sum(files.sizes([files.put(b"one", "bin"), "0" * 32 + ".gone"]).values()) == 3


def test_damage_is_said_and_mended_by_putting_the_same_again(files):
    name = files.put(b"one", "bin")
    (files.directory / name).write_bytes(b"onf")
    with pytest.raises(InputError, match="damaged"):
        files.get(name)
    assert files.put(b"one", "bin") == name
    assert files.get(name) == b"one"
    (files.directory / name).unlink()
    with pytest.raises(InputError, match="gone"):
        files.get(name)


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "a.bin", "", "0" * 32])
def test_nothing_else_becomes_a_path(files, name):
    with pytest.raises(ValueError, match="no name"):
        files.get(name)


def test_a_full_disk_is_said_and_leaves_nothing_half_written(files, monkeypatch):
    kept = files.put(b"one", "bin")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(InputError, match=r"No space left.*REFRACT_HOME"):
        files.put(b"two", "bin")
    assert [path.name for path in files.directory.glob("[!.]*")] == [kept]


def old(files: FileStore, name: str) -> None:
    then = time.time() - 2 * KEPT_SECONDS
    os.utime(files.directory / name, (then, then))


def test_only_old_files_that_nothing_uses_are_collected(files):
    used, unused, young, revived = (files.put(data, "bin") for data in (b"used", b"unused", b"young", b"revived"))
    (files.directory / "12-abc.tmp").write_bytes(b"killed")
    (files.directory / "notes.txt").write_bytes(b"somebody else's")
    for name in (used, unused, revived, "12-abc.tmp", "notes.txt"):
        old(files, name)
    assert files.put(b"revived", "bin") == revived  # by somebody who is about to say so
    assert files.collect({used}) == len(b"unused") + len(b"killed")
    left = {path.name for path in files.directory.iterdir() if path.name != ".lock"}
    assert left == {used, young, revived, "notes.txt"}
