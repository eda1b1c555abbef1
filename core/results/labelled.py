"""A result to export: a run, or one under the analyst's topics, with its colours and the recipe that makes it again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.base.wording import readable
from core.figures.colours import NOISE, colour
from core.figures.map import PointGroup
from core.labelling.edited_run import EditedRun
from core.labelling.edits import Edit
from core.labelling.labels import JUNK, TopicLabel
from core.pipeline.run import Run
from core.pipeline.topics.describe import Topic
from core.results import result_folder
from core.results.recipe import recipe_of, versions


@dataclass(frozen=True, eq=False)
class Labelled:
    """A run and what is said of its topics.

    Parameters
    ----------
    run : as the pipeline gave it.
    view : the same under the analyst's topics, or None where there are none.
    colours : "#rrggbb" of each topic, by its number; by default the palette's.
    carried, edits : what was done to the topics, as `core.results.recipe.recipe_of` takes them.
    """

    run: Run
    view: EditedRun | None = None
    colours: Sequence[str] = ()
    carried: Mapping[str, Any] = field(default_factory=dict)
    edits: Sequence[Edit] = ()

    @property
    def shown(self) -> Run:
        """The run under the topics that are exported; without the texts that were set aside one by one."""
        return result_folder.in_topics(self.view or self.run)

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics by their numbers; what was set aside one by one, and the texts in none, are no topics."""
        return tuple(topic for topic in self.shown.topics if topic.cluster >= 0)

    def said(self, topic: Topic) -> TopicLabel:
        """The label of a topic."""
        if self.view is None:
            return TopicLabel(f"c{topic.cluster}", topic.name)
        return self.view.topics[topic.cluster]

    def colour(self, topic: Topic) -> str:
        """The colour of a topic: the one that it has in the app, grey where it is set aside without one of its own."""
        if topic.cluster < len(self.colours):
            return self.colours[topic.cluster]
        said = self.said(topic)
        return said.colour or (NOISE if said.junk else colour(topic.cluster))

    @property
    def groups(self) -> tuple[PointGroup, ...]:
        """Groups drawn alike, from the lowest: texts in none and set aside in grey, junk topics, then the others."""
        labels, aside = self.shown.clustering.labels, self.alone_aside
        rest = [
            PointGroup("in no topic", NOISE, np.flatnonzero((labels < 0) & ~aside), noise=True),
            PointGroup("set aside", NOISE, np.flatnonzero(aside), noise=True),
        ]
        topics = [
            PointGroup(topic.name, self.colour(topic), np.flatnonzero(labels == topic.cluster), self.said(topic).junk)
            for topic in self.topics
        ]
        topics.sort(key=lambda group: not group.noise)
        return (*(group for group in rest if len(group.rows)), *topics)

    @property
    def alone_aside(self) -> NDArray[np.bool_]:
        """(n,) bool: the texts that were set aside one by one."""
        if self.view is None:
            return np.zeros(len(self.run.corpus), bool)
        pool = [number for number, topic in enumerate(self.view.topics) if topic.id == JUNK]
        return np.isin(self.view.run.clustering.labels, pool)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a text: `core.results.result_folder.full_table`."""
        return result_folder.full_table(self.view or self.run)

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """Everything that makes this again."""
        return recipe_of(self.run, self.carried, self.edits)

    def topic_table(self) -> pd.DataFrame:
        """One row a topic."""
        rows = [
            {
                "cluster": topic.cluster,
                "topic": topic.name,
                "texts": topic.size,
                "cohesion": topic.cohesion,
                "keywords": ", ".join(word for word, _ in topic.keywords),
                "aside": said.junk,
                "named_by": said.origin,
                "colour": self.colour(topic),
                "notes": said.notes,
            }
            for topic, said in ((topic, self.said(topic)) for topic in self.topics)
        ]
        columns = ("cluster", "topic", "texts", "cohesion", "keywords", "aside", "named_by", "colour", "notes")
        return pd.DataFrame(rows, columns=columns)

    def about(self) -> dict[str, str]:
        """The origin of the table, in words."""
        run = self.run
        return {
            "corpus": run.corpus.name,
            "texts": f"{len(run.corpus):,}",
            "instruction": readable(run.instruction) or "none",
            "model": run.embedding.space.model,
            "model fingerprint": run.embedding.space.fingerprint,
            "clusters": f"{run.settings.clusters.spec()}, seed {run.settings.clusters.seed}",
            "map": f"{run.layout.method.upper()}, seed {run.settings.layout.seed}",
            "edits of the topics": f"{len(self.edits):,}",
            "exported": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "versions": ", ".join(f"{name} {version}" for name, version in versions().items()),
        }
