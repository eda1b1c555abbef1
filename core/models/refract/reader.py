"""The reader of refract-small: texts to readings, once for all instructions.

A plain encoder (all-MiniLM-L6-v2) runs over each text. The read-out's own layers turn the states of a middle layer
into the keys and values that instructions are asked of; see `core.models.refract.readout`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch
from core.models.encoder.checks import refuse_empty
from core.models.encoder.encoder import Encoder, ahead
from core.models.encoder.networks.bert import BertEncoder, BertLayer
from core.models.encoder.networks.layers import Linear, mean_of_texts, pack_all
from core.models.encoder.networks.packing import PackedBatch, TokenisedTexts, batches, pack, tokenise
from core.models.refract.readout import MIDDLE_LAYER, STEPS, Block, ReadOut

# Texts that are read, and saved, together: what a kill costs at most.
PART_TEXTS = 2048


@dataclass(frozen=True, eq=False)
class ReadChunk:
    """Some of the texts asked for, read.

    Parameters
    ----------
    start : row of the first.
    starts : (n,) int64, where each text's first token is in ``tokens``.
    lengths : (n,) int32, tokens of each.
    truncated : (n,) bool, texts that were cut off at the reader's limit.
    plain : (n, width) float32, plain sentence vectors.
    tokens : (t, bytes) int8, texts of equal length one behind the other.
    """

    start: int
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]
    truncated: NDArray[np.bool_]
    plain: NDArray[np.float32]
    tokens: NDArray[np.int8]


class Reader:
    """An encoder and the read-out's layers behind it.

    Parameters
    ----------
    encoder : of the plain model; its network is a `BertEncoder`.
    read_out : trained on that encoder's states.
    """

    def __init__(self, encoder: Encoder, read_out: ReadOut) -> None:
        if not isinstance(encoder.network, BertEncoder):
            raise InputError(f"The model {encoder.card.name} can't be read from: its network is no BERT.")
        self.encoder = encoder
        self.network = encoder.network
        self.bytes_per_token = read_out.config.bytes_per_token
        dtype = torch.bfloat16 if encoder.precision == "bfloat16" else torch.float32
        self._deep = _Deep(read_out).to(device=encoder.device, dtype=dtype).requires_grad_(False).eval()
        pack_all(self._deep)

    def read(self, texts: Sequence[str], watch: Watch = UNWATCHED) -> Iterator[ReadChunk]:
        """The readings of texts, `PART_TEXTS` at a time, in order.

        A text's reading is the same to the last bit whatever texts come with it (on a processor).

        Raises
        ------
        InputError
            For an empty text.
        Cancelled
            Once ``watch`` stops it.
        """
        refuse_empty(texts)
        watch.check()
        watch.report("embedding", 0, len(texts), 0.0)
        starts = range(0, len(texts), PART_TEXTS)

        def prepare(start: int) -> TokenisedTexts:
            part = texts[start : start + PART_TEXTS]
            return tokenise(self.encoder.tokenizer, [""] * len(part), part)

        for start, tokenised in zip(starts, ahead(prepare, starts), strict=True):
            yield self._read_part(start, tokenised, len(texts), watch)

    @torch.inference_mode()
    def instruction_vector(self, instruction: str) -> Tensor:
        """(1, 2 * width) float32, the mean states of the instruction in the middle and the last layer; zeros for ""."""
        width = self.network.width
        if not instruction:
            return torch.zeros(1, 2 * width)
        tokenised = tokenise(self.encoder.tokenizer, [""], [instruction])
        batch = pack(tokenised.ids).to(self.encoder.device)
        whole = torch.zeros(1, dtype=torch.int64, device=self.encoder.device)
        with self.encoder.turn.hold():
            states = self.network.states(batch, (MIDDLE_LAYER, len(self.network.layers)))
            return torch.cat([mean_of_texts(each, batch.groups, whole) for each in states], 1).cpu()

    def _read_part(self, start: int, tokenised: TokenisedTexts, total: int, watch: Watch) -> ReadChunk:
        lengths = tokenised.lengths
        tokens = np.empty((int(lengths.sum()), self.bytes_per_token), np.int8)
        plain = np.empty((len(lengths), self.network.width), np.float32)
        starts = np.empty(len(lengths), np.int64)
        place, done = 0, 0
        for rows in batches(lengths):
            watch.check()
            batch = pack([tokenised.ids[row] for row in rows]).to(self.encoder.device)
            with self.encoder.turn.hold():
                found, vectors = self._read_batch(batch)
            tokens[place : place + len(found)] = found.cpu().numpy()
            plain[rows] = vectors.cpu().numpy()
            starts[rows] = place + np.cumsum(lengths[rows]) - lengths[rows]
            place, done = place + len(found), done + len(rows)
            share = (start + place / len(tokens) * len(lengths)) / total
            watch.report("embedding", start + done, total, share)
        return ReadChunk(start, starts, lengths, tokenised.truncated, plain, tokens)

    @torch.inference_mode()
    def _read_batch(self, batch: PackedBatch) -> tuple[Tensor, Tensor]:
        """(tokens, bytes) int8 keys and values, and (texts, width) float32 plain vectors."""
        middle, last = self.network.states(batch, (MIDDLE_LAYER, len(self.network.layers)))
        texts = sum(group.count for group in batch.groups)
        nothing = torch.zeros(texts, dtype=torch.int64, device=middle.device)
        plain = F.normalize(mean_of_texts(last, batch.groups, nothing), dim=1)
        return self._deep(middle, batch)[: batch.tokens], plain


class _Deep(nn.Module):
    """States of the middle layer to int8 keys and values: `ReadOut.read`, without padding."""

    def __init__(self, read_out: ReadOut) -> None:
        super().__init__()
        config = read_out.config
        self.blocks = nn.ModuleList(_layer(block) for block in read_out.blocks)  # type: ignore[arg-type]
        self.both = Linear(2 * config.width, config.heads * (config.key + config.value))
        self.both.weight.data = torch.cat([read_out.keys.weight, read_out.values.weight]).detach().clone()
        self.both.bias.data = torch.cat([read_out.keys.bias, read_out.values.bias]).detach().clone()
        self.keys = config.heads * config.key

    def forward(self, states: Tensor, batch: PackedBatch) -> Tensor:
        deep = states
        for block in self.blocks:
            deep = block(deep, batch)
        both = self.both(torch.cat([states, deep], 1)).float()
        scaled = [F.layer_norm(part, part.shape[1:]) for part in (both[:, : self.keys], both[:, self.keys :])]
        return torch.cat(scaled, 1).mul_(STEPS).round_().clamp_(-127, 127).to(torch.int8)


def _layer(block: Block) -> BertLayer:
    """A trained block as the layer that runs without padding."""
    inner, width = block.up.weight.shape
    layer = BertLayer(width, block.heads, inner, block.out_norm.eps, "gelu")
    state = {name: tensor.detach().clone() for name, tensor in block.state_dict().items()}
    # As in `BertEncoder.build`: the scores' scale is inside the query.
    for kind in ("weight", "bias"):
        state[f"qkv.{kind}"][:width] *= (width // block.heads) ** -0.5
    layer.load_state_dict(state)
    return layer
