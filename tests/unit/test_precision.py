"""bfloat16 only where it is native and changes nothing that matters."""

import pandas as pd
import pytest
import torch
from torch import nn

from core.embedding import load_model, precision
from core.errors import InputError
from core.samples import SAMPLES

native = pytest.mark.skipif(not precision.has_bfloat16(), reason="this processor has no bfloat16")


@native
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_every_sample_text_keeps_its_vector(sample):
    texts = pd.read_csv(sample.path)["text"].tolist()
    instruction = sample.presets[0].instruction
    half = load_model(precision="bfloat16").encode(texts, instruction)
    full = load_model(precision="float32").encode(texts, instruction)
    assert (half * full).sum(axis=1).min() >= 0.999


@native
def test_auto_takes_bfloat16_where_it_is_native():
    assert load_model().precision == "bfloat16"


def test_auto_takes_float32_elsewhere(monkeypatch):
    monkeypatch.setattr(precision, "has_bfloat16", lambda: False)
    network = nn.Linear(2, 2)
    assert precision.choose(network, "auto", lambda _: torch.ones(1, 1)) == (network, "float32")


def test_auto_takes_float32_where_the_vectors_would_change(monkeypatch):
    monkeypatch.setattr(precision, "has_bfloat16", lambda: True)

    def embed(network: nn.Module) -> torch.Tensor:
        half = next(network.parameters()).dtype == torch.bfloat16
        return torch.tensor([[1.0, 0.0], [0.99, 0.14] if half else [1.0, 0.0]])

    assert precision.choose(nn.Linear(2, 2), "auto", embed)[1] == "float32"


def test_vectors_of_another_precision_are_another_space():
    assert load_model(precision="bfloat16").fingerprint != load_model(precision="float32").fingerprint


def test_an_unknown_precision_is_said():
    with pytest.raises(InputError, match="float8"):
        load_model(precision="float8")
