"""`refract compare`, its files, and the parts that other commands share."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from core.base.errors import InputError
from core.base.recipe import Recipe
from core.base.spreadsheet import neutralised
from core.cli.main import main
from core.projects.links import ComparedView, find, keep
from core.results.html import Report
from tests.conftest import three_topics

ONE, TWO = "Represent the sentence for clustering by subject: ", "Represent the sentence for clustering by length: "


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = ["=1+1 <script>alert(1)</script>", *three_topics()]
    path = tmp_path / "texts.csv"
    pd.DataFrame({"text": rows}).to_csv(path, index=False)
    return path


def compare(file: Path, out: Path, *more: str) -> int:
    """The command with two instructions; its exit code."""
    two = ["--instruction", ONE, "--instruction", TWO]
    return main(["compare", str(file), *two, "--clusters", "kmeans:3", "--out", str(out), *more])


def test_it_writes_figures_tables_and_a_report(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "out"
    assert compare(file, out) == 0
    assert capsys.readouterr().out.count(str(out)) == 4
    said = json.loads((out / "comparison.json").read_text())
    assert [run["instruction"] for run in said["runs"]] == [ONE, TWO]
    assert {row["verdict"] for row in said["agreement"]} <= {"no effect", "the instruction's doing"}
    assert all(row["texts"] == 31 for row in said["agreement"])
    texts = pd.read_csv(out / "texts.csv")
    assert len(texts) == 31
    assert texts["text"].str.startswith("'=1+1").sum() == 1
    assert pd.read_csv(out / "flows.csv")["texts"].sum() == 31
    report = (out / "report.html").read_text()
    assert "<script>alert" not in report
    assert "&lt;script&gt;alert" in report
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=", report)
    assert "Plotly.newPlot" in report


def test_the_report_has_every_part(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "out"
    compare(file, out)
    assert "6 clusterings and 8 embeddings more, of 31 texts each" in capsys.readouterr().out
    report = (out / "report.html").read_text()
    for heading in ("Agreement", "Maps (aligned)", "Where texts go", "Groups that left their cluster", "What stays"):
        assert f"<h2>{heading}" in report
    assert report.count("Plotly.newPlot(") == 3  # maps, flows, the table of both
    assert "all 31" in report
    said, texts, moves = (
        json.loads((out / "comparison.json").read_text()),
        pd.read_csv(out / "texts.csv"),
        pd.read_csv(out / "flows.csv"),
    )
    assert texts["left its cluster, A to B"].sum() == moves["texts"][~moves["clusters match"]].sum()
    assert sum(said["consensus"]["groups_together_under_all"]) <= 31


def test_a_seed_repeats_and_another_differs(file: Path, tmp_path: Path):
    said = []
    for place, seed in enumerate(("7", "7", "8")):
        out = tmp_path / str(place)
        compare(file, out, "--no-floor", "--seed", seed)
        said.append((out / "comparison.json").read_text())
    assert said[0] == said[1] != said[2]


def test_too_many_instructions_are_refused_before_the_file_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    many = [part for number in range(5) for part in ("--instruction", f"by {number}: ")]
    assert main(["compare", str(tmp_path / "none.csv"), *many, "--out", str(tmp_path / "out")]) == 2
    assert "not 5" in capsys.readouterr().err


def test_what_is_no_number_is_null(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.comparison.compare.linear_cka", lambda *_: float("nan"))
    out = tmp_path / "out"
    compare(file, out, "--no-floor")
    said = (out / "comparison.json").read_text()
    assert "NaN" not in said
    assert json.loads(said)["agreement"][0]["agreement"] is None


def test_one_instruction_is_too_few(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["compare", str(file), "--instruction", ONE, "--out", str(tmp_path / "out")]) == 2
    assert "at least twice" in capsys.readouterr().err


def test_without_a_floor_there_is_no_verdict(file: Path, tmp_path: Path):
    out = tmp_path / "out"
    compare(file, out, "--no-floor", "--maps", "shared")
    said = json.loads((out / "comparison.json").read_text())
    assert all("verdict" not in row for row in said["agreement"])
    assert said["maps"]["residual"] == [0, 0]


@pytest.mark.parametrize("cell", ["=1", "+1", "-x", "@a", "\tx", "'=1", "''-x"])
def test_a_formula_becomes_a_text_and_comes_back(cell: str):
    safe = neutralised(pd.DataFrame({cell: [cell, "fine", "it's -x"], "n": [-1, 2, 3]}))
    assert safe.columns[0] == "'" + cell
    assert safe.iloc[:, 0].tolist() == ["'" + cell, "fine", "it's -x"]
    assert safe["n"].tolist() == [-1, 2, 3]
    assert safe.iloc[0, 0][1:] == cell


def test_a_report_escapes_what_it_is_given():
    page = Report("<b>")
    page.heading("<h>")
    page.text("<t>")
    page.table(["<c>"], [["<r>"], [1.5], [1200]])
    html = page.html()
    assert not re.search("<[bhtcr]>", html)
    assert "1.500" in html
    assert "1,200" in html
    assert "Plotly" not in html


def view(**fields: object) -> ComparedView:
    whole = {
        "source": "texts",
        "corpus": "d",
        "recipes": (Recipe("m", ONE), Recipe("m", TWO)),
        "clusters": "kmeans:3",
        "kind": "aligned",
        **fields,
    }
    return ComparedView(**whole)


def test_a_kept_view_is_found_by_an_id_of_its_content(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path))
    name = keep(view())
    assert find(name) == view()
    assert keep(view()) == name
    assert keep(view(kind="shared")) != name


@pytest.mark.parametrize("name", ["0123456789ab", "../models", "", "x" * 12])
def test_an_unknown_link_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str):
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path))
    with pytest.raises(InputError, match="not kept on this machine"):
        find(name)


def test_a_damaged_view_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path))
    name = keep(view())
    (tmp_path / "views" / f"{name}.json").write_text('{"source": 1}')
    with pytest.raises(InputError, match="not kept"):
        find(name)
