"""What the Python guide shows runs as it stands, and prints what it says."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from core.models import registry
from core.models.encoder import precision

ROOT = Path(__file__).parents[2]
_BLOCKS = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)


def same(printed: str, wanted: str) -> bool:
    """Whether the words are the same, and the numbers nearly: another processor rounds otherwise."""
    found, said = (re.split(r"(\d+(?:\.\d+)?)", text) for text in (printed, wanted))
    return found[::2] == said[::2] and all(
        float(a) == pytest.approx(float(b), rel=0.05, abs=0.11) for a, b in zip(found[1::2], said[1::2], strict=True)
    )


def test_the_example_prints_what_it_says(tmp_path, monkeypatch):
    blocks = _BLOCKS.findall((ROOT / "docs" / "python.md").read_text("utf-8"))
    assert len(blocks) >= 6
    (tmp_path / "assets").symlink_to(ROOT / "assets")
    monkeypatch.chdir(tmp_path)
    # Every processor has float32; the printed names and numbers hold for it.
    monkeypatch.setattr(registry, "_loaded", {})
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: False)
    monkeypatch.setenv("REFRACT_HOME", str(tmp_path / "home"))
    shared: dict[str, object] = {}
    for code, wanted in blocks:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "python.md", "exec"), shared)
        assert same(printed.getvalue(), wanted), f"{code}\nprints\n{printed.getvalue()}"


@pytest.mark.parametrize(("printed", "is_same"), [("a 102", True), ("a 104", True), ("a 120", False), ("b 102", False)])
def test_what_counts_as_the_same(printed, is_same):
    assert same(printed, "a 102") is is_same
