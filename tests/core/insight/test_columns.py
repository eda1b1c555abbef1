"""The shares of a column's values in each topic, and which column an instruction asks for."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import v_measure_score

from core.insight.columns import asked_column, asked_match, column_presets, column_shares
from core.texts import corpus as corpora
from core.texts.corpus import Corpus
from core.texts.grouping import grouping_columns
from core.texts.readers import read

CSV = """text,product,call_to_action,id
The router drops every evening,internet,buy,1
The router drops every evening,internet,buy,2
My bill is wrong again,billing,try,3
Refund me at once please,billing,buy,4
No picture on the television,television,try,5
The remote control is broken,television,buy,6
Nothing to say about a product,,try,7
"""
LABELS = np.array([0, 1, 1, 0, -1, 0], np.int32)  # of the six different texts


@pytest.fixture(scope="module")
def texts() -> Corpus:
    return corpora.build(read(CSV.encode(), "made.csv"), "text")


def test_shares_count_rows_of_the_file(texts):
    found = column_shares(texts, LABELS, "product")
    assert [(s.value, s.rows) for s in found.topics[0]] == [("internet", 2), ("television", 1)]
    assert [s.share for s in found.topics[0]] == pytest.approx([2 / 3, 1 / 3])
    assert [(s.value, s.rows, s.share) for s in found.topics[1]] == [("billing", 2, 1.0)]
    assert found.known == 6
    assert {cluster: sum(s.rows for s in shares) for cluster, shares in found.topics.items()} == {-1: 1, 0: 3, 1: 2}
    assert {s.value for shares in found.topics.values() for s in shares} == {"internet", "billing", "television"}


def test_the_match_is_scikit_learns_over_rows(texts):
    frame = pd.read_csv(pd.io.common.StringIO(CSV)).dropna(subset="product")
    clusters = [0, 0, 1, 1, 0, -1]
    assert column_shares(texts, LABELS, "product").match == pytest.approx(v_measure_score(frame["product"], clusters))


def test_columns_that_group_are_offered_and_names_of_rows_are_not(texts):
    assert grouping_columns(texts.metadata) == ("product", "call_to_action")


@pytest.mark.parametrize(
    ("instruction", "column"),
    [
        ("Represent the ticket for clustering by product: ", "product"),
        ("Represent the ticket for clustering by call to action: ", "call_to_action"),
        ("Sort by kind of product", "product"),
        ("Represent the ticket for clustering by internet, billing or television: ", "product"),
        ("Represent the ticket for clustering by tone: ", None),
        ("", None),
    ],
)
def test_an_instruction_asks_for_the_column_it_names(texts, instruction, column):
    assert asked_column(texts, instruction, ("product", "call_to_action")) == column


def test_the_match_of_the_column_asked_for(texts):
    column, match = asked_match(texts, LABELS, "Represent the ticket for clustering by product: ")
    assert (column, match) == ("product", column_shares(texts, LABELS, "product").match)
    assert asked_match(texts, LABELS, "Represent the ticket for clustering by tone: ") is None


def test_each_column_that_groups_gives_an_instruction(texts):
    found = column_presets(texts, "ticket")
    assert [each.label for each in found] == ["by product", "by call to action"]
    assert [each.column for each in found] == ["product", "call_to_action"]
    assert found[1].instruction == "Represent the ticket for clustering by call to action: "
