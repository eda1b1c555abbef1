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


def report(progress: ProgressCallback | None, stage: str, done: int, total: int, share: float | None = None) -> None:
    """Tell ``progress``, if there is one, where ``stage`` is."""
    if progress is not None:
        progress(Progress(stage, done, total, share))


def check(cancel: CancelSignal | None) -> None:
    """Raise `Cancelled` once ``cancel`` is set. Called between small pieces of work."""
    if cancel is not None and cancel.is_set():
        raise Cancelled
