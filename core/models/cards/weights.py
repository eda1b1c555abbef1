"""Weights of a model from its directory: safetensors first, torch's own format only without code."""

import hashlib
import json
import pickle
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

_SAFE, _TORCH = "model.safetensors", "pytorch_model.bin"
_INDICES = (_SAFE + ".index.json", _TORCH + ".index.json")


def weight_files(directory: Path) -> tuple[Path, ...]:
    """The files that hold a model's weights, safetensors before ``.bin``, in one piece before several; () if none."""
    for name in (_SAFE, _INDICES[0], _TORCH, _INDICES[1]):
        path = directory / name
        if not path.is_file():
            continue
        if not name.endswith(".index.json"):
            return (path,)
        shards = sorted(set(json.loads(path.read_text("utf-8"))["weight_map"].values()))
        # Names in an index are file names, never paths: a model can't reach outside its directory.
        return tuple(directory / Path(shard).name for shard in shards)
    return ()


def read_weights(directory: Path) -> "dict[str, Tensor]":
    """Every tensor by its name.

    Raises
    ------
    InputError
        Where there are none, or a ``.bin`` holds more than tensors.
    """
    files = weight_files(directory)
    if not files:
        raise InputError(f"{directory.name} holds no weights: put {_SAFE} into it.")
    from safetensors.torch import load_file  # brings in torch: not for looking at a directory

    weights: dict[str, Tensor] = {}
    for path in files:
        weights.update(load_file(path) if path.suffix == ".safetensors" else _read_bin(path))
    return weights


def _read_bin(path: Path) -> "dict[str, Tensor]":
    import torch

    try:
        found: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
        return found
    except pickle.UnpicklingError:
        raise InputError(
            f"{path.name} holds more than weights, and is not opened. Ask for the model's safetensors file."
        ) from None


def sha256_of(files: tuple[Path, ...]) -> str:
    """SHA-256 of the files' contents, one after the other."""
    hasher = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                hasher.update(block)
    return hasher.hexdigest()
