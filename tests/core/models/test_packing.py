"""Batches hold every row once and stay within their budget; packed texts stand where they should."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models.encoder.networks.layers import attention, first_of_texts, last_of_texts, mean_of_texts, softmax
from core.models.encoder.networks.packing import ROWS_STEP, batches, pack

LENGTHS = st.lists(st.integers(1, 60), max_size=40)


@settings(deadline=None)
@given(lengths=LENGTHS, budget=st.integers(1, 200))
def test_every_row_is_in_one_batch_within_the_budget(lengths: list[int], budget: int) -> None:
    found = list(batches(np.array(lengths, np.int32), budget))
    assert sorted(int(row) for batch in found for row in batch) == list(range(len(lengths)))
    for batch in found:
        assert len(batch) == 1 or sum(lengths[row] for row in batch) <= budget


@settings(deadline=None)
@given(lengths=LENGTHS, budget=st.integers(1, 200))
def test_longest_come_first(lengths: list[int], budget: int) -> None:
    found = [lengths[row] for batch in batches(np.array(lengths, np.int32), budget) for row in batch]
    assert found == sorted(lengths, reverse=True)


@settings(deadline=None)
@given(lengths=LENGTHS.filter(bool))
def test_packed_texts_stand_one_behind_the_other(lengths: list[int]) -> None:
    ids = [list(range(7, 7 + length)) for length in sorted(lengths, reverse=True)]
    batch = pack(ids)
    assert batch.tokens == sum(lengths)
    assert 0 <= len(batch.ids) - batch.tokens < ROWS_STEP
    assert batch.ids[: batch.tokens].tolist() == [token for text in ids for token in text]
    assert batch.positions[: batch.tokens].tolist() == [place for text in ids for place in range(len(text))]
    assert [group.length for group in batch.groups for _ in range(group.count)] == [len(text) for text in ids]
    assert len({group.length for group in batch.groups}) == len(batch.groups)


@pytest.mark.parametrize("with_bias", [False, True])
def test_attention_equals_torch_text_by_text(with_bias: bool) -> None:
    torch.manual_seed(0)
    lengths, heads, size = [20, 20, 9, 4, 4, 4, 1], 3, 5
    batch = pack([[1] * length for length in lengths])
    qkv = torch.randn(len(batch.ids), 3 * heads * size)
    bias = torch.randn(heads, 30, 30) if with_bias else None
    found = attention(batch, qkv, heads, bias)
    start = 0
    for length in lengths:
        own = qkv[start : start + length].view(1, length, 3, heads, size).permute(2, 0, 3, 1, 4)
        mask = None if bias is None else bias[:, :length, :length]
        expected = torch.nn.functional.scaled_dot_product_attention(*own, attn_mask=mask, scale=1.0)
        expected = expected.transpose(1, 2).reshape(length, -1)
        torch.testing.assert_close(found[start : start + length], expected, atol=1e-6, rtol=1e-5)
        start += length
    assert not found[start:].any()


@pytest.mark.parametrize("length", [1, 3, 15, 16, 17])
def test_softmax_of_any_length(length: int) -> None:
    scores = torch.randn(7, 4, length) * 40
    torch.testing.assert_close(softmax(scores.clone()), torch.softmax(scores, -1))


def test_pooling_reads_each_text_by_itself() -> None:
    torch.manual_seed(0)
    lengths, skip = [6, 6, 3, 2], [0, 2, 1, 1]
    batch = pack([[1] * length for length in lengths])
    states = torch.randn(len(batch.ids), 4)
    texts = states[: sum(lengths)].split(lengths)
    expected = torch.stack([text[n:].mean(0) for text, n in zip(texts, skip, strict=True)])
    torch.testing.assert_close(mean_of_texts(states, batch.groups, torch.tensor(skip)), expected)
    torch.testing.assert_close(last_of_texts(states, batch.groups), torch.stack([t[-1] for t in texts]))
    torch.testing.assert_close(first_of_texts(states, batch.groups), torch.stack([t[0] for t in texts]))
