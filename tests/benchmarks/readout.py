"""What an edit of the instruction costs with refract-small, against encoding the texts again.

Run it with ``python tests/benchmarks/readout.py``. The peers run in the same process on the same texts: Refract's own
encoder of all-MiniLM-L6-v2 with the instruction before every text, and sentence-transformers as it comes (float32) on
a sample of them. Texts are those of the samples with a number after them, so that each is different.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.models.cards.known import CARDS
from core.models.registry import find, load_model
from core.store.vectors import VectorStore
from tests.benchmarks.stream import made_up, peak, start_of_peak

INSTRUCTIONS = [
    "Represent the customer support ticket for clustering by sentiment: ",
    "Represent the customer support ticket for clustering by product: ",
    "Represent the customer support ticket for clustering by urgency: ",
]
PEER_TEXTS = 2000
GIB = 1024**3


def main() -> None:
    """Print the seconds of reading, of an edit, and the ratios."""
    parser = argparse.ArgumentParser(description="Instruction edits.")
    parser.add_argument("--texts", type=int, default=20_000)
    count = parser.parse_args().texts
    texts = made_up(count)
    model, plain = load_model("refract-small"), load_model("all-MiniLM-L6-v2")
    model.encode(texts[:300], INSTRUCTIONS[0])
    plain.encode(texts[:300], INSTRUCTIONS[0])
    with tempfile.TemporaryDirectory() as directory:
        held = start_of_peak()
        store = VectorStore(Path(directory))
        seconds = timed(lambda: store.embed(model, texts, INSTRUCTIONS[0]))
        tokens = float(model.embed(texts[:PEER_TEXTS]).tokens.mean())
        print(f"{model.precision}, {torch.get_num_threads()} threads, {count:,} texts of {tokens:.1f} tokens")
        print(f"read once: {seconds:.1f} s; on disk: {store.size() / GIB:.2f} GiB")
        edits = [timed(lambda i=i: store.embed(model, texts, i)) for i in INSTRUCTIONS[1:] * 2]
        edit = min(edits)
        print(f"an edit: {', '.join(f'{each:.2f}' for each in edits)} s; {count / edit:,.0f} texts/s at best")
        print("opened by another process, with the first instruction: ", end="")
        model._held.clear()
        print(f"{timed(lambda: VectorStore(Path(directory)).embed(model, texts, INSTRUCTIONS[1])):.2f} s")
        print(f"peak memory over the models: {(peak() - held) / GIB:.2f} GiB (pages of mapped files counted in)")
    again = timed(lambda: plain.encode(texts[:PEER_TEXTS], INSTRUCTIONS[1])) / PEER_TEXTS
    print(f"encoding again with all-MiniLM-L6-v2 (ours): {1 / again:,.0f} texts/s; ratio {again * count / edit:.0f}")
    from sentence_transformers import SentenceTransformer

    peer = SentenceTransformer(str(find(CARDS["all-MiniLM-L6-v2"])), device="cpu")
    prompts = [INSTRUCTIONS[1] + text for text in texts[:PEER_TEXTS]]
    peer.encode(prompts[:300])
    again = timed(lambda: peer.encode(prompts)) / PEER_TEXTS
    print(f"with sentence-transformers (float32): {1 / again:,.0f} texts/s; ratio {again * count / edit:.0f}")


def timed(work: Callable[[], object]) -> float:
    """Wall-clock seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
