"""Training: the losses against their definitions, the data's splits, the phrasings, a run that learns and resumes."""

import math
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from core.models.refract.readout import ReadOut, ReadOutConfig
from training import data, instructions, synthetic
from training.data import LabelledTexts
from training.instructions import TextKind
from training.objective import contrast, keep, naming
from training.states import States
from training.tasks import Column, TaskSet
from training.train import TrainingSettings, load, save, step_losses, train

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


def unit(rows: int, width: int = 8, seed: int = 0) -> Tensor:
    return F.normalize(torch.randn(rows, width, generator=torch.Generator().manual_seed(seed)), dim=1)


def make_set(texts: int, classes: int, name: str = "made") -> LabelledTexts:
    return LabelledTexts(name, [f"text {i}" for i in range(texts)], {"kind": [f"k{i % classes}" for i in range(texts)]})


# --- losses


def test_contrast_is_the_published_formula() -> None:
    vectors, classes, temperature = unit(5), [0, 0, 1, 1, 1], 0.1
    scores = (vectors @ vectors.T / temperature).tolist()
    expected = 0.0
    for i in range(5):
        everyone = sum(math.exp(scores[i][a]) for a in range(5) if a != i)
        positives = [p for p in range(5) if p != i and classes[p] == classes[i]]
        expected -= sum(math.log(math.exp(scores[i][p]) / everyone) for p in positives) / len(positives) / 5
    assert float(contrast(vectors, torch.tensor(classes), temperature)) == pytest.approx(expected, rel=1e-4)


def test_contrast_leaves_out_texts_without_class() -> None:
    vectors = unit(6)
    with_strangers = contrast(vectors, torch.tensor([0, 0, 1, 1, -1, -1]))
    torch.testing.assert_close(with_strangers, contrast(vectors[:4], torch.tensor([0, 0, 1, 1])))


def test_contrast_of_lonely_texts_is_zero_and_has_a_gradient() -> None:
    vectors = unit(3).requires_grad_()
    loss = contrast(vectors, torch.tensor([0, 1, -1]))
    loss.backward()
    assert loss.item() == 0.0
    assert vectors.grad is not None


def test_naming_prefers_the_right_name() -> None:
    names = unit(3)
    right, wrong = torch.tensor([0, 1, 2]), torch.tensor([1, 2, 0])
    assert naming(names, right, names) < naming(names, wrong, names)
    torch.testing.assert_close(naming(names, torch.tensor([0, -1, -1]), names), naming(names[:1], right[:1], names))


def test_keep_is_zero_for_the_same_similarities_only() -> None:
    vectors = unit(6)
    turned = vectors @ torch.linalg.qr(torch.randn(8, 8, generator=torch.Generator().manual_seed(1)))[0]
    assert float(keep(vectors, vectors)) == pytest.approx(0, abs=1e-5)
    assert float(keep(turned, vectors)) == pytest.approx(0, abs=1e-3)
    assert float(keep(unit(6, seed=5), vectors)) > 0.1


# --- data


def test_a_texts_side_depends_on_the_text_alone() -> None:
    made = make_set(400, 4)
    train_part, dev_part = data.split(made)
    shuffled = made.take(random.Random(0).sample(range(400), 400))
    assert set(train_part.texts) | set(dev_part.texts) == set(made.texts)
    assert not set(train_part.texts) & set(dev_part.texts)
    assert set(data.split(shuffled)[1].texts) == set(dev_part.texts)
    assert 20 <= len(dev_part) <= 90


def test_thinning_keeps_rare_classes() -> None:
    values = ["rare"] * 10 + ["common"] * 990
    thinned = data.thin(LabelledTexts("s", [f"t{i}" for i in range(1000)], {"a": values}), 100)
    assert len(thinned) == 100
    assert Counter(thinned.labels["a"])["rare"] == 10


def test_sentiment_follows_from_stars_and_from_agreeing_parts() -> None:
    stars = LabelledTexts(
        "womens_clothing", ["a", "b", "c", "d"] * 5, {"rating": ["1 stars", "5 stars", "3 stars", "2 stars"] * 5}
    )
    assert data.prepare(stars).labels["sentiment"][:4] == ["negative", "positive", "", "negative"]
    parts = {
        "sentiment about food": ["positive", "positive", "neutral", ""] * 5,
        "sentiment about staff": ["positive", "negative", "negative", ""] * 5,
    }
    overall = data.prepare(LabelledTexts("mams_aspect_sentiment", ["a", "b", "c", "d"] * 5, parts)).labels["sentiment"]
    assert overall[:4] == ["positive", "", "negative", ""]


def test_pooling_keeps_poles_and_says_where_texts_come_from() -> None:
    one = LabelledTexts("one", ["a", "b"], {"sentiment": ["positive", "neutral"]})
    two = LabelledTexts("two", ["c", "d"], {"valence": ["negative", "positive"]})
    pooled = data.pool("pooled", "sentiment", [(one, "sentiment"), (two, "valence")])
    assert pooled.texts == ["a", "c", "d"]
    assert pooled.labels == {"sentiment": ["positive", "negative", "positive"], "origin": ["one", "two", "two"]}
    styles = data.pool("styles", "style", [(one, {"": "verse"}), (two, {"valence": ""})]).labels["style"]
    assert styles == ["verse", "verse", "negative", "positive"]


# --- phrasings


def test_there_are_enough_templates_and_the_published_one_is_among_them() -> None:
    assert len(set(instructions.TEMPLATES)) >= 12
    assert "Represent the {domain}{text} for clustering by {aspect}: " in instructions.TEMPLATES
    written = instructions.fill(instructions.TEMPLATES[0], "topic", TextKind("science", "abstract"))
    assert written == "Represent the science abstract for clustering by topic: "
    assert "  " not in instructions.fill(instructions.TEMPLATES[0], "topic", TextKind())


