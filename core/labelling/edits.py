"""The edits that an analyst can make to topics. Each is a value: it can be stored, told in a sentence, and done again.

An edit says what it touches, so that of two made at the same time it is known whether one gets in the other's way.
"""

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from core.base.errors import InputError
from core.base.wording import counted, listed
from core.labelling.labels import JUNK, NONE, Labels, TopicLabel, clean_colour, clean_name, clean_notes


def _no_rows() -> NDArray[np.int64]:
    return np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class Footprint:
    """The topics and fields that an edit touches.

    Parameters
    ----------
    fields : (topic, field) that it sets.
    uses : topics that have to stay what they are.
    whole : topics that it changes altogether.
    rows : (m,) int64 rows of the texts whose topic it sets.
    """

    fields: frozenset[tuple[str, str]] = frozenset()
    uses: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    rows: NDArray[np.int64] = field(default_factory=_no_rows)

    @property
    def topics(self) -> frozenset[str]:
        """All topics that it has to do with."""
        return self.uses | self.whole | {topic for topic, _ in self.fields}

    def clashes(self, other: "Footprint") -> bool:
        """Whether it matters which of two comes first, or that both are there."""
        return bool(
            self.fields & other.fields
            or self.whole & other.topics
            or other.whole & self.topics
            or len(np.intersect1d(self.rows, other.rows))
        )


class Edit:
    """An edit. Its subclasses are the ones there are; ``kind`` is how a subclass is called in JSON."""

    kind: ClassVar[str]

    def apply(self, labels: Labels) -> Labels:
        """The labels after it.

        Raises
        ------
        InputError
            Where it can't be done to these.
        """
        raise NotImplementedError

    def footprint(self, labels: Labels) -> Footprint:
        """The topics and fields that it touches, given the labels before it. Errors as `apply`."""
        raise NotImplementedError

    def sentence(self, labels: Labels) -> str:
        """A sentence that says what it does, given the labels before it: "renamed “a” to “b”"."""
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        """The edit in JSON, as `edit_from_json` reads it."""
        return {"edit": self.kind, **{name: _plain(value) for name, value in vars(self).items()}}


@dataclass(frozen=True)
class Rename(Edit):
    """Give a topic a name; "" gives it back to its keywords."""

    kind = "rename"
    topic: str
    name: str

    def apply(self, labels: Labels) -> Labels:
        name = clean_name(self.name)
        return labels.said(_real(self.topic), name=name, origin="given" if name else "automatic", share=None)

    def footprint(self, labels: Labels) -> Footprint:
        return Footprint(fields=frozenset({(self.topic, "name")}))

    def sentence(self, labels: Labels) -> str:
        return f"renamed {labels.topic(self.topic).title} to " + (f"“{self.name}”" if self.name else "its keywords")


@dataclass(frozen=True)
class Recolour(Edit):
    """Give a topic a colour, "#rrggbb"; "" takes it away."""

    kind = "colour"
    topic: str
    colour: str

    def apply(self, labels: Labels) -> Labels:
        return labels.said(_real(self.topic), colour=clean_colour(self.colour))

    def footprint(self, labels: Labels) -> Footprint:
        return Footprint(fields=frozenset({(self.topic, "colour")}))

    def sentence(self, labels: Labels) -> str:
        return f"gave {labels.topic(self.topic).title} another colour"


@dataclass(frozen=True)
class Note(Edit):
    """Write a topic's notes anew."""

    kind = "note"
    topic: str
    notes: str

    def apply(self, labels: Labels) -> Labels:
        return labels.said(_real(self.topic), notes=clean_notes(self.notes))

    def footprint(self, labels: Labels) -> Footprint:
        return Footprint(fields=frozenset({(self.topic, "notes")}))

    def sentence(self, labels: Labels) -> str:
        return f"wrote notes on {labels.topic(self.topic).title}"


