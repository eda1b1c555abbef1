"""bfloat16 only where it is native and changes nothing that matters."""

import pandas as pd
import pytest
import torch
from torch import nn

from core.base.errors import InputError
from core.models.encoder import precision
from core.models.registry import load_model
from core.texts.samples import SAMPLES

CPU = torch.device("cpu")
native = pytest.mark.skipif(not precision.has_bfloat16(CPU), reason="this processor has no bfloat16")


@native
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
@pytest.mark.parametrize("preset", [0, -1])
def test_every_sample_text_keeps_its_vector(sample, preset):
    texts = pd.read_csv(sample.path)["text"].tolist()
    instruction = sample.presets[preset].instruction
    half = load_model(precision="bfloat16").encode(texts, instruction)
    full = load_model(precision="float32").encode(texts, instruction)
    assert (half * full).sum(axis=1).min() >= 0.999


@native
def test_auto_takes_bfloat16_where_it_is_native():
    assert load_model("all-MiniLM-L6-v2").precision == "bfloat16"


def embed(network: nn.Module, device: torch.device) -> torch.Tensor:
    return torch.tensor([[1.0, 0.0], [1.0, 0.0]])


def test_bfloat16_is_refused_in_words_where_there_is_none(monkeypatch):
    monkeypatch.setattr(precision, "can_bfloat16", lambda device: False)
    with pytest.raises(InputError, match="can't compute in bfloat16"):
        precision.choose(nn.Linear(2, 2), "bfloat16", embed)


def test_auto_takes_float32_elsewhere(monkeypatch):
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: False)
    monkeypatch.setattr(precision, "best_device", lambda: CPU)
    network = nn.Linear(2, 2)
    assert precision.choose(network, "auto", embed) == (network, "float32", CPU)


@pytest.mark.parametrize("second", [[0.99, 0.14], [float("nan"), 0.0]], ids=["turned", "not a number"])
def test_auto_takes_float32_where_the_vectors_would_change(monkeypatch, second):
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: True)
    monkeypatch.setattr(precision, "best_device", lambda: CPU)

    def turned(network: nn.Module, device: torch.device) -> torch.Tensor:
        half = next(network.parameters()).dtype == torch.bfloat16
        return torch.tensor([[1.0, 0.0], second if half else [1.0, 0.0]])

    network = nn.Linear(2, 2)
    assert precision.choose(network, "auto", turned)[:2] == (network, "float32")
    assert precision.choose(network, "auto", embed)[1] == "bfloat16"


def test_an_unknown_precision_lists_the_known_ones():
    with pytest.raises(InputError, match="auto, float32, bfloat16"):
        load_model(precision="int8")
