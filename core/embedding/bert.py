"""The BERT encoder (Devlin et al. 2019), as much of it as inference needs.

Written out here because loading it takes a fifth of the time that a general model library takes to import, and
because the forward pass is Refract's own business. It is checked against that library in the tests.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from core.errors import InputError


@dataclass(frozen=True)
class BertConfig:
    """The shape of a BERT, as its ``config.json`` gives it."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int
    layer_norm_eps: float
    type_vocab_size: int = 2

    @classmethod
    def read(cls, path: Path) -> "BertConfig":
        """Read ``config.json``; an `InputError` says when it is not a BERT of the kind that is computed here."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        kind = raw.get("model_type", "unknown")
        if kind != "bert":
            raise InputError(f"The model in {path.parent.name} is of the kind {kind}; only BERT models can be read.")
        if raw.get("hidden_act", "gelu") != "gelu" or raw.get("position_embedding_type", "absolute") != "absolute":
            raise InputError(f"The model in {path.parent.name} is a BERT variant that can't be read.")
        return cls(**{name: raw[name] for name in cls.__dataclass_fields__ if name in raw})


class BertLayer(nn.Module):
    """Self-attention and feed-forward, each followed by the sum with its input and a layer norm."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self.heads = config.num_attention_heads
        # Query, key and value in one product: three small products leave the processor half idle.
        self.qkv = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, eps=config.layer_norm_eps)
        self.up = nn.Linear(width, config.intermediate_size)
        self.down = nn.Linear(config.intermediate_size, width)
        self.out_norm = nn.LayerNorm(width, eps=config.layer_norm_eps)

    def forward(self, states: Tensor, mask: Tensor | None) -> Tensor:
        """(batch, tokens, width) to the same shape; ``mask`` is (batch, 1, 1, tokens) bool, False on padding."""
        batch, tokens, width = states.shape
        qkv = self.qkv(states).view(batch, tokens, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        context = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        context = context.transpose(1, 2).reshape(batch, tokens, width)
        states = self.attention_norm(states + self.attention_out(context))
        feed = self.down(F.gelu(self.up(states)))
        out: Tensor = self.out_norm(states + feed)
        return out


class BertEncoder(nn.Module):
    """Token ids to token states."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        width = config.hidden_size
        self.word = nn.Embedding(config.vocab_size, width)
        self.position = nn.Embedding(config.max_position_embeddings, width)
        self.segment = nn.Embedding(config.type_vocab_size, width)
        self.norm = nn.LayerNorm(width, eps=config.layer_norm_eps)
        self.layers = nn.ModuleList(BertLayer(config) for _ in range(config.num_hidden_layers))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Encode a padded batch.

        Parameters
        ----------
        ids : (batch, tokens) int64 token ids.
        mask : (batch, tokens) bool, False on padding.

        Returns
        -------
        (batch, tokens, width) states of the last layer. Those of padding are meaningless.
        """
        embedded = self.word(ids) + self.position.weight[: ids.shape[1]] + self.segment.weight[0]
        states: Tensor = self.norm(embedded)
        attend = None if bool(mask.all()) else mask[:, None, None, :]
        for layer in self.layers:
            states = layer(states, attend)
        return states

    @classmethod
    def from_directory(cls, directory: Path) -> "BertEncoder":
        """Load from ``config.json`` and ``model.safetensors``, in float32."""
        config = BertConfig.read(directory / "config.json")
        weights = {_short(name): tensor for name, tensor in load_file(directory / "model.safetensors").items()}
        model = cls(config)  # its random weights cost less than what torch imports for a model without any
        state = {name: weights[_published(name)] for name in model.state_dict() if ".qkv." not in name}
        for index in range(config.num_hidden_layers):
            for kind in ("weight", "bias"):
                parts = [weights[f"encoder.layer.{index}.attention.self.{p}.{kind}"] for p in ("query", "key", "value")]
                state[f"layers.{index}.qkv.{kind}"] = torch.cat(parts)
        model.load_state_dict({name: tensor.float() for name, tensor in state.items()}, assign=True)
        return model.eval().requires_grad_(False)


_PUBLISHED = {
    "word.": "embeddings.word_embeddings.",
    "position.": "embeddings.position_embeddings.",
    "segment.": "embeddings.token_type_embeddings.",
    "norm.": "embeddings.LayerNorm.",
    "attention_out.": "attention.output.dense.",
    "attention_norm.": "attention.output.LayerNorm.",
    "up.": "intermediate.dense.",
    "down.": "output.dense.",
    "out_norm.": "output.LayerNorm.",
}


def _published(name: str) -> str:
    """Our parameter's name to the published: ``layers.0.up.bias`` to ``encoder.layer.0.intermediate.dense.bias``."""
    prefix = ""
    if name.startswith("layers."):
        _, index, name = name.split(".", 2)
        prefix = f"encoder.layer.{index}."
    module, kind = name.split(".")
    return f"{prefix}{_PUBLISHED[module + '.']}{kind}"


def _short(name: str) -> str:
    """Some files carry the names of a model with a head: ``bert.encoder...``."""
    return name.removeprefix("bert.")
