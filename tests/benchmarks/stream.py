"""Pace and memory of many texts through saved vectors: encoded, then loaded again.

Run it with ``python tests/benchmarks/stream.py``. Memory is the peak of what the process holds (on Linux, the
resident set since the model was loaded), less what it held with the model loaded and the texts in a list. The texts
are those of the samples with a number after them, so that each is different.
"""

import argparse
import contextlib
import resource
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.models.registry import load_model
from core.store.vectors import VectorStore
from core.texts.samples import SAMPLES
from tests.support.fake_encoder import assert_same, files

MIB = 1024**2


def main() -> None:
    """Print texts a second and peak memory."""
    parser = argparse.ArgumentParser(description="Many texts through saved vectors.")
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--instruction", default="")
    options = parser.parse_args()
    texts = made_up(options.texts)
    encoder = load_model("all-MiniLM-L6-v2")
    encoder.embed(texts[:200])
    with tempfile.TemporaryDirectory() as directory:
        store = VectorStore(Path(directory))
        held = start_of_peak()
        began = time.perf_counter()
        first = store.embed(encoder, texts, options.instruction)
        seconds = time.perf_counter() - began
        tokens = first.tokens.mean()
        print(f"{len(texts):,} texts of {tokens:.1f} tokens: {len(texts) / seconds:,.0f} texts/s ({seconds:.1f} s)")
        print(f"peak memory over the model: {(peak() - held) / MIB:,.0f} MiB")
        print(f"the result: {first.vectors.nbytes / MIB:,.0f} MiB; saved: {store.size() / MIB:,.0f} MiB, ", end="")
        print(f"{len(files(store))} files")
        for name, loaded_by in (("another process", VectorStore(Path(directory))), ("the same", store)):
            began = time.perf_counter()
            again, known = loaded_by.embed_counted(encoder, texts, options.instruction)
            print(f"loaded by {name}: {time.perf_counter() - began:.2f} s")
            assert known == len(texts)
            assert_same(again, first)


def made_up(count: int) -> list[str]:
    """Texts of the samples' lengths, all different."""
    texts = [text for sample in SAMPLES for text in pd.read_csv(sample.path)[sample.text_column]]
    return [f"{texts[n % len(texts)]} {n}" for n in range(count)]


def start_of_peak() -> int:
    """Forget the peak so far, where the system can; bytes held now."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return peak()


def peak() -> int:
    """The most bytes that were held."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    main()
