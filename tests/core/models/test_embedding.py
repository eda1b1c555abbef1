"""The encoder against sentence-transformers, against the definition of its pooling, and under threads and shuffles."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.base.errors import InputError
from core.models.cards.known import CARDS
from core.models.encoder.encoder import Encoder
from core.models.registry import find, load_model
from tests.support.tiny_bert import save_tiny_bert

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

pytestmark = pytest.mark.usefixtures("one_processor")

TOLERANCE = 1e-5
INSTRUCTIONS = {
    "no instruction": "",
    "ends in colon and space": "Represent the customer review for clustering by complaint reason: ",
    "one word and a space": "query ",
    "with accents": "Représente l'avis du client, 顧客 🙂: ",
}
TEXTS = {
    "mixed lengths": ["Good.", "The parcel came two weeks late and nobody answered.", "refund " * 30, "a", "So so."],
    "accents": ["Crème brûlée à Besançon", "naïve façade", "Ärger über Größe", "İstanbul ıssız", "Ðorðe"],
    "combining marks": ["cafe\u0301 cre\u0300me", "\u0301", "a\u0301\u0302\u0303b", "क्षत्रिय नमस्ते", "ก็ที่นี่"],
    "CJK": ["配達が遅れました。", "退款太慢了", "환불해 주세요", "mixed 漢字 and English"],
    "emoji": ["great 👍🏽", "👩‍👩‍👧‍👦", "🇵🇹 flag", "☃", "😀" * 12],
    "Arabic and Hebrew": ["لم يصل الطرد بعد", "السَّلَامُ عَلَيْكُمْ", "החבילה לא הגיעה"],
    "control characters": ["a\x00b", "tab\tand\x0bbreak\r\n", "\x07bell", "x\x7fy\x85z", "\x00"],
    "zero-width": ["zero\u200bwidth", "\u200b", "\u2060word", "\ufeffmark", "soft\u00adhyphen", "\u202eright to left"],
    "white space around": ["  text", "text  ", "\n\t text \n", "\u00a0text", "\u3000text\u2028"],
    "single characters": ["a", "!", "é", "漢", "🙂", "1", "\u0416"],
    "words beyond the vocabulary": ["x" * 99, "x" * 101, "qwzrtpl", "\u1e9e\u0280\u0281"],
    "over the limit": ["late parcel " * 200, "退款" * 300],
}
# Here the instruction's end and the text's beginning fall into one word.
JOINED = {
    "within a word": ("Represent the rev", "iew was good, the food was not"),
    "whole words": ("Represent", "ing cats"),
    "colon before": ("topic:", "cats and dogs"),
    "colon after": ("topic", ": cats and dogs"),
    "text begins with space": ("topic", "  cats and dogs"),
    "accent": ("caf", "és of Lisbon"),
    "accent alone": ("Represent the e", "\u0301tude in C"),
    "CJK": ("漢", "字 test"),
    "zero-width": ("care", "\u200bful reader"),
    "control character": ("care", "\x00\x07ful reader"),
    "over the limit": ("Represent the rev", "iew of the winter, " * 90),
}


@pytest.fixture(scope="module")
def minilm_reference() -> "SentenceTransformer":
    directory = find(CARDS["all-MiniLM-L6-v2"])
    assert directory is not None
    return reference(directory)


@pytest.fixture(scope="module")
def tiny_reference(tiny_directory: Path) -> "SentenceTransformer":
    return reference(tiny_directory)


def reference(directory: Path, include_prompt: bool = False) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(directory), device="cpu")
    model.set_pooling_include_prompt(include_prompt)
    return model


def expected(model: "SentenceTransformer", texts: list[str], instruction: str = "") -> NDArray[np.float32]:
    vectors = model.encode(
        texts, prompt=instruction or None, normalize_embeddings=True, batch_size=4, show_progress_bar=False
    )
    return np.asarray(vectors)


def pooled_by_definition(model: "SentenceTransformer", instruction: str, text: str) -> NDArray[np.float32]:
    """Mean over the tokens that hold a character of the text, and the final [SEP]; literally, one text at a time."""
    tokens = model.tokenizer(
        instruction + text,
        truncation=True,
        max_length=model.max_seq_length,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    offsets = tokens.pop("offset_mapping")[0].tolist()
    with torch.inference_mode():
        states = model[0].model(**tokens).last_hidden_state[0].numpy()
    of_text = [any(len(instruction) <= at for at in range(begin, end)) for begin, end in offsets]
    pooled = np.mean(
        [state for state, holds in zip(states[:-1], of_text, strict=False) if holds] + [states[-1]], axis=0
    )
    return np.asarray(pooled / np.linalg.norm(pooled))


class TestParity:
    @pytest.mark.parametrize("instruction", INSTRUCTIONS.values(), ids=list(INSTRUCTIONS))
    def test_minilm_equals_sentence_transformers(
        self, minilm: Encoder, minilm_reference: "SentenceTransformer", instruction: str
    ) -> None:
        texts = [text for kind in TEXTS.values() for text in kind]
        difference = np.abs(minilm.encode(texts, instruction) - expected(minilm_reference, texts, instruction)).max(1)
        wrong = {text: float(worst) for text, worst in zip(texts, difference, strict=True) if worst > TOLERANCE}
        assert not wrong

    @pytest.mark.parametrize("kind", ["mixed lengths", "emoji", "control characters", "white space around"])
    def test_texts_do_not_depend_on_their_company(self, minilm: Encoder, kind: str) -> None:
        texts = TEXTS[kind]
        together = minilm.encode(texts, "query ")
        alone = np.concatenate([minilm.encode([text], "query ") for text in texts])
        np.testing.assert_allclose(together, alone, atol=TOLERANCE)

    @pytest.mark.parametrize(
        "shape",
        [
            {"hidden": 24, "heads": 3, "layers": 2},
            {"hidden": 40, "heads": 5, "layers": 1, "seed": 1},
            {"hidden": 16, "heads": 1, "layers": 4, "positions": 40, "max_tokens": 40, "seed": 2},
            {"hidden": 32, "heads": 8, "layers": 3, "with_head": True, "seed": 3},
        ],
        ids=["24 wide", "40 wide", "one head", "saved with a head"],
    )
    @pytest.mark.parametrize("include_prompt", [False, True], ids=["instruction left out", "instruction pooled"])
    def test_other_berts_equal_sentence_transformers(
        self, tmp_path: Path, shape: dict[str, int], include_prompt: bool
    ) -> None:
        directory = save_tiny_bert(tmp_path / "model", **shape)  # type: ignore[arg-type]
        model = load_model(directory, pool_instruction=include_prompt, precision="float32")
        texts = ["cat", "the dog, the cat", "good review!", "bad " * 100, "represent 漢字 by topic"]
        ours = model.encode(texts, "by topic: ")
        np.testing.assert_allclose(
            ours, expected(reference(directory, include_prompt), texts, "by topic: "), atol=TOLERANCE
        )
        assert ours.shape == (len(texts), shape["hidden"])

    def test_weights_saved_with_a_head_are_prefixed(self, tmp_path: Path) -> None:
        from safetensors import safe_open

        directory = save_tiny_bert(tmp_path / "model", with_head=True)
        with safe_open(directory / "model.safetensors", "pt") as file:
            assert "bert.embeddings.word_embeddings.weight" in file.keys()  # noqa: SIM118

    def test_a_model_saved_by_sentence_transformers_itself(
        self, tmp_path: Path, tiny_reference: "SentenceTransformer"
    ) -> None:
        tiny_reference.save(str(tmp_path / "saved"))
        model = load_model(tmp_path / "saved", precision="float32")
        texts = ["the cat", "good dog " * 60]
        assert model.card.max_tokens == tiny_reference.max_seq_length
        np.testing.assert_allclose(
            model.encode(texts, "topic: "), expected(tiny_reference, texts, "topic: "), atol=TOLERANCE
        )

    def test_pooling_the_instruction_changes_the_vectors(self, tiny_directory: Path, tiny: Encoder) -> None:
        pooling = load_model(tiny_directory, pool_instruction=True, precision="float32")
        difference = pooling.encode(["the cat"], "by topic: ") - tiny.encode(["the cat"], "by topic: ")
        assert np.abs(difference).max() > 0.01


class TestPooling:
    @pytest.mark.parametrize(("instruction", "text"), JOINED.values(), ids=list(JOINED))
    def test_joined_words_count_as_text(
        self, minilm: Encoder, minilm_reference: "SentenceTransformer", instruction: str, text: str
    ) -> None:
        ours = minilm.encode([text], instruction)[0]
        np.testing.assert_allclose(ours, pooled_by_definition(minilm_reference, instruction, text), atol=TOLERANCE)

    def test_a_token_really_spans_the_seam(self, minilm_reference: "SentenceTransformer") -> None:
        instruction, text = JOINED["within a word"]
        offsets = minilm_reference.tokenizer(instruction + text, return_offsets_mapping=True)["offset_mapping"]
        assert any(begin < len(instruction) < end for begin, end in offsets)

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        instruction=st.text("ac t:é漢\u0301\u200b\t\x00", min_size=1, max_size=12),
        text=st.text("ac t:é漢\u0301\u200b\t\x00", min_size=1, max_size=12).filter(str.strip),
    )
    def test_any_seam_follows_the_definition(
        self, tiny: Encoder, tiny_reference: "SentenceTransformer", instruction: str, text: str
    ) -> None:
        ours = tiny.encode([text], instruction)[0]
        np.testing.assert_allclose(ours, pooled_by_definition(tiny_reference, instruction, text), atol=TOLERANCE)

    def test_the_text_attends_to_the_instruction(self, minilm: Encoder) -> None:
        plain, told, otherwise = (minilm.encode(["red shoes"], i)[0] for i in ("", "by colour: ", "by garment: "))
        assert min(np.abs(plain - told).max(), np.abs(told - otherwise).max()) > 0.001


class TestInputs:
    def test_pairs_equal_one_batch_per_instruction(self, minilm: Encoder) -> None:
        science, reviews = "Represent the Science paragraph: ", "Represent the review: "
        pairs = [
            [science, "DNA is a molecule that carries genetic instructions."],
            [reviews, "Arrived broken."],
            [science, "Light bends in glass."],
            ["", "No instruction at all."],
            (reviews, "Would buy again, but the box was torn and it took them three weeks."),
        ]
        mixed = minilm.encode(pairs)
        for instruction in (science, reviews, ""):
            rows = [row for row, (own, _) in enumerate(pairs) if own == instruction]
            batch = minilm.encode([pairs[row][1] for row in rows], instruction)
            np.testing.assert_allclose(mixed[rows], batch, atol=TOLERANCE)

    def test_the_same_words_split_elsewhere_are_another_pair(self, tiny: Encoder) -> None:
        early, late = tiny.encode([["the ", "cat by topic"], ["the cat by ", "topic"]])
        assert np.abs(early - late).max() > 0.01

    def test_vectors_are_float32_of_length_one(self, minilm: Encoder) -> None:
        vectors = minilm.encode(["the parcel came late " * (1 + row % 7) + str(row) for row in range(20)], "query ")
        assert vectors.dtype == np.float32
        assert vectors.shape == (20, 384)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)

    def test_no_texts_give_no_rows(self, minilm: Encoder) -> None:
        for vectors in (minilm.encode([]), minilm.encode([], "query "), minilm.embed([]).vectors):
            assert vectors.shape == (0, 384)
            assert vectors.dtype == np.float32

    @pytest.mark.parametrize(
        ("inputs", "instruction", "message"),
        [
            ("a single string", None, "list of texts"),
            ([["query: ", "text"]], "topic: ", "own instructions"),
            ([["query: ", "text"]], "", "own instructions"),
            (["text", ""], None, "Text 2 is empty"),
            (["text", " \t\n\u3000"], None, "Text 2 is empty"),
            ([["query: ", "text"], ["query: ", " "]], None, "Text 2 is empty"),
            ([["query: ", "text", "more"]], None, "Input 1"),
            (["text", None], None, "Input 2"),
            (["text", 3.5], None, "Input 2"),
            ([b"ab"], None, "Input 1"),
        ],
    )
    def test_refused_inputs(self, tiny: Encoder, inputs: object, instruction: str | None, message: str) -> None:
        with pytest.raises(InputError, match=message):
            tiny.encode(inputs, instruction)  # type: ignore[arg-type]

    def test_an_instruction_must_leave_room_for_the_text(self, minilm: Encoder) -> None:
        longest = "word " * 222
        assert minilm.encode(["text"], longest).shape == (1, 384)
        with pytest.raises(InputError, match=r"has 223 tokens; .* reads 256 .* leaves 31 .* to 222 tokens"):
            minilm.encode(["text"], longest + "word ")
        with pytest.raises(InputError, match=r"has 600 tokens; .* leaves 0 for"):
            minilm.encode([["", "text"], ["word " * 600, "text"]])

    def test_a_short_model_needs_no_room_for_no_instruction(self, tiny_directory: Path) -> None:
        model = load_model(tiny_directory, max_tokens=20, precision="float32")
        assert model.encode(["cat"]).shape == (1, 24)
        with pytest.raises(InputError, match="has 1 tokens"):
            model.encode(["cat"], "topic ")


class TestEmbed:
    def test_it_says_what_was_cut_off_and_what_it_cost(
        self, minilm: Encoder, minilm_reference: "SentenceTransformer"
    ) -> None:
        instruction = "Represent the review: "
        texts = ["late parcel", "word " * 250, "word " * 251, "late parcel", "word " * 900]
        found = minilm.embed(texts, instruction)
        whole = [len(minilm_reference.tokenizer(instruction + text)["input_ids"]) for text in texts]
        assert found.instruction_tokens == 4
        assert found.truncated.tolist() == [count > 256 for count in whole] == [False, False, True, False, True]
        assert found.tokens.tolist() == [min(count, 256) for count in whole]
        np.testing.assert_array_equal(found.vectors, minilm.encode(texts, instruction))

    def test_the_space_is_that_of_model_and_instruction(self, tiny: Encoder) -> None:
        plain, told, again = (tiny.embed(texts, i) for texts, i in [(["a"], ""), (["a"], "by "), (["b"], "by ")])
        assert told.space == again.space
        assert told.space.digest != plain.space.digest
        assert (told.space.instruction, told.space.dimension) == ("by ", 24)

    def test_vectors_are_read_only(self, tiny: Encoder) -> None:
        with pytest.raises(ValueError, match="read-only"):
            tiny.embed(["cat"]).vectors[0] = 0

    def test_tokens_of_long_texts_are_counted_whole(self, tiny: Encoder) -> None:
        assert tiny.count_tokens(["cat " * 500, "", "the dog"]) == [500, 0, 2]
