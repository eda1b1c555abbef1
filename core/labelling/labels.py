"""The topics of a set of texts as an analyst labels them: one value, from which every edit makes another.

What edits there are is `core.labelling.edits`; here is what they change, and how names find their way to the topics of
another run over the same texts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.base.errors import InputError
from core.base.wording import counted
from core.pipeline.clustering.matching import matched_clusters

# Where texts are that are in no topic: those that HDBSCAN leaves out, and those that the analyst sets aside.
NONE = "none"
JUNK = "junk"
MAX_NAME = 200
MAX_NOTES = 20_000
# A name is carried to a topic only where it is true of most of its texts.
LEAST_SHARE = 0.5


@dataclass(frozen=True)
class TopicLabel:
    """The name, colour and notes of a topic.

    Parameters
    ----------
    id : "c0", "c1", ... for the clusters of the run, others for what was made of them.
    name : "" until its keywords have given it one.
    origin : who named it: "automatic" by its keywords, "given" by the analyst, "carried" from an earlier run.
    colour : "#rrggbb", or "" for the one that its place gives it.
    notes : the analyst's own.
    junk : set aside as a whole.
    share : of a carried topic, the part of its texts that were in the topic it was carried from.
    """

    id: str
    name: str = ""
    origin: Literal["automatic", "given", "carried"] = "automatic"
    colour: str = ""
    notes: str = ""
    junk: bool = False
    share: float | None = None

    @property
    def title(self) -> str:
        """How a sentence calls it."""
        if self.id == JUNK:
            return "the texts set aside"
        return f"“{self.name}”" if self.name else "a topic without a name"

    @property
    def edited(self) -> bool:
        """Whether anything about it is the analyst's."""
        return bool(self.origin != "automatic" or self.colour or self.notes or self.junk)


@dataclass(frozen=True, eq=False)
class Labels:
    """Which topic every text is in, and what is said of the topics.

    Topics are never removed: one that lost its last text, by a merge for one, is only not shown any more, and what was
    said of it is there again when the merge is undone.

    Parameters
    ----------
    texts : n ids of texts, in the order of the corpus.
    topics : in the order in which they came to be; the one called `JUNK` is always there.
    of : (n,) int32, the place in ``topics`` of each text's topic, -1 for `NONE`.
    index : the row of each text; one for all that edits make of each other, as it takes longer to make than an edit.
    """

    texts: tuple[str, ...]
    topics: tuple[TopicLabel, ...]
    of: NDArray[np.int32]
    index: Mapping[str, int]

    @classmethod
    def start(cls, texts: Sequence[str], labels: NDArray[np.int32], names: Mapping[int, str] | None = None) -> "Labels":
        """The clusters of a run as it gives them.

        Parameters
        ----------
        texts : n ids.
        labels : (n,) int32 cluster of each text, -1 for noise.
        names : of the clusters, by their numbers.
        """
        k = int(labels.max(initial=-1)) + 1
        topics = (*(TopicLabel(f"c{number}", (names or {}).get(number, "")) for number in range(k)), _set_aside())
        return cls(
            tuple(texts), topics, _frozen(np.array(labels, np.int32)), {text: row for row, text in enumerate(texts)}
        )

    @property
    def shown(self) -> tuple[TopicLabel, ...]:
        """The topics that have texts, those set aside last."""
        there = [topic for place, topic in enumerate(self.topics) if self._sizes[place]]
        return tuple(sorted(there, key=lambda topic: (topic.junk, topic.id == JUNK)))

    def topic(self, topic: str) -> TopicLabel:
        """The label of a topic.

        Raises
        ------
        InputError
            Where there is none of that id.
        """
        return self.topics[self.place(topic)]

    def place(self, topic: str) -> int:
        """The place of a topic in ``topics``; -1 for `NONE`. Errors as `topic`."""
        if topic == NONE:
            return -1
        if topic not in self._places:
            raise InputError("The topic is not there any more. Choose another one.")
        return self._places[topic]

    def members(self, topic: str) -> NDArray[np.int64]:
        """(m,) int64 rows of a topic's texts, or of those in none. Errors as `topic`."""
        return np.flatnonzero(self.of == self.place(topic))

    def size(self, topic: str) -> int:
        """How many texts a topic has, or how many are in none."""
        return int(self._sizes[self.place(topic)])

    def rows(self, texts: Iterable[str]) -> NDArray[np.int64]:
        """(m,) int64 rows of some texts, in order, each once.

        Raises
        ------
        InputError
            For a text that isn't among these.
        """
        try:
            return np.unique(np.array([self.index[text] for text in texts], np.int64))
        except KeyError:
            raise InputError("Some of the texts are not in this corpus. Choose them again.") from None

    def said(self, topic: str, **changes: Any) -> "Labels":
        """The same with something else said of a topic."""
        place = self.place(topic)
        changed = replace(self.topics[place], **changes)
        return replace(self, topics=(*self.topics[:place], changed, *self.topics[place + 1 :]))

    def moved(self, rows: NDArray[np.int64], topic: str) -> "Labels":
        """The same with some texts in another topic, or in none."""
        of = self.of.copy()
        of[rows] = self.place(topic)
        return replace(self, of=_frozen(of))

    def added(self, topic: TopicLabel) -> "Labels":
        """The same with one more topic, which has no texts yet."""
        if topic.id in self._places or topic.id == NONE:
            raise InputError("There is a topic of that id already. Try it again.")
        return replace(self, topics=(*self.topics, topic))

    def same(self, other: "Labels") -> bool:
        """Whether everything is equal, but for topics that have no texts and of which nothing is said."""
        return self.texts == other.texts and self._by_id() == other._by_id()

    def _by_id(self) -> "dict[str, tuple[TopicLabel | None, bytes]]":
        ids = {topic.id: topic for topic in self.topics if topic in self.shown or topic.edited}
        return {**{id: (topic, self.members(id).tobytes()) for id, topic in ids.items()}, NONE: (None, b"")}

    @cached_property
    def _places(self) -> dict[str, int]:
        return {topic.id: place for place, topic in enumerate(self.topics)}

    @cached_property
    def _sizes(self) -> NDArray[np.int64]:
        """Texts of each topic, and after them those in none."""
        counts = np.bincount(self.of + 1, minlength=len(self.topics) + 1)
        return np.roll(counts, -1)


