"""Corpora, runs and settings as bytes and JSON. No pickle: Parquet for tables, safetensors for arrays."""

import dataclasses
import io
import json
from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.base.errors import InputError
from core.pipeline.clustering.cluster import Clustering, ClusterSettings
from core.pipeline.layout.projection import Layout, LayoutSettings
from core.pipeline.run import Run, Settings
from core.pipeline.topics.describe import Topic
from core.texts.corpus import Corpus, ReadingChoices, RowReport

T = TypeVar("T")

FORMAT = 1
_KEY = b"refract"


def corpus_bytes(corpus: Corpus) -> bytes:
    """A corpus as a Parquet file: texts, ids, counts, rows, then the metadata by number; the rest in its header."""
    frame = corpus.metadata.set_axis([f"m{place}" for place in range(corpus.metadata.shape[1])], axis="columns")
    table = pa.Table.from_pandas(frame, preserve_index=False)
    own = {
        "text": pa.array(corpus.texts, pa.large_string()),
        "id": pa.array(corpus.ids, pa.string()),
        "count": pa.array(corpus.counts),
        "row": pa.array(corpus.rows),
    }
    table = pa.Table.from_arrays([*own.values(), *table.columns], schema=_with_own(table.schema, own))
    head = {
        "format": FORMAT,
        "name": corpus.name,
        "text_column": corpus.text_column,
        "columns": [str(name) for name in corpus.metadata.columns],
        "report": dataclasses.asdict(corpus.report),
        "reading": dataclasses.asdict(corpus.reading),
        "digest": corpus.digest,
    }
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), _KEY: json.dumps(head).encode()})
    content = io.BytesIO()
    pq.write_table(table, content, compression="zstd")
    return content.getvalue()


def corpus_from(data: bytes) -> Corpus:
    """The corpus that `corpus_bytes` wrote, with metadata of the same types.

    Raises
    ------
    InputError
        For a file of a newer Refract.
    """
    table = pq.read_table(pa.BufferReader(data))
    head = _head(json.loads(table.schema.metadata[_KEY]), "corpus")
    texts, ids = (tuple(table.column(name).to_pylist()) for name in ("text", "id"))
    counts, rows = (_read_only(table.column(name).to_numpy()) for name in ("count", "row"))
    metadata = table.drop_columns(["text", "id", "count", "row"]).to_pandas()
    return Corpus(
        name=head["name"],
        text_column=head["text_column"],
        texts=texts,
        ids=ids,
        counts=counts,
        rows=rows,
        metadata=metadata.set_axis(pd.Index(head["columns"], dtype="str"), axis="columns"),
        report=RowReport(**{**head["report"], "notes": tuple(head["report"]["notes"])}),
        digest=head["digest"],
        reading=ReadingChoices(**head["reading"]),
    )


@dataclasses.dataclass(frozen=True, eq=False)
class Picture:
    """A run without its corpus and its vectors, which are kept elsewhere. Arrays as in `core.pipeline.run.Run`."""

    instruction: str
    settings: Settings
    fingerprint: str
    clustering: Clustering
    layout: Layout
    topics: tuple[Topic, ...]
    language: str
    start: NDArray[np.float32] | None


def run_bytes(run: Run) -> bytes:
    """A run as a safetensors file: labels, assigned, centroids, xy, start; the rest in its header."""
    from safetensors.numpy import save

    clustering, layout = run.clustering, run.layout
    arrays = {
        "labels": clustering.labels,
        "assigned": clustering.assigned,
        "centroids": clustering.centroids,
        "xy": layout.xy,
    }
    if run.start is not None:
        arrays["start"] = run.start
    head = {
        "format": FORMAT,
        "instruction": run.instruction,
        "settings": settings_json(run.settings),
        "fingerprint": run.embedding.space.fingerprint,
        "silhouette_by_k": clustering.silhouette_by_k,
        "sampled": clustering.sampled,
        "layout": {"method": layout.method, "warm": layout.warm, "epochs": layout.epochs},
        "topics": [dataclasses.asdict(topic) for topic in run.topics],
        "language": run.language,
    }
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return bytes(save(arrays, metadata={"refract": json.dumps(head)}))


def picture_from(data: bytes) -> Picture:
    """The picture that `run_bytes` wrote; an `InputError` for a file of a newer Refract."""
    from safetensors.numpy import load

    size = int.from_bytes(data[:8], "little")
    head = _head(json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["refract"]), "run")
    arrays: dict[str, Any] = {name: _read_only(array) for name, array in load(data).items()}
    settings = settings_from(head["settings"])
    return Picture(
        instruction=head["instruction"],
        settings=settings,
        fingerprint=head["fingerprint"],
        clustering=Clustering(
            arrays["labels"],
            arrays["assigned"],
            arrays["centroids"],
            tuple((k, score) for k, score in head["silhouette_by_k"]),
            head["sampled"],
            settings.clusters,
        ),
        layout=Layout(arrays["xy"], settings=settings.layout, **head["layout"]),
        topics=tuple(
            Topic(
                **{
                    **topic,
                    "keywords": tuple(map(tuple, topic["keywords"])),
                    "representatives": tuple(topic["representatives"]),
                }
            )
            for topic in head["topics"]
        ),
        language=head["language"],
        start=arrays.get("start"),
    )


def settings_json(settings: Settings) -> dict[str, Any]:
    """The settings in JSON, as `settings_from` reads them."""
    return dataclasses.asdict(settings)


def settings_from(said: Mapping[str, Any]) -> Settings:
    """Settings as they were written down.

    Raises
    ------
    InputError
        Where something is missing, unknown, or of the wrong type.
    """
    inner = {
        "clusters": exactly(ClusterSettings, said["clusters"]),
        "layout": exactly(LayoutSettings, said["layout"]),
    }
    return exactly(Settings, {**said, **inner})


def exactly(kind: type[T], said: Mapping[str, Any]) -> T:
    """A dataclass from all of its fields, each of the type that it says.

    Raises
    ------
    InputError
        Where something is missing, unknown, or of another type.
    """
    hints = get_type_hints(kind)
    odd = sorted(set(hints) ^ set(said))
    if odd:
        raise InputError(f"{', '.join(odd)}: missing, or not known to this version of Refract.")
    for name, value in said.items():
        if not _fits(value, hints[name]):
            raise InputError(f"{name} can't be {value!r}.")
    return kind(**said)


def _fits(value: object, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        return any(_fits(value, one) for one in get_args(hint))
    if hint in (int, float):
        return isinstance(value, (int, hint)) and not isinstance(value, bool)
    return isinstance(value, hint)


def _head(head: dict[str, Any], what: str) -> dict[str, Any]:
    if head["format"] != FORMAT:
        raise InputError(f"This {what} was saved by a newer Refract. Update Refract to open it.")
    return head


def _with_own(schema: Any, own: Mapping[str, Any]) -> Any:
    fields = [pa.field(name, array.type) for name, array in own.items()]
    return pa.schema([*fields, *schema], metadata=schema.metadata)


def _read_only(array: NDArray[Any]) -> Any:
    array = np.array(array)
    array.setflags(write=False)
    return array
