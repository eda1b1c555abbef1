"""Seconds and file sizes of every exported format.

Run it with ``python tests/benchmarks/export.py``. The texts are those of the samples with a number after them, so that
each is different; topics and places are made up. Reading the tables back is timed as well.
"""

import argparse
import sys
import time
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.results.downloads import FORMATS, TABLES, export
from core.results.labelled import Labelled
from core.results.reimport import read_export
from core.texts.samples import SAMPLES
from tests.support.export_runs import made_up

MB = 1_000_000


def main() -> None:
    """Print a line a format."""
    parser = argparse.ArgumentParser(description="Exporting many texts.")
    parser.add_argument("--texts", type=int, nargs="+", default=[5_000, 100_000])
    parser.add_argument("--topics", type=int, default=20)
    options = parser.parse_args()
    given = [text for sample in SAMPLES for text in pd.read_csv(sample.path)[sample.text_column]]
    export(Labelled(made_up(60, 3)), "png")  # fonts are looked for once
    for count in options.texts:
        texts = [f"{given[n % len(given)]} {n}" for n in range(count)]
        run = made_up(texts, options.topics, metadata=pd.DataFrame({"group": [f"g{n % 7}" for n in range(count)]}))
        print(f"\n{count:,} texts of {sum(map(len, texts)) / count:.0f} characters, {options.topics} topics")
        for name in FORMATS:
            done = Labelled(run)
            began = time.perf_counter()
            content = export(done, name)
            took = time.perf_counter() - began
            back = ""
            if name in TABLES:
                began = time.perf_counter()
                assert read_export(content, f"a.{name}").texts == run.corpus.texts
                back = f", read back in {time.perf_counter() - began:.1f} s"
            print(f"{name:>8}: {took:6.2f} s, {len(content) / MB:7.2f} MB{back}", flush=True)


if __name__ == "__main__":
    main()
