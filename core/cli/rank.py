"""`refract rank`: which instruction brings out the labels of a file best?"""

import argparse
import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.base.errors import InputError
from core.base.progress import Watch
from core.cli.shared import ProgressLine, add_reading_options, corpus_of, store_of

if TYPE_CHECKING:
    import pandas as pd

    from core.ranking.rank import Ranked, Ranking
    from core.results.html import Report
    from core.texts.corpus import Corpus


def add_command(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add the command to those of `refract`."""
    parser = commands.add_parser("rank", help="find the instruction that brings out label columns best")
    parser.set_defaults(command=run)
    add_reading_options(parser)
    parser.add_argument("--labels", action="append", required=True, metavar="COLUMN", help="once or several times")
    parser.add_argument(
        "--instructions", type=Path, required=True, metavar="FILE", help="one instruction a line, exactly as written"
    )
    parser.add_argument(
        "--model", action="append", help="name or directory of a model, once or several times (default: the built-in)"
    )
    parser.add_argument("--as-written", action="store_true", help="don't score the instructions in other words too")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write the result")


def run(options: argparse.Namespace) -> int:
    """Rank and write."""
    from core.base.cache import StageCache
    from core.models.registry import DEFAULT_MODEL
    from core.pipeline.context import Context
    from core.pipeline.embed import embed_corpus
    from core.ranking.candidates import candidates, controls
    from core.ranking.rank import rank
    from core.results import result_folder

    instructions = read_instructions(options.instructions)
    corpus, line = corpus_of(options), ProgressLine()
    missing = [name for name in options.labels if name not in corpus.metadata]
    if missing:
        known = ", ".join(map(str, corpus.metadata.columns)) or "none"
        raise InputError(f"The file has no column called {', '.join(missing)}. Its other columns: {known}.")
    result_folder.make_directory(options.out)
    models = options.model or [DEFAULT_MODEL]
    listed = candidates(instructions, models, options.labels)
    for model in models:
        known_already = {each.recipe for each in listed}
        listed += [each for each in controls(instructions[0], model) if each.recipe not in known_already]
    columns = {name: corpus.metadata[name] for name in options.labels}
    embed = partial(embed_corpus, corpus, context=Context(StageCache(), store_of(options)))
    found = rank(listed, columns, embed, reword=not options.as_written, watch=Watch(line))
    line.clear()
    for name in found.columns:
        first = found.best_first(name)[0]
        text = first.candidate.recipe.instruction.strip() or first.candidate.role
        print(f"{name}: {text} (V-measure {first.scores[name].v_measure:.3f})")
    for path in write(found, corpus, options.out):
        print(path)
    return 0


def read_instructions(path: Path) -> list[str]:
    """One instruction a line, without repetition; spaces count, empty lines don't.

    Raises
    ------
    InputError
        Where the file can't be read or has no instruction.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The instructions in {path} can't be read ({error}). Give a UTF-8 text file.") from None
    found = list(dict.fromkeys(line for line in lines if line.strip()))
    if not found:
        raise InputError(f"There is no instruction in {path}. Write one a line.")
    return found


def write(ranking: "Ranking", corpus: "Corpus", directory: Path) -> tuple[Path, ...]:
    """Write ``ranking.json``, ``ranking.csv`` and ``report.html``; the paths written."""
    from core.base.spreadsheet import write_csv
    from core.results import result_folder

    paths = tuple(directory / name for name in ("ranking.json", "ranking.csv", "report.html"))
    try:
        paths[0].write_text(json.dumps(as_json(ranking), ensure_ascii=False, indent=2) + "\n", "utf-8")
        write_csv(table(ranking), paths[1])
        paths[2].write_text(report(ranking, corpus).html(), "utf-8")
    except OSError as error:
        raise result_folder.unwritable(directory, error) from None
    return paths


def as_json(ranking: "Ranking") -> dict[str, Any]:
    """Everything that was found, as JSON takes it."""
    from core.ranking.matrix import selectivity

    ranked = []
    for each in ranking.ranked:
        fit = selectivity(ranking, each)
        ranked.append(
            {
                **asdict(each.candidate.recipe),
                "role": each.candidate.role,
                "column": each.candidate.column,
                "wordings": each.wordings,
                "instruction_tokens": each.instruction_tokens,
                "seconds": each.seconds,
                "scores": {name: asdict(score) for name, score in each.scores.items()},
                "selectivity": None if fit is None else {**asdict(fit), "value": fit.value},
            }
        )
    return {"columns": list(ranking.columns), "ranked": ranked}


def table(ranking: "Ranking") -> "pd.DataFrame":
    """One row a candidate and column, the best of each column first."""
    import pandas as pd

    from core.ranking.matrix import selectivity

    rows = []
    for name in ranking.columns:
        for place, each in enumerate(ranking.best_first(name), 1):
            score, fit = each.scores[name], selectivity(ranking, each)
            rows.append(
                {
                    "column": name,
                    "rank": place,
                    "instruction": each.candidate.recipe.instruction,
                    "role": each.candidate.role,
                    "model": each.candidate.recipe.model,
                    "V-measure": score.v_measure,
                    "low": score.low,
                    "high": score.high,
                    "ARI": score.ari,
                    "AMI": score.ami,
                    "kNN accuracy": score.knn,
                    "as written": score.own_wording,
                    "behind the first": score.behind,
                    "p": score.p_value,
                    "wordings": each.wordings,
                    "selectivity": fit.value if fit is not None and each.candidate.column == name else None,
                    "flags": _notes(ranking, each, name),
                    "tokens": each.instruction_tokens,
                    "seconds": each.seconds,
                    "texts": score.texts,
                }
            )
    return pd.DataFrame(rows)


def report(ranking: "Ranking", corpus: "Corpus") -> "Report":
    """The ranking as a page that opens anywhere."""
    from core.figures.ranking import matrix_figure, ranking_figure, short
    from core.results.html import Report

    page = Report(f"Instructions ranked on {corpus.name}")
    page.text(
        "V-measure of k-means with as many clusters as the column has classes, mean over seeds and wordings; the "
        "interval holds 95 % of the means over resampled wordings and seeds. p is that of a paired bootstrap over "
        "texts against the first instruction, corrected for their number (Holm)."
    )
    page.heading("Instructions by columns")
    page.text("A frame marks the column that an instruction asks for.", quiet=True)
    page.figure(matrix_figure(ranking))
    for name in ranking.columns:
        best = ranking.best_first(name)
        score = best[0].scores[name]
        page.heading(f"{name}: {score.texts:,} texts with a label, {score.classes} classes")
        page.figure(ranking_figure(ranking, name))
        page.table(
            ["", "instruction", "V-measure", "from", "to", "ARI", "AMI", "kNN accuracy", "behind", "p", "notes"],
            [
                [
                    place,
                    short(each.candidate, limit=200),
                    s.v_measure,
                    s.low,
                    s.high,
                    s.ari,
                    s.ami,
                    s.knn,
                    s.behind,
                    s.p_value,
                    _notes(ranking, each, name),
                ]
                for place, each in enumerate(best, 1)
                for s in (each.scores[name],)
            ],
        )
    return page


def _notes(ranking: "Ranking", ranked: "Ranked", column: str) -> str:
    """The warnings about an instruction, under the column that it asks for."""
    from core.ranking.matrix import selectivity

    fit = selectivity(ranking, ranked)
    return "; ".join(fit.flags) if fit is not None and ranked.candidate.column == column else ""
