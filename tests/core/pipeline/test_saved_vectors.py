"""Runs with saved vectors: the same results, without encoding again; where they are saved is the user's to say."""

from pathlib import Path

import numpy as np
import pytest

from core.cli.main import main
from core.models.encoder.encoder import Encoder
from core.models.registry import load_model
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.context import Context
from core.pipeline.run import Run, Settings, run
from core.store.vectors import VectorStore
from core.texts import corpus as corpora
from core.texts import readers
from tests.conftest import three_topics
from tests.support.fake_encoder import again, files

THREE = Settings(model="all-MiniLM-L6-v2", clusters=ClusterSettings(k=3))
SUBJECT = "Represent the sentence for clustering by subject: "


def embedding_was_there(result: Run) -> bool:
    return next(stage.cached for stage in result.stages if stage.name == "embedding")


@pytest.fixture
def no_encoding(monkeypatch):
    """Make any further encoding a failure."""
    load_model(THREE.model)

    def refuse(*given):
        raise AssertionError("Something was encoded.")

    return lambda: monkeypatch.setattr(Encoder, "stream", refuse)


def test_a_run_with_a_store_is_the_run_without_and_the_next_one_encodes_nothing(store, small_corpus, no_encoding):
    plain = run(small_corpus, SUBJECT, THREE)
    first = run(small_corpus, SUBJECT, THREE, context=Context(store=store))
    assert not embedding_was_there(first)
    no_encoding()
    later = run(small_corpus, SUBJECT, THREE, context=Context(store=again(store)))
    assert embedding_was_there(later)
    assert first.digest == later.digest == plain.digest
    np.testing.assert_array_equal(later.embedding.vectors, plain.embedding.vectors)


def test_another_corpus_with_the_same_texts_encodes_only_its_own(store, small_corpus):
    run(small_corpus, SUBJECT, THREE, context=Context(store=store))
    before = len(files(store))
    more = corpora.build(readers.read_pasted("\n".join([*three_topics()[::-1], "I ate a quince", "A new spade"])))
    grown = run(more, SUBJECT, THREE, context=Context(store=store))
    assert embedding_was_there(grown)  # a part of it, so its seconds tell no pace
    assert len(files(store)) == before + 1
    assert sum(len(np.load(path)) for path in files(store)) == 32


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "c.csv"
    path.write_text("\n".join(["comment", *three_topics()]) + "\n", encoding="utf-8")
    return str(path)


def arguments(table: str, tmp_path: Path, *more: str) -> list[str]:
    return ["run", table, "--clusters", "kmeans:3", "--out", str(tmp_path / "out"), *more]


def test_the_command_line_saves_and_uses_vectors(table, tmp_path, monkeypatch, no_encoding):
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path / "home"))
    assert main(arguments(table, tmp_path)) == 0
    assert files(VectorStore(tmp_path / "home" / "vectors"))
    recipe = (tmp_path / "out" / "recipe.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in recipe
    no_encoding()
    assert main(arguments(table, tmp_path)) == 0
    assert (tmp_path / "out" / "recipe.json").read_text(encoding="utf-8") == recipe


def test_the_command_line_goes_without_when_asked(table, tmp_path, monkeypatch):
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path / "home"))
    assert main(arguments(table, tmp_path, "--no-store")) == 0
    assert not (tmp_path / "home" / "vectors").exists()


def test_a_home_that_cannot_be_made_is_one_line_and_exit_2(table, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("REFRACT_HOME", str(Path(table) / "below"))
    assert main(arguments(table, tmp_path)) == 2
    error = capsys.readouterr().err
    assert len(error.strip().splitlines()) == 1
    assert "REFRACT_HOME" in error
