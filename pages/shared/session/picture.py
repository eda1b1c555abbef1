"""The picture on show: a run, the colours of its clusters, and what the user picks out of it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.figures.colours import match_slots
from core.labelling.edited_run import EditedRun
from core.pipeline.run import Run


class LabelsOnShow(Protocol):
    """An analyst's topics of a run, as the Label page holds them."""

    run: Run | None

    def look(self) -> EditedRun:
        """The run under the topics as they are now."""

    def colours(self, view: EditedRun) -> tuple[str, ...]:
        """The colour of each of the view's topics."""


@dataclass
class PictureOnShow:
    """The run that a session sees.

    Parameters
    ----------
    slots : number of the colour of each cluster.
    selected : rows that were drawn around, or None.
    focus : the cluster whose texts alone are highlighted, or None.
    labels : the topics that were named last in this session, or None; of this run or of another.
    """

    run: Run | None = None
    slots: tuple[int, ...] = ()
    selected: tuple[int, ...] | None = None
    focus: int | None = None
    labels: LabelsOnShow | None = None

    def show(self, run: Run) -> None:
        """Show a run; clusters keep their colours where the texts are those of the run before."""
        labels, before = run.clustering.labels, self.run
        if before is not None and before.corpus.digest == run.corpus.digest:
            self.slots = match_slots(labels, run.clustering.k, before.clustering.labels, self.slots)
            if not np.array_equal(labels, before.clustering.labels):
                self.focus = None
        else:
            self.slots = match_slots(labels, run.clustering.k)
            self.selected = self.focus = None
        self.run = run
