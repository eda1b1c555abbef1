"""The whole of Refract's computation. Nothing in here knows of a browser.

The names of ``__all__`` are what scripts and notebooks need and can rely on. Each is imported where it is first asked
for, so ``import core`` costs nothing.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.base.errors import Cancelled, InputError, RefractError
    from core.base.progress import Watch
    from core.base.recipe import Recipe
    from core.comparison.floor import verdict
    from core.comparison.recipes import Comparer
    from core.models.registry import load_model
    from core.pipeline.attention import word_weights
    from core.pipeline.clustering.cluster import ClusterSettings
    from core.pipeline.context import Context
    from core.pipeline.embed import embed_corpus
    from core.pipeline.layout.projection import LayoutSettings
    from core.pipeline.run import Run, Settings, run
    from core.results.downloads import export
    from core.results.labelled import Labelled
    from core.results.recipe import read_recipe, recipe_of
    from core.results.replay import replay
    from core.texts.corpus import Corpus
    from core.texts.corpus import build as build_corpus
    from core.texts.readers import read, read_pasted

__all__ = [
    "Cancelled",
    "ClusterSettings",
    "Comparer",
    "Context",
    "Corpus",
    "InputError",
    "Labelled",
    "LayoutSettings",
    "Recipe",
    "RefractError",
    "Run",
    "Settings",
    "Watch",
    "build_corpus",
    "embed_corpus",
    "export",
    "load_model",
    "read",
    "read_pasted",
    "read_recipe",
    "recipe_of",
    "replay",
    "run",
    "verdict",
    "word_weights",
]

# Where each of them is defined, and what it is called there.
_HOMES = {
    "Cancelled": ("core.base.errors", "Cancelled"),
    "ClusterSettings": ("core.pipeline.clustering.cluster", "ClusterSettings"),
    "Comparer": ("core.comparison.recipes", "Comparer"),
    "Context": ("core.pipeline.context", "Context"),
    "Corpus": ("core.texts.corpus", "Corpus"),
    "InputError": ("core.base.errors", "InputError"),
    "Labelled": ("core.results.labelled", "Labelled"),
    "LayoutSettings": ("core.pipeline.layout.projection", "LayoutSettings"),
    "Recipe": ("core.base.recipe", "Recipe"),
    "RefractError": ("core.base.errors", "RefractError"),
    "Run": ("core.pipeline.run", "Run"),
    "Settings": ("core.pipeline.run", "Settings"),
    "Watch": ("core.base.progress", "Watch"),
    "build_corpus": ("core.texts.corpus", "build"),
    "embed_corpus": ("core.pipeline.embed", "embed_corpus"),
    "export": ("core.results.downloads", "export"),
    "load_model": ("core.models.registry", "load_model"),
    "read": ("core.texts.readers", "read"),
    "read_pasted": ("core.texts.readers", "read_pasted"),
    "read_recipe": ("core.results.recipe", "read_recipe"),
    "recipe_of": ("core.results.recipe", "recipe_of"),
    "replay": ("core.results.replay", "replay"),
    "run": ("core.pipeline.run", "run"),
    "verdict": ("core.comparison.floor", "verdict"),
    "word_weights": ("core.pipeline.attention", "word_weights"),
}

# While one thread of a matrix product waits for another it spins, by default for long: with anything else at work on
# the machine (a map being drawn, another user's texts) that makes encoding several times slower, and alone no faster.
# Read once, when torch is first imported; GNU's OpenMP, which torch brings on Linux.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")


def __getattr__(name: str) -> Any:
    """A public name, imported on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, there = _HOMES[name]
    globals()[name] = found = getattr(import_module(home), there)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
