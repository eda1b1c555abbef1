"""Kill a process that edits with SIGKILL, a hundred times, and look whether anything that it acknowledged is lost.

Run it with ``python tests/benchmarks/kill_edits.py``. It uses an SQLite catalogue, as the app does.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.killing import kill_many


def main() -> None:
    """Print how many edits outlived how many kills, and fail where one was lost."""
    parser = argparse.ArgumentParser(description="Kill a process that edits.")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        saved, untold = kill_many(Path(folder), options.kills, options.seed)
    print(
        f"{options.kills} kills: all {saved:,} acknowledged edits are there, and {untold:,} that were saved before "
        f"their process could say so; integrity_check ok after each ({time.perf_counter() - began:.0f} s)"
    )


if __name__ == "__main__":
    main()
