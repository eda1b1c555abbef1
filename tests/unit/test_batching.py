"""Batches hold every row once, stay within their budget, and don't depend on the order of rows."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.embedding.batching import batches, pad

ROWS = st.lists(st.tuples(st.integers(1, 60), st.text("ab", max_size=3)), max_size=40, unique=True)


def batched(rows: list[tuple[int, str]], budget: int) -> list[list[int]]:
    return list(batches([("", text) for _, text in rows], np.array([length for length, _ in rows], np.int32), budget))


@settings(deadline=None)
@given(rows=ROWS, budget=st.integers(1, 200))
def test_every_row_is_in_one_batch_within_the_budget(rows: list[tuple[int, str]], budget: int) -> None:
    found = batched(rows, budget)
    assert sorted(row for batch in found for row in batch) == list(range(len(rows)))
    for batch in found:
        assert len(batch) == 1 or len(batch) * max(rows[row][0] for row in batch) <= budget


@settings(deadline=None)
@given(rows=ROWS, budget=st.integers(1, 200))
def test_longest_come_first(rows: list[tuple[int, str]], budget: int) -> None:
    lengths = [rows[row][0] for batch in batched(rows, budget) for row in batch]
    assert lengths == sorted(lengths, reverse=True)


@settings(deadline=None)
@given(rows=ROWS, random=st.randoms())
def test_the_same_rows_meet_whatever_their_order(rows: list[tuple[int, str]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    met = [[rows[row] for row in batch] for batch in batched(rows, 100)]
    assert [[shuffled[row] for row in batch] for batch in batched(shuffled, 100)] == met


def test_padding_is_masked() -> None:
    ids, mask = pad([[5, 6, 7], [8]], pad_id=9)
    assert torch.equal(ids, torch.tensor([[5, 6, 7], [8, 9, 9]]))
    assert torch.equal(mask, torch.tensor([[True, True, True], [True, False, False]]))
