"""The picture on show: a run, the colours of its clusters, and what the user picks out of it."""

from dataclasses import dataclass

import numpy as np

from core.figures.colours import match_slots
from core.pipeline.run import Run


@dataclass
class PictureOnShow:
    """The run that a session sees.

    Parameters
    ----------
    slots : number of the colour of each cluster.
    selected : rows that were drawn around, or None.
    focus : the cluster whose texts alone are highlighted, or None.
    """

    run: Run | None = None
    slots: tuple[int, ...] = ()
    selected: tuple[int, ...] | None = None
    focus: int | None = None

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
