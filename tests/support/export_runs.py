"""Runs that no model has computed, to be exported: any texts, topics and places."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.base.wording import readable
from core.labelling.edited_run import edited
from core.labelling.edits import Edit
from core.labelling.labels import Labels
from core.models.cards.spaces import Embedding, Space
from core.pipeline.clustering.cluster import Clustering, ClusterSettings, mean_directions
from core.pipeline.layout.projection import Layout, LayoutSettings
from core.pipeline.run import Run, Settings
from core.pipeline.topics.describe import Topic
from core.results.labelled import Labelled
from core.texts import corpus as corpora
from core.texts.readers.table import Table

WORDS = [
    "billing",
    "delivery",
    "refund",
    "invoice",
    "password",
    "login",
    "shipping",
    "damaged",
    "parcel",
    "account",
]


def made_up(
    texts: Sequence[str] | int = 60,
    topics: int = 4,
    noise: float = 0.1,
    metadata: pd.DataFrame | None = None,
    names: Sequence[str] = (),
    spread: float = 0.15,
    seed: int = 0,
    instruction: str = "",
) -> Run:
    """A run over texts, or over that many sentences; topics are blobs in the embedding and on the map."""
    if isinstance(texts, int):
        texts = [f"text number {n}: the customer asks about order {n % 97}, which is late again" for n in range(texts)]
    n, rng = len(texts), np.random.default_rng(seed)
    frame = pd.DataFrame({"the text": pd.Series([readable(text) for text in texts], dtype="str")})
    if metadata is not None:
        frame = pd.concat([frame, metadata], axis=1)
    corpus = corpora.build(Table(frame, "made up.csv", "CSV"), "the text", duplicates="all")
    corpus = replace(corpus, texts=tuple(texts))  # half characters with them, which no reader lets pass
    labels = (np.arange(n) % topics).astype(np.int32)
    labels[rng.random(n) < noise] = -1
    labels[:topics] = np.arange(topics)
    inside = (labels >= 0)[:, None]
    vectors = np.where(inside, rng.normal(size=(topics, 12))[labels], 0) + rng.normal(size=(n, 12)) * 0.6
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    places = np.where(inside, rng.normal(size=(topics, 2))[labels], 0)
    places = places + rng.normal(size=(n, 2)) * np.where(inside, spread, 1)
    settings = Settings(clusters=ClusterSettings(k=topics))
    clustering = Clustering(labels, np.zeros(n, bool), mean_directions(vectors, labels), (), None, settings.clusters)
    described = [
        Topic(
            number,
            int((labels == number).sum()),
            tuple((word, 1.0) for word in rng.choice(WORDS, 5, replace=False)),
            tuple(np.flatnonzero(labels == number)[:3].tolist()),
            0.5,
            names[number] if names else ", ".join(rng.choice(WORDS, 3, replace=False)),
        )
        for number in range(topics)
    ]
    if (labels < 0).any():
        described.append(Topic(-1, int((labels < 0).sum()), (), (), 0.0, "Noise"))
    count = np.ones(n, np.int32)
    return Run(
        corpus,
        instruction,
        settings,
        Embedding(vectors, Space("made-up", "none", "", 12), count, count > 1, 0),
        clustering,
        Layout(places.astype(np.float32), "umap", False, 0, LayoutSettings()),
        tuple(described),
        "en",
        (),
    )


def labels_of(run: Run) -> Labels:
    """Its clusters as labels."""
    names = {topic.cluster: topic.name for topic in run.topics}
    return Labels.start(run.corpus.ids, run.clustering.labels, names)


def labelled(run: Run, *edits: Edit) -> Labelled:
    """It under its clusters, after edits."""
    labels = labels_of(run)
    for edit in edits:
        labels = edit.apply(labels)
    return Labelled(run, edited(run, labels), edits=edits)
