"""A recipe: one JSON file with everything that made a result, from which it can be made again, bit for bit.

What the texts were is told by a digest; they themselves are not in it, nor any path of this machine.
"""

import base64
import binascii
import dataclasses
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.base.digest import Part, digest
from core.base.errors import InputError
from core.labelling.edited_run import EditedRun, edited
from core.labelling.edits import Edit, edit_from_json
from core.labelling.labels import Labels, with_carried
from core.models.registry import load_model
from core.pipeline.run import Run, Settings
from core.results.run_format import exactly, settings_from, settings_json
from core.texts.corpus import ReadingChoices

FORMAT = "refract recipe 1"
# Everything whose own version can change a result.
PACKAGES = (
    "refract",
    "torch",
    "tokenizers",
    "transformers",
    "umap-learn",
    "pynndescent",
    "scikit-learn",
    "scipy",
    "numpy",
    "numba",
    "pandas",
    "ftfy",
)
MAX_BYTES = 200 * 1024**2


@dataclass(frozen=True)
class Result:
    """Digests of what came out, each over all texts in the corpus's canonical order.

    ``edited_labels`` and ``edited_names`` are those under the analyst's topics, "" where there are none.
    """

    labels: str
    layout: str
    names: str
    edited_labels: str = ""
    edited_names: str = ""


@dataclass(frozen=True, eq=False)
class ReplayRecipe:
    """The contents of a recipe.

    Parameters
    ----------
    corpus_digest, texts, text_column, reading : which texts, and how they are read from a file.
    instruction : the exact string.
    prompt : the bytes that stand before every text.
    model, fingerprint, precision : who embedded them.
    settings : all others.
    start : (n, 2) float32 in canonical order, where the map started from, or None.
    carried, edits : what was done to the topics; see `core.labelling.labels.carried_json`.
    versions, machine : of the packages, and what they ran on.
    result : what came out.
    """

    corpus_digest: str
    texts: int
    text_column: str
    reading: ReadingChoices
    instruction: str
    prompt: bytes
    model: str
    fingerprint: str
    precision: str
    settings: Settings
    start: NDArray[np.float32] | None
    carried: Mapping[str, Any]
    edits: tuple[Edit, ...]
    versions: Mapping[str, str]
    machine: Mapping[str, str]
    result: Result

    def labels_of(self, run: Run) -> Labels | None:
        """The analyst's topics on a run, or None where there are none."""
        return labels_on(run, self.carried, self.edits)


def labels_on(run: Run, carried: Mapping[str, Any], edits: Sequence[Edit]) -> Labels | None:
    """As `labels_after`, or None where nothing was done."""
    if not edits and not carried.get("topics") and not carried.get("junk"):
        return None
    return labels_after(run, carried, edits)


def labels_after(run: Run, carried: Mapping[str, Any], edits: Sequence[Edit]) -> Labels:
    """A run's clusters after what was done to them; an `InputError` where it doesn't fit."""
    names = {topic.cluster: topic.name for topic in run.topics}
    labels = with_carried(Labels.start(run.corpus.ids, run.clustering.labels, names), carried)
    for edit in edits:
        labels = edit.apply(labels)
    return labels


def recipe_of(run: Run, carried: Mapping[str, Any] | None = None, edits: Sequence[Edit] = ()) -> dict[str, Any]:
    """Everything that made a run, and its topics where somebody has edited them, as JSON.

    Parameters
    ----------
    carried, edits : what was done to its topics: `core.projects.saved_labels.Labelling.carried` and ``.edits``.
    """
    space, clusters, layout = run.embedding.space, run.settings.clusters, run.layout
    model = load_model(run.settings.model)
    start = None if run.start is None else run.start[run.corpus.order]
    labels = labels_on(run, carried or {}, edits)
    view = None if labels is None else edited(run, labels)
    name = space.model if Path(run.settings.model).is_dir() else run.settings.model  # no path of this machine
    return {
        "format": FORMAT,
        "refract": version("refract"),
        "corpus": {
            "name": run.corpus.name,
            "text_column": run.corpus.text_column,
            "texts": len(run.corpus),
            "digest": run.corpus.digest,
            "rows": run.corpus.report.sentences(),
        },
        "reading": dataclasses.asdict(run.corpus.reading),
        "instruction": run.instruction,
        "instruction_utf8": run.instruction.encode("utf-8", "surrogatepass").hex(),
        "prompt_utf8": model.card.prefix(run.instruction).encode("utf-8", "surrogatepass").hex(),
        "model": {
            "name": space.model,
            "fingerprint": space.fingerprint,
            "precision": model.precision,
            "dimension": space.dimension,
            "texts_cut_off": int(run.embedding.truncated.sum()),
        },
        "settings": {**settings_json(run.settings), "model": name},
        "clusters": {
            "setting": clusters.spec(),
            "found": run.clustering.k,
            "noise": run.clustering.noise,
            "silhouette_by_k": [[k, round(score, 6)] for k, score in run.clustering.silhouette_by_k],
            "silhouette_on_texts": run.clustering.sampled or len(run.corpus),
        },
        "layout": {"method": layout.method, "epochs": layout.epochs, "started_from_a_previous_map": layout.warm},
        "stop_words": run.language,
        "start": None if start is None else base64.b64encode(start.astype("<f4").tobytes()).decode(),
        "topics": {"carried": dict(carried or {}), "edits": [edit.to_json() for edit in edits]},
        "result": dataclasses.asdict(result_of(run, view)),
        "versions": versions(),
        "machine": machine(),
    }


