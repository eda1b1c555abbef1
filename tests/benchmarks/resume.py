"""Kill an embedding with SIGKILL at half, run it again, and compare with a run that nobody disturbed.

Run it with ``python tests/benchmarks/resume.py``. It uses the built-in model and saves as the app does.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.models.registry import load_model
from core.store.vectors import VectorStore
from tests.support.fake_encoder import assert_same, files
from tests.support.resuming import INSTRUCTION, kill_at, start, texts


def main() -> None:
    """Print what the kill cost, and fail where a bit differs."""
    parser = argparse.ArgumentParser(description="Resume after a kill.")
    parser.add_argument("--texts", type=int, default=20_000)
    count = parser.parse_args().texts
    with tempfile.TemporaryDirectory() as directory:
        store = VectorStore(Path(directory))
        done = kill_at(start(store.directory, 0, count), count // 2)
        kept = sum(len(np.load(path)) for path in files(store))
        print(f"killed with {done:,} of {count:,} texts encoded; {kept:,} of them saved", flush=True)
        encoder = load_model("all-MiniLM-L6-v2")
        began = time.perf_counter()
        resumed, known = store.embed_counted(encoder, texts(0, count), INSTRUCTION)
        print(
            f"run again: {known:,} loaded, {count - known:,} encoded, {time.perf_counter() - began:.1f} s", flush=True
        )
        assert known == kept
        began = time.perf_counter()
        undisturbed = encoder.embed(texts(0, count), INSTRUCTION)
        print(f"in one run without a store: {time.perf_counter() - began:.1f} s", flush=True)
        assert_same(resumed, undisturbed)
        print("vectors, tokens and cuts are equal to the last bit")


if __name__ == "__main__":
    main()
