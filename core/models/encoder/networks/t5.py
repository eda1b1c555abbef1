"""The encoder of T5 (Raffel et al. 2020), which INSTRUCTOR is made of, for inference."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from core.base.errors import InputError
from core.models.encoder.networks.layers import Linear, attention
from core.models.encoder.networks.packing import PackedBatch

MODEL_TYPES = ("t5",)
_ACTIVATIONS = {"relu": "relu", "gelu": "gelu", "gelu_new": "gelu_tanh"}


class RmsNorm(nn.Module):
    """Root mean square norm without its weight, which is folded into the product after it."""

    def __init__(self, eps: float) -> None:
        super().__init__()
        self.eps = eps

    def forward(self, states: Tensor) -> Tensor:
        """(rows, width) float32 to the same."""
        square = torch.linalg.vector_norm(states, dim=1, keepdim=True).square_()
        normed: Tensor = states * (square / states.shape[1] + self.eps).rsqrt_()
        return normed


class T5Layer(nn.Module):
    """Norm, self-attention, sum; norm, feed-forward, sum.

    The sums are kept in float32 whatever the products are computed in: T5's states grow from layer to layer until
    bfloat16 loses what a layer adds, and float16 overflows.
    """

    def __init__(self, width: int, heads: int, size: int, inner: int, eps: float, activation: str, gated: bool) -> None:
        super().__init__()
        self.heads, self.activation = heads, activation
        self.norm = RmsNorm(eps)
        self.qkv = Linear(width, 3 * heads * size, bias=False)
        self.attention_out = Linear(heads * size, width, bias=False)
        self.up = Linear(width, inner, bias=False)
        self.gate = Linear(width, inner, bias=False) if gated else None
        self.down = Linear(inner, width, bias=False)

    def forward(self, states: Tensor, batch: PackedBatch, bias: Tensor, dtype: torch.dtype) -> Tensor:
        """(rows, width) float32 to the same; products are computed in ``dtype``."""
        normed = self.norm(states).to(dtype)
        states = states + self.attention_out(attention(batch, self.qkv(normed), self.heads, bias))
        normed = self.norm(states).to(dtype)
        inner = self.up(normed, self.activation)
        if self.gate is not None:
            inner = inner * self.gate(normed)
        return states.add_(self.down(inner))


class T5Encoder(nn.Module):
    """Token ids to token states."""

    max_tokens = 1 << 20  # positions are relative: any number of tokens

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        self.width = width = int(config["d_model"])
        heads = int(config["num_heads"])
        eps = float(config.get("layer_norm_epsilon", 1e-6))
        forward = str(config.get("feed_forward_proj", "relu"))
        gated = forward.startswith("gated-")
        name = config.get("dense_act_fn") or forward.removeprefix("gated-")
        # transformers reads "gated-gelu" as the tanh approximation, for the sake of the published weights.
        activation = "gelu_tanh" if forward == "gated-gelu" else _ACTIVATIONS[name]
        self.word = nn.Embedding(int(config["vocab_size"]), width)
        self.buckets = int(config.get("relative_attention_num_buckets", 32))
        self.max_distance = int(config.get("relative_attention_max_distance", 128))
        self.distance = nn.Embedding(self.buckets, heads)
        self.layers = nn.ModuleList(
            T5Layer(width, heads, int(config["d_kv"]), int(config["d_ff"]), eps, activation, gated)
            for _ in range(int(config["num_layers"]))
        )
        self.norm = RmsNorm(eps)
        self.scale = nn.Parameter(torch.empty(width), requires_grad=False)
        self._bias: Tensor | None = None

    def forward(self, batch: PackedBatch) -> Tensor:
        """(rows, width) float32 states of the last layer; those after the last text are meaningless."""
        dtype = self.word.weight.dtype
        bias = self.bias(max(group.length for group in batch.groups))
        states = self.word(batch.ids).float()
        for layer in self.layers:
            states = layer(states, batch, bias, dtype)
        normed: Tensor = self.norm(states) * self.scale.float()
        return normed

    def bias(self, length: int) -> Tensor:
        """(heads, at least length, same) float32: what the distance of two tokens adds to their score."""
        if self._bias is None or self._bias.shape[1] < length:
            place = torch.arange(max(length, 512), device=self.distance.weight.device)
            buckets = distance_bucket(place[None, :] - place[:, None], self.buckets, self.max_distance)
            self._bias = self.distance.weight.float()[buckets].permute(2, 0, 1).contiguous()
        return self._bias

    @classmethod
    def build(cls, config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> "T5Encoder":
        """Make the network from the published configuration and weights, in float32.

        Raises
        ------
        InputError
            For an activation that isn't known.
        """
        try:
            with torch.device("meta"):
                model = cls(config)
        except KeyError as error:
            raise InputError(f"The model is a T5 variant that can't be read ({error}).") from None
        shared = "shared.weight" if "shared.weight" in weights else "encoder.embed_tokens.weight"
        state = {"word.weight": weights[shared].float(), "scale": weights["encoder.final_layer_norm.weight"].float()}
        first = "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        state["distance.weight"] = weights[first].float()
        for index, layer in enumerate(model.layers):
            block = f"encoder.block.{index}.layer"
            norm, forward_norm = (weights[f"{block}.{part}.layer_norm.weight"].float() for part in (0, 1))
            qkv = torch.cat([weights[f"{block}.0.SelfAttention.{part}.weight"] for part in "qkv"]).float()
            own = f"layers.{index}"
            state[f"{own}.qkv.weight"] = qkv * norm
            state[f"{own}.attention_out.weight"] = weights[f"{block}.0.SelfAttention.o.weight"].float()
            up, gate = ("wi", None) if layer.gate is None else ("wi_0", "wi_1")
            state[f"{own}.up.weight"] = weights[f"{block}.1.DenseReluDense.{up}.weight"].float() * forward_norm
            if gate:
                state[f"{own}.gate.weight"] = weights[f"{block}.1.DenseReluDense.{gate}.weight"].float() * forward_norm
            state[f"{own}.down.weight"] = weights[f"{block}.1.DenseReluDense.wo.weight"].float()
        model.load_state_dict(state, assign=True)
        return model


def distance_bucket(distance: Tensor, buckets: int, max_distance: int) -> Tensor:
    """Which of ``buckets`` a distance (key's place minus query's) falls into: one each for short ones, logarithmic
    beyond; the upper half is for keys after the query (Raffel et al. 2020, section 2.1)."""
    half = buckets // 2
    exact = half // 2
    far = distance.abs()
    log = torch.log(far.clamp(min=1).float() / exact) / math.log(max_distance / exact) * (half - exact)
    large = (exact + log.to(torch.long)).clamp(max=half - 1)
    return torch.where(distance > 0, half, 0) + torch.where(far < exact, far, large)
