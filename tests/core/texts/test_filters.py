"""Searching and filtering keep exactly the rows that were meant."""

import numpy as np
import pandas as pd
import pytest

from core.texts.filters import Criterion, keep, search

TEXTS = [
    "Late delivery, and the box was torn.",
    "The delivery came LATE again",
    "delivered on time",
    "Straße gesperrt",
    "50% off (today)",
    "",
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("   ", [0, 1, 2, 3, 4, 5]),
        ("late", [0, 1]),
        ("LATE Delivery", [0, 1]),
        ("delivery late", [0, 1]),
        ('"late delivery"', [0]),
        ('"Late Delivery" torn', [0]),
        ('"late delivery" again', []),
        ("deliver", [0, 1, 2]),
        ("STRASSE", [3]),
        ("50% (today)", [4]),
        ("d.l", []),
        ("refund", []),
    ],
)
def test_every_word_must_be_there_and_phrases_together(query: str, found: list[int]) -> None:
    mask = search(TEXTS, query)
    assert mask.dtype == np.bool_
    assert np.flatnonzero(mask).tolist() == found


def test_searching_no_texts_finds_none() -> None:
    assert search([], "late").shape == (0,)


METADATA = pd.DataFrame(
    {
        "product": ["bank", "photo", "bank", "", "travel"],
        "stars": [1, 2, 3, 4, 5],
        "price": [1.5, np.nan, 2.5, 10.0, -1.0],
        "paid": [True, False, True, False, True],
        "on": pd.to_datetime(["2024-01-01", "2024-02-01", None, "2024-03-01", "2024-04-01"]),
        "seats": pd.array([1, None, 3, 4, 5], dtype="Int64"),
    }
)


@pytest.mark.parametrize(
    ("criteria", "kept"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"product": ["bank"]}, [0, 2]),
        ({"product": ["bank", "travel"]}, [0, 2, 4]),
        ({"product": [""]}, [3]),
        ({"product": []}, []),
        ({"product": ["ban"]}, []),
        ({"stars": (2, 4)}, [1, 2, 3]),
        ({"stars": (2.5, 2.9)}, []),
        ({"stars": [2, 5]}, [1, 4]),
        ({"price": (-1.0, 2.5)}, [0, 2, 4]),
        ({"price": [10.0]}, [3]),
        ({"paid": [True]}, [0, 2, 4]),
        ({"paid": ["False"]}, [1, 3]),
        ({"on": (pd.Timestamp("2024-01-15"), pd.Timestamp("2024-03-01"))}, [1, 3]),
        ({"seats": (1, 4)}, [0, 2, 3]),
        ({"seats": ["3"]}, [2]),
        ({"product": ["bank"], "stars": (2, 5)}, [2]),
    ],
)
def test_values_and_ranges_with_both_ends(criteria: dict[str, Criterion], kept: list[int]) -> None:
    mask = keep(METADATA, criteria)
    assert mask.dtype == np.bool_
    assert np.flatnonzero(mask).tolist() == kept


@pytest.mark.parametrize("column", ["product", "paid", "on"])
def test_every_value_that_is_offered_can_be_found(column: str) -> None:
    """The values are offered as texts, as `astype("string")` writes them."""
    values = METADATA[column].dropna()
    for value in values.astype("string").unique():
        assert keep(METADATA, {column: [value]}).sum() == (values.astype("string") == value).sum()


def test_a_table_without_rows_keeps_none() -> None:
    assert keep(METADATA.iloc[:0], {"product": ["bank"], "stars": (1, 2)}).shape == (0,)
