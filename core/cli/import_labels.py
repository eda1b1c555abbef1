"""`refract import-labels`: make a result again, under the topics of a table that was exported and perhaps changed."""

import argparse
from pathlib import Path
from typing import Any

from core.cli.replay import add_recipe_options, replayed


def add_command(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add `import-labels` to the command line."""
    command = commands.add_parser("import-labels", help="make a result again under the topics of an exported table")
    command.set_defaults(command=_command)
    add_recipe_options(command)
    command.add_argument("table", type=Path, metavar="TABLE", help="its table, as CSV, XLSX, Parquet or JSON Lines")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write the result")


def _command(options: argparse.Namespace) -> int:
    from core.labelling.edited_run import edited
    from core.results import result_folder
    from core.results.recipe import labels_after, recipe_of
    from core.results.reimport import labels_from_export, read_export

    table = read_export(options.table)
    done, carried, edits = replayed(options)
    labels = labels_after(done.run, carried, edits)
    found = labels_from_export(table, labels, done.edited)
    print(found.sentence())
    view = edited(done.run, found.apply(labels))
    recipe = recipe_of(done.run, carried, (*edits, found.as_edit(options.table.name)))
    for path in result_folder.write(view, options.out, recipe):
        print(path)
    return 0
