"""The linear layers that some families put after the pooling (INSTRUCTOR one, EmbeddingGemma two)."""

from pathlib import Path

import torch.nn.functional as F
from torch import Tensor, nn

from core.base.errors import InputError
from core.models.cards.directory import read_json
from core.models.cards.weights import read_weights
from core.models.encoder.networks.layers import Linear
from core.models.encoder.networks.packing import ROWS_STEP

_ACTIVATIONS: dict[str, type[nn.Module]] = {
    "Identity": nn.Identity,
    "Tanh": nn.Tanh,
    "ReLU": nn.ReLU,
    "GELU": nn.GELU,
}


class Dense(nn.Module):
    """A linear layer and its activation, in float32: on one vector a text it costs nothing."""

    def __init__(self, weight: Tensor, bias: Tensor | None, activation: nn.Module) -> None:
        super().__init__()
        self.outputs, inputs = weight.shape
        self.linear = Linear(inputs, self.outputs, bias=bias is not None, device="meta")
        state = {"weight": weight.float()} | ({} if bias is None else {"bias": bias.float()})
        self.linear.load_state_dict(state, assign=True)
        self.linear.requires_grad_(False)
        self.activation = activation

    def forward(self, vectors: Tensor) -> Tensor:
        """(n, inputs) float32 to (n, outputs)."""
        # To a few numbers of rows only, for the matrix library's sake; see `core.models.encoder.networks.packing`.
        padded = F.pad(vectors, (0, 0, 0, -len(vectors) % ROWS_STEP))
        found: Tensor = self.activation(self.linear(padded)[: len(vectors)])
        return found

    @classmethod
    def from_directory(cls, folder: Path) -> "Dense":
        """Load from the folder that sentence-transformers writes.

        Raises
        ------
        InputError
            For an activation that isn't known.
        """
        config = read_json(folder / "config.json", dict)
        name = str(config.get("activation_function", "torch.nn.modules.activation.Tanh")).rpartition(".")[2]
        if name not in _ACTIVATIONS:
            raise InputError(f"The model's layer {folder.name} has the activation {name}, which is not supported.")
        weights = read_weights(folder)
        return cls(weights["linear.weight"], weights.get("linear.bias"), _ACTIVATIONS[name]())
