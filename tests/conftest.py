"""What several test folders share: small corpora with a known structure, and a home that isn't the user's."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.run import Run, Settings, run
from core.store import vectors
from core.store.vectors import VectorStore
from core.texts import corpus, readers
from core.texts.corpus import Corpus

# Set before anything is imported that may look at it, and inherited by the servers and commands that tests start.
_HOME = tempfile.TemporaryDirectory(prefix="refract-tests-", ignore_cleanup_errors=True)
os.environ["REFRACT_HOME"] = _HOME.name

# How long an example takes is the machine's affair, and the same examples are tried each time: a failure is a change's.
settings.register_profile("refract", deadline=None, derandomize=True)
settings.load_profile("refract")

SUBJECT = "Represent the sentence for clustering by subject: "
FRUIT = ["apple", "pear", "plum", "cherry", "grape", "melon", "lemon", "peach", "mango", "fig"]
TOOLS = ["hammer", "saw", "drill", "wrench", "chisel", "plane", "file", "clamp", "vice", "level"]
PLACES = ["harbour", "station", "museum", "bridge", "castle", "market", "square", "tower", "park", "beach"]


def three_topics() -> list[str]:
    """Thirty short texts about fruit, tools and places, in turn."""
    return [
        text
        for fruit, tool, place in zip(FRUIT, TOOLS, PLACES, strict=True)
        for text in (
            f"I ate a ripe {fruit} for breakfast",
            f"The carpenter's {tool} lies on the workbench",
            f"We visited the old {place} on our trip",
        )
    ]


@pytest.fixture(scope="session")
def small_corpus() -> Corpus:
    """Thirty texts on three subjects."""
    return corpus.build(readers.read_pasted("\n".join(three_topics())))


@pytest.fixture
def store(tmp_path: Path) -> VectorStore:
    """Saved vectors, none yet."""
    return VectorStore(tmp_path / "vectors")


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save every four texts, whatever the pace."""
    monkeypatch.setattr(vectors, "FIRST_PART_TEXTS", 4)
    monkeypatch.setattr(vectors, "MAX_PART_TEXTS", 4)


@pytest.fixture(scope="session")
def done(small_corpus: Corpus) -> Run:
    """Thirty texts on three subjects, clustered."""
    return run(small_corpus, SUBJECT, Settings(clusters=ClusterSettings(k=3)))
