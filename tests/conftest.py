"""What several test folders share: small corpora with a known structure."""

import pytest

from core import corpus, readers
from core.corpus import Corpus

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
