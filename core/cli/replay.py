"""`refract replay`: make a result again from its recipe and its texts, and say whether it is the same."""

import argparse
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch
from core.cli.shared import ProgressLine, store_of

if TYPE_CHECKING:
    from core.labelling.edited_run import EditedRun
    from core.models.encoder.text_encoder import TextEncoder
    from core.pipeline.run import Run
    from core.results.recipe import ReplayRecipe
    from core.store.vectors import VectorStore
    from core.texts.corpus import Corpus

# The exit code for a result that is not the same, which is neither bad input nor a defect.
DIFFERENT = 3


@dataclass(frozen=True, eq=False)
class Replayed:
    """A result made again.

    Parameters
    ----------
    run : as the recipe says.
    edited : under the analyst's topics, or None where the recipe has none.
    differs : what came out differently: "clusters", "map", "names", "edited topics", "edited names".
    reasons : what is not as it was when the recipe was written, in plain words.
    """

    run: "Run"
    edited: "EditedRun | None"
    differs: tuple[str, ...]
    reasons: tuple[str, ...]

    def sentences(self) -> tuple[str, ...]:
        """Say it in plain words."""
        from core.texts.readers.table import counted

        over = counted(len(self.run.corpus), "text")
        if not self.differs:
            said = [f"The same clusters, names and map over {over}, bit for bit."]
        else:
            said = [f"Not the same over {over}: the {_listed(self.differs)} came out differently."]
            if not self.reasons:
                said.append("Versions, model and machine are those of the recipe: please report this.")
        return (*said, *self.reasons)


def replay(
    recipe: "ReplayRecipe",
    corpus: "Corpus",
    model: str | None = None,
    watch: Watch = UNWATCHED,
    store: "VectorStore | None" = None,
) -> Replayed:
    """Make the recipe's result again and compare.

    Parameters
    ----------
    corpus : the recipe's texts, in whatever order; see `corpus_of`.
    model : name or directory of the model, where it is called otherwise here.

    Raises
    ------
    InputError
        Where the texts are others, or the model isn't here.
    """
    import numpy as np

    from core.labelling.edited_run import edited
    from core.models.registry import load_model
    from core.pipeline import run as pipeline
    from core.results.recipe import result_of
    from core.texts.readers.table import counted

    if corpus.digest != recipe.corpus_digest:
        raise InputError(
            f"{corpus.name} holds other texts than the recipe was made from: {counted(len(corpus), 'text')} in the "
            f"column {corpus.text_column}, {recipe.texts:,} there. Give the file that it was made from."
        )
    settings = dataclasses.replace(recipe.settings, model=model) if model else recipe.settings
    reasons = _reasons(recipe, load_model(settings.model))
    start = None if recipe.start is None else recipe.start[np.argsort(corpus.order)]
    run = pipeline.run(corpus, recipe.instruction, settings, watch, start=start, store=store)
    try:
        labels = recipe.labels_of(run)
    except InputError as error:
        labels = None
        reasons = (*reasons, f"The edits of its topics don't fit the clusters that came out here. {error}")
    view = None if labels is None else edited(run, labels)
    found, wanted = result_of(run, view), recipe.result
    names = {
        "labels": "clusters",
        "layout": "map",
        "names": "names",
        "edited_labels": "edited topics",
        "edited_names": "edited names",
    }
    differs = tuple(said for name, said in names.items() if getattr(found, name) != getattr(wanted, name))
    return Replayed(run, view, differs, reasons)


def corpus_of(recipe: "ReplayRecipe", file: Path) -> "Corpus":
    """Read a file the way the recipe's was read.

    Raises
    ------
    InputError
        As `core.texts.readers.read` and `core.texts.corpus.build`.
    """
    from core.texts import corpus as corpora
    from core.texts import readers

    how = recipe.reading
    table = readers.read(file, sheet=how.sheet, encoding=how.encoding, unit=how.unit)
    return corpora.build(table, recipe.text_column, duplicates=how.duplicates, repair=how.repair)


def add_command(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add `replay` to the command line."""
    command = commands.add_parser("replay", help="make a result again from its recipe, and say whether it is the same")
    command.set_defaults(command=_command)
    command.add_argument("recipe", type=Path, metavar="RECIPE", help="the recipe.json of a result")
    command.add_argument("file", type=Path, metavar="FILE", help="the file with the texts that it was made from")
    command.add_argument("--model", help="name or directory of the recipe's model, if it is called otherwise here")
    command.add_argument("--no-store", action="store_true", help="neither use nor keep saved vectors")
    command.add_argument("--out", type=Path, metavar="DIR", help="write the result there as well")


def _command(options: argparse.Namespace) -> int:
    from core.results import result_folder
    from core.results.recipe import read_recipe, recipe_of

    recipe = read_recipe(options.recipe)
    corpus = corpus_of(recipe, options.file)
    if options.out is not None:
        result_folder.make_directory(options.out)
    show = ProgressLine()
    try:
        done = replay(recipe, corpus, options.model, Watch(show), store=store_of(options))
    finally:
        show.clear()
    for sentence in done.sentences():
        print(sentence)
    if options.out is not None:
        again = recipe_of(done.run, *((recipe.carried, recipe.edits) if done.edited is not None else ()))
        for path in result_folder.write(done.edited or done.run, options.out, again):
            print(path)
    return DIFFERENT if done.differs else 0


def _reasons(recipe: "ReplayRecipe", model: "TextEncoder") -> tuple[str, ...]:
    """What is not as it was when the recipe was written."""
    from core.results.recipe import machine, versions

    said = []
    if model.precision != recipe.precision:
        said.append(f"The model computes in {model.precision} here, in {recipe.precision} there.")
    elif model.fingerprint != recipe.fingerprint:
        said.append(f"The model {recipe.model} has other weights or another recipe here.")
    said += [
        f"{name} is {here} here, {recipe.versions.get(name, 'not named')} there."
        for name, here in versions().items()
        if recipe.versions.get(name) != here
    ]
    said += [
        f"The machine's {name}: {here} here, {recipe.machine.get(name, 'not named')} there."
        for name, here in machine().items()
        if recipe.machine.get(name) != here
    ]
    return tuple(said)


def _listed(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