def result_of(run: Run, view: EditedRun | None = None) -> Result:
    """The digests of a run and of the analyst's topics on it."""
    order = run.corpus.order
    names = _names(run)
    plain = Result(digest(run.clustering.labels[order]), digest(run.layout.xy[order]), digest(names))
    if view is None:
        return plain
    return dataclasses.replace(
        plain,
        edited_labels=digest(view.run.clustering.labels[order]),
        edited_names=digest(_names(view.run), [dataclasses.astuple(topic)[1:6] for topic in view.topics]),
    )


def read_recipe(path: Path) -> ReplayRecipe:
    """Read a recipe's file.

    Raises
    ------
    InputError
        Where it can't be read, is no recipe, or was changed so that it doesn't hold together.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path.name} is too large for a recipe.")
        said = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} can't be read ({error.strerror or error}).") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path.name} is no recipe: it isn't JSON.") from None
    if not isinstance(said, dict) or not str(said.get("format", "")).startswith("refract recipe"):
        raise InputError(f"{path.name} is no recipe of Refract.")
    if said["format"] != FORMAT:
        raise InputError(f"{path.name} was written by a newer Refract ({said['format']}). Update Refract to replay it.")
    try:
        return _recipe(said)
    except InputError as error:
        raise InputError(f"{path.name} can't be replayed. {error}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{path.name} is damaged ({error!r}). Write it again.") from None


def versions() -> dict[str, str]:
    """Versions of what can change a result."""
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


def machine() -> dict[str, str]:
    """The traits of a machine that can change a digit: kind of processor, what torch makes of it, and the system."""
    import torch

    return {
        "processor": platform.machine(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": str(torch.get_num_threads()),
        "system": platform.system(),
    }


# Recipes were once written without these; a file is then read as it is found to be.
_ONCE_FOUND_OUT = {"header": None, "delimiter": None}


def _recipe(said: Mapping[str, Any]) -> ReplayRecipe:
    corpus, model, topics = said["corpus"], said["model"], said["topics"]
    instruction = said["instruction"]
    if bytes.fromhex(said["instruction_utf8"]) != instruction.encode("utf-8", "surrogatepass"):
        raise InputError("Its instruction and the bytes of its instruction differ: it was changed by hand.")
    return ReplayRecipe(
        corpus_digest=corpus["digest"],
        texts=int(corpus["texts"]),
        text_column=corpus["text_column"],
        reading=exactly(ReadingChoices, {**_ONCE_FOUND_OUT, **said["reading"]}),
        instruction=instruction,
        prompt=bytes.fromhex(said["prompt_utf8"]),
        model=model["name"],
        fingerprint=model["fingerprint"],
        precision=model["precision"],
        settings=settings_from(said["settings"]),
        start=_start(said["start"], int(corpus["texts"])),
        carried=topics["carried"],
        edits=tuple(edit_from_json(edit) for edit in topics["edits"]),
        versions=dict(said["versions"]),
        machine=dict(said["machine"]),
        result=exactly(Result, said["result"]),
    )


def _start(said: str | None, texts: int) -> NDArray[np.float32] | None:
    if said is None:
        return None
    try:
        data = base64.b64decode(said, validate=True)
    except binascii.Error as error:
        raise ValueError("its start can't be read") from error
    return np.frombuffer(data, "<f4").astype(np.float32).reshape(texts, 2)


def _names(run: Run) -> list[Part]:
    """The topics as they are shown in words: name and keywords."""
    return [(topic.cluster, topic.name, [word for word, _ in topic.keywords]) for topic in run.topics]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
