"""A run as files that other programs open."""

import dataclasses
import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from core.errors import InputError
from core.models import load_model
from core.pipeline import Run

_PACKAGES = ("refract", "torch", "tokenizers", "umap-learn", "scikit-learn", "numpy", "numba")


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


def recipe(run: Run) -> dict[str, Any]:
    """Everything that made the run: data, instruction, model, settings, versions."""
    space = run.embedding.space
    clusters, layout = run.settings.clusters, run.layout
    return {
        "refract": version("refract"),
        "corpus": {
            "name": run.corpus.name,
            "text_column": run.corpus.text_column,
            "texts": len(run.corpus),
            "digest": run.corpus.digest,
            "rows": run.corpus.report.sentences(),
        },
        "instruction": run.instruction,
        "instruction_utf8": run.instruction.encode().hex(),
        "model": {
            "name": space.model,
            "fingerprint": space.fingerprint,
            "precision": load_model(run.settings.model).precision,
            "dimension": space.dimension,
            "texts_cut_off": int(run.embedding.truncated.sum()),
        },
        "clusters": {
            "setting": clusters.spec(),
            **dataclasses.asdict(clusters),
            "found": run.clustering.k,
            "noise": run.clustering.noise,
            "silhouette_by_k": [[k, round(score, 6)] for k, score in run.clustering.silhouette_by_k],
            "silhouette_on_texts": run.clustering.sampled or len(run.corpus),
        },
        "layout": {
            "method": layout.method,
            "n_neighbors": layout.settings.n_neighbors,
            "min_dist": layout.settings.min_dist,
            "seed": layout.settings.seed,
            "epochs": layout.epochs,
            "started_from_a_previous_map": layout.warm,
        },
        "stop_words": run.language,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
    }


def make_directory(directory: Path) -> None:
    """Make the directory that results go to; an `InputError` says why it can't be one."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(directory, error) from None


def write(run: Run, directory: Path) -> tuple[Path, ...]:
    """Write ``run.parquet``, ``topics.json`` and ``recipe.json``; the paths written.

    Raises
    ------
    InputError
        Where the directory can't be made or written to.
    """
    make_directory(directory)
    paths = tuple(directory / name for name in ("run.parquet", "topics.json", "recipe.json"))
    try:
        table(run).to_parquet(paths[0], index=False)
        for path, content in zip(paths[1:], (topics(run), recipe(run)), strict=True):
            path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise _unwritable(directory, error) from None
    return paths


def _unwritable(directory: Path, error: OSError) -> InputError:
    reason = error.strerror or error
    return InputError(f"The results can't be written to {directory} ({reason}). Choose another --out.")
