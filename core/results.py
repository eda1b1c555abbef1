"""A run as files that other programs open."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from core.errors import InputError
from core.pipeline import Run
from core.workspace.recipe import recipe_of


def table(run: Run) -> pd.DataFrame:
    """One row a text: id, text, the metadata under their own names, count, cluster, topic, x, y.

    ``count`` is the number of rows of the file that had this text. A metadata column that is called like one of
    Refract's own is written as ``NAME (file)``.
    """
    corpus = run.corpus
    names = {topic.cluster: topic.name for topic in run.topics}
    own = ("id", "text", "count", "cluster", "topic", "assigned", "x", "y")
    columns: dict[str, Any] = {"id": list(corpus.ids), "text": list(corpus.texts)}
    for name, values in corpus.metadata.items():
        columns[f"{name} (file)" if name in own else str(name)] = values.array
    frame = pd.DataFrame(columns)
    frame["count"] = corpus.counts
    frame["cluster"] = run.clustering.labels
    frame["topic"] = [names.get(int(label), "") for label in run.clustering.labels]
    if run.settings.clusters.assign_noise:
        frame["assigned"] = run.clustering.assigned
    frame["x"] = run.layout.xy[:, 0]
    frame["y"] = run.layout.xy[:, 1]
    return frame


def topics(run: Run) -> list[dict[str, Any]]:
    """The topics, with keywords, cohesion and their representative texts."""
    return [
        {
            "cluster": topic.cluster,
            "name": topic.name,
            "size": topic.size,
            "cohesion": round(topic.cohesion, 6),
            "keywords": [{"word": word, "weight": round(weight, 6)} for word, weight in topic.keywords],
            "representatives": [
                {"id": run.corpus.ids[row], "text": run.corpus.texts[row]} for row in topic.representatives
            ],
        }
        for topic in run.topics
    ]


def make_directory(directory: Path) -> None:
    """Make the directory that results go to; an `InputError` says why it can't be one."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(directory, error) from None


def write(run: Run, directory: Path, recipe: Mapping[str, Any] | None = None) -> tuple[Path, ...]:
    """Write ``run.parquet``, ``topics.json`` and ``recipe.json``; the paths written.

    Parameters
    ----------
    recipe : of a run whose topics somebody has edited; otherwise the run's own.

    Raises
    ------
    InputError
        Where the directory can't be made or written to.
    """
    make_directory(directory)
    paths = tuple(directory / name for name in ("run.parquet", "topics.json", "recipe.json"))
    try:
        table(run).to_parquet(paths[0], index=False)
        for path, content in zip(paths[1:], (topics(run), recipe or recipe_of(run)), strict=True):
            path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise unwritable(directory, error) from None
    return paths


def unwritable(directory: Path, error: OSError) -> InputError:
    """Why results can't be written, and what to do about it."""
    reason = error.strerror or error
    return InputError(f"The results can't be written to {directory} ({reason}). Choose another --out.")
