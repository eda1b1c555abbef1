"""Models by name: known ones, downloads, folders of the user's own; and the speed measured."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.base.errors import InputError
from core.models import added, catalogue, hub, registry
from core.models import speed as model_speed
from tests.support.tiny_bert import save_tiny_bert
from tests.support.tiny_models import save_tiny_bge, save_tiny_qwen3, save_tiny_t5, write_json


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home without models."""
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_model_that_comes_with_it_is_ready_and_the_others_are_not():
    known = catalogue.known_models()
    assert catalogue.ready_names() == ["refract-small", "all-MiniLM-L6-v2"]
    assert [model.name for model in known[:2]] == ["refract-small", "all-MiniLM-L6-v2"]
    assert known[0].size < 15e6
    assert known[1].size > 80e6
    assert all(model.directory is None and model.size is None for model in known[2:])


def test_a_folder_is_added_under_its_name_with_its_recipe(tmp_path: Path):
    folder = save_tiny_t5(tmp_path / "ours")
    kept = catalogue.add_directory(folder, family="instructor")
    assert catalogue.ready_names() == ["refract-small", "all-MiniLM-L6-v2", "ours"]
    card = registry.card_of("ours")
    assert (card.name, card.family, card.pool_instruction, card.follows_instructions) == (
        "ours",
        "instructor",
        False,
        True,
    )
    assert registry.load_model("ours") is registry.load_model("ours")
    assert kept.path == folder.resolve()


def test_what_the_user_sets_is_used_and_kept(tmp_path: Path):
    folder = save_tiny_bert(tmp_path / "tiny")
    catalogue.add_directory(folder, "cls", pooling="cls")
    catalogue.add_directory(folder, "e5", family="e5", max_tokens=50)
    texts = ["a cat", "a good dog by the review"]
    assert registry.card_of("cls").pooling == "cls"
    assert registry.card_of("e5").prefix("") == "query: "
    assert registry.card_of("e5").max_tokens == 50
    first, second = (registry.load_model(name).encode(texts) for name in ("cls", "e5"))
    assert not np.allclose(first, second)
    assert registry.load_model("cls").fingerprint != registry.load_model("e5").fingerprint


def test_a_name_is_given_once(tmp_path: Path):
    folder, other = save_tiny_bert(tmp_path / "tiny"), save_tiny_bert(tmp_path / "other")
    catalogue.add_directory(folder, "mine")
    with pytest.raises(InputError, match="a model called mine already"):
        catalogue.add_directory(other, "mine")
    with pytest.raises(InputError, match="called all-MiniLM-L6-v2 already"):
        catalogue.add_directory(other, "all-MiniLM-L6-v2")
    catalogue.add_directory(folder, "mine", pooling="cls")  # the same folder again changes its recipe
    assert registry.card_of("mine").pooling == "cls"


def test_what_does_not_work_is_said_and_not_added(tmp_path: Path):
    folder = save_tiny_bert(tmp_path / "tiny")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(InputError, match="can't be read"):
        catalogue.add_directory(folder)
    for path, reason in ((tmp_path / "nowhere", "no folder"), ("", "path"), (tmp_path, "lacks the file config.json")):
        with pytest.raises(InputError, match=reason):
            catalogue.add_directory(path)
    with pytest.raises(InputError, match="weights_sha256 can't be set"):
        catalogue.add_directory(folder, weights_sha256="")
    assert added.added_models() == {}


def test_a_folder_that_went_away_is_said_and_can_be_taken_off(tmp_path: Path):
    folder = save_tiny_bert(tmp_path / "tiny")
    catalogue.add_directory(folder)
    folder.rename(tmp_path / "moved")
    (gone,) = [model for model in catalogue.known_models() if model.added]
    assert not gone.ready
    assert "not there any more" in gone.problem
    assert "tiny" not in catalogue.ready_names()
    catalogue.remove_directory("tiny")
    assert added.added_models() == {}
    assert (tmp_path / "moved").is_dir()


@pytest.mark.parametrize("content", ["{", "[]", '{"x": 3}', '{"x": {"path": 3, "fields": {}}}', ""])
def test_a_damaged_list_counts_as_empty(home: Path, content: str):
    home.mkdir()
    (home / "models.json").write_text(content)
    assert added.added_models() == {}
    assert catalogue.ready_names() == ["refract-small", "all-MiniLM-L6-v2"]


def test_models_in_the_folder_of_downloads_are_found(tmp_path: Path):
    save_tiny_t5(hub.local_directory("instructor-base"))
    save_tiny_bert(hub.models_home() / "acme--tiny")
    save_tiny_bert(hub.models_home() / "acme--half.partial")
    save_tiny_bert(hub.models_home() / "acme--old.incomplete-1")
    assert catalogue.ready_names() == ["refract-small", "all-MiniLM-L6-v2", "instructor-base", "acme/tiny"]
    assert registry.load_model("acme/tiny").encode(["a cat"]).shape == (1, 24)


def test_the_family_is_guessed_from_configuration_and_name(tmp_path: Path):
    assert catalogue.guess_family(save_tiny_t5(tmp_path / "a")) == "instructor"
    assert catalogue.guess_family(save_tiny_qwen3(tmp_path / "b")) == "qwen3"
    assert catalogue.guess_family(save_tiny_bge(tmp_path / "my-bge-v2")) == "bge"
    for name, family in (("e5-small", "e5"), ("me5-large-instruct", "e5-instruct"), ("gte-x", "gte"), ("x", "plain")):
        folder = tmp_path / name
        folder.mkdir()
        write_json(folder / "config.json", {"model_type": "bert"})
        assert catalogue.guess_family(folder) == family


def test_the_speed_is_measured_and_remembered_for_these_files_and_this_recipe(tmp_path: Path, home: Path):
    folder = save_tiny_bert(tmp_path / "tiny")
    catalogue.add_directory(folder)
    (model,) = [model for model in catalogue.known_models() if model.added]
    assert model_speed.remembered(model) is None
    texts = [f"the good review of cat number {number}" for number in range(40)]
    speed = model_speed.measure("tiny", texts)
    assert speed.texts == 40
    assert speed.texts_per_second > 0
    assert model_speed.remembered(model) == speed
    assert list(json.loads((home / "speeds.json").read_text())) == [registry.load_model("tiny").fingerprint]
    catalogue.add_directory(folder, pooling="cls")
    (changed,) = [model for model in catalogue.known_models() if model.added]
    assert model_speed.remembered(changed) is None
    (home / "speeds.json").write_text("{")
    assert model_speed.remembered(model) is None


def test_measuring_takes_texts_of_about_thirty_tokens_from_the_samples(tmp_path: Path):
    catalogue.add_directory(save_tiny_bert(tmp_path / "tiny", positions=600, max_tokens=512))
    short, long = ["cat"] * 3, ["cat dog " * 15 + str(number) for number in range(20)]
    speed = model_speed.measure("tiny", short + long)
    assert speed.tokens_per_text == pytest.approx(30, abs=5)
