"""Refract-small: its vectors by the definition, one reading for all instructions, and readings that are kept."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertModel

from core.base.errors import Cancelled, InputError
from core.base.progress import Watch
from core.models.cards.known import CARDS
from core.models.encoder.precision import can_bfloat16
from core.models.loading import load_live
from core.models.refract import reader as reader_module
from core.models.refract.live import LiveEncoder
from core.models.refract.reader import Reader
from core.models.refract.readout import MIDDLE_LAYER, ReadOut
from core.models.registry import find, load_model
from core.store.vectors import VectorStore
from core.texts.samples import SAMPLES
from tests.conftest import three_topics
from tests.support.fake_encoder import again, assert_same

SENTIMENT = "Represent the customer review for clustering by sentiment: "
PRODUCT = "Represent the customer review for clustering by product: "
TEXTS = [
    "The blender broke on the second day and nobody answers.",
    "I love this blender!",
    "Zürich, 42 °C: naïve café?",
    "word " * 400,
    "The headphones sound wonderful, though they came late.",
    "I love this blender!",
    "ok",
]


@pytest.fixture(scope="module")
def model() -> LiveEncoder:
    return load_model("refract-small", precision="float32")


@pytest.fixture
def reading(model: LiveEncoder, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The texts that go through the reader, four a part."""
    seen: list[str] = []
    read = Reader.read

    def watched(self: Reader, texts, *given):
        for chunk in read(self, texts, *given):
            seen.extend(texts[chunk.start : chunk.start + len(chunk.lengths)])
            yield chunk

    monkeypatch.setattr(reader_module, "PART_TEXTS", 4)
    monkeypatch.setattr(Reader, "read", watched)
    model._held.clear()
    yield seen
    model._held.clear()


def by_definition(model: LiveEncoder, texts: list[str], instruction: str) -> np.ndarray:
    """The read-out as it is trained, padded, over transformers' own BERT."""
    read_out: ReadOut = model._asker.read_out
    network = BertModel.from_pretrained(find(CARDS["all-MiniLM-L6-v2"]), add_pooling_layer=False).eval()

    def states(text: str) -> tuple[torch.Tensor, torch.Tensor]:
        ids = torch.tensor([model.tokenizer.encode(text).ids])
        hidden = network(input_ids=ids, attention_mask=torch.ones_like(ids), output_hidden_states=True).hidden_states
        return hidden[MIDDLE_LAYER][0], hidden[-1][0]

    with torch.inference_mode():
        middle, last = zip(*map(states, texts), strict=True)
        plain = torch.nn.functional.normalize(torch.stack([each.mean(0) for each in last]), dim=1)
        padded = torch.nn.utils.rnn.pad_sequence(list(middle), batch_first=True)
        mask = torch.arange(padded.shape[1]) < torch.tensor([len(each) for each in middle])[:, None]
        asked = torch.cat([each.mean(0) for each in states(instruction)])[None]
        return read_out(read_out.read(padded, mask, plain).quantised(), asked).numpy()


@pytest.mark.parametrize("instruction", [SENTIMENT, PRODUCT, "sentiment", "by topic: "])
def test_the_vectors_are_those_that_were_trained(model: LiveEncoder, instruction: str) -> None:
    found, wanted = model.encode(TEXTS, instruction), by_definition(model, TEXTS, instruction)
    assert (found * wanted).sum(1).min() > 0.9999  # int8 may round a number otherwise at its very edge
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)


def test_without_an_instruction_they_are_the_plain_models(model: LiveEncoder) -> None:
    plain = load_model("all-MiniLM-L6-v2", precision="float32")
    np.testing.assert_array_equal(model.encode(TEXTS, ""), plain.encode(TEXTS))


def test_an_instruction_changes_them(model: LiveEncoder) -> None:
    first, second = model.encode(TEXTS[:3], SENTIMENT), model.encode(TEXTS[:3], PRODUCT)
    assert (first * second).sum(1).max() < 0.98


def test_sentiment_and_product_pull_the_same_texts_apart_in_different_ways(model: LiveEncoder) -> None:
    texts = ["I love this blender.", "I hate this blender.", "I love these headphones.", "I hate these headphones."]
    by_sentiment, by_product = (
        vectors @ vectors.T for vectors in (model.encode(texts, i) for i in (SENTIMENT, PRODUCT))
    )
    assert by_sentiment[0, 2] > by_sentiment[0, 1]
    assert by_product[0, 1] > by_product[0, 2]


