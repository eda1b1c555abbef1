"""What Refract is for, on its own sample with its own model: each instruction brings out its own column, and other
words for the same instruction are found to have no effect."""

import pytest

from core import corpus, readers, samples
from core.cache import StageCache
from core.clustering import ClusterSettings
from core.comparison.floor import FIGURES, verdict
from core.comparison.recipes import Comparer
from core.embedding import DEFAULT_MODEL
from core.model_comparison import Recipe
from core.ranking.candidates import candidates
from core.ranking.matrix import matrix
from core.ranking.rank import rank
from core.ranking.run import embedder

BY = "Represent the customer support ticket for clustering by {}: "


@pytest.fixture(scope="module")
def tickets() -> corpus.Corpus:
    sample = samples.sample("support tickets")
    return corpus.build(readers.read(sample.path), sample.text_column)


def test_each_row_of_the_matrix_is_highest_on_its_own_column(tickets):
    columns = {name: tickets.metadata[name] for name in ("product", "sentiment")}
    listed = candidates([BY.format(name) for name in columns], [DEFAULT_MODEL], list(columns))
    rows, values = matrix(rank(listed, columns, embedder(tickets, StageCache())))
    assert [each.candidate.column for each in rows] == ["product", "sentiment"]
    assert values.argmax(axis=1).tolist() == [0, 1]


def test_other_words_have_no_effect_and_another_instruction_has(tickets):
    comparer = Comparer(tickets, StageCache())
    texts = (BY.format("product"), "Group the customer support tickets by product: ", BY.format("sentiment"))
    recipes = [Recipe(DEFAULT_MODEL, text) for text in texts]
    found = comparer.compare(recipes, ClusterSettings(k=5), "independent").found
    floors = comparer.floors(found)
    product, reworded, sentiment = found.runs
    for figure in FIGURES:
        values = found.figures[figure].values
        assert verdict(product, reworded, values[0, 1], figure, floors[:2]) == "no effect", figure
        assert verdict(product, sentiment, values[0, 2], figure, floors[::2]) == "the instruction's doing", figure
