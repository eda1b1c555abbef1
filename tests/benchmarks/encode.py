"""How fast Refract encodes, beside sentence-transformers with its defaults, in one process.

Run it with ``python tests/benchmarks/encode.py``.
The two take turns, and the best of three rounds counts: what else the machine does then disturbs both alike.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.embedding import CARDS, DEFAULT_MODEL, load_model
from core.embedding.encoder import Encoder
from core.samples import SAMPLES

ROUNDS = 3
LENGTHS = {8: 800, 30: 300, 120: 80}  # tokens of a text: number of texts


def cut(model: Encoder, texts: Sequence[str], tokens: int) -> Iterator[str]:
    """Texts of at least ``tokens`` tokens, by as little as whole words allow, from the words of ``texts`` in turn."""
    words = [word for text in texts for word in text.split()]
    piece: list[str] = []
    length = 0
    for word, cost in zip(words, model.count_tokens(words), strict=True):
        piece.append(word)
        length += cost
        if length >= tokens:
            yield " ".join(piece)
            piece, length = [], 0


def corpora(model: Encoder) -> Iterator[tuple[str, list[str]]]:
    """The samples as they are, and texts of even lengths made from them."""
    together: list[str] = []
    for sample in SAMPLES:
        texts = pd.read_csv(sample.path)[sample.text_column].tolist()
        together += texts
        yield sample.name, texts
    for tokens, most in LENGTHS.items():
        yield f"about {tokens} tokens", list(cut(model, together, tokens))[:most]


def timed(encode: Callable[[], NDArray[np.float32]]) -> tuple[float, NDArray[np.float32]]:
    start = time.perf_counter()
    vectors = encode()
    return time.perf_counter() - start, vectors


def main() -> None:
    parser = argparse.ArgumentParser(description="Texts a second, Refract and sentence-transformers.")
    parser.add_argument("--instruction", default="", help="put before every text, and left out of the mean")
    parser.add_argument("--precision", default="auto", help="of Refract: auto, float32 or bfloat16")
    options = parser.parse_args()
    instruction: str = options.instruction

    from sentence_transformers import SentenceTransformer

    package = find_spec(CARDS[DEFAULT_MODEL].package)
    assert package is not None
    assert package.origin is not None
    theirs = SentenceTransformer(str(Path(package.origin).parent / "model"), device="cpu")
    theirs.set_pooling_include_prompt(False)
    ours = load_model(precision=options.precision)

    def encode_theirs(texts: list[str]) -> NDArray[np.float32]:
        return np.asarray(theirs.encode(texts, prompt=instruction or None, normalize_embeddings=True))

    print(f"{DEFAULT_MODEL} in {ours.precision}, sentence-transformers in float32")
    print(f"{torch.get_num_threads()} threads, instruction {instruction!r}, best of {ROUNDS}")
    print(f"{'':18}{'texts':>7}{'tokens':>8}{'Refract':>12}{'s-t':>12}{'ratio':>8}{'min cosine':>12}")
    ours.encode(["warm up"])
    encode_theirs(["warm up"])
    for name, texts in corpora(ours):
        seconds = []
        for _ in range(ROUNDS):
            our_seconds, our_vectors = timed(lambda texts=texts: ours.encode(texts, instruction))
            their_seconds, their_vectors = timed(lambda texts=texts: encode_theirs(texts))
            seconds.append((our_seconds, their_seconds))
        our_best, their_best = np.min(seconds, axis=0)
        tokens = ours.embed(texts, instruction).tokens.mean()
        print(
            f"{name:18}{len(texts):7}{tokens:8.1f}{len(texts) / our_best:10.0f}/s{len(texts) / their_best:10.0f}/s"
            f"{their_best / our_best:8.2f}{(our_vectors * their_vectors).sum(axis=1).min():12.6f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
