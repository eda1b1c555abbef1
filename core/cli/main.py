"""The command line: `refract run` computes a result into files, `replay` does so again, `serve` opens the app."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from core.base.errors import RefractError
from core.base.progress import Watch
from core.cli import compare, import_labels, rank, replay
from core.cli.shared import ProgressLine, add_reading_options, corpus_of, store_of

BAD_INPUT = 2
FORMATS = ("csv", "xlsx", "jsonl", "png", "svg", "report")  # besides Parquet, which is always written


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line: argparse would print its usage as well."""
        print(f"refract: {message}. See {self.prog} --help.", file=sys.stderr)
        raise SystemExit(BAD_INPUT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code is 0, 2 for bad input, 1 for a defect, 3 for a replay that differs."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except RefractError as error:
        print(f"refract: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("refract: stopped.", file=sys.stderr)
        return 130
    except Exception as error:
        if options.debug:
            raise
        print(
            f"refract: something went wrong that should not have: {error!r}. Add --debug to see where.", file=sys.stderr
        )
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="refract", description="See how an instruction reshapes the clusters of a set of texts.")
    parser.add_argument("--debug", action="store_true", help="show where an unexpected error happened")
    commands = parser.add_subparsers(title="commands", required=True, parser_class=_Parser)

    run = commands.add_parser("run", help="cluster the texts of a file and write the result")
    run.set_defaults(command=_run)
    add_reading_options(run)
    run.add_argument("--instruction", default="", help="put before every text exactly as written (default: none)")
    run.add_argument("--model", help="name or directory of a model (default: the built-in one)")
    run.add_argument("--clusters", default="kmeans:auto", help="kmeans:8, kmeans:auto, hdbscan or hdbscan:15")
    run.add_argument("--assign-noise", action="store_true", help="give HDBSCAN's noise to the nearest cluster")
    run.add_argument("--seed", type=int, default=0, help="of the clustering and the map (default: 0)")
    run.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write the result")
    run.add_argument(
        "--format",
        nargs="+",
        default=[],
        choices=FORMATS,
        metavar="FORMAT",
        help=f"write these files as well: {', '.join(FORMATS)}",
    )

    compare.add_command(commands)
    rank.add_command(commands)
    replay.add_command(commands)
    import_labels.add_command(commands)

    serve = commands.add_parser("serve", help="open the app in the browser")
    serve.set_defaults(command=_serve)
    serve.add_argument("--port", type=int, default=8501)
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")

    download = commands.add_parser("download", help="fetch a model from the hub")
    download.set_defaults(command=_download)
    download.add_argument("model", metavar="NAME", help="such as instructor-base, or owner/name on the hub")
    return parser


def _run(options: argparse.Namespace) -> int:
    corpus = corpus_of(options)

    # Imported here so that a wrong option or a missing file is said at once, not after loading torch.
    from core.instructions.template import token_cost
    from core.models.registry import card_of
    from core.pipeline import run as pipeline
    from core.pipeline.clustering.cluster import ClusterSettings
    from core.pipeline.context import Context
    from core.pipeline.layout.projection import LayoutSettings
    from core.pipeline.topics.languages import unread_warning
    from core.results import downloads, result_folder
    from core.results.labelled import Labelled

    clusters = replace(ClusterSettings.parse(options.clusters), seed=options.seed, assign_noise=options.assign_noise)
    settings = pipeline.Settings(clusters=clusters, layout=LayoutSettings(seed=options.seed))
    if options.model:
        settings = replace(settings, model=options.model)
    if warning := unread_warning(corpus.texts, card_of(settings.model)):
        print(warning)
    downloads.check(corpus, options.format)
    result_folder.make_directory(options.out)  # before the work, not after it, in case the result has no place to go
    show = ProgressLine()
    run = pipeline.run(corpus, options.instruction, settings, Watch(show), context=Context(store=store_of(options)))
    show.clear()
    print(token_cost(run.embedding).sentence())
    print(f"{run.clustering.k} clusters, {run.clustering.noise} texts in none.")
    for stage in run.stages:
        print(f"{stage.name:>12} {stage.seconds:7.2f} s")
    for path in (*result_folder.write(run, options.out), *downloads.write(Labelled(run), options.out, options.format)):
        print(path)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from pages.shared.server import serve

    return serve(options.host, options.port)


def _download(options: argparse.Namespace) -> int:
    from core.models import hub

    show = ProgressLine()
    try:
        directory = hub.download(options.model, Watch(show))
    finally:
        show.clear()
    print(directory)
    return 0


if __name__ == "__main__":
    sys.exit(main())
