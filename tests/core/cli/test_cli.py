"""The command line, as its user runs it: exit code, one line on stderr, files that open."""

import argparse
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pandas as pd
import pytest

from core.cli import shared
from core.cli.main import main
from core.texts.samples import SAMPLES
from tests.conftest import three_topics


def refract(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "core.cli.main", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)


def comments(path: Path, count: int = 30) -> Path:
    path.write_text("\n".join(["comment", *three_topics()[:count]]) + "\n", encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_each_sample_runs_and_its_files_open(sample, tmp_path, capsys):
    instruction = sample.presets[0].instruction
    code = main(
        ["run", str(sample.path), "--instruction", instruction, "--clusters", "kmeans:5", "--out", str(tmp_path)]
    )
    assert code == 0
    frame = pd.read_parquet(tmp_path / "run.parquet")
    assert len(frame) >= 400
    assert set(sample.label_columns) <= set(frame.columns)
    assert frame["cluster"].nunique() == 5
    assert len(json.loads((tmp_path / "topics.json").read_text(encoding="utf-8"))) == 5
    assert json.loads((tmp_path / "recipe.json").read_text(encoding="utf-8"))["instruction"] == instruction
    assert "450 rows" in capsys.readouterr().out or sample.name != "support tickets"


@pytest.mark.slow
def test_run_prints_what_it_did_and_nothing_on_stderr(tmp_path):
    done = refract("run", comments(tmp_path / "c.csv"), "--clusters", "kmeans:3", "--out", tmp_path / "out")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "30 rows read" in done.stdout
    assert "run.parquet" in done.stdout


BAD = {
    "missing file": (["run", "nowhere.csv", "--out", "out"], "nowhere.csv"),
    "no text column of that name": (["run", "c.csv", "--text-column", "body", "--out", "out"], '"comment"'),
    "unknown clustering": (["run", "c.csv", "--clusters", "magic:3", "--out", "out"], "magic:3"),
    "more clusters than texts": (["run", "c.csv", "--clusters", "kmeans:99", "--out", "out"], "99"),
    "unknown model": (["run", "c.csv", "--model", "no-such-model", "--out", "out"], "no-such-model"),
    "over-long instruction": (["run", "c.csv", "--instruction", "many words " * 200, "--out", "out"], "tokens"),
    "no output directory": (["run", "c.csv"], "--out"),
    "output is a file": (["run", "c.csv", "--out", "c.csv"], "c.csv"),
    "unknown command": (["fly"], "fly"),
}


@pytest.mark.parametrize(("arguments", "mentions"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line_and_exit_2(arguments, mentions, tmp_path, monkeypatch, capsys):
    comments(tmp_path / "c.csv")
    monkeypatch.chdir(tmp_path)
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = stop.code
    error = capsys.readouterr().err
    assert code == 2
    assert len(error.strip().splitlines()) == 1
    assert mentions in error
    assert "Traceback" not in error


def big_file(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(300 * 1024**2)


BAD_FILES = {
    "quote.csv": (lambda path: path.write_text('"never closed'), "quotes"),
    "empty.csv": (lambda path: path.write_bytes(b""), "empty"),
    "old.xls": (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600)), "xlsx"),
    "binary.txt": (lambda path: path.write_bytes(bytes(range(256)) * 40), "binary"),
    "same.csv": (lambda path: path.write_text("text\n" + "the same words\n" * 50), "different text"),
    "one.txt": (lambda path: path.write_text("just one text\n"), "1 different text"),
    "two.txt": (lambda path: path.write_text("one text\nanother text\n"), "2 different texts"),
    "big.csv": (big_file, "300"),
}


@pytest.mark.parametrize(("name", "make", "mentions"), [(n, m, s) for n, (m, s) in BAD_FILES.items()], ids=BAD_FILES)
def test_a_bad_file_is_one_line_and_exit_2(name, make, mentions, tmp_path, capsys):
    make(tmp_path / name)
    assert main(["run", str(tmp_path / name), "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert len(error.strip().splitlines()) == 1
    assert name in error
    assert mentions in error


def test_a_bad_file_really_exits_with_2(tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    done = refract("run", tmp_path / "empty.csv", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_a_taken_port_is_said(capsys):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    assert str(port) in capsys.readouterr().err


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    usage, _, listed = capsys.readouterr().out.partition("commands:")
    for command in ("run", "compare", "rank", "replay", "import-labels", "serve", "download"):
        assert command in usage
        assert f"\n    {command} " in listed


@pytest.mark.slow
def test_a_folder_with_a_package_of_the_same_name_is_not_in_the_way(tmp_path):
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").write_text("raise SystemExit('not this one')")
    comments(tmp_path / "c.csv")
    script = Path(sysconfig.get_path("scripts")) / "refract"
    done = subprocess.run(
        [script, "run", "c.csv", "--clusters", "kmeans:3", "--out", "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out" / "run.parquet").exists()


def test_what_reading_decided_is_explained(tmp_path, capsys):
    path = tmp_path / "a.csv"
    rows = [f"{k},the words of row {k}" for k in range(12)]
    path.write_text("\n".join(["A title", "id,said", *rows, "12,a,b"]))
    parser = argparse.ArgumentParser()
    shared.add_reading_options(parser)
    corpus = shared.corpus_of(parser.parse_args([str(path), "--explain"]))
    said = capsys.readouterr().out
    assert len(corpus) == 12
    assert "header: line 2." in said
    assert "It could also be none." in said
    assert "Line 15 has more fields than the header: 12 | a | b" in said
