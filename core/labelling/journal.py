"""The journal of a labelling, in order. Undo and redo are entries like any other; nothing is ever taken out.

The labels are what the entries that aren't undone make of the base, one after the other. An entry that is undone is
left out wherever it stands, and that is allowed while no later one touches what it touched: so two people who work on
one labelling each undo their own edits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from core.base.errors import InputError
from core.labelling.edits import Edit, Footprint, edit_from_json
from core.labelling.labels import Labels


@dataclass(frozen=True)
class Undo:
    """Leave out the edit of a revision."""

    of: int


@dataclass(frozen=True)
class Redo:
    """Put the edit of a revision back to where it was."""

    of: int


Act: TypeAlias = Edit | Undo | Redo

# 0.4 MB each for 100,000 texts.
KEPT_STATES = 64


@dataclass(frozen=True)
class Entry:
    """Something that was done.

    Parameters
    ----------
    revision : its place in the journal, from 1.
    author : who did it, or "" where nobody signs in.
    act : what was done.
    """

    revision: int
    author: str
    act: Act


@dataclass(frozen=True)
class DoneEdit:
    """An edit with what it touched and how a sentence tells it, as of when it was done."""

    entry: Entry
    edit: Edit
    footprint: Footprint
    sentence: str


class Stale(InputError):
    """An act that collides with ``others``, which were done meanwhile or later."""

    def __init__(self, message: str, others: tuple[DoneEdit, ...]) -> None:
        super().__init__(message)
        self.others = others


@dataclass(frozen=True, eq=False)
class History:
    """A base with all that was done to it; a value, from which `then` makes the next one.

    Parameters
    ----------
    base : the labels before the first edit.
    labels : as they are now.
    entries : all of the journal.
    done : its edits, by revision, those undone among them.
    undone : revisions that are left out.
    before : the labels before some of the last edits, by revision: an undo starts from there and not from the base.
    """

    base: Labels
    labels: Labels
    entries: tuple[Entry, ...]
    done: Mapping[int, DoneEdit]
    undone: frozenset[int]
    before: Mapping[int, Labels]

    @classmethod
    def of(cls, base: Labels) -> "History":
        """A journal without entries."""
        return cls(base, base, (), {}, frozenset(), {})

    @property
    def revision(self) -> int:
        """That of the last entry, or 0."""
        return len(self.entries)

    @property
    def effective(self) -> tuple[DoneEdit, ...]:
        """The edits that aren't undone, in order."""
        return tuple(done for revision, done in self.done.items() if revision not in self.undone)

    def then(self, entry: Entry) -> "History":
        """This with one more entry.

        Raises
        ------
        Stale
            Where an undo or redo collides with later edits.
        InputError
            Where it can't be done to these labels.
        """
        if entry.revision != self.revision + 1:
            raise ValueError(f"entry {entry.revision} doesn't follow {self.revision}")
        entries = (*self.entries, entry)
        if isinstance(entry.act, Edit):
            done = DoneEdit(entry, entry.act, entry.act.footprint(self.labels), entry.act.sentence(self.labels))
            after = entry.act.apply(self.labels)
            before = {**dict(list(self.before.items())[1 - KEPT_STATES :]), entry.revision: self.labels}
            return replace(self, labels=after, entries=entries, done={**self.done, entry.revision: done}, before=before)
        of, undone = entry.act.of, self._switched(entry.act)
        before = {revision: labels for revision, labels in self.before.items() if revision <= of}
        return replace(self, labels=self._folded(undone, of), entries=entries, undone=undone, before=before)

    def to_undo(self, author: str) -> int | None:
        """The revision that an author's next undo leaves out: their last edit that isn't undone."""
        own = [done.entry.revision for done in self.effective if done.entry.author == author]
        return max(own, default=None)

    def to_redo(self, author: str) -> int | None:
        """The revision that an author's next redo puts back, or None once they have done something else since."""
        waiting: list[int] = []
        for entry in self.entries:
            if entry.author != author:
                continue
            if isinstance(entry.act, Undo):
                waiting.append(entry.act.of)
            elif isinstance(entry.act, Edit):
                waiting.clear()
        return next((revision for revision in reversed(waiting) if revision in self.undone), None)

    def since(self, revision: int) -> tuple[DoneEdit, ...]:
        """The edits done after a revision, and those whose undo or redo came after it."""
        changed = {e.revision if isinstance(e.act, Edit) else e.act.of for e in self.entries[revision:]}
        return tuple(done for number, done in self.done.items() if number in changed)

    def clashes(self, act: Act, revision: int) -> tuple[DoneEdit, ...]:
        """The edits done after a revision that touch what an act touches."""
        if isinstance(act, Edit):
            try:
                footprint = act.footprint(self.labels)
            except InputError:
                return self.since(revision)  # it fitted the labels that its author saw
        else:
            footprint = self._target(act).footprint
        return tuple(done for done in self.since(revision) if done.footprint.clashes(footprint))

    def sentence(self, act: Act) -> str:
        """A sentence that says what an act does, in plain words."""
        if isinstance(act, Edit):
            return act.sentence(self.labels)
        how = "undid" if isinstance(act, Undo) else "did again"
        return f"{how}: {self._target(act).sentence}"

    def _target(self, act: Undo | Redo) -> DoneEdit:
        if act.of not in self.done:
            raise InputError("There is no such edit.")
        return self.done[act.of]

    def _switched(self, act: Undo | Redo) -> frozenset[int]:
        target = self._target(act)
        if (act.of in self.undone) == isinstance(act, Undo):
            raise Stale(f"That is {'undone' if isinstance(act, Undo) else 'done'} already.", (target,))
        later = [done for done in self.effective if done.entry.revision > act.of]
        in_the_way = tuple(done for done in later if done.footprint.clashes(target.footprint))
        if in_the_way:
            raise _stale(act, target, in_the_way)
        return self.undone | {act.of} if isinstance(act, Undo) else self.undone - {act.of}

    def _folded(self, undone: frozenset[int], of: int) -> Labels:
        first, labels = (of, self.before[of]) if of in self.before else (0, self.base)
        for done in self.done.values():
            if done.entry.revision >= first and done.entry.revision not in undone:
                try:
                    labels = done.edit.apply(labels)
                except InputError:
                    act = Undo(of) if of in undone else Redo(of)
                    raise _stale(act, self.done[of], (done,)) from None
        return labels


def _stale(act: Undo | Redo, target: DoneEdit, others: tuple[DoneEdit, ...]) -> Stale:
    word = "undone" if isinstance(act, Undo) else "done again"
    listed = "; ".join(told(other) for other in others)
    return Stale(f"“{target.sentence}” can't be {word} by itself: later edits build on it ({listed}).", others)


def told(done: DoneEdit) -> str:
    """Who did what."""
    return f"{done.entry.author or 'somebody'} {done.sentence}"


def act_json(act: Act) -> dict[str, Any]:
    """The act in JSON, as `act_from_json` reads it."""
    return act.to_json() if isinstance(act, Edit) else {type(act).__name__.lower(): act.of}


def act_from_json(said: Mapping[str, Any]) -> Act:
    """An act from what `act_json` wrote; an `InputError` for anything else."""
    for kind in (Undo, Redo):
        of = said.get(kind.__name__.lower())
        if isinstance(of, int) and not isinstance(of, bool) and len(said) == 1:
            return kind(of)
    return edit_from_json(said)
