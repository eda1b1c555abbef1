"""How long work tells where it is, and how it is stopped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from core.base.errors import Cancelled


@dataclass(frozen=True)
class Progress:
    """Where a stage is: ``done`` of ``total`` units (texts, epochs, candidate k).

    ``share`` is the part of the stage's work that is done, from 0 to 1, where that is known better than
    ``done / total`` says it: long texts cost more than short ones.
    """

    stage: str
    done: int
    total: int
    share: float | None = None

    @property
    def fraction(self) -> float:
        """The part of the stage that is done, from 0 to 1."""
        if self.share is not None:
            return self.share
        return self.done / self.total if self.total else 1.0


ProgressCallback: TypeAlias = Callable[[Progress], None]


class CancelSignal(Protocol):
    """Anything with ``is_set()``, such as a `threading.Event`."""

    def is_set(self) -> bool: ...


@dataclass(frozen=True)
class Watch:
    """Who watches a piece of work: ``progress`` hears where it is, ``cancel`` stops it. Either may be None."""

    progress: ProgressCallback | None = None
    cancel: CancelSignal | None = None

    def report(self, stage: str, done: int, total: int, share: float | None = None) -> None:
        """Tell where ``stage`` is."""
        if self.progress is not None:
            self.progress(Progress(stage, done, total, share))

    @property
    def stopped(self) -> bool:
        """Whether the work is to stop."""
        return self.cancel is not None and self.cancel.is_set()

    def check(self) -> None:
        """Raise `Cancelled` once the work is to stop. Called between small pieces of it."""
        if self.stopped:
            raise Cancelled

    @property
    def quiet(self) -> "Watch":
        """The same for work within the work: it can be stopped, and tells nothing."""
        return Watch(None, self.cancel)

    def telling(self, progress: ProgressCallback | None) -> "Watch":
        """The same with another callback for the progress."""
        return Watch(progress, self.cancel)


UNWATCHED = Watch()
