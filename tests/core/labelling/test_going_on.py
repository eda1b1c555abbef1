"""Which labelling a run goes on with, and where texts are found again."""

from dataclasses import replace

import numpy as np

from core.labelling.edits import Rename
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.run import Settings, run
from core.projects import projects, saved_labels, saved_runs
from core.projects.saved_labels import Labelling
from tests.conftest import SUBJECT


def moved_map(done):
    """The same clusters on another map."""
    return replace(done, layout=replace(done.layout, xy=np.ascontiguousarray(done.layout.xy[:, ::-1])))


def test_a_run_goes_on_with_its_own_labelling_whatever_the_map(workspace, done):
    project = projects.create(workspace, "p")
    corpus = saved_runs.add_corpus(workspace, project, done.corpus)
    first = saved_runs.add_run(workspace, corpus, done)
    assert saved_labels.latest(workspace, first) == (None, False)
    id, _ = saved_labels.create(workspace, first, "labels")
    again = saved_runs.add_run(workspace, corpus, moved_map(done))
    assert again != first
    for each in (first, again):
        found, same = saved_labels.latest(workspace, each)
        assert (found.id, same) == (id, True)


def test_other_clusters_carry_the_names_of_the_last_labelling(workspace, done):
    project = projects.create(workspace, "p")
    corpus = saved_runs.add_corpus(workspace, project, done.corpus)
    id, _ = saved_labels.create(workspace, saved_runs.add_run(workspace, corpus, done), "labels")
    other = run(done.corpus, SUBJECT, Settings(clusters=ClusterSettings(k=2)))
    found, same = saved_labels.latest(workspace, saved_runs.add_run(workspace, corpus, other))
    assert (found.id, same) == (id, False)


def test_another_project_is_no_matter(workspace, done):
    for name in ("p", "q"):
        project = projects.create(workspace, name)
        saved_run = saved_runs.add_run(workspace, saved_runs.add_corpus(workspace, project, done.corpus), done)
        assert saved_labels.latest(workspace, saved_run) == (None, False)
        saved_labels.create(workspace, saved_run, "labels")


def test_texts_are_found_in_the_project_changed_last_and_not_in_a_deleted_one(workspace, done):
    assert saved_runs.project_with(workspace, done.corpus) is None
    assert saved_runs.corpus_with(workspace, done.corpus.digest) is None
    old, new = projects.create(workspace, "old"), projects.create(workspace, "new")
    kept = {project: saved_runs.add_corpus(workspace, project, done.corpus) for project in (new, old)}
    assert saved_runs.project_with(workspace, done.corpus) == old
    assert saved_runs.corpus_with(workspace, done.corpus.digest) == kept[old]
    assert saved_runs.project_with(workspace, replace(done.corpus, name="another.csv")) is None
    projects.remove(workspace, old)
    assert saved_runs.project_with(workspace, done.corpus) == new
    assert saved_runs.corpus_with(workspace, done.corpus.digest) == kept[new]


def test_a_run_names_its_project(workspace, done):
    project = projects.create(workspace, "p")
    kept = saved_runs.add_run(workspace, saved_runs.add_corpus(workspace, project, done.corpus), done)
    assert saved_runs.project_of(workspace, kept) == project


def test_one_of_several_projects_is_preferred(workspace, done):
    first, last = projects.create(workspace, "first"), projects.create(workspace, "last")
    for project in (first, last):
        saved_runs.add_corpus(workspace, project, done.corpus)
    assert saved_runs.project_with(workspace, done.corpus) == last
    assert saved_runs.project_with(workspace, done.corpus, [first]) == first
    assert saved_runs.project_with(workspace, done.corpus, []) is None
    projects.remove(workspace, first)
    assert saved_runs.project_with(workspace, done.corpus, [first]) is None


def test_a_run_comes_back_in_its_colours_with_where_it_was(workspace, done, store):
    project = projects.create(workspace, "p")
    corpus = saved_runs.add_corpus(workspace, project, done.corpus)
    run_id = saved_runs.add_run(workspace, corpus, done)
    assert saved_runs.load_run(workspace, run_id, store).slots == ()
    assert saved_runs.add_run(workspace, corpus, done, (4, 0, 2)) == run_id  # it had none
    saved_runs.add_run(workspace, corpus, done, (1, 2, 3))
    opened = saved_runs.load_run(workspace, run_id, store)
    assert (opened.slots, opened.id, opened.corpus, opened.project) == ((4, 0, 2), run_id, corpus, project)
    assert saved_runs.load_settings(workspace, run_id) == done.settings


def test_the_labellings_of_a_project_with_their_edits(workspace, done):
    project = projects.create(workspace, "p")
    run_id = saved_runs.add_run(workspace, saved_runs.add_corpus(workspace, project, done.corpus), done)
    old, new = (saved_labels.create(workspace, run_id, name)[0] for name in ("old", "new"))
    assert [(each.name, each.edits) for each in saved_labels.of_project(workspace, project)] == [("new", 0), ("old", 0)]
    worked_on = Labelling(workspace, old)
    worked_on.save(Rename("c0", "Fruit"))
    worked_on.undo()
    first, second = saved_labels.of_project(workspace, project)
    assert (first.id, first.edits, first.instruction, first.run) == (old, 2, SUBJECT, run_id)
    assert (second.id, second.edits) == (new, 0)
    assert first.changed > second.changed
    assert saved_labels.of_project(workspace, projects.create(workspace, "q")) == []
