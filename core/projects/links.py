"""Views that a link stands for: what was compared on which texts, kept under a short id of its content."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Literal

from core.base.atomic import write_json
from core.base.digest import digest
from core.base.errors import InputError
from core.base.home import home
from core.base.recipe import Recipe

_ID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class ComparedView:
    """A comparison as it was asked for.

    Parameters
    ----------
    source : the name of the texts.
    corpus : digest of the texts; others under the same name are not taken for them.
    recipes : what was compared.
    clusters : as `core.pipeline.clustering.cluster.ClusterSettings.parse` takes it.
    kind : of the maps.
    assign_noise : whether HDBSCAN's noise is given to the nearest cluster.
    """

    source: str
    corpus: str
    recipes: tuple[Recipe, ...]
    clusters: str
    kind: Literal["shared", "aligned", "independent"]
    assign_noise: bool = False


def keep(view: ComparedView) -> str:
    """Keep a view, and give its id: the same view has the same id everywhere."""
    content = asdict(view)
    name = digest(json.dumps(content, sort_keys=True))[:12]
    folder = home() / "views"
    folder.mkdir(exist_ok=True)
    if not (folder / f"{name}.json").exists():
        write_json(folder / f"{name}.json", content)
    return name


def find(name: str) -> ComparedView:
    """The view of an id.

    Raises
    ------
    InputError
        For an id that nothing was kept under on this machine.
    """
    path = home() / "views" / f"{name}.json"
    try:
        if not _ID.fullmatch(name):
            raise KeyError(name)
        said = json.loads(path.read_text(encoding="utf-8"))
        recipes = tuple(Recipe(str(each["model"]), str(each["instruction"])) for each in said["recipes"])
        if said["kind"] not in ("shared", "aligned", "independent"):
            raise KeyError(said["kind"])
        return ComparedView(
            str(said["source"]),
            str(said["corpus"]),
            recipes,
            str(said["clusters"]),
            said["kind"],
            bool(said.get("assign_noise")),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            "This link leads to a comparison that is not kept on this machine. Choose the instructions again."
        ) from None
