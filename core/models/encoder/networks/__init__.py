"""Networks: packed token ids to token states. `load_network` chooses by what the directory's ``config.json`` says."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from core.models.cards.weights import read_weights
from core.models.encoder.networks import bert, t5
from core.models.encoder.networks.bert import BertEncoder
from core.models.encoder.networks.general import GeneralEncoder
from core.models.encoder.networks.layers import Linear, pack_all
from core.models.encoder.networks.t5 import T5Encoder

Build = Callable[[Mapping[str, Any], Mapping[str, Tensor]], nn.Module]
_OWN: dict[str, Build] = {
    **dict.fromkeys(bert.MODEL_TYPES, BertEncoder.build),
    **dict.fromkeys(t5.MODEL_TYPES, T5Encoder.build),
}

__all__ = ["BertEncoder", "GeneralEncoder", "Linear", "T5Encoder", "load_network", "pack_all"]


def load_network(directory: Path, config: Mapping[str, Any]) -> nn.Module:
    """The network in a directory, in float32, ready for inference; ``config`` is its ``config.json``."""
    build = _OWN.get(config.get("model_type", ""))
    network = GeneralEncoder.load(directory) if build is None else build(config, read_weights(directory))
    return network.eval().requires_grad_(False)
