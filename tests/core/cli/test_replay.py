"""A recipe gives the same clusters, names and map again, bit for bit, and says what differs."""

import json
from pathlib import Path

import pandas as pd
import pytest

from core.cli.main import main
from core.cli.replay import DIFFERENT
from core.texts.samples import SAMPLES

CASES = [
    (SAMPLES[0], "kmeans:auto"),
    (SAMPLES[1], "kmeans:6"),
    (SAMPLES[2], "hdbscan"),
]


def made(file: Path, clusters: str, instruction: str, out: Path) -> Path:
    assert main(["run", str(file), "--instruction", instruction, "--clusters", clusters, "--out", str(out)]) == 0
    return out / "recipe.json"


@pytest.mark.slow
@pytest.mark.parametrize(("sample", "clusters"), CASES, ids=lambda case: getattr(case, "name", case))
def test_three_recipes_give_the_same_again(sample, clusters: str, tmp_path: Path, capsys):
    recipe = made(sample.path, clusters, sample.presets[0].instruction, tmp_path / "first")
    capsys.readouterr()
    assert main(["replay", str(recipe), str(sample.path), "--no-store", "--out", str(tmp_path / "again")]) == 0
    assert "The same clusters, names and map" in capsys.readouterr().out
    first, again = (pd.read_parquet(tmp_path / name / "run.parquet") for name in ("first", "again"))
    pd.testing.assert_frame_equal(first, again, check_exact=True)


def test_shuffled_rows_are_the_same_texts(tmp_path: Path, capsys):
    sample = SAMPLES[0]
    recipe = made(sample.path, "kmeans:5", sample.presets[0].instruction, tmp_path / "first")
    shuffled = tmp_path / "shuffled.csv"
    pd.read_csv(sample.path).sample(frac=1, random_state=0).to_csv(shuffled, index=False)
    assert main(["replay", str(recipe), str(shuffled)]) == 0


def test_other_texts_are_refused(tmp_path: Path, capsys):
    recipe = made(SAMPLES[0].path, "kmeans:5", "", tmp_path / "first")
    assert main(["replay", str(recipe), str(SAMPLES[1].path)]) == 2
    assert capsys.readouterr().err.strip()


def test_a_result_that_comes_out_differently_is_said(tmp_path: Path, capsys):
    sample = SAMPLES[0]
    recipe = made(sample.path, "kmeans:5", "", tmp_path / "first")
    said = json.loads(recipe.read_text())
    said["result"]["labels"] = "0" * 32
    recipe.write_text(json.dumps(said))
    assert main(["replay", str(recipe), str(sample.path)]) == DIFFERENT
    assert "clusters came out differently" in capsys.readouterr().out
