"""What the model's figures are held against: other ways to use the instruction, and words removed at random."""

import random
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from core.models.refract.readout import ReadOut
from training.states import MAX_TOKENS, StateReader

REMOVED = 0.2


def shuffled_words(instruction: str, rng: random.Random) -> str:
    """The same words in another order."""
    words = instruction.split()
    rng.shuffle(words)
    return " ".join(words)


def prompted(reader: StateReader, instruction: str, texts: Sequence[str]) -> NDArray[np.float32]:
    """(n, 384) float32 plain vectors with the instruction put before the text and left out of the mean.

    The recipe of INSTRUCTOR (Su et al. 2022, section 2), on a reader that was not trained for it.
    """
    prompts = [instruction + text for text in texts]
    out = np.empty((len(texts), 384), np.float32)
    for rows in reader.batches(prompts):
        encodings = reader.tokenizer.encode_batch([prompts[row] for row in rows])
        ids = torch.zeros(len(rows), max(len(e.ids) for e in encodings), dtype=torch.int64)
        mask, counted = torch.zeros_like(ids), torch.zeros(ids.shape)
        for index, encoding in enumerate(encodings):
            ids[index, : len(encoding.ids)] = torch.tensor(encoding.ids)
            mask[index, : len(encoding.ids)] = 1
            behind = [float(end > len(instruction)) for _, end in encoding.offsets]
            counted[index, : len(behind)] = torch.tensor(behind)
        with torch.inference_mode():
            states = reader.network(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        out[rows] = torch.nn.functional.normalize(torch.bmm(counted[:, None], states)[:, 0], dim=1).numpy()
    return out


def attention_check(
    model: ReadOut, reader: StateReader, texts: Sequence[str], instruction: str, sample: int = 120, seed: int = 0
) -> tuple[float, float]:
    """How far a text's vector moves when its most attended words go, and when as many random words go.

    Returns
    -------
    Mean cosine distances over a sample of texts of ten words or more that the reader takes whole.
    """
    rng = random.Random(seed)
    asked = reader.instructions([instruction])
    long_enough = [t for t in texts if len(t.split()) >= 10 and len(reader.tokenizer.encode(t).ids) < MAX_TOKENS]
    chosen = rng.sample(long_enough, min(sample, len(long_enough)))
    moved_top, moved_random = [], []
    for text in chosen:
        words = word_weights(model, reader, text, asked)
        count = max(1, round(REMOVED * len(words)))
        top = sorted(words, key=lambda word: -word[2])[:count]
        at_random = rng.sample(words, count)
        vectors = _embed(model, reader, [text, _remove(text, top), _remove(text, at_random)], asked)
        moved_top.append(1 - float(vectors[0] @ vectors[1]))
        moved_random.append(1 - float(vectors[0] @ vectors[2]))
    return float(np.mean(moved_top)), float(np.mean(moved_random))


def word_weights(
    model: ReadOut, reader: StateReader, text: str, instruction: torch.Tensor
) -> list[tuple[int, int, float]]:
    """(start, end, weight) of each word of a text: the attention on its pieces, summed."""
    encoding = reader.tokenizer.encode(text)
    states, plain, _ = reader.read([text])
    with torch.inference_mode():
        reading = model.read(states[0][None], torch.ones(1, len(states[0]), dtype=torch.bool), plain)
        weights = model.attention(reading, instruction)[0]
    words: list[tuple[int, int, float]] = []
    for (start, end), weight in zip(encoding.offsets, weights.tolist(), strict=True):
        if end <= start:
            continue  # special tokens
        if words and words[-1][1] == start:
            words[-1] = (words[-1][0], end, words[-1][2] + weight)
        else:
            words.append((start, end, weight))
    return words


def _remove(text: str, words: Sequence[tuple[int, int, float]]) -> str:
    for start, end, _ in sorted(words, reverse=True):
        text = text[:start] + text[end:]
    return " ".join(text.split())


def _embed(model: ReadOut, reader: StateReader, texts: Sequence[str], instruction: torch.Tensor) -> torch.Tensor:
    states, plain, _ = reader.read(texts)
    lengths = torch.tensor([len(state) for state in states])
    padded = torch.nn.utils.rnn.pad_sequence(states, batch_first=True)
    with torch.inference_mode():
        reading = model.read(padded, torch.arange(padded.shape[1]) < lengths[:, None], plain)
        vectors: torch.Tensor = model(reading, instruction)
    return vectors
