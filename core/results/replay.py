"""A result made again from its recipe and its texts, and whether it is the same."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from core.base.errors import InputError
from core.base.progress import UNWATCHED, Watch
from core.base.wording import counted, listed
from core.labelling.edited_run import EditedRun, edited
from core.models.encoder.text_encoder import TextEncoder
from core.models.registry import load_model
from core.pipeline.context import Context
from core.pipeline.run import Run, run
from core.results.recipe import ReplayRecipe, machine, result_of, versions
from core.texts import corpus as corpora
from core.texts import readers
from core.texts.corpus import Corpus


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

    run: Run
    edited: EditedRun | None
    differs: tuple[str, ...]
    reasons: tuple[str, ...]

    def sentences(self) -> tuple[str, ...]:
        """Say it in plain words."""
        over = counted(len(self.run.corpus), "text")
        if not self.differs:
            said = [f"The same clusters, names and map over {over}, bit for bit."]
        else:
            said = [f"Not the same over {over}: the {listed(self.differs)} came out differently."]
            if not self.reasons:
                said.append("Versions, model and machine are those of the recipe: please report this.")
        return (*said, *self.reasons)


def replay(
    recipe: ReplayRecipe,
    corpus: Corpus,
    model: str | None = None,
    watch: Watch = UNWATCHED,
    context: Context | None = None,
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
    if corpus.digest != recipe.corpus_digest:
        raise InputError(
            f"{corpus.name} holds other texts than the recipe was made from: {counted(len(corpus), 'text')} in the "
            f"column {corpus.text_column}, {recipe.texts:,} there. Give the file that it was made from."
        )
    settings = dataclasses.replace(recipe.settings, model=model) if model else recipe.settings
    reasons = _reasons(recipe, load_model(settings.model))
    start = None if recipe.start is None else corpus.in_file_order(recipe.start)
    again = run(corpus, recipe.instruction, settings, watch, context=context, start=start)
    try:
        labels = recipe.labels_of(again)
    except InputError as error:
        labels = None
        reasons = (*reasons, f"The edits of its topics don't fit the clusters that came out here. {error}")
    view = None if labels is None else edited(again, labels)
    found, wanted = result_of(again, view), recipe.result
    names = {
        "labels": "clusters",
        "layout": "map",
        "names": "names",
        "edited_labels": "edited topics",
        "edited_names": "edited names",
    }
    differs = tuple(said for name, said in names.items() if getattr(found, name) != getattr(wanted, name))
    return Replayed(again, view, differs, reasons)


def corpus_of(recipe: ReplayRecipe, file: Path) -> Corpus:
    """Read a file the way the recipe's was read.

    Raises
    ------
    InputError
        As `core.texts.readers.read` and `core.texts.corpus.build`.
    """
    how = recipe.reading
    table = readers.read(file, **how.of_file)
    return corpora.build(table, recipe.text_column, duplicates=how.duplicates, repair=how.repair)


def _reasons(recipe: ReplayRecipe, model: TextEncoder) -> tuple[str, ...]:
    """The conditions that are not as they were when the recipe was written."""
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