def test_a_text_has_the_same_vector_in_any_company(model: LiveEncoder) -> None:
    together = model.encode(TEXTS, SENTIMENT)
    for row, text in enumerate(TEXTS):
        np.testing.assert_array_equal(model.encode([text], SENTIMENT)[0], together[row])


def test_pairs_carry_their_own_instructions(model: LiveEncoder) -> None:
    pairs = [[SENTIMENT, TEXTS[0]], ["", TEXTS[1]], [PRODUCT, TEXTS[0]]]
    found = model.encode(pairs)
    for row, (instruction, text) in enumerate(pairs):
        np.testing.assert_array_equal(found[row], model.encode([text], instruction)[0])


def test_what_embed_tells_is_what_the_plain_model_tells(model: LiveEncoder) -> None:
    found, plain = model.embed(TEXTS, SENTIMENT), load_model("all-MiniLM-L6-v2").embed(TEXTS)
    np.testing.assert_array_equal(found.tokens, plain.tokens)
    np.testing.assert_array_equal(found.truncated, plain.truncated)
    assert found.instruction_tokens == 0
    assert found.space.instruction == SENTIMENT
    assert not found.vectors.flags.writeable
    chunks = list(model.stream(TEXTS, SENTIMENT))
    np.testing.assert_array_equal(np.concatenate([chunk.vectors for chunk in chunks]), found.vectors)


@pytest.mark.skipif(not can_bfloat16(torch.device("cpu")), reason="this processor has no bfloat16")
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_bfloat16_turns_no_vector(model: LiveEncoder, sample) -> None:
    from core.texts import corpus, readers

    half = load_model("refract-small", precision="bfloat16")
    texts = corpus.build(readers.read(sample.path), sample.text_column).texts
    for instruction in (sample.presets[0].instruction, SENTIMENT):
        assert (half.encode(texts, instruction) * model.encode(texts, instruction)).sum(1).min() > 0.999


def test_an_edit_never_touches_the_reader(model: LiveEncoder, reading: list[str]) -> None:
    model.embed(TEXTS, SENTIMENT)
    assert reading == list(dict.fromkeys(TEXTS))
    model.embed(TEXTS, PRODUCT)
    model.encode(TEXTS, "by tone: ")
    assert len(reading) == 6


def test_saved_readings_give_the_same_vectors_and_are_mapped(
    model: LiveEncoder, reading: list[str], store: VectorStore
) -> None:
    wanted = model.embed(TEXTS, SENTIMENT)
    reading.clear()
    assert_same(store.embed(model, TEXTS, SENTIMENT), wanted)
    assert len(reading) == 6
    model._held.clear()
    assert_same(again(store).embed(model, TEXTS, SENTIMENT), wanted)
    assert_same(again(store).embed(model, TEXTS[::-1], PRODUCT), model.embed(TEXTS[::-1], PRODUCT))
    assert len(reading) == 6 + 6  # the last line's own, without a store
    (held,) = [each for each in model._held.values() if isinstance(each.parts[0].tokens, np.memmap)][:1]
    assert held.memory < sum(part.tokens.nbytes for part in held.parts)


def test_only_new_texts_are_read(model: LiveEncoder, reading: list[str], store: VectorStore) -> None:
    store.embed(model, TEXTS[:3], SENTIMENT)
    reading.clear()
    grown = again(store).embed(model, TEXTS, PRODUCT)
    assert set(reading) == set(TEXTS[3:]) - set(TEXTS[:3])
    np.testing.assert_array_equal(grown.vectors, model.encode(TEXTS, PRODUCT))


def test_what_was_read_before_a_stop_is_kept(model: LiveEncoder, reading: list[str], store: VectorStore) -> None:
    stop, texts = threading.Event(), three_topics()

    def tell(progress) -> None:
        if progress.done >= 10:
            stop.set()

    with pytest.raises(Cancelled):
        store.embed(model, texts, SENTIMENT, Watch(tell, stop))
    read = len(reading)
    assert 8 <= read < 30
    reading.clear()
    after = again(store).embed(model, texts, SENTIMENT)
    assert len(reading) == 30 - read
    np.testing.assert_array_equal(after.vectors, model.encode(texts, SENTIMENT))


