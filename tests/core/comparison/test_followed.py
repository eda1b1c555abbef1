"""Whether a model listened: nonsense moves nothing, an aspect that it knows moves most neighbours."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from core.comparison.followed import Followed, followed
from core.instructions.paraphrases import paraphrases
from core.models.registry import load_model
from core.texts import corpus as corpora
from core.texts import readers, samples

SENTIMENT = "Represent the customer support ticket for clustering by sentiment: "


@pytest.fixture(scope="module")
def tickets() -> list[str]:
    sample = samples.sample("support tickets")
    corpus = corpora.build(readers.read(sample.path), sample.text_column)
    return list(corpus.canonical_texts[:150])


def embed(texts, instruction):
    return load_model().encode(list(texts), instruction)


def test_the_shares_are_those_of_scikit_learns_neighbours(tickets):
    def nearest(instruction):
        vectors = embed(tickets, instruction).astype(np.float64)
        return NearestNeighbors(n_neighbors=11).fit(vectors).kneighbors(vectors, return_distance=False)[:, 1:]

    def changed(a, b):
        return 1 - np.mean([len(set(x) & set(y)) / 10 for x, y in zip(a, b, strict=True)])

    found = followed(tickets, SENTIMENT, embed)
    assert found is not None
    asked = nearest(SENTIMENT)
    assert found.changed == pytest.approx(changed(asked, nearest("")), abs=0.005)
    others = [changed(asked, nearest(other)) for other in paraphrases(SENTIMENT)]
    assert found.wordings == pytest.approx(np.mean(others), abs=0.005)
    assert found.texts == 150


def test_an_aspect_that_the_model_knows_is_followed_and_nonsense_is_not(tickets):
    known = followed(tickets, SENTIMENT, embed)
    nonsense = followed(tickets, "Blorp the frindle zum for quaxing by morvish: ", embed)
    assert known is not None
    assert nonsense is not None
    assert known.verdict == "followed"
    assert nonsense.verdict == "not"


@pytest.mark.parametrize(
    ("changed", "wordings", "verdict"),
    [(0.6, 0.1, "followed"), (0.6, 0.55, "partly"), (0.2, 0.1, "partly"), (0.2, 0.3, "not"), (0.05, 0.01, "not")],
)
def test_what_changes_less_than_by_wording_is_no_following(changed, wordings, verdict):
    assert Followed(changed, wordings, 100).verdict == verdict


def test_without_an_instruction_there_is_nothing_to_tell(tickets):
    assert followed(tickets, "  ", embed) is None
