"""Aligned maps: ours (UMAP that starts from the map before) against AlignedUMAP of umap-learn.

Run it with ``python tests/benchmarks/layouts.py``. Both lay out the support tickets under the same instructions, one
after the other. Better is: less distance between a text's places (in units of the first map's spread), at the same
trustworthiness of every map, in less time. The first call of each is left out: it compiles.
"""

import sys
import time
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

import itertools

from core.base.cache import StageCache
from core.comparison.layouts import procrustes, residual, run_layouts, trustworthiness
from core.pipeline.context import Context
from core.pipeline.run import Run, Settings, run
from core.texts import corpus, readers, samples

SAMPLE = samples.sample("support tickets")


def main() -> None:
    """Print distance, trustworthiness and seconds of each way."""
    texts = corpus.build(readers.read(SAMPLE.path), SAMPLE.text_column)
    instructions = [preset.instruction for preset in SAMPLE.presets[:3]]
    cache = StageCache()
    runs = [run(texts, instruction, Settings(), context=Context(cache), lay_out=False) for instruction in instructions]

    def again(like: Run, previous: Run | None) -> Run:
        return run(texts, like.instruction, like.settings, previous=previous)  # no cache: it is timed

    print(f"{len(texts):,} texts under {len(runs)} instructions; figures are of the second and third map")
    for kind in ("aligned", "independent"):
        run_layouts(runs, kind, again)
        began = time.perf_counter()
        found = run_layouts(runs, kind, again)
        show(f"ours, {kind}", [each.xy for each in found], runs, time.perf_counter() - began)
    places, seconds = theirs(runs)
    show("AlignedUMAP", places, runs, seconds)


def theirs(runs: list[Run]) -> tuple[list[np.ndarray], float]:
    """AlignedUMAP as it comes, with the same neighbours, distance and seed; turned onto its own first map."""
    from umap import AlignedUMAP

    vectors = [each.embedding.vectors for each in runs]
    same = {row: row for row in range(len(vectors[0]))}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(2):
            mapper = AlignedUMAP(n_neighbors=15, min_dist=0.1, metric="cosine", random_state=0)
            began = time.perf_counter()
            mapper.fit(vectors, relations=[same] * (len(vectors) - 1))
            seconds = time.perf_counter() - began
    return [np.asarray(each, np.float32) for each in mapper.embeddings_], seconds


def show(name: str, places: list[np.ndarray], runs: list[Run], seconds: float) -> None:
    moved = ", ".join(f"{residual(before, after):.2f}" for before, after in itertools.pairwise(places))
    fitted = ", ".join(
        f"{residual(before, procrustes(before, after)):.2f}" for before, after in itertools.pairwise(places)
    )
    trust = [trustworthiness(each.embedding.vectors, xy)[0] for each, xy in zip(runs, places, strict=True)]
    print(
        f"{name:>20}: moved {moved} (after Procrustes {fitted}); trustworthiness "
        f"{', '.join(f'{value:.3f}' for value in trust)}; {seconds:.1f} s"
    )


if __name__ == "__main__":
    main()
