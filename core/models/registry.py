"""From a model's name or directory to a model that is ready to encode."""

import dataclasses
import importlib.util
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.base.digest import digest
from core.base.errors import InputError
from core.base.home import ROOT
from core.models.added import added_models
from core.models.cards.card import FAMILIES, ModelCard, from_family
from core.models.cards.directory import ModelDirectory, read_directory
from core.models.cards.known import CARDS

if TYPE_CHECKING:
    from core.models.encoder.text_encoder import TextEncoder

DEFAULT_MODEL = "refract-small"
ASSETS = ROOT / "assets" / "models"


_loaded: "dict[str, TextEncoder]" = {}
_loading = threading.RLock()  # a model may load another, its reader


def load_model(name_or_path: str | Path = DEFAULT_MODEL, **card_fields: Any) -> "TextEncoder":
    """Load a model by its name (see ``CARDS``), its hub id, or from a local directory, once a process.

    Nothing is ever downloaded here: a model of the hub has to be there already (`core.models.hub.download`).

    Parameters
    ----------
    name_or_path : a name in ``CARDS`` or of an added directory, an ``owner/name`` on the hub, or a directory in the
        layout that sentence-transformers writes (``modules.json``, ``config.json``, ``tokenizer.json``,
        ``model.safetensors``) or without ``modules.json``.
    card_fields : fields of `ModelCard` to set otherwise than the card or the directory says. ``family`` brings the
        whole recipe of a family: a directory can't tell that the instruction is to be left out of the pooling.

    Returns
    -------
    TextEncoder
        Shared by all callers; safe to use from several threads.

    Raises
    ------
    InputError
        For an unknown name, a model that isn't on this machine, a directory that lacks a file, an architecture that
        isn't supported, or weights that are not the published ones.
    """
    name_or_path, card_fields = _added_as_path(name_or_path, card_fields)
    key = digest(str(name_or_path), repr(sorted(card_fields.items())))
    with _loading:
        if key not in _loaded:
            _loaded[key] = _load(name_or_path, card_fields)
        return _loaded[key]


def card_of(name_or_path: str | Path, **card_fields: Any) -> ModelCard:
    """The card that `load_model` goes by, without loading any weights."""
    known = _known(name_or_path)
    if known is not None and known.reader:
        return _own_card(known, card_fields)
    path, fields = _added_as_path(name_or_path, card_fields)
    card = _resolve(path, fields)[1]
    return card if path is name_or_path else dataclasses.replace(card, name=str(name_or_path))


def find(card: ModelCard) -> Path | None:
    """The local directory with a card's files, or None.

    It comes with Refract or with an installed package, was downloaded, or lies in the hub's own cache.
    """
    if card.reader:
        directory = ASSETS / card.name
        return directory if (directory / "model.safetensors").is_file() else None
    if card.package:
        spec = importlib.util.find_spec(card.package)
        if spec is not None and spec.origin is not None:
            return Path(spec.origin).parent / "model"
    return _find_hub(card.hub_id, card.revision) if card.hub_id else None


def _find_hub(hub_id: str, revision: str = "main") -> Path | None:
    from core.models import hub

    directory = hub.local_directory(hub_id)
    if hub.is_complete(directory):
        return directory
    return _find_in_cache(hub_id, revision)


def _find_in_cache(hub_id: str, revision: str) -> Path | None:
    """Where other programs on this machine have put it; huggingface_hub looks, without any network."""
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(hub_id, "config.json", revision=revision)
    if not isinstance(found, str):
        return None
    directory = Path(found).parent
    try:
        read_directory(directory)
    except InputError:
        return None  # a part of it only
    return directory