@pytest.mark.parametrize("aspect", ["sentiment", "topic", "country", "writing style", "complaint reason"])
def test_held_out_paraphrases_are_never_trained_on(aspect: str) -> None:
    source = instructions.source_of("written_opinions")
    held_out = instructions.held_out(aspect, source)
    rng = random.Random(0)
    trained = {instructions.phrase(instructions.aspect_of(aspect), [source], rng) for _ in range(5000)}
    assert len(set(held_out)) == 5
    assert not set(held_out) & trained
    assert len(trained) > 100


def test_untaught_aspects_are_asked_of_no_set() -> None:
    taught = {name for aspect in instructions.ASPECTS.values() for name in aspect.names}
    held_out = {name for names in instructions.HELD_OUT_UNTAUGHT for name in [names]}
    assert not taught & set(instructions.UNTAUGHT)
    assert not held_out & (taught | set(instructions.UNTAUGHT))


# --- written texts


def test_written_attributes_are_independent() -> None:
    news = synthetic.written_news(3000, random.Random(0))
    pairs = list(zip(news.labels["topic"], news.labels["country"], strict=True))
    topics, countries = Counter(news.labels["topic"]), Counter(news.labels["country"])
    shared = sum(
        count / len(pairs) * math.log(count * len(pairs) / topics[topic] / countries[country])
        for (topic, country), count in Counter(pairs).items()
    )
    # Independent draws leave about (cells - rows - columns) / (2 n) nats by chance.
    assert shared < 1.5 * len(topics) * len(countries) / (2 * len(pairs))


def test_written_texts_are_distinct_and_the_same_for_a_seed() -> None:
    sets = synthetic.written_sets(200, seed=3)
    for made, again in zip(sets, synthetic.written_sets(200, seed=3), strict=True):
        assert made == again
        assert len(set(made.texts)) == len(made.texts) > 150
        assert all("{" not in text for text in made.texts)


def test_notes_never_contradict_a_sets_own_labels() -> None:
    base = LabelledTexts("base", ["Lovely.", "Awful."], {"sentiment": ["positive", "negative"]})
    (noted,) = synthetic.noted_sets([base], 300, seed=0)
    for text, sentiment in zip(noted.texts, noted.labels["sentiment"], strict=True):
        assert ("lovely" in text.lower()) == (sentiment == "positive")
    assert "country" in noted.labels
    assert not set(noted.labels) & set(synthetic.UNSEEN_NOTES)


# --- training


def make_task(seed: int = 0) -> TaskSet:
    """Texts of four tokens; one number of the states says the class under either aspect."""
    rng = np.random.default_rng(seed)
    texts = 64
    states = rng.normal(size=(texts, 4, CONFIG.width)).astype(np.float16)
    columns = []
    for place, aspect in enumerate(("sentiment", "country")):
        codes = rng.integers(0, 2, texts)
        states[:, :, place] += np.where(codes, 3, -3)[:, None]
        members = [np.flatnonzero(codes == cls).astype(np.int64) for cls in range(2)]
        phrases = torch.randn(4, CONFIG.instruction_width) * 0.1 + torch.eye(CONFIG.instruction_width)[place] * 5
        columns.append(Column(aspect, codes.astype(np.int64), members, unit(2, CONFIG.width), phrases))
    plain = rng.normal(size=(texts, CONFIG.width)).astype(np.float32)
    plain /= np.linalg.norm(plain, axis=1, keepdims=True)
    stored = States(states.reshape(-1, CONFIG.width), np.arange(texts + 1, dtype=np.int64) * 4, plain)
    return TaskSet("made", stored, columns, torch.randn(4, CONFIG.instruction_width))


def make_model() -> ReadOut:
    torch.manual_seed(0)
    return ReadOut(CONFIG)


def test_a_short_run_learns_both_aspects_of_the_same_texts(tmp_path: Path) -> None:
    torch.manual_seed(0)
    task, model = make_task(), make_model()
    settings = TrainingSettings(steps=60, batch=32, checkpoint_every=1000)
    before = step_losses(model, [task], settings, random.Random(0))["asked"]
    train(model, [task], settings, tmp_path)
    after = step_losses(model, [task], settings, random.Random(0))["asked"]
    assert after.item() < 0.8 * before.item()


def test_an_interrupted_run_ends_with_the_same_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    task = make_task()
    settings = TrainingSettings(steps=12, batch=16, checkpoint_every=5)
    whole = make_model()
    train(whole, [task], settings, tmp_path / "whole")

    interrupted, calls = make_model(), 0

    def stop_at_eight(*arguments: object) -> dict[str, Tensor]:
        nonlocal calls
        calls += 1
        if calls > 8:
            raise KeyboardInterrupt
        return step_losses(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("training.train.step_losses", stop_at_eight)
    with pytest.raises(KeyboardInterrupt):
        train(interrupted, [task], settings, tmp_path / "cut")
    monkeypatch.undo()
    resumed = make_model()
    train(resumed, [task], settings, tmp_path / "cut")
    for name, tensor in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], tensor, msg=name)


def test_saved_weights_give_the_same_vectors(tmp_path: Path) -> None:
    task, model = make_task(), make_model().eval()
    torch.nn.init.normal_(model.down.weight, std=0.3)
    save(model, tmp_path, TrainingSettings())
    inputs = task.states.batch(np.arange(8))
    asked = task.columns[0].phrases[:1]
    loaded = load(tmp_path)
    cosines = (model(model.read(*inputs), asked) * loaded(loaded.read(*inputs), asked)).sum(1)
    assert loaded.config == CONFIG
    assert cosines.min().item() > 0.9999