@pytest.mark.parametrize("damage", ["changed", "gone", "cut"])
def test_damaged_tokens_are_read_again(
    model: LiveEncoder, reading: list[str], store: VectorStore, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = store.embed(model, TEXTS, SENTIMENT)
    path = sorted(store.directory.rglob("*.tokens.npy"))[0]
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if damage == "changed" else data[:-7])
    model._held.clear()
    reading.clear()
    assert_same(again(store).embed(model, TEXTS, SENTIMENT), wanted)
    assert 0 < len(reading) < 6
    assert ("damaged" in caplog.text) == (damage != "gone")
    model._held.clear()
    reading.clear()
    assert_same(again(store).embed(model, TEXTS, SENTIMENT), wanted)
    assert not reading


def test_readings_count_in_the_size_and_can_be_cleared(model: LiveEncoder, store: VectorStore) -> None:
    model._held.clear()
    store.embed(model, TEXTS, SENTIMENT)
    tokens = int(model.embed(list(dict.fromkeys(TEXTS))).tokens.sum())
    assert store.size() >= tokens * model.reader.bytes_per_token
    store.clear()
    assert store.size() == 0


def test_words_carry_the_text(model: LiveEncoder) -> None:
    text = "The blender broke; unbelievably bad."
    words = model.attention(text, SENTIMENT)
    assert [text[word.start : word.stop] for word in words] == [
        "The",
        "blender",
        "broke",
        ";",
        "unbelievably",
        "bad",
        ".",
    ]
    assert 0.5 < sum(word.weight for word in words) < 1
    assert all(word.weight > 0 for word in words)
    assert [word.weight for word in words] != [word.weight for word in model.attention(text, PRODUCT)]


def test_without_an_instruction_all_tokens_count_alike(model: LiveEncoder) -> None:
    weights = [word.weight for word in model.attention("a good dog", "")]
    assert weights == pytest.approx([1 / 5] * 3)


def test_words_behind_the_limit_have_no_weight(model: LiveEncoder) -> None:
    assert len(model.attention("word " * 400, SENTIMENT)) == 254


def test_lost_tokens_of_some_texts_do_not_hide_what_is_read_in_their_place(
    model: LiveEncoder, reading: list[str], store: VectorStore
) -> None:
    store.embed(model, TEXTS[:4], SENTIMENT)
    next(store.directory.rglob("*.tokens.npy")).unlink()
    for _ in range(2):
        model._held.clear()
        reading.clear()
        again(store).embed(model, TEXTS[1:3], SENTIMENT)
    assert not reading


@pytest.mark.parametrize("texts", [["good", "  "], [""]])
def test_an_empty_text_is_refused(model: LiveEncoder, store: VectorStore, texts: list[str]) -> None:
    for embed in (model.encode, model.embed, lambda *given: store.embed(model, *given)):
        with pytest.raises(InputError, match="is empty"):
            embed(texts, SENTIMENT)


def test_a_longer_instruction_than_the_model_reads_is_refused(model: LiveEncoder, store: VectorStore) -> None:
    for embed in (model.encode, model.embed, lambda *given: store.embed(model, *given)):
        with pytest.raises(InputError, match=r"255 tokens; refract-small reads 254"):
            embed(["good"], "word " * 255)
    assert model.encode(["good"], "word " * 254).shape == (1, 384)


def test_its_recipe_is_fixed() -> None:
    with pytest.raises(InputError, match="pooling can't be set otherwise for refract-small"):
        load_model("refract-small", pooling="cls")


def test_other_weights_are_refused(tmp_path: Path) -> None:
    directory = find(CARDS["refract-small"])
    assert directory is not None
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((directory / name).read_bytes())
    with (tmp_path / "model.safetensors").open("r+b") as file:
        file.seek(-3, 2)
        file.write(b"\0\1\0")
    with pytest.raises(InputError, match="not the published ones"):
        load_live(tmp_path, CARDS["refract-small"], load_model("all-MiniLM-L6-v2"))
    with pytest.raises(InputError, match="missing"):
        load_live(None, CARDS["refract-small"], load_model("all-MiniLM-L6-v2"))
