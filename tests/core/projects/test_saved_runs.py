"""Corpora and runs come back exactly as they were."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

from core.base.errors import InputError
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.run import Run, Settings, run
from core.projects import projects, saved_runs
from core.projects.schema import RunRow
from core.results.run_format import corpus_bytes, corpus_from, picture_from, run_bytes
from core.store.vectors import VectorStore
from core.texts import corpus as corpora
from core.texts import readers
from core.texts.corpus import Corpus
from tests.conftest import SUBJECT, three_topics
from tests.core.conftest import fill


def same_corpus(found: Corpus, wanted: Corpus) -> None:
    for name in ("name", "text_column", "texts", "ids", "report", "digest", "reading"):
        assert getattr(found, name) == getattr(wanted, name)
    for name in ("counts", "rows", "order"):
        ours, theirs = getattr(found, name), getattr(wanted, name)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
        assert not ours.flags.writeable
    assert_frame_equal(found.metadata, wanted.metadata, check_exact=True)


def same_run(found: Run, wanted: Run) -> None:
    assert found.digest == wanted.digest
    assert (found.instruction, found.settings, found.topics) == (wanted.instruction, wanted.settings, wanted.topics)
    assert (found.language, found.settled) == (wanted.language, wanted.settled)
    for name in ("labels", "assigned", "centroids", "silhouette_by_k", "sampled", "settings"):
        np.testing.assert_array_equal(getattr(found.clustering, name), getattr(wanted.clustering, name))
    for name in ("xy", "method", "warm", "epochs", "settings"):
        np.testing.assert_array_equal(getattr(found.layout, name), getattr(wanted.layout, name))
    assert found.embedding.vectors.tobytes() == wanted.embedding.vectors.tobytes()
    assert found.embedding.space == wanted.embedding.space
    np.testing.assert_array_equal(found.embedding.tokens, wanted.embedding.tokens)
    assert (found.start is None) == (wanted.start is None)
    if wanted.start is not None:
        np.testing.assert_array_equal(found.start, wanted.start)


FILES = {
    "c.csv": "text,score,share,when,done,tag\n"
    + "\n".join(f"{t},{n},{n / 7},2024-01-{n + 1:02},{n % 2 == 0},t{n % 3}" for n, t in enumerate(three_topics()[:12])),
    "gaps.csv": "text,score,share,when,done,tag\n"
    + "\n".join(f"{t},{n if n % 2 else ''},,,{'true' if n % 3 else ''}," for n, t in enumerate(three_topics()[:12])),
    "l.jsonl": "\n".join(
        json.dumps({"text": t, "m0": {"a": [n]}, "refract": None, "count": n, "id": "x", "at": "2024-05-01T10:00:00Z"})
        for n, t in enumerate(three_topics()[:12])
    ),
    "t.txt": "\n".join([*three_topics()[:12], "naïve 🌍 “quotes”", "a\ttab", three_topics()[0]]),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("duplicates", ["once", "all"])
def test_a_corpus_comes_back_with_all_types(name, duplicates):
    table = readers.read(FILES[name].encode(), name)
    corpus = corpora.build(table, "text" if "text" in table.frame else None, duplicates=duplicates)
    same_corpus(corpus_from(corpus_bytes(corpus)), corpus)


def test_columns_of_every_type_of_parquet(tmp_path):
    texts = three_topics()[:5]
    frame = pd.DataFrame(
        {
            "body": texts,
            "nullable": pd.array([1, None, 3, 4, 2**60], "Int64"),
            "flag": pd.array([True, None, False, True, True], "boolean"),
            "zoned": pd.date_range("2024-01-01", periods=5, tz="Europe/Berlin"),
            "span": pd.to_timedelta([1, 2, 3, 4, 5], unit="s"),
            "kind": pd.Categorical(["a", "b", "a", "b", "a"]),
            "small": np.array([1, 2, 3, 4, 5], np.float32),
            "nan": [1.5, float("nan"), float("inf"), -0.0, 2],
        }
    )
    frame.to_parquet(tmp_path / "c.parquet")
    corpus = corpora.build(readers.read(tmp_path / "c.parquet"), "body")
    assert len(corpus.metadata.columns) == 7
    same_corpus(corpus_from(corpus_bytes(corpus)), corpus)


def test_a_file_holds_no_pickle_and_a_newer_one_is_said(small_corpus, done):
    data = corpus_bytes(small_corpus)
    assert b"pickle" not in data + run_bytes(done)
    table = pq.read_table(pa.BufferReader(data))
    head = json.loads(table.schema.metadata[b"refract"])
    newer = table.replace_schema_metadata({**table.schema.metadata, b"refract": json.dumps({**head, "format": 2})})
    pq.write_table(newer, sink := pa.BufferOutputStream())
    with pytest.raises(InputError, match="newer Refract"):
        corpus_from(sink.getvalue().to_pybytes())


def test_what_was_saved_yesterday_is_there_today(workspace, done, tmp_path):
    _, id = fill(workspace, done)
    vectors = VectorStore(tmp_path / "vectors")
    opened = saved_runs.load_run(workspace, id, vectors)
    same_corpus(opened.run.corpus, done.corpus)
    same_run(opened.run, done)
    assert opened.notes == ()
    same_run(saved_runs.load_run(workspace, id, VectorStore(tmp_path / "vectors")).run, done)


def test_noise_silhouettes_and_a_start_come_back(local, done, tmp_path):
    project, _ = fill(local, done)
    settings = Settings(clusters=ClusterSettings("hdbscan", min_cluster_size=5, space="embedding", assign_noise=True))
    later = run(done.corpus, "Represent the sentence: ", settings, previous=done)
    assert later.layout.warm
    np.testing.assert_array_equal(later.start, done.layout.xy)
    auto = run(done.corpus, SUBJECT, Settings())
    (corpus,) = saved_runs.corpora(local, project)
    for result in (later, auto):
        id = saved_runs.add_run(local, corpus.id, result)
        same_run(saved_runs.load_run(local, id, VectorStore(tmp_path / "vectors")).run, result)


def test_the_same_again_is_the_one_that_is_there(workspace, done):
    project, run_id = fill(workspace, done)
    corpus = saved_runs.add_corpus(workspace, project, done.corpus, b"the file")
    assert saved_runs.add_run(workspace, corpus, done) == run_id
    (listed,) = saved_runs.corpora(workspace, project)
    assert (listed.id, listed.name, listed.texts, listed.has_source) == (corpus, "pasted lines", 30, True)
    (ran,) = saved_runs.runs(workspace, project)
    assert (ran.instruction, ran.clusters, ran.noise) == (SUBJECT, 3, 0)
    assert saved_runs.load_source(workspace, corpus) == b"the file"


def test_strings_that_databases_are_afraid_of(workspace, done, tmp_path):
    odd = "a\0b \ud800 '; DROP TABLE runs; -- “ü” 🌍 "
    project, _ = fill(workspace, done)
    (corpus,) = saved_runs.corpora(workspace, project)
    id = saved_runs.add_run(
        workspace,
        corpus.id,
        replace(done, instruction=odd, clustering=replace(done.clustering, labels=done.clustering.labels[::-1].copy())),
    )
    assert [found.instruction for found in saved_runs.runs(workspace, project) if found.id == id] == [odd]
    with workspace.store.reading() as session:
        data = workspace.files.get(session.get(RunRow, id).file)
    assert picture_from(data).instruction == odd


def test_a_model_that_has_changed_is_said(local, done, tmp_path):
    project, _ = fill(local, done)
    other = replace(done, embedding=replace(done.embedding, space=replace(done.embedding.space, fingerprint="other")))
    (corpus,) = saved_runs.corpora(local, project)
    id = saved_runs.add_run(local, corpus.id, replace(other, layout=replace(done.layout, xy=done.layout.xy + 1)))
    opened = saved_runs.load_run(local, id, VectorStore(tmp_path / "vectors"))
    assert len(opened.notes) == 1
    assert "not the one that made this" in opened.notes[0]
    np.testing.assert_array_equal(opened.run.layout.xy, done.layout.xy + 1)


def test_damage_and_loss_are_said(local, done, tmp_path):
    project, id = fill(local, done)
    for path in local.files.directory.glob("*.parquet"):
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(InputError, match="damaged"):
        saved_runs.load_run(local, id, VectorStore(tmp_path / "vectors"))
    with pytest.raises(InputError, match="deleted"):
        saved_runs.load_run(local, "0" * 32, VectorStore(tmp_path / "vectors"))
    saved_runs.add_corpus(local, project, done.corpus)  # puts the damaged file right
    assert saved_runs.load_run(local, id, VectorStore(tmp_path / "vectors")).run.digest == done.digest


def test_comparisons(workspace, done):
    project, run_id = fill(workspace, done)
    (corpus,) = saved_runs.corpora(workspace, project)
    other = saved_runs.add_run(workspace, corpus.id, replace(done, layout=replace(done.layout, xy=done.layout.xy * 2)))
    id = saved_runs.add_comparison(workspace, project, "two", [other, run_id])
    (found,) = saved_runs.comparisons(workspace, project)
    assert (found.id, found.name, found.runs) == (id, "two", (other, run_id))
    assert saved_runs.add_comparison(workspace, project, "again", [other, run_id]) == id
    assert saved_runs.add_comparison(workspace, project, "the other way round", [run_id, other]) != id
    elsewhere = projects.create(workspace, "elsewhere")
    with pytest.raises(InputError, match="not in this project"):
        saved_runs.add_comparison(workspace, elsewhere, "two", [other, run_id])
    with pytest.raises(InputError, match="two runs"):
        saved_runs.add_comparison(workspace, project, "one", [run_id])
