"""The read-out: what no instruction means, padding, one instruction or many, and eight bits."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from core.models.refract.readout import STEPS, Reading, ReadOut, ReadOutConfig

CONFIG = ReadOutConfig(
    width=24,
    blocks=1,
    block_heads=4,
    block_hidden=48,
    instruction_width=16,
    trunk=8,
    heads=3,
    key=4,
    value=8,
    hidden=32,
)
LENGTHS = (7, 3, 1, 5)


def make_model(trained: bool = True, seed: int = 0) -> ReadOut:
    torch.manual_seed(seed)
    model = ReadOut(CONFIG).eval().requires_grad_(False)
    if trained:  # the layers that start at zero get weights, as training gives them
        for layer in (model.down, model.film, model.gate):
            torch.nn.init.normal_(layer.weight, std=0.5)
    return model


def make_inputs(seed: int = 1) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(seed)
    states = torch.randn(len(LENGTHS), max(LENGTHS), CONFIG.width)
    mask = torch.arange(max(LENGTHS)) < torch.tensor(LENGTHS)[:, None]
    plain = F.normalize(torch.randn(len(LENGTHS), CONFIG.width), dim=1)
    return states, mask, plain


def make_instruction(rows: int = 1, seed: int = 2) -> Tensor:
    torch.manual_seed(seed)
    return torch.randn(rows, CONFIG.instruction_width)


def test_no_instruction_is_the_plain_vector() -> None:
    model, (states, mask, plain) = make_model(), make_inputs()
    vectors = model(model.read(states, mask, plain), torch.zeros(1, CONFIG.instruction_width))
    torch.testing.assert_close(vectors, plain, atol=1e-6, rtol=0)


def test_an_instruction_changes_the_vectors_of_a_trained_model() -> None:
    model, inputs = make_model(), make_inputs()
    reading = model.read(*inputs)
    first, second = model(reading, make_instruction()), model(reading, make_instruction(seed=3))
    assert (first * second).sum(1).max() < 0.99
    assert (first * inputs[2]).sum(1).max() < 0.99


def test_training_starts_at_the_plain_vectors() -> None:
    model, inputs = make_model(trained=False), make_inputs()
    vectors = model(model.read(*inputs), make_instruction())
    torch.testing.assert_close(vectors, inputs[2], atol=1e-6, rtol=0)


def test_vectors_have_length_one() -> None:
    model = make_model()
    vectors = model(model.read(*make_inputs()), make_instruction())
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(len(LENGTHS)))


def test_padding_changes_nothing() -> None:
    model, (states, mask, plain) = make_model(), make_inputs()
    together = model(model.read(states.masked_fill(~mask[..., None], 99.0), mask, plain), make_instruction())
    for row, length in enumerate(LENGTHS):
        alone = model.read(states[row : row + 1, :length], mask[row : row + 1, :length], plain[row : row + 1])
        torch.testing.assert_close(model(alone, make_instruction())[0], together[row], atol=1e-5, rtol=0)


def test_rows_with_instructions_of_their_own_equal_one_instruction_at_a_time() -> None:
    model, inputs = make_model(), make_inputs()
    reading, instructions = model.read(*inputs), make_instruction(len(LENGTHS))
    together = model(reading, instructions)
    for row in range(len(LENGTHS)):
        alone = model(reading, instructions[row : row + 1])
        torch.testing.assert_close(alone[row], together[row], atol=1e-5, rtol=0)


def test_eight_bits_lose_next_to_nothing() -> None:
    model, inputs = make_model(), make_inputs()
    reading = model.read(*inputs)
    stored = reading.quantised()
    assert stored.keys.dtype == stored.values.dtype == torch.int8
    assert stored.keys.shape[2] + stored.values.shape[2] == CONFIG.bytes_per_token
    assert (stored.restored().values - reading.values).abs().max() <= 0.5 / STEPS + 1e-6
    cosines = (model(reading, make_instruction()) * model(stored, make_instruction())).sum(1)
    assert cosines.min() > 0.999


def test_what_is_stored_in_eight_bits_does_not_change_when_stored_again() -> None:
    stored = make_model().read(*make_inputs()).quantised()
    again = stored.restored().quantised()
    assert torch.equal(stored.keys, again.keys)
    assert torch.equal(stored.values, again.values)


def test_attention_sums_to_one_and_leaves_padding_out() -> None:
    model, (states, mask, plain) = make_model(), make_inputs()
    weights = model.attention(model.read(states, mask, plain), make_instruction())
    torch.testing.assert_close(weights.sum(1), torch.ones(len(LENGTHS)))
    assert weights[~mask].eq(0).all()
    assert weights[mask].gt(0).all()


def test_attention_follows_the_instruction() -> None:
    model = make_model()
    reading = model.read(*make_inputs())
    first, second = (model.attention(reading, make_instruction(seed=seed)) for seed in (2, 3))
    assert not torch.allclose(first, second, atol=1e-3)


@pytest.mark.parametrize("field", ["keys", "values"])
def test_the_vector_depends_on_keys_and_values(field: str) -> None:
    model = make_model()
    reading = model.read(*make_inputs())
    parts = {name: getattr(reading, name) for name in ("keys", "values", "mask", "plain")}
    changed = Reading(**{**parts, field: parts[field].roll(1, dims=1)})
    assert not torch.allclose(model(reading, make_instruction()), model(changed, make_instruction()), atol=1e-3)