@dataclass(frozen=True)
class Carried:
    """Labels with the names that an earlier labelling brought along.

    Parameters
    ----------
    labels : of the new run, with it.
    kept : of each topic that found its counterpart, its id before and now.
    lost : topics whose names found none; they stay in the earlier labelling.
    """

    labels: Labels
    kept: tuple[tuple[str, str], ...]
    lost: tuple[TopicLabel, ...]

    def sentence(self) -> str:
        """Say it in plain words."""
        said = f"{counted(len(self.kept), 'label')} carried over."
        if self.lost:
            names = ", ".join(topic.title for topic in self.lost)
            said += f" No topic has most of its texts from {names}: still there in the labelling before."
        return said


def carry(before: Labels, after: Labels) -> Carried:
    """Bring names, colours, notes and what was set aside from one labelling to the topics of another run.

    Topics are matched so that as many texts as possible keep their label (see
    `core.pipeline.clustering.matching`). A label goes to a topic only if that has at least half of its texts from
    there: otherwise it would be false of most of them.

    Parameters
    ----------
    before : some or all of its texts may be missing now.
    after : as `Labels.start` makes it.
    """
    was = np.array([before.index.get(text, -1) for text in after.texts], np.int64)
    origin = np.where(was >= 0, before.of[was], -1).astype(np.int32)
    after = after.moved(np.flatnonzero(origin == before.place(JUNK)), JUNK)
    now = np.where(after.of == after.place(JUNK), -1, after.of).astype(np.int32)

    both = (now >= 0) & (origin >= 0)
    common = np.zeros((len(after.topics), len(before.topics)), np.int64)
    np.add.at(common, (now[both], origin[both]), 1)
    share = common / np.maximum(np.bincount(now[now >= 0], minlength=len(common)), 1)[:, None]
    carries = (share >= LEAST_SHARE) & np.array([topic.edited and topic.id != JUNK for topic in before.topics])
    candidates = origin.copy()
    candidates[both] = np.where(carries[now[both], origin[both]], origin[both], -1)

    kept = []
    for target, source in matched_clusters(now, len(common), candidates, len(before.topics)).items():
        old, topic = before.topics[source], after.topics[target]
        named = {"name": old.name, "origin": "carried"} if old.origin != "automatic" else {}
        said = {"colour": old.colour, "notes": old.notes, "junk": old.junk, "share": float(share[target, source])}
        after = after.said(topic.id, **said, **named)
        kept.append((old.id, topic.id))
    found = {old for old, _ in kept}
    lost = [topic for topic in before.shown if topic.edited and topic.id != JUNK and topic.id not in found]
    return Carried(after, tuple(kept), tuple(lost))


def carried_json(labels: Labels) -> dict[str, Any]:
    """The labels beyond `Labels.start` in JSON, for a labelling that has no edits yet; `with_carried` puts it back."""
    topics = [
        {
            "id": t.id,
            "name": t.name if t.origin != "automatic" else "",
            "colour": t.colour,
            "notes": t.notes,
            "junk": t.junk,
            "share": t.share,
        }
        for t in labels.topics
        if t.edited and t.id != JUNK
    ]
    return {"topics": topics, "junk": [labels.texts[row] for row in labels.members(JUNK)]}


def with_carried(start: Labels, said: Mapping[str, Any]) -> Labels:
    """A labelling as it was when `carried_json` wrote it down; an `InputError` where it isn't of these texts."""
    labels = start
    for topic in said.get("topics", ()):
        named = {"name": clean_name(topic["name"]), "origin": "carried"} if topic["name"] else {}
        labels = labels.said(
            topic["id"],
            colour=clean_colour(topic["colour"]),
            notes=clean_notes(topic["notes"]),
            junk=bool(topic["junk"]),
            share=topic["share"],
            **named,
        )
    return labels.moved(labels.rows(said.get("junk", ())), JUNK)


def clean_name(name: str) -> str:
    """A name without blank space around it; an `InputError` for one that can't be shown in a line."""
    name = name.strip()
    if len(name) > MAX_NAME:
        raise InputError(f"The name has {len(name)} characters; at most {MAX_NAME} fit. Put the rest into the notes.")
    if not name.isprintable():
        raise InputError("The name holds line breaks or invisible characters. Write it in one line.")
    return name


def clean_notes(notes: str) -> str:
    """Notes as they are; an `InputError` where they are too long."""
    if len(notes) > MAX_NOTES:
        raise InputError(f"The notes have {len(notes):,} characters; at most {MAX_NOTES:,} fit.")
    return notes


def clean_colour(colour: str) -> str:
    """A colour in small letters, or "" for none of its own; an `InputError` for anything else."""
    colour = colour.strip().lower()
    if colour and not (len(colour) == 7 and colour[0] == "#" and set(colour[1:]) <= set("0123456789abcdef")):
        raise InputError(f"“{colour}” is no colour. Write it like #4e79d7.")
    return colour


def _set_aside() -> TopicLabel:
    return TopicLabel(JUNK, "set aside", junk=True)


def _frozen(of: NDArray[np.int32]) -> NDArray[np.int32]:
    of.setflags(write=False)
    return of
