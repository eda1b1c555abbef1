"""The read-out of refract-small: a text's reading and an instruction to the text's vector under that instruction.

The reader (all-MiniLM-L6-v2, as published) runs over a text once. `ReadOut.read` turns its states into a `Reading`
once more per corpus; neither depends on the instruction. `ReadOut.forward` then asks the readings a question: queries
made from the instruction pool the text's values by attention, an MLP that the instruction scales and shifts (FiLM,
Perez et al. 2018) follows, and the plain sentence vector is added as far as the instruction lets it through.
"""

from dataclasses import asdict, dataclass
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# The reader's layer whose token states are read; index into its hidden states, 0 being the word embeddings.
MIDDLE_LAYER = 4
# Keys and values have about unit variance: as int8 they are stored in steps of 1 / STEPS, up to 127 / STEPS.
STEPS = 20.0


@dataclass(frozen=True)
class ReadOutConfig:
    """The shape of a read-out.

    Parameters
    ----------
    width : numbers in a state of the reader and in a vector.
    blocks, block_heads, block_hidden : transformer layers of the reading.
    instruction_width : numbers in an instruction's vector: its mean state in the reader's middle and last layer.
    trunk : width of what the instruction's vector is reduced to.
    heads, key, value, queries : attention heads, width of a key and of a value in each, queries in each.
    hidden : width of the MLP.
    """

    width: int = 384
    blocks: int = 2
    block_heads: int = 12
    block_hidden: int = 1536
    instruction_width: int = 768
    trunk: int = 256
    heads: int = 12
    key: int = 16
    value: int = 32
    queries: int = 4
    hidden: int = 768

    @property
    def bytes_per_token(self) -> int:
        """Bytes that a token's keys and values take in int8."""
        return self.heads * (self.key + self.value)

    def to_json(self) -> dict[str, int]:
        """The fields, by name."""
        return asdict(self)


@dataclass(frozen=True)
class Reading:
    """A batch of texts, read before any instruction is known.

    Parameters
    ----------
    keys : (batch, tokens, heads * key), float32 or int8 (see `quantised`).
    values : (batch, tokens, heads * value), of the same type.
    mask : (batch, tokens) bool, False on padding.
    plain : (batch, width) float32, the reader's own sentence vectors, of length 1.
    """

    keys: Tensor
    values: Tensor
    mask: Tensor
    plain: Tensor

    def quantised(self) -> Self:
        """The same with keys and values in int8, for storage."""
        keys, values = (
            (part * STEPS).round().clamp(-127, 127).to(torch.int8) if part.is_floating_point() else part
            for part in (self.keys, self.values)
        )
        return type(self)(keys, values, self.mask, self.plain)

    def restored(self) -> Self:
        """The same with keys and values in float32."""
        keys, values = (
            part if part.is_floating_point() else part.to(torch.float32).div_(STEPS)
            for part in (self.keys, self.values)
        )
        return type(self)(keys, values, self.mask, self.plain)


class Block(nn.Module):
    """A transformer layer of the BERT kind (Devlin et al. 2019)."""

    def __init__(self, config: ReadOutConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.block_heads
        self.qkv = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, config.block_hidden)
        self.down = nn.Linear(config.block_hidden, width)
        self.out_norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """(batch, tokens, width) to the same; ``mask`` is (batch, tokens) bool, False on padding."""
        batch, tokens, _ = states.shape
        query, key, value = (
            part.view(batch, tokens, self.heads, -1).transpose(1, 2) for part in self.qkv(states).chunk(3, dim=2)
        )
        context = F.scaled_dot_product_attention(query, key, value, attn_mask=mask[:, None, None, :])
        states = self.attention_norm(states + self.attention_out(context.transpose(1, 2).reshape(states.shape)))
        out: Tensor = self.out_norm(states + self.down(F.gelu(self.up(states))))
        return out


