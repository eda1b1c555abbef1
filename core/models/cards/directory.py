"""Reads what a model's directory says of itself: the layout that sentence-transformers writes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from core.base.errors import InputError
from core.base.wording import listed
from core.models.cards.card import Pooling
from core.models.cards.weights import weight_files

Json = TypeVar("Json", dict[str, Any], list[Any])

_POOLING: dict[str, Pooling] = {
    "mean": "mean",
    "pooling_mode_mean_tokens": "mean",
    "cls": "cls",
    "pooling_mode_cls_token": "cls",
    "lasttoken": "last",
    "pooling_mode_lasttoken": "last",
}
_LAYERS = {"Transformer", "Pooling", "Dense", "Normalize"}


@dataclass(frozen=True, eq=False)
class ModelDirectory:
    """A model's files, and what they say.

    Parameters
    ----------
    path : the directory.
    transformer : where ``config.json``, tokenizer and weights are; the directory itself but for old layouts.
    config : of the transformer.
    pooling : "mean", "cls", "last", or "" where no ``modules.json`` says it.
    dense : folders of the linear layers after the pooling, in order.
    pool_instruction : whether the tokens before the text are pooled, or None where the directory doesn't say.
    normalise : whether the vectors are brought to length 1.
    max_tokens : the limit that the directory names, or None.
    """

    path: Path
    transformer: Path
    config: Mapping[str, Any]
    pooling: Pooling
    dense: tuple[Path, ...]
    pool_instruction: bool | None
    normalise: bool
    max_tokens: int | None

    @property
    def width(self) -> int:
        """Length of a token's state."""
        for name in ("hidden_size", "d_model"):
            if name in self.config:
                return int(self.config[name])
        text = self.config.get("text_config", {})
        return int(text.get("hidden_size", 0))

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        if not self.dense:
            return self.width
        return int(read_json(self.dense[-1] / "config.json", dict).get("out_features", 0))


def read_directory(path: Path) -> ModelDirectory:
    """Read what a model's directory says.

    Raises
    ------
    InputError
        Where a file is missing or broken, or a module is of a kind that is computed otherwise.
    """
    modules = read_json(path / "modules.json", list)
    pooling: Pooling = ""
    pool_instruction: bool | None = None
    dense: list[Path] = []
    normalise = not modules
    transformer = path
    for module in modules:
        kind = str(module["type"]).rpartition(".")[2]
        folder = path / Path(str(module["path"])).name if module["path"] else path
        if kind not in _LAYERS:
            raise InputError(f"The model in {path.name} has a module of the kind {kind}, which is not supported.")
        if kind == "Transformer":
            transformer = folder
        elif kind == "Pooling":
            pooling = _pooling(path, folder)
            # Since sentence-transformers 6; absent from all published INSTRUCTOR models.
            pool_instruction = read_json(folder / "config.json", dict).get("include_prompt")
        elif kind == "Dense":
            dense.append(folder)
        else:
            normalise = True
    for needed in ("config.json", "tokenizer.json"):
        if not (transformer / needed).is_file():
            raise InputError(f"The model {path.name} lacks the file {needed}. Put the whole model in one directory.")
    if not weight_files(transformer):
        raise InputError(
            f"The model {path.name} lacks the file model.safetensors. Put the whole model in one directory."
        )
    config = read_json(transformer / "config.json", dict)
    return ModelDirectory(
        path, transformer, config, pooling, tuple(dense), pool_instruction, normalise, _limit(transformer)
    )


def _pooling(path: Path, folder: Path) -> Pooling:
    """One key says the mode since sentence-transformers 6; before, there was a flag for each."""
    config = read_json(folder / "config.json", dict)
    said = config.get("pooling_mode")
    modes = [name for name, value in config.items() if name.startswith("pooling_mode_") and value]
    if said is not None:
        modes = [said] if isinstance(said, str) else list(said)
    if not modes:
        return "mean"
    if len(modes) == 1 and modes[0] in _POOLING:
        return _POOLING[modes[0]]
    names = listed([mode.removeprefix("pooling_mode_") for mode in modes])
    raise InputError(f"The model in {path.name} pools by {names}, which is not supported.")


def _limit(transformer: Path) -> int | None:
    # Since sentence-transformers 6 the limit is the tokenizer's.
    said = read_json(transformer / "sentence_bert_config.json", dict).get("max_seq_length") or read_json(
        transformer / "tokenizer_config.json", dict
    ).get("model_max_length")
    return int(said) if said and int(said) < 1 << 20 else None  # transformers writes 10^30 for "no limit"


def read_json(path: Path, kind: type[Json]) -> Json:
    """The object or list in a file, empty where there is no such file."""
    if not path.is_file():
        return kind()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise InputError(f"The model's file {path.name} is not valid JSON. Copy the model's directory again.") from None
    return content if isinstance(content, kind) else kind()
