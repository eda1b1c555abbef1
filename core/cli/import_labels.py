"""`refract import-labels`: make a result again, under the topics of a table that was exported and perhaps changed."""

import argparse
from pathlib import Path
from typing import Any

from core.base.progress import Watch
from core.cli.shared import ProgressLine, store_of


def add_command(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add `import-labels` to the command line."""
    command = commands.add_parser("import-labels", help="make a result again under the topics of an exported table")
    command.set_defaults(command=_command)
    command.add_argument("recipe", type=Path, metavar="RECIPE", help="the recipe.json of a result")
    command.add_argument("file", type=Path, metavar="FILE", help="the file with the texts that it was made from")
    command.add_argument("table", type=Path, metavar="TABLE", help="its table, as CSV, XLSX, Parquet or JSON Lines")
    command.add_argument("--model", help="name or directory of the recipe's model, if it is called otherwise here")
    command.add_argument("--no-store", action="store_true", help="neither use nor keep saved vectors")
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write the result")


def _command(options: argparse.Namespace) -> int:
    from core.labelling.edited_run import edited
    from core.pipeline.context import Context
    from core.results import result_folder
    from core.results.recipe import labels_after, read_recipe, recipe_of
    from core.results.reimport import labels_from_export, read_export
    from core.results.replay import corpus_of, replay

    recipe, table = read_recipe(options.recipe), read_export(options.table)
    corpus = corpus_of(recipe, options.file)
    result_folder.make_directory(options.out)
    show = ProgressLine()
    try:
        done = replay(recipe, corpus, options.model, Watch(show), Context(store=store_of(options)))
    finally:
        show.clear()
    for sentence in done.sentences():
        print(sentence)
    before = (recipe.carried, recipe.edits) if done.edited is not None else ({}, ())
    labels = labels_after(done.run, *before)
    found = labels_from_export(table, labels, done.edited)
    print(found.sentence())
    edits = (*before[1], found.as_edit(options.table.name))
    view = edited(done.run, found.apply(labels))
    for path in result_folder.write(view, options.out, recipe_of(done.run, before[0], edits)):
        print(path)
    return 0
