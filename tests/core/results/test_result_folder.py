"""A run as files."""

import json

import numpy as np
import pandas as pd
import pytest

from core.base.errors import InputError
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.run import Settings, run
from core.results import result_folder
from core.texts import corpus as corpora
from core.texts import readers
from tests.conftest import three_topics


@pytest.fixture(scope="module")
def done():
    rows = [f'"{text}",{number},{number}' for number, text in enumerate(three_topics())]
    data = "\n".join(["comment,cluster,score", *rows]).encode()
    corpus = corpora.build(readers.read(data, "comments.csv"))
    return run(corpus, "Represent the sentence: ", Settings(clusters=ClusterSettings(k=3)))


def test_the_table_opens_in_pandas_with_everything_in_it(done, tmp_path):
    result_folder.write(done, tmp_path)
    frame = pd.read_parquet(tmp_path / "run.parquet")
    assert list(frame["text"]) == three_topics()
    assert list(frame["id"]) == list(done.corpus.ids)
    assert list(frame["score"]) == list(range(30))
    np.testing.assert_array_equal(frame["cluster"], done.clustering.labels)
    np.testing.assert_array_equal(frame[["x", "y"]], done.layout.xy)


def test_metadata_keep_their_types(done):
    assert pd.api.types.is_integer_dtype(result_folder.table(done)["score"])


def test_a_column_called_like_one_of_ours_is_kept_under_another_name(done):
    assert list(result_folder.table(done)["cluster (file)"]) == list(range(30))


def test_topics_name_texts_of_the_corpus(done, tmp_path):
    result_folder.write(done, tmp_path)
    topics = json.loads((tmp_path / "topics.json").read_text(encoding="utf-8"))
    assert [topic["cluster"] for topic in topics] == [0, 1, 2]
    assert sum(topic["size"] for topic in topics) == 30
    assert {text["text"] for topic in topics for text in topic["representatives"]} <= set(three_topics())


def test_the_recipe_names_what_made_the_run(done, tmp_path):
    result_folder.write(done, tmp_path)
    recipe = json.loads((tmp_path / "recipe.json").read_text(encoding="utf-8"))
    assert recipe["instruction"] == "Represent the sentence: "
    assert bytes.fromhex(recipe["instruction_utf8"]).decode() == "Represent the sentence: "
    assert recipe["model"]["fingerprint"] == done.embedding.space.fingerprint
    assert recipe["corpus"]["digest"] == done.corpus.digest
    assert recipe["clusters"]["setting"] == "kmeans:3"


def test_a_directory_that_cannot_be_made_is_said(done, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError, match="taken"):
        result_folder.write(done, tmp_path / "taken" / "below")
