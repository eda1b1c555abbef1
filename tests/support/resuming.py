"""A process that embeds short texts into a store, to be killed.

``python -m tests.support.resuming DIRECTORY FIRST LAST``

It prints how many texts are done, a line each time it learns of more.
"""

import argparse
import logging
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from core.base.progress import Progress, Watch
from core.models.registry import load_model
from core.store import vectors
from core.store.vectors import VectorStore
from tests.support.fake_encoder import FakeEncoder, assert_same

ROOT = Path(__file__).parents[2]
INSTRUCTION = "By product: "


def texts(first: int, last: int) -> list[str]:
    """Texts of a few words, all different."""
    things = ("parcel", "refund", "login", "invoice", "app", "booking", "order")
    return [f"{things[n % 7]} {n} is {('late', 'wrong', 'lost')[n % 3]}" for n in range(first, last)]


def start(directory: Path, first: int, last: int, *options: object) -> "subprocess.Popen[str]":
    """Start such a process."""
    command = [
        sys.executable,
        "-m",
        "tests.support.resuming",
        str(directory),
        str(first),
        str(last),
        *map(str, options),
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill_at(process: "subprocess.Popen[str]", done: int, after: float = 0.0) -> int:
    """Kill it with SIGKILL ``after`` seconds from when so many texts are done; how many were done at the last word."""
    seen = 0
    assert process.stdout is not None
    for line in process.stdout:
        seen = int(line)
        if seen >= done:
            time.sleep(after)
            process.kill()
            break
    process.communicate()
    assert process.returncode == -9, "It ended before it was killed."
    return seen


def main(arguments: Sequence[str] | None = None) -> None:
    """Embed, with the built-in model or a fake one; with the fake one, check the result too."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--fake", action="store_true")
    parser.add_argument("--part-seconds", type=float, default=vectors.PART_SECONDS)
    options = parser.parse_args(arguments)
    logging.basicConfig()
    vectors.PART_SECONDS = options.part_seconds

    def tell(progress: Progress) -> None:
        print(progress.done, flush=True)

    wanted = texts(options.first, options.last)
    store = VectorStore(options.directory)
    if options.fake:
        fake = FakeEncoder(chunk_texts=20, before=lambda done: time.sleep(0.002))
        assert_same(store.embed(fake, wanted, INSTRUCTION, Watch(tell)), fake.embed(wanted, INSTRUCTION))
    else:
        store.embed(load_model("all-MiniLM-L6-v2"), wanted, INSTRUCTION, Watch(tell))


if __name__ == "__main__":
    main()
