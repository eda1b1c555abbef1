"""Layers of the networks, in the forms that are fastest on a processor and the same on any device."""

import platform
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.models.encoder.networks.packing import LengthGroup, PackedBatch

# What oneDNN is told to prepare weights for; other numbers of rows work as well.
_TYPICAL_ROWS = 1024
# Shorter rows go through torch's softmax one number at a time.
_SHORT_ROW = 16


class Linear(nn.Linear):
    """A linear layer whose weights are laid out once for oneDNN's matrix product, with the activation fused in.

    Besides the speed (10 % in float32 and 5 % in bfloat16 beside torch's own, and the activation for nothing), a
    row's result doesn't depend on how many rows there are, which torch's own product doesn't promise.
    """

    packed: Tensor | None = None

    def pack(self) -> None:
        """Lay the weights out for this processor, where oneDNN serves it; the plain ones are let go."""
        if not can_pack(self.weight):
            return
        self.packed = torch.ops.mkldnn._reorder_linear_weight(self.weight.detach(), _TYPICAL_ROWS)
        self.weight = nn.Parameter(self.weight.new_empty(0), requires_grad=False)

    def forward(self, states: Tensor, activation: str = "none") -> Tensor:
        """(rows, inputs) to (rows, outputs); ``activation`` is "none", "relu", "gelu" or "gelu_tanh"."""
        if self.packed is not None:
            name, algorithm = ("gelu", "tanh") if activation == "gelu_tanh" else (activation, "none")
            found: Tensor = torch.ops.mkldnn._linear_pointwise(
                states, self.packed, self.bias, name, [], algorithm if name == "gelu" else ""
            )
            return found
        return activate(F.linear(states, self.weight, self.bias), activation)


def can_pack(weight: Tensor) -> bool:
    """Whether oneDNN's prepared product serves these weights."""
    return (
        weight.device.type == "cpu"
        and weight.dtype in (torch.float32, torch.bfloat16)
        and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and platform.machine() in ("x86_64", "AMD64")
    )


def pack_all(network: nn.Module) -> None:
    """Lay out the weights of every `Linear` of a network."""
    for module in network.modules():
        if isinstance(module, Linear):
            module.pack()


def activate(states: Tensor, activation: str) -> Tensor:
    """The activation by its name."""
    if activation == "gelu":
        return F.gelu(states)
    if activation == "gelu_tanh":
        return F.gelu(states, approximate="tanh")
    return F.relu(states) if activation == "relu" else states


def attention(batch: PackedBatch, qkv: Tensor, heads: int, bias: Tensor | None = None) -> Tensor:
    """Every text's tokens attend to all tokens of their own text.

    Parameters
    ----------
    batch : where the texts are.
    qkv : (rows, 3 x heads x size), query, key and value of every token. The query carries the scale already.
    bias : (heads, longest, longest) float32 that is added to the scores, or None.

    Returns
    -------
    (rows, heads x size); zeros after the last text.
    """
    width = qkv.shape[1] // 3
    context = qkv.new_empty(qkv.shape[0], width)
    context[batch.tokens :] = 0
    for group in batch.groups:
        shape = (group.count, group.length, heads, width // heads)
        parts = group.of(qkv).view(*shape[:2], 3, *shape[2:]).permute(2, 0, 3, 1, 4)
        own_bias = None if bias is None else bias[:, : group.length, : group.length]
        found = _attend_cpu(parts, own_bias) if qkv.device.type == "cpu" else _attend_fused(parts, own_bias)
        group.of(context).view(shape).copy_(found.transpose(1, 2))
    return context


def _attend_fused(parts: Tensor, bias: Tensor | None) -> Tensor:
    query, key, value = parts
    mask = None if bias is None else bias.to(query.dtype)
    return F.scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=1.0)


def _attend_cpu(parts: Tensor, bias: Tensor | None) -> Tensor:
    """Two batched products and a softmax: twice as fast as torch's fused attention on texts of 8 to 120 tokens.

    With a bias the scores are computed in float32: those networks (T5) don't scale them, and bfloat16's steps are
    coarse on large numbers.
    """
    _, count, heads, length, size = parts.shape
    query, key, value = (part.reshape(count * heads, length, size) for part in parts)
    if bias is None:
        scores = torch.bmm(query, key.transpose(1, 2)).float()
    else:
        scores = torch.bmm(query.float(), key.float().transpose(1, 2))
        scores.view(count, heads, length, length).add_(bias)
    return torch.bmm(softmax(scores).to(value.dtype), value).view(count, heads, length, size)


def softmax(scores: Tensor) -> Tensor:
    """Softmax over the last dimension of a float32 tensor that may be overwritten."""
    if scores.shape[-1] >= _SHORT_ROW:
        return scores.softmax(dim=-1)
    scores -= scores.amax(dim=-1, keepdim=True)
    scores.exp_()
    scores /= scores.sum(dim=-1, keepdim=True)
    return scores


def mean_of_texts(states: Tensor, groups: Sequence[LengthGroup], skip: Tensor) -> Tensor:
    """Mean of each text's token states after its first ``skip`` tokens.

    Parameters
    ----------
    states : (rows, width).
    groups : where the texts are.
    skip : (texts,) int64.

    Returns
    -------
    (texts, width) float32.
    """
    means = []
    first = 0
    for group in groups:
        own = skip[first : first + group.count]
        first += group.count
        counted = (torch.arange(group.length, device=states.device) >= own[:, None]).float()
        total = torch.bmm(counted[:, None, :], group.of(states).float()).squeeze(1)
        means.append(total / counted.sum(dim=1, keepdim=True))
    return torch.cat(means)


def last_of_texts(states: Tensor, groups: Sequence[LengthGroup]) -> Tensor:
    """(texts, width) float32, the state of each text's last token."""
    return torch.cat([group.of(states)[:, -1] for group in groups]).float()


def first_of_texts(states: Tensor, groups: Sequence[LengthGroup]) -> Tensor:
    """(texts, width) float32, the state of each text's first token."""
    return torch.cat([group.of(states)[:, 0] for group in groups]).float()
