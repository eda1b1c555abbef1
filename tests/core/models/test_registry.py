"""Models are found, checked before they are trusted, and loaded once."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from core.base.errors import InputError
from core.models.cards.known import CARDS
from core.models.registry import DEFAULT_MODEL, card_of, load_model
from tests.support.tiny_bert import save_tiny_bert, write_json


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return save_tiny_bert(tmp_path / "tiny")


def change_json(path: Path, **fields: object) -> None:
    write_json(path, json.loads(path.read_text()) | fields)


def add_module(directory: Path, kind: str) -> None:
    modules = json.loads((directory / "modules.json").read_text())
    modules.insert(2, {"idx": 2, "name": "2", "path": f"2_{kind}", "type": f"sentence_transformers.models.{kind}"})
    write_json(directory / "modules.json", modules)


def move_pooling(directory: Path) -> None:
    """CLS pooling in a folder of another name."""
    modules = json.loads((directory / "modules.json").read_text())
    modules[1]["path"] = "pooling"
    write_json(directory / "modules.json", modules)
    write_json(directory / "pooling" / "config.json", {"pooling_mode": "cls"})


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "no config": (lambda d: (d / "config.json").unlink(), "lacks the file config.json"),
    "no tokenizer": (lambda d: (d / "tokenizer.json").unlink(), "lacks the file tokenizer.json"),
    "no weights": (lambda d: (d / "model.safetensors").unlink(), "lacks the file model.safetensors"),
    "another architecture": (lambda d: change_json(d / "config.json", model_type="nonesuch"), "nonesuch"),
    "another activation": (lambda d: change_json(d / "config.json", hidden_act="silu"), "BERT variant"),
    "broken config": (lambda d: (d / "config.json").write_text("{"), "config.json is not valid JSON"),
    "broken limit": (lambda d: (d / "sentence_bert_config.json").write_text("["), "is not valid JSON"),
    "broken tokenizer": (lambda d: (d / "tokenizer.json").write_text("{"), "can't be read"),
    "broken weights": (lambda d: truncate(d / "model.safetensors"), "can't be read"),
    "weights of another shape": (lambda d: change_json(d / "config.json", intermediate_size=7), "can't be read"),
    "weights of fewer layers": (lambda d: change_json(d / "config.json", num_hidden_layers=9), "can't be read"),
    "mean and maximum": (
        lambda d: change_json(d / "1_Pooling" / "config.json", pooling_mode_max_tokens=True),
        "pools by mean_tokens and max_tokens",
    ),
    "weighted mean": (
        lambda d: write_json(d / "1_Pooling" / "config.json", {"pooling_mode": "weightedmean"}),
        "pools by weightedmean",
    ),
    "a module of its own": (lambda d: add_module(d, "WordWeights"), "kind WordWeights"),
    "a dense layer without weights": (lambda d: add_module(d, "Dense"), "2_Dense holds no weights"),
    "a dense layer with another activation": (
        lambda d: (add_module(d, "Dense"), write_json(d / "2_Dense" / "config.json", {"activation_function": "Swish"})),
        "activation Swish",
    ),
    "code of its own": (
        lambda d: change_json(d / "config.json", model_type="own", auto_map={"AutoModel": "modeling_own.Own"}),
        "Code that comes with a model is never run",
    ),
}


@pytest.mark.parametrize(("damage", "message"), REFUSED.values(), ids=list(REFUSED))
def test_a_model_that_would_give_other_vectors_is_refused(
    directory: Path, damage: Callable[[Path], object], message: str
) -> None:
    damage(directory)
    with pytest.raises(InputError, match=message):
        load_model(directory)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match=f"no-such-model.*{DEFAULT_MODEL}"):
        load_model("no-such-model")


def test_changed_weights_are_refused(directory: Path) -> None:
    weights = directory / "model.safetensors"
    published = hashlib.sha256(weights.read_bytes()).hexdigest()
    assert load_model(directory, weights_sha256=published).card.weights_sha256 == published
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 1
    copy = save_tiny_bert(directory.parent / "copy")
    (copy / "model.safetensors").write_bytes(changed)
    with pytest.raises(InputError, match=f"not the published ones .* instead of {published[:12]}"):
        load_model(copy, weights_sha256=published)


def test_other_weights_do_not_pass_for_a_built_in_model(directory: Path) -> None:
    with pytest.raises(InputError, match="not the published ones"):
        load_model(directory, weights_sha256=CARDS["all-MiniLM-L6-v2"].weights_sha256)


def test_an_unknown_card_field_is_named(directory: Path) -> None:
    with pytest.raises(InputError, match="no field called poling"):
        load_model(directory, poling="mean")


@pytest.mark.parametrize("fields", [{"max_tokens": 81}, {"dimension": 23}])
def test_a_card_can_not_promise_more_than_the_network_has(directory: Path, fields: dict[str, int]) -> None:
    with pytest.raises(InputError, match="at most 80 tokens and has 24 dimensions"):
        load_model(directory, **fields)


POOLINGS = {
    "CLS": (
        lambda d: change_json(
            d / "1_Pooling" / "config.json", pooling_mode_mean_tokens=False, pooling_mode_cls_token=True
        ),
        "cls",
    ),
    "CLS, new key": (
        lambda d: write_json(d / "1_Pooling" / "config.json", {"embedding_dimension": 24, "pooling_mode": "cls"}),
        "cls",
    ),
    "CLS elsewhere": (move_pooling, "cls"),
    "last token": (lambda d: write_json(d / "1_Pooling" / "config.json", {"pooling_mode": "lasttoken"}), "last"),
    "mean": (lambda d: None, "mean"),
    "nothing said": (lambda d: (d / "modules.json").unlink(), "mean"),
}


@pytest.mark.parametrize(("change", "pooling"), POOLINGS.values(), ids=list(POOLINGS))
def test_the_pooling_is_what_the_directory_says(
    directory: Path, change: Callable[[Path], object], pooling: str
) -> None:
    change(directory)
    assert card_of(directory).pooling == pooling


def test_a_family_brings_its_recipe(directory: Path) -> None:
    card = card_of(directory, family="e5-instruct")
    assert card.prefix("Group by topic") == "Instruct: Group by topic\nQuery: "
    assert card.prefix("") == ""
    assert card.pool_instruction
    assert card.follows_instructions
    assert not card_of(directory, family="instructor").pool_instruction
    assert card_of(directory, family="e5").prefix("") == "query: "
    assert card_of(directory, family="e5", plain_prefix="passage: ").prefix("") == "passage: "


def test_braces_in_an_instruction_are_only_braces(directory: Path) -> None:
    assert card_of(directory, family="qwen3").prefix("{x} {instruction}") == "Instruct: {x} {instruction}\nQuery:"


def test_an_unknown_family_lists_the_known_ones(directory: Path) -> None:
    with pytest.raises(InputError, match=r"no family called bert.*instructor"):
        card_of(directory, family="bert")


def test_whether_the_prompt_is_pooled_may_stand_with_the_pooling(directory: Path) -> None:
    change_json(directory / "1_Pooling" / "config.json", include_prompt=True)
    assert card_of(directory).pool_instruction
    assert not card_of(directory, pool_instruction=False).pool_instruction


def test_a_known_model_that_is_not_here_says_where_to_put_it() -> None:
    with pytest.raises(InputError, match=r"instructor-base is not on this machine.*modules\.json"):
        load_model("instructor-base")
    with pytest.raises(InputError, match=r"instructor-base is not on this machine"):
        load_model("hkunlp/instructor-base")


def test_a_downloaded_model_is_found_by_name_and_by_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path))
    save_tiny_bert(tmp_path / "models" / "someone--tiny")
    assert load_model("someone/tiny").encode(["cat"]).shape == (1, 24)
    assert card_of("someone/tiny").name == "someone--tiny"


def test_weights_in_several_files_are_read(directory: Path) -> None:
    whole = load_model(directory, precision="float32").encode(["the cat"])
    weights = load_file(directory / "model.safetensors")
    names = sorted(weights)
    parts = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    for name, own in parts.items():
        save_file({key: weights[key] for key in own}, directory / name)
    index = {"weight_map": {key: name for name, own in parts.items() for key in own}}
    write_json(directory / "model.safetensors.index.json", index)
    (directory / "model.safetensors").unlink()
    again = load_model(directory.rename(directory.parent / "sharded"), precision="float32").encode(["the cat"])
    np.testing.assert_array_equal(again, whole)


def test_torch_weights_are_read_without_code(directory: Path) -> None:
    whole = load_model(directory, precision="float32").encode(["the cat"])
    torch.save(load_file(directory / "model.safetensors"), directory / "pytorch_model.bin")
    (directory / "model.safetensors").unlink()
    other = directory.rename(directory.parent / "bin")
    np.testing.assert_array_equal(load_model(other, precision="float32").encode(["the cat"]), whole)


def test_torch_weights_that_bring_code_are_refused(directory: Path) -> None:
    class Malice:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {directory / 'was-here'}",)

    (directory / "model.safetensors").unlink()
    torch.save({"embeddings.word_embeddings.weight": Malice()}, directory / "pytorch_model.bin")
    with pytest.raises(InputError, match="holds more than weights"):
        load_model(directory)
    assert not (directory / "was-here").exists()


def test_the_card_is_read_from_the_directory(directory: Path) -> None:
    card = card_of(directory)
    assert (card.name, card.max_tokens, card.dimension, card.pool_instruction) == ("tiny", 64, 24, False)


@pytest.mark.parametrize(("said", "used"), [(None, 80), (500, 80), (40, 40)])
def test_the_limit_is_never_beyond_the_positions(directory: Path, said: int | None, used: int) -> None:
    write_json(directory / "sentence_bert_config.json", {"max_seq_length": said})
    assert card_of(directory).max_tokens == used


def test_the_limit_may_stand_with_the_tokenizer(directory: Path) -> None:
    (directory / "sentence_bert_config.json").unlink()
    change_json(directory / "tokenizer_config.json", model_max_length=33)
    assert card_of(directory).max_tokens == 33


def test_a_model_is_loaded_once(directory: Path) -> None:
    assert load_model(directory) is load_model(str(directory))
    assert load_model(directory) is not load_model(directory, pool_instruction=True)
    assert load_model() is load_model(DEFAULT_MODEL)


def test_the_fingerprint_tells_recipes_and_weights_apart(directory: Path) -> None:
    other = save_tiny_bert(directory.parent / "other", seed=1)
    same = save_tiny_bert(directory.parent / "same")
    models = [
        load_model(directory),
        load_model(directory, pool_instruction=True),
        load_model(directory, max_tokens=50),
        load_model(other),
    ]
    assert len({model.fingerprint for model in models}) == len(models)
    assert load_model(same).fingerprint == models[0].fingerprint


def test_a_card_is_had_without_loading_torch() -> None:
    code = (
        "import sys; from core.models.registry import card_of; "
        "card_of('all-MiniLM-L6-v2'); sys.exit('torch' in sys.modules)"
    )
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
