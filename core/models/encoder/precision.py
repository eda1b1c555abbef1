"""Which device and number format to compute in.

On a processor: bfloat16 where it is multiplied natively and the vectors stay the same, half the bytes and twice to
four times the products a second; `tests/benchmarks/encode.py` measures what comes of it. On an accelerator likewise.
"""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from core.base.errors import InputError
from core.models.encoder.networks.layers import pack_all

PRECISIONS = ("auto", "float32", "bfloat16")

# Below this cosine to the float32 vector of any probe text, bfloat16 is not used.
MIN_COSINE = 0.999

PROBES = (
    "Yes.",
    "The parcel came two days late and the box was open.",
    "Can I move my booking to the 14th, and what would it cost?",
    "Either party may end this agreement by giving thirty days' notice in writing to the other.",
    "DNA is a molecule composed of two polynucleotide chains that coil around each other to form a double helix.",
    "¿Dónde está la estación? Zürich, 42 °C, naïve café: 100 % größer!",
    "buy now " * 40,
)

Embed = Callable[[nn.Module, torch.device], Tensor]


def has_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 natively. Where it has to emulate that, float32 is faster."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device)[0] >= 8
    if device.type == "mps":
        return False
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def can_bfloat16(device: torch.device) -> bool:
    """Whether the device computes in bfloat16 at all, emulated or not."""
    return device.type != "cpu" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def best_device() -> torch.device:
    """The accelerator if there is one, else the processor."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def choose(network: nn.Module, wanted: str, embed: Embed) -> tuple[nn.Module, str, torch.device]:
    """The network on its device and in the number format to compute in, that format's name, and the device.

    Parameters
    ----------
    network : in float32; it is changed.
    wanted : "float32", "bfloat16", or "auto": bfloat16 where it is native and changes no probe's vector by more than
        rounding.
    embed : gives the (probes, dimension) float32 vectors of `PROBES` under a network on a device.

    Raises
    ------
    InputError
        For an unknown name, or bfloat16 on a processor that can't compute in it.
    """
    if wanted not in PRECISIONS:
        raise InputError(f"There is no precision called {wanted}. Use one of {', '.join(PRECISIONS)}.")
    device = best_device()
    network = network.to(device)
    if wanted == "float32" or (wanted == "auto" and not has_bfloat16(device)):
        pack_all(network)
        return network, "float32", device
    if wanted == "bfloat16" and not can_bfloat16(device):
        raise InputError("This processor can't compute in bfloat16. Use precision float32 or auto.")
    half = copy.deepcopy(network).to(torch.bfloat16)
    pack_all(half)
    if wanted == "auto" and not same_vectors(embed(network, device), embed(half, device)):
        pack_all(network)
        return network, "float32", device
    return half, "bfloat16", device


def same_vectors(vectors: Tensor, others: Tensor) -> bool:
    """Whether no row turns by more than rounding; NaN counts as turned."""
    cosines = torch.nn.functional.cosine_similarity(vectors.double(), others.double())
    return bool((cosines >= MIN_COSINE).all())
