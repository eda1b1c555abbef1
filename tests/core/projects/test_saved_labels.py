"""Every edit is saved as it happens; two sessions see each other's; a collision is said and nothing is lost."""

from contextlib import contextmanager

import pytest

from core.base.errors import InputError
from core.labelling.edits import Merge, Move, Note, Part, Recolour, Rename, SetAside, Split
from core.labelling.labels import JUNK
from core.projects import saved_labels, saved_runs
from core.projects.database import Store
from core.projects.saved_labels import Collision, Kept, Labelling
from tests.core.conftest import fill


@pytest.fixture
def two(workspace, labelling) -> tuple[Labelling, Labelling]:
    """Two sessions on one labelling."""
    return labelling, Labelling(workspace, labelling.id)


def again(workspace, labelling: Labelling) -> Labelling:
    """As a session that starts tomorrow sees it."""
    return Labelling(workspace, labelling.id)


def test_starts_with_the_clusters_and_names_of_the_run(labelling, done):
    names = {topic.name for topic in done.topics}
    assert {topic.name for topic in labelling.labels.shown} == names
    assert [labelling.labels.size(f"c{n}") for n in range(3)] == [topic.size for topic in done.topics]


def test_every_edit_is_there_in_the_next_session(workspace, labelling, done):
    texts = done.corpus.ids
    part = tuple(texts[row] for row in labelling.labels.members("c0")[:3])
    for edit in (
        Rename("c0", "Früchte 🌍"),
        Note("c0", 'line\nbreak, "quotes", \0 and \ud800'),
        Recolour("c1", "#ABCDEF"),
        Split("c0", (Part("part", part, "three"),)),
        Move(texts[:2], JUNK),
        Merge(("c1", "c2"), "c2"),
        SetAside("c2", True),
    ):
        assert labelling.save(edit) == Kept(labelling.history.revision, ())
        assert again(workspace, labelling).labels.same(labelling.labels)
    assert labelling.labels.topic("c0").notes == 'line\nbreak, "quotes", \0 and \ud800'
    assert len(labelling.edits) == 7


def test_undo_and_redo_without_end_and_across_sessions(workspace, labelling):
    states = [labelling.labels]
    for number in range(12):
        labelling.save(Rename("c0", f"name {number}"))
        states.append(labelling.labels)
    tomorrow = again(workspace, labelling)
    for state in states[-2::-1]:
        tomorrow.undo()
        assert tomorrow.labels.same(state)
    assert tomorrow.undo() is None
    later = again(workspace, labelling)
    for state in states[1:]:
        later.redo()
        assert later.labels.same(state)
    assert later.redo() is None
    later.undo()
    later.save(Note("c1", "something else"))
    assert later.redo() is None
    assert [edit.to_json()["edit"] for edit in later.edits] == ["rename"] * 11 + ["note"]


def test_what_cannot_be_done_is_not_saved(workspace, labelling):
    with pytest.raises(InputError, match="two topics"):
        labelling.save(Merge(("c0",), "c0"))
    assert labelling.history.revision == 0
    assert again(workspace, labelling).history.revision == 0


def test_two_sessions_see_each_others_edits(two):
    ada, ben = two
    ada.save(Rename("c0", "Fruit"), "Ada")
    kept = ben.save(Rename("c1", "Tools"), "Ben")
    assert next(other.sentence for other in kept.others).endswith("to “Fruit”")
    assert [topic.name for topic in ben.labels.topics[:2]] == ["Fruit", "Tools"]
    (seen,) = ada.refresh()
    assert (seen.entry.author, seen.edit) == ("Ben", Rename("c1", "Tools"))
    assert ada.labels.same(ben.labels)
    assert ada.refresh() == ()


COLLISIONS = {
    "one name": (Rename("c0", "Fruit"), Rename("c0", "Food"), "“Fruit”"),
    "one text": (Move(("text 0",), "c1"), Move(("text 0", "text 1"), "c2"), "moved 1 text"),
    "a topic merged away": (Merge(("c0", "c1"), "c1"), Rename("c0", "Food"), "merged"),
    "a text of a topic merged away": (Merge(("c0", "c1"), "c1"), Move(("first of c0",), "c2"), "merged"),
    "into a topic merged away": (Merge(("c0", "c1"), "c1"), Move(("first of c2",), "c0"), "merged"),
    "a topic split": (Split("c0", (Part("n", ("first of c0",)),)), Rename("c0", "Food"), "split"),
    "merged both ways": (Merge(("c0", "c1"), "c1"), Merge(("c0", "c1"), "c0"), "merged"),
    "nothing left to split": (
        Move(("rest of c0",), "c1"),
        Split("c0", (Part("n", ("first of c0",)),)),
        "moved 9 texts",
    ),
}


def filled_in(edit, labels):
    """The edit with ids of texts in place of what the table above calls them."""

    def ids(texts):
        for text in texts:
            what, _, which = text.rpartition(" ")
            if what == "text":
                yield labels.texts[int(which)]
            else:
                members = labels.members(which)
                yield from (labels.texts[row] for row in (members[:1] if "first" in what else members[1:]))

    if isinstance(edit, Move):
        return Move(tuple(ids(edit.texts)), edit.to)
    if isinstance(edit, Split):
        return Split(edit.topic, tuple(Part(part.id, tuple(ids(part.texts))) for part in edit.parts))
    return edit


