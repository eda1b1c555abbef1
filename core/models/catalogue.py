"""Every model that can be chosen by name: those known, and local directories that the user has added."""

import json
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.base.errors import InputError
from core.models import hub
from core.models.added import ADJUSTABLE, AddedModel, added_models, write_added
from core.models.cards.card import ModelCard
from core.models.cards.known import CARDS
from core.models.registry import DEFAULT_MODEL, card_of, find, load_model

_writing = threading.Lock()


@dataclass(frozen=True)
class KnownModel:
    """A model for the list.

    Parameters
    ----------
    name : what `load_model` takes.
    card : its recipe and facts.
    directory : where its files are, or None where they are not on this machine.
    size : bytes of its files, or None.
    added : whether the user added it.
    problem : why it can't be used although it is here, or "".
    """

    name: str
    card: ModelCard
    directory: Path | None
    size: int | None
    added: bool = False
    problem: str = ""

    @property
    def ready(self) -> bool:
        """Whether it can be used now."""
        return self.directory is not None and not self.problem


def known_models() -> list[KnownModel]:
    """All models: those on this machine first, downloaded and added ones after the ones known by name."""
    by_name = [_known(card) for card in CARDS.values()]
    others = [_downloaded(hub_id, directory) for hub_id, directory in other_downloads().items()]
    listed = by_name + others + [_added(model) for model in added_models().values()]
    return sorted(listed, key=lambda model: (not model.ready, model.directory is None, model.added))


def ready_names() -> list[str]:
    """Names of the models that can be used now, the default first."""
    names = [model.name for model in known_models() if model.ready]
    return sorted(names, key=lambda name: name != DEFAULT_MODEL)


def other_downloads() -> dict[str, Path]:
    """Models in the folder of downloads that are not known by name: ``owner/name`` to directory."""
    known = {hub.local_directory(card) for card in CARDS.values() if card.hub_id}
    folders = sorted(hub.models_home().glob("*--*")) if hub.models_home().is_dir() else []
    return {
        folder.name.replace("--", "/"): folder
        for folder in folders
        if folder not in known and folder.is_dir() and not hub.is_aside(folder) and hub.is_complete(folder)
    }


def guess_family(path: str | Path) -> str:
    """The family that a directory's name and configuration speak for; "plain" where nothing does."""
    directory = _directory(path)
    try:
        kind = str(json.loads((directory / "config.json").read_text(encoding="utf-8")).get("model_type", ""))
    except (OSError, ValueError, AttributeError):
        kind = ""
    name = directory.name.lower()
    signs = {
        "instructor": kind == "t5" or "instructor" in name,
        "qwen3": kind == "qwen3",
        "gemma": kind.startswith("gemma"),
        "bge": "bge" in name,
        "e5-instruct": "e5" in name and "instruct" in name,
        "e5": "e5" in name,
        "gte": "gte" in name,
    }
    return next((family for family, speaks in signs.items() if speaks), "plain")


def preview(path: str | Path, **fields: Any) -> ModelCard:
    """The card that a directory would get, without loading any weights.

    Raises
    ------
    InputError
        Where there is no such directory, or it holds no model that can be used.
    """
    directory = _directory(path)
    unknown = sorted(set(fields) - set(ADJUSTABLE))
    if unknown:
        raise InputError(f"{', '.join(unknown)} can't be set for a local directory.")
    return card_of(directory, **fields)


def add_directory(path: str | Path, name: str = "", **fields: Any) -> AddedModel:
    """Load a directory's model to see that it works, and keep it under a name.

    Parameters
    ----------
    name : the directory's own name where it is "".
    fields : of the card, to be set otherwise than the directory says; see ``ADJUSTABLE``.

    Raises
    ------
    InputError
        As `preview`, where the model can't be loaded, or the name is another model's.
    """
    card = preview(path, **fields)
    directory = _directory(path)
    name = name.strip() or card.name
    taken = added_models().get(name)
    if name in CARDS or (taken is not None and taken.path != directory):
        raise InputError(f"There is a model called {name} already. Give this one another name.")
    load_model(directory, **fields).encode(["A text to see that the model works."])
    model = AddedModel(name, directory, fields)
    with _writing:
        write_added({**added_models(), name: model})
    return model


def remove_directory(name: str) -> None:
    """Take an added directory off the list. Its files stay."""
    with _writing:
        write_added({key: model for key, model in added_models().items() if key != name})


def size_on_disk(directory: Path) -> int:
    """Bytes of all files in a directory."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def _known(card: ModelCard) -> KnownModel:
    directory = find(card)
    if directory is None:
        return KnownModel(card.name, card, None, None)
    try:
        return KnownModel(card.name, card_of(card.name), directory, size_on_disk(directory))
    except InputError as error:
        return KnownModel(card.name, card, directory, size_on_disk(directory), problem=str(error))


def _downloaded(hub_id: str, directory: Path) -> KnownModel:
    size = size_on_disk(directory)
    try:
        card = replace(card_of(directory), name=hub_id, description="A model from the hub.")
        return KnownModel(hub_id, card, directory, size)
    except InputError as error:
        return KnownModel(hub_id, ModelCard(hub_id, "A model from the hub."), directory, size, problem=str(error))


def _added(model: AddedModel) -> KnownModel:
    try:
        card = card_of(model.name)
    except InputError as error:
        gone = not model.path.is_dir()
        problem = f"The folder {model.path} is not there any more." if gone else str(error)
        card = ModelCard(model.name, "A model from a local directory.")
        return KnownModel(model.name, card, model.path, None, added=True, problem=problem)
    return KnownModel(model.name, card, model.path, size_on_disk(model.path), added=True)


def _directory(path: str | Path) -> Path:
    if not str(path).strip():
        raise InputError("Give the path of the model's folder.")
    directory = Path(str(path).strip()).expanduser()
    if not directory.is_dir():
        raise InputError(f"There is no folder {directory} on the machine that Refract runs on.")
    return directory.resolve()
