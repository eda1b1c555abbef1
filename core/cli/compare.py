"""`refract compare`: instructions side by side, as files and a report."""

import argparse
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.base.errors import InputError
from core.base.progress import Watch
from core.cli.shared import ProgressLine, add_reading_options, corpus_of, store_of

if TYPE_CHECKING:
    import pandas as pd

    from core.comparison.compare import Comparison
    from core.comparison.floor import Floor
    from core.comparison.recipes import Compared


def add_command(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add the command to those of `refract`."""
    parser = commands.add_parser("compare", help="hold instructions against each other on the texts of a file")
    parser.set_defaults(command=run)
    add_reading_options(parser)
    parser.add_argument(
        "--instruction", action="append", required=True, metavar="TEXT", help="two to four times, exactly as written"
    )
    parser.add_argument("--model", help="name or directory of a model (default: the built-in one)")
    parser.add_argument("--clusters", default="kmeans:auto", help="kmeans:8, kmeans:auto, hdbscan or hdbscan:15")
    parser.add_argument("--maps", choices=("aligned", "shared", "independent"), default="aligned")
    parser.add_argument("--seed", type=int, default=0, help="of the clusterings and the maps (default: 0)")
    parser.add_argument("--exact", action="store_true", help="no figure from a sample, however many texts there are")
    parser.add_argument("--no-floor", action="store_true", help="leave out the noise floor, which takes extra runs")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write the result")


def run(options: argparse.Namespace) -> int:
    """Compare and write."""
    from dataclasses import replace

    from core.base.cache import StageCache
    from core.base.recipe import Recipe
    from core.comparison.compare import check_count
    from core.comparison.floor import floor_cost
    from core.comparison.recipes import Comparer
    from core.models.registry import DEFAULT_MODEL
    from core.pipeline.clustering.cluster import ClusterSettings
    from core.pipeline.context import Context
    from core.pipeline.layout.projection import LayoutSettings
    from core.results import result_folder

    if len(options.instruction) < 2:
        raise InputError("Give --instruction at least twice: there is nothing to compare otherwise.")
    check_count(len(options.instruction))
    clusters = replace(ClusterSettings.parse(options.clusters), seed=options.seed)
    corpus, line = corpus_of(options), ProgressLine()
    result_folder.make_directory(options.out)
    comparer = Comparer(corpus, Context(StageCache(), store_of(options)))
    recipes = [Recipe(options.model or DEFAULT_MODEL, instruction) for instruction in options.instruction]
    layout = LayoutSettings(seed=options.seed)
    compared = comparer.compare(recipes, clusters, options.maps, Watch(line), layout=layout, exact=options.exact)
    line.clear()
    floors: tuple[Floor, ...] = ()
    if not options.no_floor:
        print(f"The noise floor (--no-floor leaves it out): {floor_cost(compared.found).sentence()}.", flush=True)
        floors = comparer.floors(compared.found, Watch(line))
        line.clear()
    for path in write(compared, floors, options.out):
        print(path)
    return 0


def write(compared: "Compared", floors: "tuple[Floor, ...]", directory: Path) -> tuple[Path, ...]:
    """Write ``comparison.json``, ``texts.csv``, ``flows.csv`` and ``report.html``; the paths written."""
    from core.base.spreadsheet import write_csv
    from core.results import result_folder
    from core.results.comparison_report import report

    found = compared.found
    paths = tuple(directory / name for name in ("comparison.json", "texts.csv", "flows.csv", "report.html"))
    try:
        figures = json.dumps(_valid(_figures(compared, floors)), ensure_ascii=False, indent=2, allow_nan=False)
        paths[0].write_text(figures + "\n", "utf-8")
        write_csv(texts_table(found), paths[1])
        write_csv(flows_table(found), paths[2])
        paths[3].write_text(report(compared, floors).html(), "utf-8")
    except OSError as error:
        raise result_folder.unwritable(directory, error) from None
    return paths


def texts_table(found: "Comparison") -> "pd.DataFrame":
    """One row a text: its cluster in every run, and what happened to it from each run to the next."""
    import pandas as pd

    from core.figures.comparison import LETTERS, cluster_names

    corpus = found.runs[0].corpus
    columns: dict[str, Any] = {"id": list(corpus.ids), "text": list(corpus.texts)}
    for place, each in enumerate(found.runs):
        columns[f"cluster {LETTERS[place]}"] = each.clustering.labels
        columns[f"topic {LETTERS[place]}"] = cluster_names(found, place)
    for step, change in enumerate(found.changes):
        pair = f"{LETTERS[step]} to {LETTERS[step + 1]}"
        columns[f"left its cluster, {pair}"] = found.left(step)
        columns[f"neighbours kept, {pair}"] = change.kept
        columns[f"margin before, {pair}"] = change.margin_before
        columns[f"margin after, {pair}"] = change.margin_after
    return pd.DataFrame(columns)


def flows_table(found: "Comparison") -> "pd.DataFrame":
    """One row a flow: from which cluster to which, how many texts, and whether the two clusters match."""
    import pandas as pd

    from core.figures.comparison import LETTERS, cluster_name

    rows = [
        {
            "from run": LETTERS[step],
            "from cluster": flow.source,
            "from topic": cluster_name(found, step, flow.source),
            "to run": LETTERS[step + 1],
            "to cluster": flow.target,
            "to topic": cluster_name(found, step + 1, flow.target),
            "texts": len(flow.rows),
            "clusters match": flow not in moved,
        }
        for step, flows in enumerate(found.flows)
        for moved in [set(found.moved(step))]
        for flow in flows
    ]
    return pd.DataFrame(rows)


def _valid(value: Any) -> Any:
    """The same with None for what isn't a number: JSON has no other word for it."""
    if isinstance(value, dict):
        return {key: _valid(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_valid(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _figures(compared: "Compared", floors: "tuple[Floor, ...]") -> dict[str, Any]:
    from dataclasses import asdict

    from core.figures.comparison import agreement_rows

    found = compared.found
    return {
        "corpus": {"name": found.runs[0].corpus.name, "texts": len(found.runs[0].corpus)},
        "runs": [
            {
                "model": run.settings.model,
                "instruction": run.instruction,
                "clusters": run.clustering.k,
                "noise": run.clustering.noise,
                "fingerprint": run.embedding.space.fingerprint,
                "ids": list(ids),
            }
            for run, ids in zip(found.runs, found.ids, strict=True)
        ],
        "neighbours": found.k,
        "agreement": agreement_rows(found, floors),
        "homogeneity": found.homogeneity.tolist(),
        "floors": [asdict(floor) for floor in floors],
        "maps": {
            "kind": compared.kind,
            "trustworthiness": [layout.trustworthiness for layout in compared.layouts],
            "trustworthiness_on_texts": [layout.trusted_on for layout in compared.layouts],
            "residual": [layout.residual for layout in compared.layouts],
        },
        "consensus": {
            "pairs_together_under_all": found.consensus.together,
            "pairs_under_one_only": list(found.consensus.only),
            "pairs_together_under_some": found.consensus.ever,
            "groups_together_under_all": [len(rows) for rows in found.consensus.groups],
        },
    }
