"""The BERT encoder (Devlin et al. 2019) and its descendant XLM-RoBERTa (Conneau et al. 2020), for inference.

Written out here because the forward pass is Refract's own business: without padding, and with products fused and laid
out once. It is checked against transformers in the tests.
"""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.base.errors import InputError
from core.models.encoder.networks.layers import Linear, attention
from core.models.encoder.networks.packing import ROWS_STEP, PackedBatch

MODEL_TYPES = ("bert", "roberta", "xlm-roberta")
_ACTIVATIONS = {"gelu": "gelu", "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh", "relu": "relu"}


class BertLayer(nn.Module):
    """Self-attention and feed-forward, each followed by the sum with its input and a layer norm."""

    def __init__(self, width: int, heads: int, inner: int, eps: float, activation: str) -> None:
        super().__init__()
        self.heads, self.activation = heads, activation
        # Query, key and value in one product: three small products leave the processor half idle.
        self.qkv = Linear(width, 3 * width)
        self.attention_out = Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, eps=eps)
        self.up = Linear(width, inner)
        self.down = Linear(inner, width)
        self.out_norm = nn.LayerNorm(width, eps=eps)

    def forward(self, states: Tensor, batch: PackedBatch, rows: Tensor | None = None) -> Tensor:
        """(rows, width) to the same shape; with ``rows``, only those are computed to the end and returned."""
        context = attention(batch, self.qkv(states), self.heads)
        if rows is not None:
            context, states = context[rows], states[rows]
        states = self.attention_norm(self.attention_out(context).add_(states))
        out: Tensor = self.out_norm(self.down(self.up(states, self.activation)).add_(states))
        return out


class BertEncoder(nn.Module):
    """Token ids to token states."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__()
        width = int(config["hidden_size"])
        self.width = width
        # RoBERTa numbers its positions from after the padding token's id.
        self.first_position = 0 if config["model_type"] == "bert" else int(config["pad_token_id"]) + 1
        self.max_tokens = int(config["max_position_embeddings"]) - self.first_position
        self.word = nn.Embedding(int(config["vocab_size"]), width)
        self.position = nn.Embedding(int(config["max_position_embeddings"]), width)
        self.segment = nn.Embedding(int(config.get("type_vocab_size", 2)), width)
        eps = float(config.get("layer_norm_eps", 1e-12))
        self.norm = nn.LayerNorm(width, eps=eps)
        heads, inner = int(config["num_attention_heads"]), int(config["intermediate_size"])
        activation = _ACTIVATIONS[config.get("hidden_act", "gelu")]
        self.layers = nn.ModuleList(
            BertLayer(width, heads, inner, eps, activation) for _ in range(int(config["num_hidden_layers"]))
        )

    def forward(self, batch: PackedBatch) -> Tensor:
        """(rows, width) states of the last layer; those after the last text are meaningless."""
        return self.states(batch, (len(self.layers),))[0]

    def first_states(self, batch: PackedBatch) -> Tensor:
        """(texts, width) states of each text's first token ([CLS]): the last layer computes no others to the end."""
        rows = torch.tensor([row for group in batch.groups for row in group.first_rows], device=batch.ids.device)
        padded = F.pad(rows, (0, -len(rows) % ROWS_STEP))
        states = self._embed(batch)
        for layer in self.layers[:-1]:
            states = layer(states, batch)
        last: Tensor = self.layers[-1](states, batch, padded)
        return last[: len(rows)]

    def states(self, batch: PackedBatch, layers: tuple[int, ...]) -> list[Tensor]:
        """(rows, width) states after each of ``layers``, which are counted from 1; 0 is the embedding."""
        current = self._embed(batch)
        found = {0: current}
        for index, layer in enumerate(self.layers[: max(layers)], 1):
            current = layer(current, batch)
            found[index] = current
        return [found[index] for index in layers]

    def _embed(self, batch: PackedBatch) -> Tensor:
        embedded = self.word(batch.ids) + self.position(batch.positions + self.first_position)
        found: Tensor = self.norm(embedded + self.segment.weight[0])
        return found

    @classmethod
    def build(cls, config: Mapping[str, Any], weights: Mapping[str, Tensor]) -> "BertEncoder":
        """Make the network from the published configuration and weights, in float32.

        Raises
        ------
        InputError
            For a variant that is computed in another way.
        """
        if config.get("hidden_act", "gelu") not in _ACTIVATIONS or (
            config.get("position_embedding_type", "absolute") != "absolute"
        ):
            raise InputError("The model is a BERT variant that can't be read.")
        weights = {name.removeprefix("bert.").removeprefix("roberta."): tensor for name, tensor in weights.items()}
        with torch.device("meta"):
            model = cls(config)
        state = {name: weights[_published(name)].float() for name in model.state_dict() if ".qkv." not in name}
        scale = (int(config["hidden_size"]) // int(config["num_attention_heads"])) ** -0.5
        for index in range(len(model.layers)):
            for kind in ("weight", "bias"):
                parts = [weights[f"encoder.layer.{index}.attention.self.{p}.{kind}"] for p in ("query", "key", "value")]
                query, key, value = (part.float() for part in parts)
                # The scores' scale costs nothing inside the query.
                state[f"layers.{index}.qkv.{kind}"] = torch.cat([query * scale, key, value])
        model.load_state_dict(state, assign=True)
        return model


_PUBLISHED = {
    "word": "embeddings.word_embeddings",
    "position": "embeddings.position_embeddings",
    "segment": "embeddings.token_type_embeddings",
    "norm": "embeddings.LayerNorm",
    "attention_out": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "out_norm": "output.LayerNorm",
}


def _published(name: str) -> str:
    """Our parameter's name to the published: ``layers.0.up.bias`` to ``encoder.layer.0.intermediate.dense.bias``."""
    prefix = ""
    if name.startswith("layers."):
        _, index, name = name.split(".", 2)
        prefix = f"encoder.layer.{index}."
    module, kind = name.split(".")
    return f"{prefix}{_PUBLISHED[module]}.{kind}"