def _load(name_or_path: str | Path, card_fields: dict[str, Any]) -> "TextEncoder":
    # These bring in torch: only when a model is really wanted.
    from safetensors import SafetensorError

    from core.models.loading import load_encoder, load_live

    known = _known(name_or_path)
    if known is not None and known.reader:
        card = _own_card(known, card_fields)
        return load_live(find(card), card, load_model(card.reader, precision=card.precision))
    directory, card = _resolve(name_or_path, card_fields)
    try:
        return load_encoder(directory, card)
    except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        raise InputError(f"The model {card.name} can't be read ({error}). Copy the model's directory again.") from error


def _added_as_path(name_or_path: str | Path, card_fields: dict[str, Any]) -> tuple[str | Path, dict[str, Any]]:
    """The directory behind the name of an added model, with what its user set; anything else as it is."""
    added = None if isinstance(name_or_path, Path) else added_models().get(name_or_path)
    return (added.path, {**added.fields, **card_fields}) if added else (name_or_path, card_fields)


def _known(name_or_path: str | Path) -> ModelCard | None:
    name = str(name_or_path)
    return CARDS.get(name) or next((card for card in CARDS.values() if card.hub_id and card.hub_id == name), None)


def _own_card(known: ModelCard, fields: dict[str, Any]) -> ModelCard:
    """The card of a model of ours: its weights were trained for one recipe, so only the number format is free."""
    fixed = sorted(set(fields) - {"precision"})
    if fixed:
        raise InputError(f"{', '.join(fixed)} can't be set otherwise for {known.name}.")
    return dataclasses.replace(known, **fields)


def _resolve(name_or_path: str | Path, card_fields: dict[str, Any]) -> tuple[ModelDirectory, ModelCard]:
    known = _known(name_or_path)
    if known is not None:
        path = find(known)
        if path is None:
            raise InputError(_not_here(known))
    elif Path(name_or_path).is_dir():
        path = Path(name_or_path)
    else:
        path = _find_hub(str(name_or_path)) if str(name_or_path).count("/") == 1 else None
        if path is None:
            raise InputError(
                f"There is no model or directory called {name_or_path}. Known by name: {', '.join(CARDS)}."
            )
    directory = read_directory(path)
    return directory, _card(known, directory, card_fields)


def _not_here(card: ModelCard) -> str:
    if card.package:
        package = card.package.replace("_", "-")
        return f"The model {card.name} is not installed. Install it with: pip install {package}"
    from core.models import hub

    return hub.missing_sentence(card)


def _card(known: ModelCard | None, directory: ModelDirectory, fields: dict[str, Any]) -> ModelCard:
    """The card of a model: the known one over what its directory says, under what the caller sets."""
    fields = dict(fields)
    unknown = sorted(set(fields) - {field.name for field in dataclasses.fields(ModelCard)})
    if unknown:
        raise InputError(f"A model card has no field called {', '.join(unknown)}.")
    if fields.get("family", "plain") not in FAMILIES:
        raise InputError(f"There is no family called {fields['family']}. Use one of {', '.join(FAMILIES)}.")
    if known is None or "family" in fields:
        base = from_family(
            known.name if known else directory.path.name,
            fields.pop("family", "plain"),
            description=known.description if known else "A model from a local directory.",
            max_tokens=_limit(directory),
            normalise=directory.normalise,
        )
    else:
        base = known
    said: dict[str, Any] = {}
    if directory.pooling:
        said["pooling"] = directory.pooling  # the files are the model's own; a card only fills what they leave open
    if directory.pool_instruction is not None and known is None and base.family == "plain":
        said["pool_instruction"] = directory.pool_instruction
    if known is None:
        said["dimension"] = directory.dimension
    return dataclasses.replace(dataclasses.replace(base, **said), **fields)


def _limit(directory: ModelDirectory) -> int:
    """Tokens that the model reads: what its directory says, within what its positions allow."""
    config = directory.config
    positions = config.get("max_position_embeddings")
    if config.get("model_type") in ("roberta", "xlm-roberta", "mpnet") and positions:
        positions -= int(config.get("pad_token_id", 1)) + 1
    limit = directory.max_tokens or int(positions or 512)
    return min(limit, int(positions)) if positions else limit
