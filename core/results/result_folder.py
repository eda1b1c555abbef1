"""A run as files that other programs open."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.base.errors import InputError
from core.labelling.edited_run import EditedRun
from core.labelling.labels import JUNK
from core.pipeline.margins import margins
from core.pipeline.run import Run
from core.results.recipe import recipe_of

# The columns that are Refract's own, in their order; the metadata stand after the text.
OWN = (
    "id",
    "text",
    "count",
    "cluster",
    "topic",
    "assigned",
    "aside",
    "second_cluster",
    "second_topic",
    "margin",
    "x",
    "y",
)
_FILE = " (file)"


def table(run: Run) -> pd.DataFrame:
    """One row a text: id, text, the metadata under their own names, count, cluster, topic, x, y.

    ``count`` is the number of rows of the file that had this text. A metadata column that is called like one of
    Refract's own is written as ``NAME (file)``.
    """
    corpus = run.corpus
    names = {topic.cluster: topic.name for topic in run.topics}
    columns: dict[str, Any] = {"id": list(corpus.ids), "text": _texts(corpus.texts)}
    for name, values in corpus.metadata.items():
        columns[column_name(str(name))] = values.array
    frame = pd.DataFrame(columns)
    frame["count"] = corpus.counts
    frame["cluster"] = run.clustering.labels
    frame["topic"] = [names.get(int(label), "") for label in run.clustering.labels]
    if run.settings.clusters.assign_noise:
        frame["assigned"] = run.clustering.assigned
    frame["x"] = run.layout.xy[:, 0]
    frame["y"] = run.layout.xy[:, 1]
    return frame


def full_table(run: Run | EditedRun) -> pd.DataFrame:
    """`table`, and how sure the topic of each text is; under the analyst's topics where there are some.

    Between topic and x stand ``aside``: whether the text, or its topic, was set aside as junk; ``second_cluster`` and
    ``second_topic``: number and name of the nearest topic besides its own; ``margin``: cosine to the centroid of its
    own topic less that to the second's, below 0 where the text is nearer to the other (see
    `core.pipeline.margins`). The last three are missing for texts in no topic, and where there is just one. Texts that
    were set aside one by one are in no topic: their cluster is -1, and ``topic`` says that they are set aside.
    """
    aside = np.zeros(len(_run(run).corpus), bool)
    named = None
    if isinstance(run, EditedRun):
        aside = np.isin(run.run.clustering.labels, run.junk)
        named = table(run.run)["topic"]
    plain = in_topics(run)
    frame = table(plain)
    if named is not None:
        frame["topic"] = named.array
    found, labels = margins(plain), plain.clustering.labels
    there = (labels >= 0) & (found.second >= 0)
    names = {topic.cluster: topic.name for topic in plain.topics}
    seconds = pd.Series(found.second, dtype="Int32").where(there)
    places = {name: frame.pop(name) for name in ("x", "y")}
    return frame.assign(
        aside=aside,
        second_cluster=seconds,
        second_topic=["" if pd.isna(second) else names[second] for second in seconds],
        margin=np.where(there, found.margin, np.float32(np.nan)),
        **places,
    )


def in_topics(run: Run | EditedRun) -> Run:
    """The run under its topics, without the texts that were set aside one by one: they are no topic."""
    if isinstance(run, Run):
        return run
    places = [number for number, topic in enumerate(run.topics) if topic.id == JUNK]
    if not places:
        return run.run
    pool, clustering = places[0], run.run.clustering  # after all topics, so no other number changes
    labels = np.where(clustering.labels == pool, np.int32(-1), clustering.labels)
    kept = tuple(topic for topic in run.run.topics if topic.cluster != pool)
    return replace(
        run.run, clustering=replace(clustering, labels=labels, centroids=clustering.centroids[:pool]), topics=kept
    )


def column_name(name: str) -> str:
    """The name of a metadata column in a table: its own, or ``NAME (file)`` where Refract has one of that name."""
    return name + _FILE if _bare(name) in OWN else name


def metadata_name(column: str) -> str:
    """The name that `column_name` was given."""
    return column.removesuffix(_FILE) if _bare(column) in OWN else column


def topics(run: Run | EditedRun) -> list[dict[str, Any]]:
    """The topics, with keywords, cohesion and their representative texts; and what the analyst says of them."""
    said = [
        {"named_by": topic.origin, "aside": topic.junk, "colour": topic.colour, "notes": topic.notes}
        for topic in (run.topics if isinstance(run, EditedRun) else ())
    ]
    run = _run(run)
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
            **(said[topic.cluster] if 0 <= topic.cluster < len(said) else {}),
        }
        for topic in run.topics
    ]


def make_directory(directory: Path) -> None:
    """Make the directory that results go to; an `InputError` says why it can't be one."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(directory, error) from None


def write(run: Run | EditedRun, directory: Path, recipe: Mapping[str, Any] | None = None) -> tuple[Path, ...]:
    """Write ``run.parquet``, ``topics.json`` and ``recipe.json``; the paths written.

    Parameters
    ----------
    recipe : of a run whose topics somebody has edited, which can't be told from it; otherwise the run's own.

    Raises
    ------
    InputError
        Where the directory can't be made or written to.
    """
    make_directory(directory)
    paths = tuple(directory / name for name in ("run.parquet", "topics.json", "recipe.json"))
    try:
        full_table(run).to_parquet(paths[0], index=False)
        for path, content in zip(paths[1:], (topics(run), recipe or recipe_of(_run(run))), strict=True):
            path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise unwritable(directory, error) from None
    return paths


def unwritable(directory: Path, error: OSError) -> InputError:
    """Why results can't be written, and what to do about it."""
    reason = error.strerror or error
    return InputError(f"The results can't be written to {directory} ({reason}). Choose another --out.")


def _run(run: Run | EditedRun) -> Run:
    return run.run if isinstance(run, EditedRun) else run


def _bare(name: str) -> str:
    while name.endswith(_FILE):
        name = name.removesuffix(_FILE)
    return name


def _texts(texts: tuple[str, ...]) -> "pd.Series[Any]":
    """As texts; as Python's own where one holds half of a character, which pandas' texts can't."""
    try:
        return pd.Series(texts, dtype="str")
    except UnicodeEncodeError:
        return pd.Series(texts, dtype="object")
