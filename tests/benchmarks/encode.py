"""How fast Refract encodes, beside sentence-transformers with its defaults and in bfloat16, in one process.

Run it with ``python tests/benchmarks/encode.py``. The three take turns, and the best of the rounds counts: what else
the machine does then disturbs all alike. The share of the peak is that of the multiplications that the network must
do (2 for each weight and token, and those of the attention), against the fastest large matrix product of torch that
was measured in the same run in the same number format.
"""

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.models.encoder.encoder import Encoder
from core.models.registry import load_model
from core.texts.samples import SAMPLES
from tests.benchmarks.shapes import minilm, save_bge_base, save_instructor_base

TOKENS = {8: 12_000, 30: 9_000, 120: 9_600}  # tokens of a text: tokens in all, for a model of MiniLM's size
SHAPES = {"MiniLM": ("plain", 1), "instructor-base": ("instructor", 6), "bge-base": ("bge", 6)}


def main() -> None:
    """Print a line a shape and length."""
    parser = argparse.ArgumentParser(description="Texts a second: Refract and sentence-transformers.")
    parser.add_argument("--shapes", nargs="+", default=list(SHAPES), choices=list(SHAPES))
    parser.add_argument("--instruction", default="", help="put before every text")
    parser.add_argument("--precision", default="auto", help="of Refract: auto, float32 or bfloat16")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    peaks = {dtype: peak(dtype) for dtype in (torch.float32, torch.bfloat16)}
    print(
        f"{torch.get_num_threads()} threads; fastest product: float32 {peaks[torch.float32]:.0f}, bfloat16 "
        f"{peaks[torch.bfloat16]:.0f} GFLOP/s; best of {options.rounds} rounds; instruction {options.instruction!r}"
    )
    print(
        f"{'shape':16}{'tokens':>7}{'texts':>6}{'Refract':>10}{'s-t':>9}{'s-t bf16':>9}{'ratio':>7}{'to bf16':>8}"
        f"{'of peak':>8}{'cosine':>9}"
    )
    sentences = [text for sample in SAMPLES for text in pd.read_csv(sample.path)[sample.text_column]]
    with tempfile.TemporaryDirectory() as folder:
        for shape in options.shapes:
            time_shape(shape, Path(folder), sentences, options, peaks)


def time_shape(
    shape: str, folder: Path, sentences: list[str], options: argparse.Namespace, peaks: dict[torch.dtype, float]
) -> None:
    """Print the lines of one shape."""
    from sentence_transformers import SentenceTransformer

    family, weight = SHAPES[shape]
    directory = {
        "MiniLM": lambda: minilm(),
        "instructor-base": lambda: save_instructor_base(folder / shape, sentences),
        "bge-base": lambda: save_bge_base(folder / shape),
    }[shape]()
    ours = load_model(directory, family=family, precision=options.precision)
    instruction = ours.card.prefix(options.instruction)
    theirs = []
    for dtype in (torch.float32, torch.bfloat16):
        model = SentenceTransformer(str(directory), device="cpu", model_kwargs={"dtype": dtype})
        model.set_pooling_include_prompt(family != "instructor")
        theirs.append(model)

    def encode_with(model: Any, texts: list[str]) -> NDArray[np.float32]:
        found = model.encode(texts, prompt=instruction or None, normalize_embeddings=True, convert_to_tensor=True)
        return np.asarray(found.float().numpy())

    for length, tokens in TOKENS.items():
        texts = list(cut(ours, sentences, length))[: tokens // length // weight]
        runs: list[Callable[[], NDArray[np.float32]]] = [
            lambda texts=texts: ours.encode(texts, options.instruction),
            *(lambda model=model, texts=texts: encode_with(model, texts) for model in theirs),
        ]
        seconds, vectors = take_turns(runs, options.rounds)
        work = flops(directory, ours, texts, options.instruction)
        peak_used = peaks[torch.bfloat16 if ours.precision == "bfloat16" else torch.float32]
        found = ours.embed(texts, options.instruction)
        rates = "".join(f"{len(texts) / s:{width}.0f}/s" for s, width in zip(seconds, (8, 7, 7), strict=True))
        print(
            f"{shape:16}{found.tokens.mean():7.1f}{len(texts):6}{rates}{seconds[1] / seconds[0]:7.2f}"
            f"{seconds[2] / seconds[0]:8.2f}{work / seconds[0] / peak_used / 1e9:8.0%}"
            f"{(vectors[0] * vectors[1]).sum(axis=1).min():9.5f}  {ours.precision}",
            flush=True,
        )


def take_turns(
    runs: Sequence[Callable[[], NDArray[np.float32]]], rounds: int
) -> tuple[list[float], list[NDArray[np.float32]]]:
    """Best seconds and the result of each, after one round that doesn't count."""
    vectors = [run() for run in runs]
    best = [float("inf")] * len(runs)
    for _ in range(rounds):
        for index, run in enumerate(runs):
            start = time.perf_counter()
            run()
            best[index] = min(best[index], time.perf_counter() - start)
    return best, vectors


def cut(model: Encoder, texts: Sequence[str], tokens: int) -> Iterator[str]:
    """Texts of about ``tokens`` tokens (0.7 to 1.3 times as many), from the words of ``texts`` in turn."""
    words = [word for text in texts for word in text.split()]
    wanted = np.random.default_rng(0).uniform(0.7, 1.3, len(words)) * tokens
    piece: list[str] = []
    length, number = 0, 0
    for word, cost in zip(words, model.count_tokens(words), strict=True):
        piece.append(word)
        length += cost
        if length >= wanted[number]:
            yield " ".join(piece)
            piece, length, number = [], 0, number + 1


def flops(directory: Path, model: Encoder, texts: list[str], instruction: str) -> float:
    """Multiplications and additions that the layers' products and attention take over these texts."""
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(directory)
    if config.model_type == "t5":
        width, inner, layers = config.d_model, config.d_ff, config.num_layers
        attention = config.num_heads * config.d_kv
    else:
        width, inner, layers = config.hidden_size, config.intermediate_size, config.num_hidden_layers
        attention = width
    tokens = model.embed(texts, instruction).tokens.astype(np.float64)
    per_token = 2 * layers * (4 * width * attention + 2 * width * inner)
    return float(per_token * tokens.sum() + layers * 4 * attention * (tokens**2).sum())


def peak(dtype: torch.dtype) -> float:
    """GFLOP/s of the fastest of some large matrix products."""
    best = 0.0
    with torch.inference_mode():
        for rows, inner, columns in ((2048, 768, 3072), (2048, 3072, 768), (2048, 2048, 2048), (1024, 384, 1536)):
            states, weight = torch.randn(rows, inner, dtype=dtype), torch.randn(columns, inner, dtype=dtype)
            for _ in range(12):
                start = time.perf_counter()
                torch.nn.functional.linear(states, weight)
                best = max(best, 2 * rows * inner * columns / (time.perf_counter() - start) / 1e9)
    return best


if __name__ == "__main__":
    main()
