"""`refract replay`: make a result again from its recipe and its texts, and say whether it is the same."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.base.progress import Watch
from core.cli.shared import ProgressLine, store_of

if TYPE_CHECKING:
    from core.labelling.edits import Edit
    from core.results.replay import Replayed

# The exit code for a result that is not the same, which is neither bad input nor a defect.
DIFFERENT = 3


def add_command(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add `replay` to the command line."""
    command = commands.add_parser("replay", help="make a result again from its recipe, and say whether it is the same")
    command.set_defaults(command=_command)
    add_recipe_options(command)
    command.add_argument("--out", type=Path, metavar="DIR", help="write the result there as well")


def add_recipe_options(command: argparse.ArgumentParser) -> None:
    """Add RECIPE, FILE and what else `replayed` needs, but for --out."""
    command.add_argument("recipe", type=Path, metavar="RECIPE", help="the recipe.json of a result")
    command.add_argument("file", type=Path, metavar="FILE", help="the file with the texts that it was made from")
    command.add_argument("--model", help="name or directory of the recipe's model, if it is called otherwise here")
    command.add_argument("--no-store", action="store_true", help="neither use nor keep saved vectors")


def replayed(options: argparse.Namespace) -> "tuple[Replayed, Mapping[str, Any], tuple[Edit, ...]]":
    """Make the result of a recipe again and say whether it is the same; it, and what was done to its topics."""
    from core.pipeline.context import Context
    from core.results import result_folder
    from core.results.recipe import read_recipe
    from core.results.replay import corpus_of, replay

    recipe = read_recipe(options.recipe)
    corpus = corpus_of(recipe, options.file)
    if options.out is not None:
        result_folder.make_directory(options.out)
    show = ProgressLine()
    try:
        done = replay(recipe, corpus, options.model, Watch(show), Context(store=store_of(options)))
    finally:
        show.clear()
    for sentence in done.sentences():
        print(sentence)
    return (done, recipe.carried, recipe.edits) if done.edited is not None else (done, {}, ())


def _command(options: argparse.Namespace) -> int:
    from core.results import result_folder
    from core.results.recipe import recipe_of

    done, carried, edits = replayed(options)
    if options.out is not None:
        again = recipe_of(done.run, carried, edits)
        for path in result_folder.write(done.edited or done.run, options.out, again):
            print(path)
    return DIFFERENT if done.differs else 0
