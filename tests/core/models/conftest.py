"""Encoders that several tests of the models use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from core.models.encoder.encoder import Encoder
from core.models.registry import load_model
from tests.support.tiny_bert import save_tiny_bert


@pytest.fixture
def one_processor() -> Iterator[None]:
    """On a busy machine, waiting for the other processor takes longer than these small batches."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def minilm() -> Encoder:
    return load_model("all-MiniLM-L6-v2", precision="float32")


@pytest.fixture(scope="session")
def tiny_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_bert(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny(tiny_directory: Path) -> Encoder:
    return load_model(tiny_directory, precision="float32")