class ReadOut(nn.Module):
    """Readings and instructions to vectors.

    An instruction's vector of zeros stands for no instruction; the text's vector is then its plain sentence vector.
    The MLP's last layer starts at zero, so that training starts at the plain sentence vectors for every instruction.
    """

    def __init__(self, config: ReadOutConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or ReadOutConfig()
        pooled = config.queries * config.heads * config.value
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        self.keys = nn.Linear(2 * config.width, config.heads * config.key)
        self.values = nn.Linear(2 * config.width, config.heads * config.value)
        self.trunk = nn.Sequential(
            nn.LayerNorm(config.instruction_width),
            nn.Dropout(0.1),
            nn.Linear(config.instruction_width, config.trunk),
            nn.GELU(),
        )
        self.queries = nn.Linear(config.trunk, config.queries * config.heads * config.key)
        self.film = nn.Linear(config.trunk, 2 * config.hidden)
        self.gate = nn.Linear(config.trunk, 1)
        self.up = nn.Linear(pooled + config.width, config.hidden)
        self.norm = nn.LayerNorm(config.hidden, elementwise_affine=False)
        self.down = nn.Linear(config.hidden, config.width)
        for start_at_zero in (self.down, self.film, self.gate):
            nn.init.zeros_(start_at_zero.weight)
            nn.init.zeros_(start_at_zero.bias)

    def read(self, states: Tensor, mask: Tensor, plain: Tensor) -> Reading:
        """Read a batch of texts: the part that is computed once per corpus.

        Parameters
        ----------
        states : (batch, tokens, width) float, the reader's token states in layer `MIDDLE_LAYER`.
        mask : (batch, tokens) bool, False on padding.
        plain : (batch, width) float32, the mean of the last layer's token states, of length 1.
        """
        deep = states
        for block in self.blocks:
            deep = block(deep, mask)
        both = torch.cat([states, deep], 2)
        keys, values = self.keys(both).float(), self.values(both).float()
        # Unit variance, so that one fixed step serves every text in int8.
        keys, values = F.layer_norm(keys, keys.shape[-1:]), F.layer_norm(values, values.shape[-1:])
        return Reading(keys, values, mask, plain)

    def forward(self, reading: Reading, instruction: Tensor) -> Tensor:
        """Vectors under an instruction.

        Parameters
        ----------
        reading : of a batch of texts.
        instruction : (1, instruction_width) float32 for one instruction for all, or (batch, instruction_width). The
            mean of the reader's states of the instruction's tokens, special tokens included, in layer `MIDDLE_LAYER`
            and in the last layer, one behind the other; zeros for no instruction.

        Returns
        -------
        (batch, width) float32, rows of length 1.
        """
        reading = reading.restored()
        trunk = self.trunk(instruction)
        pooled = self._pool(reading, self._weights(reading, trunk))
        hidden = self.norm(self.up(torch.cat([pooled, reading.plain], 1)))
        scale, shift = self.film(trunk).chunk(2, dim=1)
        turned = self.down(F.gelu(hidden * (1 + scale) + shift))
        # Without an instruction nothing is added and all of the plain vector passes.
        asked = instruction.ne(0).any(1, keepdim=True)
        passing = torch.where(asked, torch.sigmoid(self.gate(trunk)), 1.0)
        return F.normalize(passing * reading.plain + turned * asked, dim=1)

    def attention(self, reading: Reading, instruction: Tensor) -> Tensor:
        """How much each token counts under an instruction.

        Parameters
        ----------
        reading, instruction : as for `forward`.

        Returns
        -------
        (batch, tokens) float32, mean over heads and queries; each row sums to 1, with 0 on padding.
        """
        reading = reading.restored()
        return self._weights(reading, self.trunk(instruction)).mean(1)

    def _pool(self, reading: Reading, weights: Tensor) -> Tensor:
        """(batch, heads * queries * value) values pooled by (batch, heads * queries, tokens) weights."""
        batch, heads, queries = len(weights), self.config.heads, self.config.queries
        if torch.is_grad_enabled():
            values = reading.values.view(batch, -1, heads, self.config.value).transpose(1, 2)
            pooled: Tensor = weights.view(batch, heads, queries, -1) @ values
            return pooled.flatten(1)
        # Every head's weights with every head's values, of which the diagonal counts: twelve times the arithmetic, but
        # as one product a text it takes a fraction of the time.
        every = (weights.to(reading.values.dtype) @ reading.values).view(batch, heads, queries, heads, -1)
        return every.diagonal(dim1=1, dim2=3).permute(0, 3, 1, 2).flatten(1)

    def _weights(self, reading: Reading, trunk: Tensor) -> Tensor:
        """(batch, heads * queries, tokens) attention weights."""
        batch, tokens = reading.mask.shape
        heads, queries, key = self.config.heads, self.config.queries, self.config.key
        asked = self.queries(trunk).view(-1, heads, queries, key)
        if asked.shape[0] == 1:
            # One product with the heads' queries on a block diagonal: many small products would be slower.
            spread = torch.einsum("hqk,hg->gkhq", asked[0], torch.eye(heads)).reshape(heads * key, heads * queries)
            scores = (reading.keys.view(-1, heads * key) @ spread).view(batch, tokens, -1).transpose(1, 2)
        else:
            keys = reading.keys.view(batch, tokens, heads, key).permute(0, 2, 3, 1)
            scores = (asked @ keys).view(batch, heads * queries, tokens)
        scores = scores * key**-0.5
        return torch.softmax(scores.masked_fill(~reading.mask[:, None, :], float("-inf")), dim=2)