@dataclass(frozen=True)
class SetAside(Edit):
    """Set a topic aside as junk, or take it back."""

    kind = "set aside"
    topic: str
    junk: bool

    def apply(self, labels: Labels) -> Labels:
        return labels.said(_real(self.topic), junk=self.junk)

    def footprint(self, labels: Labels) -> Footprint:
        return Footprint(fields=frozenset({(self.topic, "junk")}))

    def sentence(self, labels: Labels) -> str:
        title = labels.topic(self.topic).title
        return f"set {title} aside" if self.junk else f"took {title} back"


@dataclass(frozen=True)
class Move(Edit):
    """Move texts to a topic, to `NONE`, or to `JUNK`."""

    kind = "move"
    texts: tuple[str, ...]
    to: str

    def apply(self, labels: Labels) -> Labels:
        return labels.moved(_some(labels, self.texts), self.to)

    def footprint(self, labels: Labels) -> Footprint:
        return Footprint(uses=frozenset({self.to} - {NONE, JUNK}), rows=_some(labels, self.texts))

    def sentence(self, labels: Labels) -> str:
        where = "none of the topics" if self.to == NONE else labels.topic(self.to).title
        return f"moved {counted(len(self.texts), 'text')} to {where}"


@dataclass(frozen=True)
class Merge(Edit):
    """Put the texts of some topics into one of them, which keeps its name, colour and notes."""

    kind = "merge"
    topics: tuple[str, ...]
    into: str

    def apply(self, labels: Labels) -> Labels:
        return labels.moved(self._rows(labels), self.into)

    def footprint(self, labels: Labels) -> Footprint:
        return Footprint(uses=frozenset({self.into}), whole=frozenset(self._others()), rows=self._rows(labels))

    def sentence(self, labels: Labels) -> str:
        return f"merged {_titles(labels, self._others())} into {labels.topic(self.into).title}"

    def _others(self) -> tuple[str, ...]:
        others = tuple(dict.fromkeys(_real(topic) for topic in self.topics if topic != self.into))
        if not others:
            raise InputError("Choose at least two topics to merge.")
        return others

    def _rows(self, labels: Labels) -> NDArray[np.int64]:
        labels.place(_real(self.into))
        return np.sort(np.concatenate([labels.members(topic) for topic in self._others()]))


@dataclass(frozen=True)
class Part:
    """A new topic: its id (see `new_topic_id`), its name or "" for its keywords', and its texts."""

    id: str
    texts: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True)
class Split(Edit):
    """Make new topics of some of a topic's texts; it keeps the others, and what is said of it."""

    kind = "split"
    topic: str
    parts: tuple[Part, ...]

    def apply(self, labels: Labels) -> Labels:
        rows = self._rows(labels)
        for part, own in zip(self.parts, rows, strict=True):
            labels = _with_part(labels, part, own)
        return labels

    def footprint(self, labels: Labels) -> Footprint:
        new = frozenset(part.id for part in self.parts)
        return Footprint(whole=new | {self.topic}, rows=np.sort(np.concatenate(self._rows(labels))))

    def sentence(self, labels: Labels) -> str:
        return f"split {labels.topic(self.topic).title} into {len(self.parts) + 1} topics"

    def _rows(self, labels: Labels) -> list[NDArray[np.int64]]:
        if not self.parts:
            raise InputError("Choose the texts that are to become a topic of their own.")
        members = labels.members(_real(self.topic))
        rows = [_some(labels, part.texts) for part in self.parts]
        together = np.concatenate(rows)
        if not np.isin(together, members).all():
            raise InputError(f"Not all of the texts are in {labels.topic(self.topic).title}. Choose them again.")
        if len(np.unique(together)) < len(together):
            raise InputError("A text can be in one part only. Choose them again.")
        if len(together) == len(members):
            raise InputError("A split leaves at least one text in the topic. Choose fewer texts.")
        return rows


