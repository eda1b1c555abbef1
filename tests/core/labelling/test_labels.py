"""Topics under edits, against a model that is nothing but dictionaries; names carried to other clusterings."""

import json
import random
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from scipy.optimize import linear_sum_assignment

from core.base.errors import InputError
from core.labelling import journal
from core.labelling.edits import Edit, Gather, Merge, Move, Note, Part, Recolour, Rename, SetAside, Split
from core.labelling.journal import Entry, History, Redo, Stale, Undo, act_from_json, act_json
from core.labelling.labels import JUNK, LEAST_SHARE, NONE, Labels, carried_json, carry, with_carried

TEXTS = tuple(f"t{number:02}" for number in range(24))
BASE = np.array([number % 4 - 1 for number in range(24)], np.int32)  # a quarter in none of three topics
some_texts = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=6, unique=True)


def start() -> Labels:
    return Labels.start(TEXTS, BASE, {0: "apples, pears", 1: "saws", 2: ""})


class Editing(RuleBasedStateMachine):
    """One analyst who edits, undoes and does again."""

    def __init__(self) -> None:
        super().__init__()
        self.history = History.of(start())
        self.topic = {text: ("none" if c < 0 else f"c{c}") for text, c in zip(TEXTS, BASE.tolist(), strict=True)}
        self.said = {f"c{n}": {"name": name, "junk": False} for n, name in enumerate(("apples, pears", "saws", ""))}
        self.said["junk"] = {"name": "set aside", "junk": True}
        self.past: list[tuple[dict, dict]] = []
        self.future: list[tuple[dict, dict]] = []
        self.made = 0

    def do(self, edit: Edit) -> None:
        self.history = self.history.then(Entry(self.history.revision + 1, "", edit))
        self.past.append((deepcopy(self.topic), deepcopy(self.said)))
        self.future.clear()

    def real(self, pick: int) -> str:
        ids = [topic for topic in self.said if topic != "junk"]
        return ids[pick % len(ids)]

    def members(self, topic: str) -> list[str]:
        return [text for text in TEXTS if self.topic[text] == topic]

    @rule(pick=st.integers(0, 50), name=st.sampled_from(["Fruit", " Tools ", "ünï 🌍", ""]))
    def rename(self, pick, name):
        topic = self.real(pick)
        self.do(Rename(topic, name))
        self.said[topic]["name"] = name.strip()

    @rule(pick=st.integers(0, 50), junk=st.booleans())
    def set_aside(self, pick, junk):
        topic = self.real(pick)
        self.do(SetAside(topic, junk))
        self.said[topic]["junk"] = junk

    @rule(pick=st.integers(0, 50), colour=st.sampled_from(["#AABBCC", ""]), notes=st.sampled_from(["", "a\nb"]))
    def colour_and_notes(self, pick, colour, notes):
        topic = self.real(pick)
        self.do(Recolour(topic, colour))
        self.said[topic]["colour"] = colour.lower()
        self.do(Note(topic, notes))
        self.said[topic]["notes"] = notes

    @rule(texts=some_texts, pick=st.integers(-2, 50))
    def move(self, texts, pick):
        to = {-2: NONE, -1: JUNK}.get(pick) or self.real(pick)
        self.do(Move(tuple(texts), to))
        self.topic.update(dict.fromkeys(texts, to))

    @rule(picks=st.lists(st.integers(0, 50), min_size=2, max_size=4))
    def merge(self, picks):
        topics = [self.real(pick) for pick in picks]
        into = topics[0]
        if set(topics) == {into}:
            with pytest.raises(InputError, match="two topics"):
                Merge(tuple(topics), into).apply(self.history.labels)
            return
        self.do(Merge(tuple(topics), into))
        self.topic = {text: into if topic in topics else topic for text, topic in self.topic.items()}

    @rule(pick=st.integers(0, 50), data=st.data())
    def split(self, pick, data):
        topic = self.real(pick)
        members = self.members(topic)
        if len(members) < 3:
            return
        first = data.draw(st.lists(st.sampled_from(members[:-1]), min_size=1, max_size=4, unique=True))
        second = [text for text in members[:-1] if text not in first][:1]
        parts = [(f"n{self.made}-{k}", tuple(texts)) for k, texts in enumerate((first, second)) if texts]
        self.made += 1
        self.do(Split(topic, tuple(Part(id, texts, "part") for id, texts in parts)))
        for id, texts in parts:
            self.said[id] = {"name": "part", "junk": False}
            self.topic.update(dict.fromkeys(texts, id))

    @rule(texts=some_texts)
    def gather(self, texts):
        id = f"g{self.made}"
        self.made += 1
        self.do(Gather(Part(id, tuple(texts))))
        self.said[id] = {"name": "", "junk": False}
        self.topic.update(dict.fromkeys(texts, id))

    @precondition(lambda self: self.past)
    @rule()
    def undo(self):
        of = self.history.to_undo("")
        self.history = self.history.then(Entry(self.history.revision + 1, "", Undo(of)))
        self.future.append((self.topic, self.said))
        self.topic, self.said = self.past.pop()

    @precondition(lambda self: self.future)
    @rule()
    def redo(self):
        of = self.history.to_redo("")
        self.history = self.history.then(Entry(self.history.revision + 1, "", Redo(of)))
        self.past.append((self.topic, self.said))
        self.topic, self.said = self.future.pop()

    @invariant()
    def every_text_is_where_the_model_has_it(self):
        labels = self.history.labels
        assert {topic: [TEXTS[row] for row in labels.members(topic)] for topic in [*self.said, NONE]} == {
            topic: self.members(topic) for topic in [*self.said, NONE]
        }
        assert sum(labels.size(topic) for topic in [*(t.id for t in labels.topics), NONE]) == len(TEXTS)
        assert {t.id for t in labels.shown} == {topic for topic in self.said if self.members(topic)}

    @invariant()
    def what_is_said_is_what_the_model_says(self):
        labels = self.history.labels
        for topic, said in self.said.items():
            found = labels.topic(topic)
            for field, value in {"colour": "", "notes": "", **said}.items():
                assert getattr(found, field) == value

    @invariant()
    def there_is_something_to_undo_and_redo_just_when_the_model_says_so(self):
        assert (self.history.to_undo("") is not None) == bool(self.past)
        assert (self.history.to_redo("") is not None) == bool(self.future)

    def teardown(self) -> None:
        """The journal as JSON gives the same again."""
        again = History.of(start())
        for entry in self.history.entries:
            act = act_from_json(json.loads(json.dumps(act_json(entry.act))))
            again = again.then(Entry(entry.revision, entry.author, act))
        assert again.labels.same(self.history.labels)


