"""Fetching the files of a model from the hub: resumed, checked, cancelled between chunks, its errors in words."""

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.base.errors import InputError
from core.base.progress import Watch

PARTIAL = ".partial"  # after the name of a folder whose download is not complete
INCOMPLETE = ".incomplete-"  # within the name of half a copy that was in the way
TIMEOUT_SECONDS = 10.0
_ATTEMPTS = 5  # in a row without a single byte
_SPARE_BYTES = 64 * 1024**2  # left free on the disk


@dataclass(frozen=True)
class RemoteFile:
    """A file on the hub: its size, and its digest as "sha256" or, for small files, as git's "blob"."""

    name: str
    size: int
    algorithm: str
    digest: str


@dataclass(frozen=True)
class Plan:
    """The files that a download would fetch, and where to."""

    hub_id: str
    commit: str
    files: tuple[RemoteFile, ...]
    directory: Path

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(file.size for file in self.files)


def fetch_all(wanted: Plan, watch: Watch) -> None:
    """Fetch what a plan lists into a folder aside, and rename it once everything is there."""
    target = wanted.directory
    aside = target.with_name(target.name + PARTIAL)
    aside.mkdir(exist_ok=True)
    here = {file: _bytes_of(aside / file.name) for file in wanted.files}
    if wanted.size - sum(here.values()) > shutil.disk_usage(aside).free - _SPARE_BYTES:
        raise OSError(errno.ENOSPC, "too little space")
    done = 0
    for file in sorted(wanted.files, key=lambda file: file.size):
        before = done

        def tell(received: int, before: int = before) -> None:
            watch.report("download", before + received, wanted.size)

        _fetch(wanted, file, aside / file.name, tell, watch.quiet)
        done += file.size
    for path in list(aside.rglob("*")):  # left from another revision of the model
        if path.is_file() and path.relative_to(aside).as_posix() not in {file.name for file in wanted.files}:
            path.unlink()
    if target.exists():  # incomplete, such as half a copy: kept under another name, never mixed with ours
        target.rename(target.with_name(f"{target.name}{INCOMPLETE}{int(time.time())}"))
    aside.rename(target)


def _fetch(wanted: Plan, file: RemoteFile, path: Path, tell: Callable[[int], None], watch: Watch) -> None:
    """Fetch one file, from where an earlier attempt left it."""
    import httpx2

    path.parent.mkdir(parents=True, exist_ok=True)
    failures, afresh = 0, False
    while True:
        watch.check()
        start = _bytes_of(path)
        if start >= file.size and path.is_file():
            if start == file.size and _digest_of(path, file, watch) == file.digest:
                tell(file.size)
                return
            path.unlink()
            if afresh:
                raise InputError(f"The file {file.name} of {wanted.hub_id} arrived damaged. Try again later.")
            start, afresh = 0, True
        try:
            _receive(wanted, file, path, start, tell, watch)
        except httpx2.TransportError:
            if failures >= _ATTEMPTS:
                raise
        got_nothing = _bytes_of(path) == start and file.size > 0
        failures = failures + 1 if got_nothing else 0
        if failures > _ATTEMPTS:
            raise InputError(f"The hub sends nothing more of {file.name} of {wanted.hub_id}. Try again later.")
        if got_nothing:
            _pause(0.1 * 2**failures, watch)


def _receive(wanted: Plan, file: RemoteFile, path: Path, start: int, tell: Callable[[int], None], watch: Watch) -> None:
    """Append to the file what a single request brings."""
    from huggingface_hub import get_session, hf_hub_url
    from huggingface_hub.utils import hf_raise_for_status  # type: ignore[attr-defined]

    url = hf_hub_url(wanted.hub_id, file.name, revision=wanted.commit, endpoint=endpoint())
    headers = {"Accept-Encoding": "identity", "User-Agent": "refract"}
    if secret := token():
        headers["Authorization"] = f"Bearer {secret}"  # not passed on when the hub sends us to another host
    if start:
        headers["Range"] = f"bytes={start}-"
    with get_session().stream("GET", url, headers=headers, timeout=TIMEOUT_SECONDS, follow_redirects=True) as response:
        hf_raise_for_status(response)
        received = start if response.status_code == 206 else 0
        with path.open("ab" if received else "wb") as out:
            for chunk in response.iter_raw():
                watch.check()
                out.write(chunk)
                received += len(chunk)
                tell(min(received, file.size))
                if received > file.size:  # not the file of the listing: no more of it
                    break
            out.flush()
            os.fsync(out.fileno())


@contextmanager
def in_words(hub_id: str, folder: Path) -> Iterator[None]:
    """Turn what goes wrong on the way into a sentence for the user."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError:
        raise InputError(gated(hub_id)) from None
    except errors.RepositoryNotFoundError:
        raise InputError(
            f"The hub has no model called {hub_id}, or it is private. Check its name; for a private model set HF_TOKEN."
        ) from None
    except (errors.RevisionNotFoundError, errors.EntryNotFoundError):
        raise InputError(f"The model {hub_id} has changed on the hub in the meantime. Download it again.") from None
    except errors.OfflineModeIsEnabled:
        raise InputError("HF_HUB_OFFLINE is set, so nothing is downloaded. Unset it and start Refract again.") from None
    except errors.HfHubHTTPError as error:
        code = error.response.status_code
        raise InputError(f"The hub refused to give {hub_id} (status {code}). Try again later.") from None
    except httpx2.TransportError:
        raise InputError(
            f"The hub can't be reached at {endpoint()}. Check the network. What has arrived is kept, and the next "
            "download goes on from there."
        ) from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise InputError(
                f"The disk is too full for {hub_id}. Make room in {folder}, or let REFRACT_HOME name a folder "
                "on another disk. What has arrived is kept."
            ) from None
        raise InputError(f"The folder {folder} can't be written to ({error.strerror}).") from None
    except (ValueError, KeyError, TypeError):
        raise InputError(f"What answers at {endpoint()} is not the hub. Check the network and HF_ENDPOINT.") from None


def gated(hub_id: str) -> str:
    """The way to get a model whose licence has to be accepted."""
    return (
        f"The model {hub_id} is given only to those who have accepted its licence. Sign in at {endpoint()}/{hub_id}, "
        "accept it, make a token there, put it into the environment variable HF_TOKEN, and start Refract again."
    )


def endpoint() -> str:
    """The hub's address, or that of the mirror that HF_ENDPOINT names."""
    from huggingface_hub import constants

    return (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")


def token() -> str | Literal[False]:
    """The user's token, where there is one; nothing else is looked for."""
    return os.environ.get("HF_TOKEN") or False


def _digest_of(path: Path, file: RemoteFile, watch: Watch) -> str:
    """The digest of a file on disk, of the kind that the hub gave; "" where it gave none."""
    if not file.digest:
        return ""
    hasher = hashlib.sha256() if file.algorithm == "sha256" else hashlib.sha1(f"blob {file.size}\0".encode())
    with path.open("rb") as content:
        while chunk := content.read(1024**2):
            watch.check()
            hasher.update(chunk)
    return hasher.hexdigest()


def _bytes_of(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _pause(seconds: float, watch: Watch) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        watch.check()
        time.sleep(0.05)
