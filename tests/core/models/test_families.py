"""Every family against sentence-transformers: same directory, same prompt, same vectors."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from core.models.registry import load_model
from tests.support import tiny_models as tiny
from tests.support.tiny_bert import save_tiny_bert

TOLERANCE = 1e-5


@dataclass(frozen=True)
class Case:
    """A family's directory, its name, and whether sentence-transformers has to be told to leave the prompt out."""

    save: Callable[..., Path]
    family: str
    include_prompt: bool = True


CASES = {
    "INSTRUCTOR": Case(tiny.save_tiny_t5, "instructor", include_prompt=False),
    "BGE": Case(tiny.save_tiny_bge, "bge"),
    "E5": Case(save_tiny_bert, "e5"),
    "multilingual E5": Case(tiny.save_tiny_xlmr, "e5"),
    "E5-instruct": Case(tiny.save_tiny_xlmr, "e5-instruct"),
    "GTE": Case(save_tiny_bert, "gte", include_prompt=False),
    "Qwen3": Case(tiny.save_tiny_qwen3, "qwen3"),
    "EmbeddingGemma": Case(tiny.save_tiny_gemma, "gemma"),
    "mpnet": Case(tiny.save_tiny_mpnet, "plain", include_prompt=False),
}
INSTRUCTIONS = {
    "colon and space": "Represent the review for clustering by topic: ",
    "no space": "Represent the review:",
    "several spaces": "by  topic :   ",
    "none": "",
    "one token": "topic ",
    "accents": "Represent é, 漢字: ",
}
TEXTS = {
    "mixed lengths": ["cat", "the dog, the cat", "good review! " * 3, "bad", "represent the cat by topic", "a"],
    "truncated": ["bad cat " * 100, "dog", "the good dog " * 40, "a" * 300],
    "Unicode": ["漢字", "café über", "é", "naïve 漢 review", "x\u0301y", "\u200bcat", "🙂 good"],
    "white space": ["  cat", "dog  ", "\n good\tcat \n", "\u00a0bad", "a  b"],
}


class Pair:
    """Ours and theirs over one directory."""

    def __init__(self, directory: Path, case: Case) -> None:
        self.ours = load_model(directory, family=case.family, precision="float32")
        self.theirs = SentenceTransformer(str(directory), device="cpu")
        self.theirs.set_pooling_include_prompt(case.include_prompt)

    def expected(self, texts: list[str], instruction: str) -> NDArray[np.float32]:
        prompt = self.ours.card.prefix(instruction)
        vectors = self.theirs.encode(texts, prompt=prompt or None, normalize_embeddings=True, batch_size=3)
        return np.asarray(vectors)


@pytest.fixture(scope="module", params=CASES)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    case = CASES[request.param]
    return Pair(case.save(tmp_path_factory.mktemp("model")), case)


@pytest.mark.parametrize("instruction", INSTRUCTIONS.values(), ids=list(INSTRUCTIONS))
@pytest.mark.parametrize("texts", TEXTS.values(), ids=list(TEXTS))
def test_vectors_equal_sentence_transformers(pair: Pair, texts: list[str], instruction: str) -> None:
    ours = pair.ours.encode(texts, instruction)
    np.testing.assert_allclose(ours, pair.expected(texts, instruction), atol=TOLERANCE)


def test_mixed_instructions_equal_one_call_each(pair: Pair) -> None:
    rows = [(i, text) for text in TEXTS["mixed lengths"] for i in ("by topic: ", "", "Represent the review: ")]
    mixed = pair.ours.encode(rows)
    for row, (instruction, text) in zip(mixed, rows, strict=True):
        np.testing.assert_allclose(row, pair.expected([text], instruction)[0], atol=TOLERANCE)


def test_a_text_has_the_same_bits_in_any_company(pair: Pair) -> None:
    if type(pair.ours.network).__name__ == "GeneralEncoder":
        pytest.skip("transformers' own product does not promise it")
    texts = [text for group in TEXTS.values() for text in group]
    together = pair.ours.encode(texts, "topic: ")
    np.testing.assert_array_equal(together, np.concatenate([pair.ours.encode([text], "topic: ") for text in texts]))


def test_the_instruction_changes_the_vector(pair: Pair) -> None:
    plain, told = (pair.ours.encode(["the good cat"], i)[0] for i in ("", "Represent the review by topic: "))
    assert np.abs(plain - told).max() > 0.001
