"""Time edits of topics: saving one, opening a labelling with a long journal, on a small corpus and on a large one.

Run it with ``python tests/benchmarks/journal.py``.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.projects import projects, saved_labels, saved_runs
from core.projects.database import open_workspace
from core.projects.saved_labels import Labelling
from tests.support.editing import any_edit, small_run


def main() -> None:
    """Print the median of what saving an edit takes, and what opening and undoing take after so many of them."""
    parser = argparse.ArgumentParser(description="Time edits of topics.")
    parser.add_argument("--texts", type=int, nargs="+", default=[5_000, 100_000])
    parser.add_argument("--edits", type=int, default=1_000)
    options = parser.parse_args()
    for texts in options.texts:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), texts, options.edits)


def measure(folder: Path, texts: int, edits: int) -> None:
    """Make a labelling of so many texts and edit it so often."""
    workspace = open_workspace(folder)
    run = small_run(texts, 20)
    project = projects.create(workspace, "large")
    saved_run = saved_runs.add_run(workspace, saved_runs.add_corpus(workspace, project, run.corpus), run)
    labelling = Labelling(workspace, saved_labels.create(workspace, saved_run, "large")[0])
    chance = random.Random(0)
    seconds = []
    for _ in range(edits):
        edit = any_edit(labelling.history, chance)
        began = time.perf_counter()
        labelling.save(edit)
        seconds.append(time.perf_counter() - began)
    print(f"{texts:,} texts, an edit saved: median {1000 * statistics.median(seconds):.1f} ms, ", end="")
    print(f"the slowest of {edits:,} {1000 * max(seconds):.0f} ms", flush=True)
    began = time.perf_counter()
    labelling.undo()
    print(f"  undo after {edits:,} edits: {1000 * (time.perf_counter() - began):.0f} ms")
    began = time.perf_counter()
    opened = Labelling(workspace, labelling.id)
    print(f"  opened with {opened.history.revision:,} entries: {time.perf_counter() - began:.2f} s", flush=True)
    assert opened.labels.same(labelling.labels)


if __name__ == "__main__":
    main()
