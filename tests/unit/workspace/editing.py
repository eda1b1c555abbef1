"""A process that edits a labelling: ``python -m tests.unit.workspace.editing FOLDER URL LABELLING AUTHOR SEED COUNT``.

It prints an edit's key once that is saved, so that whoever kills it knows what must not be lost. An edit that collides
is done all the same, as its author would after reading why.
"""

import itertools
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core import corpus as corpora
from core import readers
from core.clustering import Clustering, ClusterSettings
from core.embedding import Embedding, Space
from core.pipeline import Run, Settings
from core.projection import Layout, LayoutSettings
from core.topics import Topic
from core.workspace import labellings, projects, saved
from core.workspace.edits import Edit, Gather, Merge, Move, Note, Part, Rename, SetAside, new_topic_id
from core.workspace.journal import History
from core.workspace.labellings import Collision, Labelling
from core.workspace.labels import JUNK, NONE
from core.workspace.store import Workspace, open_workspace
from core.workspace.tables import new_id

ROOT = Path(__file__).parents[3]


def small_run(texts: int = 60, topics: int = 5) -> Run:
    """A run that no model has computed, quickly there."""
    corpus = corpora.build(readers.read_pasted("\n".join(f"text number {number}" for number in range(texts))))
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(texts, 4)).astype(np.float32)
    labels = np.arange(texts, dtype=np.int32) % topics
    settings = Settings(clusters=ClusterSettings(k=topics))
    clustering = Clustering(labels, np.zeros(texts, bool), vectors[:topics], (), None, settings.clusters)
    described = tuple(
        Topic(c, int((labels == c).sum()), (("word", 1.0),), (c,), 0.5, f"topic {c}") for c in range(topics)
    )
    counts = np.ones(texts, np.int32)
    embedding = Embedding(vectors, Space("none", "none", "", 4), counts, counts > 1, 0)
    layout = Layout(vectors[:, :2].copy(), "pca", False, 0, LayoutSettings())
    return Run(corpus, "", settings, embedding, clustering, layout, described, "en", ())


def prepared(workspace: Workspace) -> str:
    """Save such a run and start a labelling of it; its id."""
    project = projects.create(workspace, "Edited by many")
    run = small_run()
    return labellings.create(
        workspace, saved.add_run(workspace, saved.add_corpus(workspace, project, run.corpus), run), "l"
    )[0]


def any_edit(history: History, chance: random.Random) -> Edit:
    """An edit that fits the labels as they are."""
    labels = history.labels
    topics = [topic.id for topic in labels.topics if topic.id != JUNK]
    topic, other = chance.sample(topics, 2)
    texts = tuple(chance.sample(labels.texts, chance.randint(1, 3)))
    return chance.choice(
        [
            Rename(topic, f"name {chance.random()}"),
            Note(topic, "note " * chance.randint(1, 400)),
            SetAside(topic, chance.random() < 0.5),
            Move(texts, chance.choice([*topics, NONE, JUNK])),
            Merge((topic, other), topic),
            Gather(Part(new_topic_id(), texts, "gathered")),
        ]
    )


def edit(labelling: Labelling, author: str, chance: random.Random) -> None:
    """Do one thing, and tell its key once it is kept."""
    if chance.random() < 0.2:
        labelling.refresh()
    key = new_id()
    done = labelling.save(any_edit(labelling.history, chance), author, key)
    if isinstance(done, Collision):
        print(f"set aside {key}", flush=True)
        labelling.settle(done.id, again=True)
    print(f"saved {key}", flush=True)
    if chance.random() < 0.2:
        labelling.undo(author)


def start(
    workspace: Workspace, folder: Path, labelling: str, author: str, seed: int, count: int
) -> "subprocess.Popen[str]":
    """Start such a process; a count of 0 goes on until it is killed."""
    url = workspace.store.url.render_as_string(hide_password=False)
    given = [str(folder), url, labelling, author, str(seed), str(count)]
    command = [sys.executable, "-m", "tests.unit.workspace.editing", *given]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def main(arguments: Sequence[str] | None = None) -> None:
    folder, url, id, author, seed, count = arguments or sys.argv[1:]
    labelling = Labelling(open_workspace(Path(folder), url), id)
    chance = random.Random(int(seed))
    print("ready", flush=True)
    for _ in range(int(count)) if int(count) else itertools.count():
        edit(labelling, author, chance)


if __name__ == "__main__":
    main()
