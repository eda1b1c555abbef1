"""Local directories that the user has given names, and what is kept of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.base.atomic import write_json
from core.base.home import home

# What of a card a directory's user may set otherwise.
ADJUSTABLE = ("family", "template", "plain_prefix", "pooling", "pool_instruction", "normalise", "max_tokens")
_FILE = "models.json"


@dataclass(frozen=True)
class AddedModel:
    """A local directory under a name, and what its user set otherwise than it says."""

    name: str
    path: Path
    fields: Mapping[str, Any] = field(default_factory=dict)


def added_models() -> dict[str, AddedModel]:
    """The directories that the user has added, by name; a file that was damaged counts as empty."""
    try:
        content = json.loads((home() / _FILE).read_text(encoding="utf-8"))
        return {
            name: AddedModel(name, Path(said["path"]), {k: v for k, v in said["fields"].items() if k in ADJUSTABLE})
            for name, said in content.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_added(models: Mapping[str, AddedModel]) -> None:
    """Keep the list of added directories."""
    content = {name: {"path": str(model.path), "fields": dict(model.fields)} for name, model in models.items()}
    write_json(home() / _FILE, content)
