"""An instruction made ready to be asked of any number of readings.

What `ReadOut.forward` computes, without padding and without gradients: of everything that depends on the instruction
alone nothing is left to do.
"""

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from core.models.encoder.networks.layers import Linear, softmax
from core.models.encoder.networks.packing import ROWS_STEP
from core.models.refract.readings import ReadingPart, same_lengths
from core.models.refract.readout import STEPS, ReadOut

# Texts of equal length that are pooled at a time: their tokens stay in the processor's cache.
TEXTS_PER_POOL = 256


class Asker:
    """The read-out's weights, laid out for inference.

    Parameters
    ----------
    read_out : in float32.
    dtype : what products are computed in, float32 or bfloat16.
    """

    def __init__(self, read_out: ReadOut, dtype: torch.dtype, device: torch.device) -> None:
        self.read_out = read_out
        self.config = read_out.config
        self.dtype, self.device = dtype, device
        self.up = _prepared(read_out.up.weight, read_out.up.bias, dtype, device)
        self.down = _prepared(read_out.down.weight, read_out.down.bias, dtype, device)

    def question(self, instruction: Tensor) -> "Question":
        """An instruction, (1, instruction_width) float32, ready to be asked; zeros ask for the plain vectors."""
        return Question(self, instruction)


class Question:
    """One instruction, and what follows from it alone."""

    @torch.inference_mode()
    def __init__(self, asker: Asker, instruction: Tensor) -> None:
        self.asker = asker
        read_out, config = asker.read_out, asker.config
        self.is_plain = not bool(instruction.any())
        trunk = read_out.trunk(instruction)
        asked = read_out.queries(trunk).view(config.heads, config.queries, config.key) * config.key**-0.5 / STEPS
        # Every head's queries on a block diagonal: one product for all of them.
        spread: Tensor = torch.block_diag(*asked)  # type: ignore[no-untyped-call]
        self.scores = _prepared(spread, torch.zeros(len(spread)), asker.dtype, asker.device)
        scale, shift = read_out.film(trunk).to(asker.device).chunk(2, dim=1)
        self.scale, self.shift = 1 + scale, shift
        self.passing = float(torch.sigmoid(read_out.gate(trunk)))

    @torch.inference_mode()
    def vectors(self, part: ReadingPart) -> NDArray[np.float32]:
        """(n, width) float32, rows of length 1, in the part's order."""
        if self.is_plain:
            return part.plain.copy()
        asker, config = self.asker, self.asker.config
        width = config.queries * config.heads * config.value
        count = len(part.rows)
        padded = -(-count // ROWS_STEP) * ROWS_STEP
        inputs = torch.zeros(padded, width + config.width, dtype=asker.dtype, device=asker.device)
        order = np.argsort(part.lengths, kind="stable")
        for group in same_lengths(part.lengths[order], TEXTS_PER_POOL):
            rows = order[group]
            found = self._pool(*self._tokens(part, rows))
            inputs[torch.from_numpy(rows).to(asker.device), :width] = found
        plain = torch.from_numpy(part.plain).to(asker.device)
        inputs[:count, width:] = plain
        hidden = F.layer_norm(asker.up(inputs).float(), (config.hidden,))
        turned = asker.down(F.gelu(hidden * self.scale + self.shift).to(asker.dtype))[:count].float()
        vectors: NDArray[np.float32] = F.normalize(turned + self.passing * plain, dim=1).cpu().numpy()
        return vectors

    @torch.inference_mode()
    def attention(self, part: ReadingPart) -> list[NDArray[np.float32]]:
        """For each text (tokens,) float32, how much each of its tokens counts: a mean over heads and queries."""
        found = []
        for row in range(len(part.rows)):
            weights, _ = self._weights(*self._tokens(part, np.asarray([row])))
            found.append(weights.float().mean(1)[0].cpu().numpy())
        return found

    def _tokens(self, part: ReadingPart, rows: NDArray[np.int64]) -> tuple[Tensor, int]:
        """The (rows, bytes) tokens of texts of equal length, one text behind the other, and how many texts."""
        length, starts = int(part.lengths[rows[0]]), part.starts[rows]
        if starts[-1] - starts[0] == (len(rows) - 1) * length and (np.diff(starts) == length).all():
            block = part.tokens[starts[0] : starts[0] + len(rows) * length]
        else:
            block = part.tokens[(starts[:, None] + np.arange(length)).ravel()]
        tokens = torch.from_numpy(block)
        return tokens.to(self.asker.device).to(self.asker.dtype), len(rows)

    def _weights(self, tokens: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """(count, heads * queries, length) attention weights, and the (count, length, heads * value) values."""
        config = self.asker.config
        split = config.heads * config.key
        keys = tokens[:, :split].contiguous()
        rows = len(keys)
        scores = self.scores(F.pad(keys, (0, 0, 0, -rows % ROWS_STEP)))[:rows]
        weights = softmax(scores.view(count, -1, scores.shape[1]).transpose(1, 2).float().contiguous())
        return weights.to(tokens.dtype), tokens[:, split:].view(count, -1, config.heads * config.value)

    def _pool(self, tokens: Tensor, count: int) -> Tensor:
        """(count, heads * queries * value) values, pooled."""
        config = self.asker.config
        weights, values = self._weights(tokens, count)
        length = values.shape[1]
        by_head = values.view(count, length, config.heads, config.value).transpose(1, 2)
        pooled = weights.view(count, config.heads, config.queries, length) @ by_head
        return pooled.reshape(count, -1) / STEPS


def _prepared(weight: Tensor, bias: Tensor, dtype: torch.dtype, device: torch.device) -> Linear:
    """A layer with these weights, laid out for the device."""
    layer = Linear(weight.shape[1], weight.shape[0]).requires_grad_(False)
    layer.weight.copy_(weight)
    layer.bias.copy_(bias)
    layer.to(device=device, dtype=dtype)
    layer.pack()
    return layer