TestEditing = Editing.TestCase
TestEditing.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


BAD = {
    "unknown topic": Rename("c9", "x"),
    "none is no topic": Rename(NONE, "x"),
    "junk is no topic": SetAside(JUNK, False),
    "two lines": Rename("c0", "a\nb"),
    "too long": Rename("c0", "x" * 201),
    "long notes": Note("c0", "x" * 20_001),
    "no colour": Recolour("c0", "red"),
    "no texts": Move((), "c0"),
    "unknown text": Move(("t99",), "c0"),
    "unknown place": Move(("t00",), "c9"),
    "one topic": Merge(("c0",), "c0"),
    "into nothing": Merge(("c0", "c1"), NONE),
    "no parts": Split("c0", ()),
    "an empty part": Split("c0", (Part("n", ()),)),
    "elsewhere": Split("c0", (Part("n", (TEXTS[2],)),)),
    "in two parts": Split("c0", (Part("n", (TEXTS[1],)), Part("m", (TEXTS[1],)))),
    "nothing left": Split("c0", (Part("n", TEXTS[1::4]),)),
    "a taken id": Split("c0", (Part("c1", (TEXTS[1],)),)),
    "the id of none": Gather(Part(NONE, (TEXTS[1],))),
}


@pytest.mark.parametrize("edit", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_done_is_said(edit):
    history = History.of(start())
    with pytest.raises(InputError):
        history.then(Entry(1, "", edit))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"edit": "explode"},
        {"edit": "rename", "topic": "c0"},
        {"edit": "rename", "topic": "c0", "name": 3},
        {"edit": "rename", "topic": "c0", "name": "x", "more": 1},
        {"edit": "set aside", "topic": "c0", "junk": "yes"},
        {"edit": "move", "texts": "t00", "to": "c0"},
        {"edit": "move", "texts": ["t00"], "to": 1},
        {"edit": "move", "texts": [["t00"]], "to": "c0"},
        {"edit": "split", "topic": "c0", "parts": [{"id": "n"}]},
        {"undo": True},
        {"undo": 1, "redo": 1},
    ],
)
def test_json_that_is_no_edit_is_said(said):
    with pytest.raises(InputError, match="can't be read"):
        act_from_json(said)


def test_an_undo_that_others_build_on_is_refused_and_names_them():
    history = History.of(start())
    split = Split("c0", (Part("new", (TEXTS[1], TEXTS[5])),))
    acts = [("Ada", split), ("Ben", Rename("new", "Pears")), ("Ada", Note("c1", "x"))]
    for revision, (author, act) in enumerate(acts, 1):
        history = history.then(Entry(revision, author, act))
    with pytest.raises(Stale, match=r"Ben renamed a topic without a name to “Pears”") as caught:
        history.then(Entry(4, "Ada", Undo(1)))
    assert [other.entry.revision for other in caught.value.others] == [2]
    history = history.then(Entry(4, "Ben", Undo(2))).then(Entry(5, "Ada", Undo(1)))
    assert history.labels.topic("c1").notes == "x"
    assert [topic.id for topic in history.labels.shown] == ["c0", "c1", "c2"]
    with pytest.raises(InputError, match="no such edit"):
        history.then(Entry(6, "Ada", Undo(4)))


