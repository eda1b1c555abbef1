"""A recipe holds all that made a result, edits included; what doesn't hold together is refused."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from core.base.errors import InputError
from core.labelling.edited_run import edited
from core.labelling.edits import Merge, Move, Rename
from core.labelling.labels import JUNK
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.run import Run, Settings, run
from core.projects import saved_labels
from core.projects.saved_labels import Labelling
from core.results import result_folder
from core.results.recipe import ReplayRecipe, read_recipe, recipe_of
from core.results.replay import corpus_of, replay
from core.texts import corpus as corpora
from core.texts import readers
from core.texts.corpus import Corpus
from tests.conftest import three_topics
from tests.core.conftest import fill


def written(said: object, tmp_path: Path) -> ReplayRecipe:
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    return read_recipe(path)


def shuffled(corpus: Corpus) -> Corpus:
    order = np.random.default_rng(5).permutation(len(corpus))
    return corpora.build(readers.read_pasted("\n".join(corpus.texts[row] for row in order)))


@pytest.fixture(scope="module")
def warm(done) -> Run:
    """A map that started from another's, and then other clusters on the same map."""
    second = run(done.corpus, "Represent the sentence: ", done.settings, previous=done)
    return run(done.corpus, "Represent the sentence: ", Settings(clusters=ClusterSettings(k=4)), previous=second)


def test_a_map_that_started_from_another_comes_out_the_same(warm, tmp_path):
    recipe = written(recipe_of(warm), tmp_path)
    assert recipe.start is not None
    for corpus in (warm.corpus, shuffled(warm.corpus)):
        again = replay(recipe, corpus)
        assert again.differs == ()
        assert again.reasons == ()
        assert "30 texts, bit for bit" in again.sentences()[0]
        place = {id: row for row, id in enumerate(corpus.ids)}
        rows = [place[id] for id in warm.corpus.ids]
        assert again.run.layout.xy[rows].tobytes() == warm.layout.xy.tobytes()
        assert again.run.clustering.labels[rows].tobytes() == warm.clustering.labels.tobytes()


def test_without_its_start_it_would_not(warm, tmp_path):
    recipe = replace(written(recipe_of(warm), tmp_path), start=None)
    assert replay(recipe, warm.corpus).differs == ("map",)


@pytest.fixture
def labelled(local, done) -> Labelling:
    """A labelling that was carried over, and edited."""
    _, id = fill(local, done)
    first = Labelling(local, saved_labels.create(local, id, "first")[0])
    first.save(Rename("c1", "Tools"))
    first.save(Move(done.corpus.ids[:2], JUNK))
    second = Labelling(local, saved_labels.create(local, id, "second", carried_from=first)[0])
    second.save(Rename("c0", "wrong"))
    second.undo()
    second.save(Merge(("c0", "c2"), "c0"))
    return second


def test_edits_are_done_again(labelled, done, tmp_path):
    said = recipe_of(done, labelled.carried, labelled.edits)
    assert "wrong" not in json.dumps(said)
    again = replay(written(said, tmp_path), shuffled(done.corpus))
    assert again.differs == ()
    view = edited(done, labelled.labels)
    assert [topic.name for topic in again.edited.run.topics] == [topic.name for topic in view.run.topics]
    assert {topic.name for topic in again.edited.topics} >= {"Tools", "set aside"}


def test_the_edited_result_is_written_with_its_recipe(labelled, done, tmp_path):
    said = recipe_of(done, labelled.carried, labelled.edits)
    result_folder.write(edited(done, labelled.labels).run, tmp_path / "out", said)
    assert replay(read_recipe(tmp_path / "out" / "recipe.json"), done.corpus).differs == ()


def test_edits_that_came_out_differently_are_said(labelled, done, tmp_path):
    recipe = written(recipe_of(done, labelled.carried, labelled.edits), tmp_path)
    other = replace(recipe, edits=(*recipe.edits, Rename("c1", "Other")))
    assert replay(other, done.corpus).differs == ("edited names",)


