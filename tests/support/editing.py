"""Processes that edit a labelling and tell an edit's key once that is saved, so that it is known what must not be lost.

An edit that collides is done all the same, as its author would after reading why, or goes on waiting where it can't be.
"""

import itertools
import multiprocessing
import random
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.base.errors import InputError
from core.labelling.edits import Edit, Gather, Merge, Move, Note, Part, Rename, SetAside, new_topic_id
from core.labelling.journal import History
from core.labelling.labels import JUNK, NONE
from core.models.cards.spaces import Embedding, Space
from core.pipeline.clustering.cluster import Clustering, ClusterSettings
from core.pipeline.layout.projection import Layout, LayoutSettings
from core.pipeline.run import Run, Settings
from core.pipeline.topics.describe import Topic
from core.projects import projects, saved_labels, saved_runs
from core.projects.database import Workspace, open_workspace
from core.projects.saved_labels import Collision, Labelling
from core.projects.schema import new_id
from core.texts import corpus as corpora
from core.texts import readers

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

# Everything is imported once, in a process from which the others are forked: a writer starts at once.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])


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
    return saved_labels.create(
        workspace, saved_runs.add_run(workspace, saved_runs.add_corpus(workspace, project, run.corpus), run), "l"
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


def edit(labelling: Labelling, author: str, chance: random.Random, told: "Connection[tuple[str, str], object]") -> None:
    """Do one thing, and tell its key once it is kept."""
    if chance.random() < 0.2:
        labelling.refresh()
    key = new_id()
    done = labelling.save(any_edit(labelling.history, chance), author, key)
    if isinstance(done, Collision):
        told.send(("set aside", key))
        try:
            labelling.settle(done.id, again=True)
        except InputError:  # its topic is gone, as another undid what made it: the edit goes on waiting
            return
    told.send(("saved", key))
    if chance.random() < 0.2:
        labelling.undo(author)


def edit_on(
    folder: str, url: str, id: str, author: str, seed: int, count: int, told: "Connection[tuple[str, str], object]"
) -> None:
    """Say that it is ready, wait for a word, and edit; a count of 0 goes on until somebody kills it."""
    pause = 0.01 if count else 0.0  # lets others in between, where that is what is looked at
    labelling = Labelling(open_workspace(Path(folder), url), id)
    chance = random.Random(seed)
    told.send(("ready", ""))
    told.recv()
    for _ in range(count) if count else itertools.count():
        edit(labelling, author, chance, told)
        time.sleep(pause * chance.random())
    told.close()


class Writer:
    """A process of its own that edits a labelling, and tells what it has saved."""

    def __init__(self, workspace: Workspace, folder: Path, id: str, author: str, seed: int, count: int = 0) -> None:
        url = workspace.store.url.render_as_string(hide_password=False)
        self._told, theirs = CONTEXT.Pipe()
        self.process = CONTEXT.Process(
            target=edit_on, args=(str(folder), url, id, author, seed, count, theirs), daemon=True
        )
        self.process.start()
        theirs.close()
        assert self._told.recv() == ("ready", "")

    def go(self) -> None:
        """Let it begin."""
        self._told.send("go")

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.join(60)
        assert self.process.exitcode == -9

    def told(self) -> dict[str, set[str]]:
        """Wait for its end: keys of what it has saved, and of what was set aside."""
        keys: dict[str, set[str]] = {"saved": set(), "set aside": set()}
        with suppress(EOFError, OSError):  # its end, for one that was killed in the middle of a word
            while True:
                what, key = self._told.recv()
                keys[what].add(key)
        self.process.join(60)
        return keys
