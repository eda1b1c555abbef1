"""Which number format to compute in: bfloat16 where the processor multiplies it natively and the vectors stay the same.

Half the bytes and twice to four times the products a second; `tests/benchmarks/encode.py` measures what comes of it.
"""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from core.errors import InputError

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


def has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 natively. Where it has to emulate that, float32 is faster."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def choose(network: nn.Module, wanted: str, embed: Callable[[nn.Module], Tensor]) -> tuple[nn.Module, str]:
    """The network in the number format to compute in, and that format's name.

    Parameters
    ----------
    network : in float32.
    wanted : "float32", "bfloat16", or "auto": bfloat16 where it is native and changes no probe's vector by more than
        rounding.
    embed : gives the (probes, dimension) float32 vectors of `PROBES` under a network.

    Raises
    ------
    InputError
        For an unknown name.
    """
    if wanted not in PRECISIONS:
        raise InputError(f"There is no precision called {wanted}. Use one of {', '.join(PRECISIONS)}.")
    if wanted == "float32" or (wanted == "auto" and not has_bfloat16()):
        return network, "float32"
    half = copy.deepcopy(network).to(torch.bfloat16)
    if wanted == "auto":
        cosines = (embed(network) * embed(half)).sum(dim=1)
        if float(cosines.min()) < MIN_COSINE:
            return network, "float32"
    return half, "bfloat16"