def test_edits_that_do_not_fit_are_said(labelled, done, tmp_path):
    recipe = written(recipe_of(done, labelled.carried, labelled.edits), tmp_path)
    fewer = replace(recipe.settings, clusters=ClusterSettings(k=2))
    again = replay(replace(recipe, settings=fewer), done.corpus)
    assert again.edited is None
    assert "edited topics" in again.differs
    assert "don't fit" in again.sentences()[-1]


def test_what_is_not_as_it_was_is_said(done, tmp_path):
    said = recipe_of(done)
    said["versions"]["scikit-learn"] = "0.1"
    said["machine"]["processor"] = "abacus"
    said["model"]["fingerprint"] = "0" * 32
    again = replay(written(said, tmp_path), done.corpus)
    assert again.differs == ()  # and yet it came out the same
    reasons = " ".join(again.reasons)
    for word in ("scikit-learn", "0.1 there", "abacus", "other weights"):
        assert word in reasons
    said["model"]["precision"] = "float8"
    assert "float8 there" in " ".join(replay(written(said, tmp_path), done.corpus).reasons)


def test_no_path_of_this_machine_is_in_it(done, tmp_path, monkeypatch):
    model = tmp_path / "secret-place"
    model.mkdir()
    monkeypatch.setattr("core.results.recipe.load_model", lambda name: _Model())
    said = recipe_of(replace(done, settings=replace(done.settings, model=str(model))))
    assert "secret-place" not in json.dumps(said)
    assert said["settings"]["model"] == done.embedding.space.model


class _Model:
    precision = "float32"

    class card:
        @staticmethod
        def prefix(instruction: str) -> str:
            return instruction


def test_a_file_is_read_as_it_was(tmp_path):
    rows = [f"{text};{number}" for number, text in enumerate(three_topics())]
    data = "\n".join(["Größe;n", *rows, rows[0], "cafÃ©s in the old town;9"]).encode("cp1252", "replace")
    file = tmp_path / "c.csv"
    file.write_bytes(data)
    table = readers.read(file, encoding="cp1252")
    corpus = corpora.build(table, "Größe", duplicates="all", repair=True)
    assert corpus.report.repaired == 1
    recipe = written(recipe_of(run(corpus, "", Settings(clusters=ClusterSettings(k=3)))), tmp_path)
    assert corpus_of(recipe, file).digest == corpus.digest
    assert corpora.build(readers.read(file, encoding="cp1252")).digest != corpus.digest


_CLUSTERS = asdict(ClusterSettings())
BROKEN = {
    "no JSON": (lambda said: None, "isn't JSON"),
    "a list": (lambda said: [], "no recipe"),
    "something else": (lambda said: {"format": "other"}, "no recipe"),
    "newer": (lambda said: {**said, "format": "refract recipe 9"}, "newer Refract"),
    "a missing part": (lambda said: {k: v for k, v in said.items() if k != "corpus"}, "damaged"),
    "an instruction changed by hand": (lambda said: {**said, "instruction": "other"}, "changed by hand"),
    "an unknown setting": (lambda said: {**said, "settings": {**said["settings"], "more": 1}}, "more"),
    "a setting of another type": (lambda said: {**said, "settings": {**said["settings"], "keywords": "8"}}, "keywords"),
    "an unknown method": (
        lambda said: {**said, "settings": {**said["settings"], "clusters": {**_CLUSTERS, "method": "x"}}},
        "method",
    ),
    "a start of other texts": (lambda said: {**said, "start": "AAAAAAAAAAA="}, "damaged"),
    "a start that is none": (lambda said: {**said, "start": "?"}, "damaged"),
    "an unknown edit": (lambda said: {**said, "topics": {"carried": {}, "edits": [{"edit": "x"}]}}, "can't be read"),
}


@pytest.mark.parametrize(("breaks", "mentions"), BROKEN.values(), ids=BROKEN.keys())
def test_what_does_not_hold_together_is_refused_in_one_sentence(done, tmp_path, breaks, mentions):
    path = tmp_path / "recipe.json"
    broken = breaks(recipe_of(done))
    path.write_text("{" if broken is None else json.dumps(broken), encoding="utf-8")
    with pytest.raises(InputError, match=mentions) as caught:
        read_recipe(path)
    assert "recipe.json" in str(caught.value)


def test_a_recipe_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match="can't be read"):
        read_recipe(tmp_path / "none.json")
