"""From recipes to a comparison with maps and noise floor: what the page and the command line call."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.base.cache import StageCache
from core.base.errors import InputError
from core.base.progress import UNWATCHED, Progress, Watch
from core.base.recipe import Recipe
from core.comparison.compare import Comparison, check_count, compare
from core.comparison.floor import Floor, noise_floor
from core.comparison.layouts import Kind, RunLayout, run_layouts
from core.pipeline.clustering.cluster import ClusterSettings
from core.pipeline.layout import projection
from core.pipeline.layout.projection import LayoutSettings
from core.pipeline.run import Projector, Run, Settings, run
from core.store.vectors import VectorStore
from core.texts.corpus import Corpus


@dataclass(frozen=True, eq=False)
class Compared:
    """A comparison, and maps of its runs that can be held against each other."""

    found: Comparison
    layouts: tuple[RunLayout, ...]
    kind: Kind


@dataclass(frozen=True, eq=False)
class Comparer:
    """Compares recipes on the texts of a corpus; whatever is in cache and store is taken from there.

    Parameters
    ----------
    corpus, cache, store, projector : as `core.pipeline.run.run` takes them.
    """

    corpus: Corpus
    cache: StageCache
    store: VectorStore | None = None
    projector: Projector = projection

    def compare(
        self,
        recipes: Sequence[Recipe],
        clusters: ClusterSettings,
        kind: Kind = "aligned",
        watch: Watch = UNWATCHED,
        *,
        layout: LayoutSettings | None = None,
        exact: bool = False,
    ) -> Compared:
        """Run every recipe with the same settings, compare the runs, and lay them out.

        Parameters
        ----------
        recipes : two to four.
        clusters, layout : settings of all runs, their seeds included: same seeds, same result.
        kind, exact : see `core.comparison.layouts.run_layouts`.

        Raises
        ------
        InputError
            Before any work for too few or too many recipes or the same one twice. Otherwise as `core.pipeline.run.run`.
        Cancelled
            Once ``watch`` stops it.
        """
        check_count(len(recipes))
        if len(set(recipes)) < len(recipes):
            raise InputError("The same model with the same instruction was chosen twice. Change one of them.")
        runs = []
        for place, recipe in enumerate(recipes, 1):
            runs.append(
                self._run(
                    recipe.instruction,
                    Settings(model=recipe.model, clusters=clusters, layout=layout or LayoutSettings()),
                    _turn(watch, f"{place} of {len(recipes)}:"),
                )
            )
        found = compare(runs, watch=watch, cache=self.cache)

        def drawn(like: Run, previous: Run | None) -> Run:
            return run(
                self.corpus,
                like.instruction,
                like.settings,
                watch,
                cache=self.cache,
                previous=previous,
                projector=self.projector,
                store=self.store,
            )

        return Compared(found, run_layouts(runs, kind, drawn, watch, exact), kind)

    def floors(self, found: Comparison, watch: Watch = UNWATCHED) -> tuple[Floor, ...]:
        """The noise floor of each run: it is clustered under other seeds, and embedded in other words.

        What that takes is said beforehand by `core.comparison.floor.floor_cost`.
        """

        def again(instruction: str, like: Run) -> Run:
            return self._run(instruction, like.settings, watch.quiet)

        floors = []
        for place, each in enumerate(found.runs, 1):
            turn = _turn(watch, f"{place} of {len(found.runs)}:")
            floors.append(noise_floor(each, again, found.k, turn, cache=self.cache))
        return tuple(floors)

    def _run(self, instruction: str, settings: Settings, watch: Watch) -> Run:
        return run(
            self.corpus,
            instruction,
            settings,
            watch,
            cache=self.cache,
            projector=self.projector,
            store=self.store,
            lay_out=False,
        )


def _turn(watch: Watch, turn: str) -> Watch:
    """The same, told with which of the runs it is of."""

    def tell(said: Progress) -> None:
        watch.report(f"{said.stage} {turn}", said.done, said.total, said.share)

    return watch.telling(tell)