def test_each_undoes_their_own():
    history = History.of(start())
    acts = [("Ada", Rename("c0", "A")), ("Ben", Rename("c1", "B")), ("Ada", Rename("c2", "C"))]
    for revision, (author, act) in enumerate(acts, 1):
        history = history.then(Entry(revision, author, act))
    assert (history.to_undo("Ada"), history.to_undo("Ben"), history.to_undo("Cy")) == (3, 2, None)
    history = history.then(Entry(4, "Ben", Undo(2)))
    assert (history.to_redo("Ada"), history.to_redo("Ben")) == (None, 2)
    assert [history.labels.topic(f"c{n}").name for n in range(3)] == ["A", "saws", "C"]


@pytest.mark.parametrize("kept", [1, 2, 64])
def test_a_long_journal_is_what_its_effective_edits_make_of_the_base(kept, monkeypatch):
    monkeypatch.setattr(journal, "KEPT_STATES", kept)
    chance = random.Random(kept)
    history = History.of(start())
    for revision in range(1, 300):
        of = history.to_redo("") if chance.random() < 0.3 else history.to_undo("")
        act = (Undo if of == history.to_undo("") else Redo)(of) if of and chance.random() < 0.45 else None
        texts = tuple(chance.sample(TEXTS, 3))
        history = history.then(Entry(revision, "", act or Move(texts, f"c{chance.randrange(3)}")))
        labels = start()
        for done in history.effective:
            labels = done.edit.apply(labels)
        assert labels.same(history.labels)
    while (of := history.to_undo("")) is not None:
        history = history.then(Entry(history.revision + 1, "", Undo(of)))
    assert history.labels.same(start())


# Carrying names over


def named(labels: Labels, **names: str) -> Labels:
    for topic, name in names.items():
        labels = Rename(topic, name).apply(labels)
    return labels


def test_names_follow_their_texts_to_another_run():
    before = named(start(), c0="Apples", c2="Places")
    before = Recolour("c0", "#112233").apply(Note("c0", "checked").apply(before))
    shuffled = np.random.default_rng(0).permutation(24)
    texts = tuple(TEXTS[row] for row in shuffled)
    again = np.array([{-1: -1, 0: 2, 1: 0, 2: 1}[BASE[row]] for row in shuffled], np.int32)
    carried = carry(before, Labels.start(texts, again, {0: "saws", 1: "x", 2: "y"}))
    topic = carried.labels.topic("c2")
    assert (topic.name, topic.origin, topic.colour, topic.notes, topic.share) == (
        "Apples",
        "carried",
        "#112233",
        "checked",
        1.0,
    )
    assert (carried.labels.topic("c1").name, carried.labels.topic("c0").origin) == ("Places", "automatic")
    assert carried.lost == ()
    assert carried.sentence() == "2 labels carried over."
    assert Rename("c2", "Apples").apply(carried.labels).topic("c2").origin == "given"


def test_a_name_that_would_be_false_of_most_is_lost_and_said():
    before = named(start(), c0="Apples", c1="Saws")
    merged = np.zeros(24, np.int32)
    carried = carry(before, Labels.start(TEXTS, merged, {0: "all"}))
    assert carried.labels.topic("c0").origin == "automatic"
    assert [topic.name for topic in carried.lost] == ["Apples", "Saws"]
    assert "“Apples”" in carried.sentence()


def test_what_was_set_aside_stays_so_in_another_run():
    before = SetAside("c1", True).apply(Move((TEXTS[0], TEXTS[1]), JUNK).apply(start()))
    fewer = TEXTS[1:]
    carried = carry(before, Labels.start(fewer, BASE[1:])).labels
    assert [fewer[row] for row in carried.members(JUNK)] == [TEXTS[1]]
    assert carried.topic("c1").junk
    assert [topic.id for topic in carried.shown] == ["c0", "c2", "c1", JUNK]


@settings(deadline=None)
@given(
    st.lists(st.integers(-1, 4), min_size=12, max_size=40),
    st.lists(st.integers(-1, 4), min_size=40, max_size=40),
)
def test_carrying_keeps_as_many_texts_as_can_be(old, new):
    n = len(old)
    texts = tuple(f"x{row}" for row in range(n))
    old, new = np.array(old, np.int32), np.array(new[:n], np.int32)
    before = Labels.start(texts, old)
    for topic in before.shown:
        before = Rename(topic.id, f"was {topic.id}").apply(before)
    carried = carry(before, Labels.start(texts, new))
    common = np.array([[np.sum((old == i) & (new == j)) for j in range(5)] for i in range(5)])
    common[common < LEAST_SHARE * np.bincount(new[new >= 0], minlength=5)] = 0
    best = common[linear_sum_assignment(common, maximize=True)].sum()
    assert sum(common[int(a[1:]), int(b[1:])] for a, b in carried.kept) == best
    names = [carried.labels.topic(b).name for _, b in carried.kept]
    assert names == [f"was {a}" for a, _ in carried.kept]
    assert len(carried.kept) + len(carried.lost) == len(before.shown)
    said = json.loads(json.dumps(carried_json(carried.labels)))
    assert with_carried(Labels.start(texts, new), said).same(carried.labels)
