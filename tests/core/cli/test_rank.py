"""`refract rank` and its files."""

import json
from pathlib import Path

import pandas as pd
import pytest

from core.cli.main import main
from core.texts import samples

BY = "Represent the customer support ticket for clustering by {}: "


@pytest.fixture
def instructions(tmp_path: Path) -> Path:
    path = tmp_path / "instructions.txt"
    path.write_text("\n".join([BY.format("product"), "", BY.format("sentiment"), BY.format("product")]) + "\n")
    return path


def rank(instructions: Path, out: Path, *labels: str) -> int:
    """The command on the support tickets; its exit code."""
    asked = [part for label in labels for part in ("--labels", label)]
    texts = str(samples.sample("support tickets").path)
    return main(["rank", texts, *asked, "--instructions", str(instructions), "--out", str(out)])


@pytest.mark.slow
def test_product_and_sentiment_each_bring_out_their_own_column(instructions: Path, tmp_path: Path, capsys):
    out = tmp_path / "out"
    code = rank(instructions, out, "product", "sentiment")
    assert code == 0
    assert capsys.readouterr().out.count(str(out)) == 3
    said = json.loads((out / "ranking.json").read_text())
    asked = [each for each in said["ranked"] if each["role"] == "instruction"]
    assert [each["column"] for each in asked] == ["product", "sentiment"]
    for each in asked:
        scores = {name: score["v_measure"] for name, score in each["scores"].items()}
        assert max(scores, key=scores.get) == each["column"]
        assert each["instruction_tokens"] == 0
    assert {each["role"] for each in said["ranked"]} >= {"no instruction", "nonsense", "shuffled words", "plain model"}
    listed = pd.read_csv(out / "ranking.csv")
    assert len(listed) == 2 * len(said["ranked"])
    assert (listed["texts"] == 450).all()
    report = (out / "report.html").read_text()
    assert "Instructions by columns" in report
    assert report.count("Plotly.newPlot") == 3


def test_a_column_that_is_not_there_is_said(instructions: Path, tmp_path: Path, capsys):
    code = rank(instructions, tmp_path / "out", "colour")
    assert code == 2
    assert "no column called colour" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, "", "\n \n"])
def test_a_file_without_instructions_is_said(content: str | None, tmp_path: Path, capsys):
    path = tmp_path / "instructions.txt"
    if content is not None:
        path.write_text(content)
    code = rank(path, tmp_path / "out", "product")
    assert code == 2
    assert "instruction" in capsys.readouterr().err