@pytest.mark.parametrize(("first", "second", "mentions"), COLLISIONS.values(), ids=COLLISIONS.keys())
def test_a_collision_is_said_and_waits(workspace, two, first, second, mentions):
    ada, ben = two
    first, second = filled_in(first, ada.labels), filled_in(second, ben.labels)
    assert isinstance(ada.save(first, "Ada"), Kept)
    collision = ben.save(second, "Ben")
    assert isinstance(collision, Collision)
    assert "Ada" in collision.message
    assert mentions in collision.message
    assert [other.edit for other in collision.others] == [first]
    assert ben.labels.same(ada.labels)  # shows what the other did; the own edit is not done
    assert [(w.id, w.act, w.message) for w in again(workspace, ben).waiting("Ben")] == [
        (collision.id, second, collision.message)
    ]
    assert ben.waiting("Ada") == []


def test_a_waiting_edit_is_done_all_the_same_or_dropped(workspace, two):
    ada, ben = two
    for name in ("Fruit", "Food"):
        ada.save(Rename("c0", name), "Ada")
    first, second = (ben.save(Rename("c0", name), "Ben") for name in ("Obst", "Frutta"))
    assert isinstance(first, Collision)
    assert isinstance(second, Kept)  # of what Ada did, Ben has been told with the first one
    kept = ben.settle(first.id, again=True)
    assert (kept.revision, ben.labels.topic("c0").name) == (4, "Obst")
    with pytest.raises(InputError, match="already"):
        ada.settle(first.id, again=False)
    third = ada.save(Rename("c0", "Fruits"), "Ada")
    assert ada.settle(third.id, again=False) is None
    assert ada.waiting() == []
    assert again(workspace, ada).labels.topic("c0").name == "Obst"


def test_a_waiting_edit_that_fits_no_longer_goes_on_waiting(two, done):
    ada, ben = two
    members = tuple(ada.labels.texts[row] for row in ada.labels.members("c0"))
    ada.save(Move(members, "c1"), "Ada")
    collision = ben.save(Split("c0", (Part("n", members[:2]),)), "Ben")
    with pytest.raises(InputError, match="Not all of the texts"):
        ben.settle(collision.id, again=True)
    assert [waiting.id for waiting in ben.waiting()] == [collision.id]


def test_an_undo_that_another_builds_on_is_told(two):
    ada, ben = two
    texts = tuple(ada.labels.texts[row] for row in ada.labels.members("c0")[:2])
    ada.save(Split("c0", (Part("new", texts, "new"),)), "Ada")
    ben.refresh()
    ben.save(Rename("new", "newer"), "Ben")
    stopped = ada.undo("Ada")
    assert isinstance(stopped, Collision)
    assert "Ben renamed “new” to “newer”" in stopped.message
    ben.undo("Ben")
    ada.settle(stopped.id, again=True)
    assert "new" not in {topic.id for topic in ada.labels.topics}


def test_both_undo_the_same(two):
    ada, ben = two
    ada.save(Rename("c0", "Fruit"))
    ben.refresh()
    ada.undo()
    assert isinstance(ben.undo(), Collision)  # nobody signed in: for both it was their own
    assert ben.labels.topic("c0").origin == "automatic"


def test_the_same_key_is_the_same_edit(workspace, two):
    ada, ben = two
    key = "k" * 32
    first = ada.save(Rename("c0", "Fruit"), "Ada", key)
    assert again(workspace, ada).save(Rename("c0", "Fruit"), "Ada", key).revision == first.revision
    collision = ben.save(Rename("c0", "Food"), "Ben", "b" * 32)
    late = Labelling(workspace, ben.id)
    assert ben.history.revision == late.history.revision == 1
    assert len(late.waiting()) == 1
    assert isinstance(collision, Collision)


def test_a_disk_that_fails_is_said_and_the_session_stays_where_it_was(labelling, monkeypatch):
    before, writing = labelling.history, Store.writing

    @contextmanager
    def fail(store: Store):
        with writing(store) as session:
            yield session
            raise InputError("No space left")

    monkeypatch.setattr(Store, "writing", fail)
    with pytest.raises(InputError):
        labelling.save(Rename("c0", "Fruit"))
    monkeypatch.undo()
    assert labelling.history is before
    assert labelling.save(Rename("c0", "Fruit")).revision == 1


def test_names_survive_another_run_and_the_next_session(workspace, labelling, done):
    from dataclasses import replace

    labelling.save(Rename("c1", "Mine"))
    labelling.save(Move(done.corpus.ids[:1], JUNK))
    turned = replace(done.clustering, labels=(2 - done.clustering.labels).astype("int32"))
    names = tuple(replace(topic, name=f"other {topic.cluster}") for topic in done.topics)
    corpus = saved_runs.add_corpus(workspace, saved_project(workspace), done.corpus)
    run = saved_runs.add_run(workspace, corpus, replace(done, clustering=turned, topics=names))
    id, carried = saved_labels.create(workspace, run, "next", carried_from=labelling)
    assert carried.kept == (("c1", "c1"),)
    opened = Labelling(workspace, id)
    assert opened.labels.same(carried.labels)
    topic = opened.labels.topic("c1")
    assert (topic.name, topic.origin, topic.share) == ("Mine", "carried", 1.0)
    assert opened.labels.topic("c0").name == "other 0"
    assert opened.labels.size(JUNK) == 1
    assert opened.history.to_undo("") is None
    assert [found.name for found in saved_labels.listed(workspace, run)] == ["next"]


def saved_project(workspace) -> str:
    from core.projects import projects

    return projects.listed(workspace)[0].id


def test_a_labelling_that_is_gone_is_said(workspace, done):
    fill(workspace, done)
    with pytest.raises(InputError, match="deleted"):
        Labelling(workspace, "0" * 32)