@dataclass(frozen=True)
class Gather(Edit):
    """Make a new topic of some texts, wherever they are."""

    kind = "gather"
    part: Part

    def apply(self, labels: Labels) -> Labels:
        return _with_part(labels, self.part, _some(labels, self.part.texts))

    def footprint(self, labels: Labels) -> Footprint:
        return Footprint(whole=frozenset({self.part.id}), rows=_some(labels, self.part.texts))

    def sentence(self, labels: Labels) -> str:
        called = f" “{self.part.name}”" if self.part.name else ""
        return f"made a new topic{called} of {counted(len(self.part.texts), 'text')}"


@dataclass(frozen=True)
class TakeOver(Edit):
    """Take over the topics of a file: its edits one after the other, done and undone together."""

    kind = "take over"
    file: str
    edits: tuple[Edit, ...]

    def apply(self, labels: Labels) -> Labels:
        for edit in self.edits:
            labels = edit.apply(labels)
        return labels

    def footprint(self, labels: Labels) -> Footprint:
        parts = []
        for edit in self.edits:
            parts.append(edit.footprint(labels))
            labels = edit.apply(labels)
        return Footprint(
            fields=frozenset().union(*(part.fields for part in parts)),
            uses=frozenset().union(*(part.uses for part in parts)),
            whole=frozenset().union(*(part.whole for part in parts)),
            rows=np.unique(np.concatenate([_no_rows(), *(part.rows for part in parts)])),
        )

    def sentence(self, labels: Labels) -> str:
        return f"took over the topics of {self.file} ({counted(len(self.edits), 'change')})"


KINDS: dict[str, type[Edit]] = {
    kind.kind: kind for kind in (Rename, Recolour, Note, SetAside, Move, Merge, Split, Gather, TakeOver)
}


def new_topic_id() -> str:
    """An id that no topic has, whoever else makes one at the same time."""
    return f"t{uuid.uuid4().hex[:16]}"


def edit_from_json(said: Mapping[str, Any]) -> Edit:
    """The edit that `Edit.to_json` wrote down.

    Raises
    ------
    InputError
        For anything else.
    """
    try:
        kind = KINDS[said["edit"]]
        values = {name: value for name, value in said.items() if name != "edit"}
        known = {each.name: _shaped(each.name, values.pop(each.name)) for each in dataclasses.fields(kind)}  # type: ignore[arg-type]
        if values:
            raise ValueError(f"it also has {', '.join(values)}")
        return kind(**known)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"An edit can't be read ({error!r}). It was changed, or written by a newer Refract.") from None


def _shaped(name: str, value: Any) -> Any:
    """A value from JSON as the field of that name holds it."""
    if name == "part":
        return Part(**{each: _shaped(each, inner) for each, inner in value.items()})
    if name == "edits":
        return tuple(edit_from_json(inner) for inner in value)
    if name in ("parts", "texts", "topics"):
        if not isinstance(value, list):
            raise TypeError(f"{name} is {value!r}")
        return tuple(_shaped("part" if name == "parts" else "id", inner) for inner in value)
    if not isinstance(value, bool if name == "junk" else str):
        raise TypeError(f"{name} is {value!r}")
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Edit):
        return value.to_json()
    if isinstance(value, Part):
        return {name: _plain(inner) for name, inner in vars(value).items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def _real(topic: str) -> str:
    if topic in (NONE, JUNK):
        raise InputError("That is no topic: only texts can be put there or taken out.")
    return topic


def _some(labels: Labels, texts: Sequence[str]) -> NDArray[np.int64]:
    if not texts:
        raise InputError("Choose at least one text.")
    return labels.rows(texts)


def _with_part(labels: Labels, part: Part, rows: NDArray[np.int64]) -> Labels:
    name = clean_name(part.name)
    return labels.added(TopicLabel(part.id, name, "given" if name else "automatic")).moved(rows, part.id)


def _titles(labels: Labels, topics: Sequence[str]) -> str:
    return listed([labels.topic(topic).title for topic in topics])
