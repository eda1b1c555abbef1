"""Topics changed in a spreadsheet come back into a result, and the new recipe replays them."""

from pathlib import Path

import pandas as pd
import pytest

from core.cli.main import main
from tests.conftest import three_topics


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A folder with texts and the result made of them."""
    (tmp_path / "c.csv").write_text("\n".join(["comment", *three_topics()[:30]]) + "\n", encoding="utf-8")
    assert main(["run", str(tmp_path / "c.csv"), "--clusters", "kmeans:3", "--out", str(tmp_path / "first")]) == 0
    return tmp_path


def changed(folder: Path) -> tuple[Path, str, list[str]]:
    """The table with one topic renamed; its name before, and the texts in it."""
    table = pd.read_parquet(folder / "first" / "run.parquet")
    before = table["topic"].iloc[0]
    table["topic"] = table["topic"].replace(before, "mine")
    table.to_parquet(folder / "changed.parquet")
    return folder / "changed.parquet", before, table.loc[table["topic"] == "mine", "text"].tolist()


def test_a_changed_table_gives_a_result_under_its_topics(first: Path, capsys):
    table, before, texts = changed(first)
    capsys.readouterr()
    given = [str(first / "first" / "recipe.json"), str(first / "c.csv"), str(table), "--out", str(first / "second")]
    assert main(["import-labels", *given]) == 0
    assert "1 edit to make the topics those of the file." in capsys.readouterr().out
    second = pd.read_parquet(first / "second" / "run.parquet")
    assert before not in set(second["topic"])
    assert second.loc[second["topic"] == "mine", "text"].tolist() == texts
    assert main(["replay", str(first / "second" / "recipe.json"), str(first / "c.csv")]) == 0


def test_a_table_of_other_texts_is_refused(first: Path, capsys):
    pd.DataFrame({"id": ["1"], "text": ["not here"], "cluster": [0], "topic": ["odd"]}).to_csv(first / "odd.csv")
    given = [str(first / "first" / "recipe.json"), str(first / "c.csv"), str(first / "odd.csv")]
    assert main(["import-labels", *given, "--out", str(first / "second")]) == 2
    assert "None of the table's texts are here" in capsys.readouterr().err
