"""Work on a thread of its own, that can be watched and stopped."""

import atexit
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from core.base.errors import Cancelled, RefractError
from core.base.progress import Progress, Watch

T = TypeVar("T")
State = Literal["running", "done", "failed", "cancelled"]

_PATIENCE_SECONDS = 10.0
_running: "set[Job[Any]]" = set()


@atexit.register
def _stop_all() -> None:
    """End the jobs before the interpreter goes: a thread that is then inside compiled code would abort the process."""
    for job in list(_running):
        job.cancel()
    for job in list(_running):
        job.wait(_PATIENCE_SECONDS)


@dataclass(frozen=True)
class Status:
    """The progress of a job: its stage, how far that is, and for how long yet, where that can be told."""

    stage: str
    done: int
    total: int
    fraction: float
    seconds: float
    remaining: float | None


def running(job: "Job[Any] | None") -> bool:
    """Whether there is a job and it is under way."""
    return job is not None and job.state == "running"


class Job(Generic[T]):
    """Runs ``work(job)`` on a thread; ``work`` hands on `watch`, and gives `partial` what can be shown early.

    A cancelled job counts as stopped at once. What it was doing ends at its next look at ``cancelled``, and its
    result is dropped.
    """

    def __init__(self, work: "Callable[[Job[T]], T]") -> None:
        self.cancelled = threading.Event()
        self.watch = Watch(self.progress, self.cancelled)
        self.result: T | None = None
        self.preview: T | None = None
        self.error: str | None = None
        self.unexpected: BaseException | None = None
        self._state: State = "running"
        self._started = time.monotonic()
        self._latest: tuple[Progress, float] | None = None  # with the time its stage began
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        _running.add(self)
        self._thread.start()

    @property
    def state(self) -> State:
        """One of running, done, failed, cancelled."""
        return "cancelled" if self.cancelled.is_set() and self._state == "running" else self._state

    def cancel(self) -> None:
        """Stop the job. A job that has ended stays as it is."""
        self.cancelled.set()

    def progress(self, progress: Progress) -> None:
        """Take note of where the work is (a `core.base.progress.ProgressCallback`)."""
        latest = self._latest
        began = latest[1] if latest and latest[0].stage == progress.stage else time.monotonic()
        self._latest = (progress, began)

    def partial(self, preview: T) -> None:
        """Take a result that can be shown while the work goes on."""
        self.preview = preview

    def status(self) -> Status:
        """Where the work is. The remaining seconds are those of the present stage, from its pace so far."""
        seconds = time.monotonic() - self._started
        if self._latest is None:
            return Status("starting", 0, 0, 0.0, seconds, None)
        progress, began = self._latest
        spent = time.monotonic() - began
        fraction = progress.fraction
        # Below a twentieth the pace is mostly start-up, and an estimate from it would mislead.
        remaining = spent / fraction * (1 - fraction) if fraction > 0.05 and spent > 0.2 else None
        return Status(progress.stage, progress.done, progress.total, fraction, seconds, remaining)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the thread to end; False if it still runs after ``timeout`` seconds."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self, work: "Callable[[Job[T]], T]") -> None:
        try:
            self._end("done", result=work(self))
        except Cancelled:
            self._end("cancelled")
        except RefractError as error:
            self._end("failed", error=str(error))
        except Exception as error:
            logging.getLogger(__name__).exception("A job failed that should not have")
            self._end("failed", error=f"Something went wrong that should not have: {error}", unexpected=error)
        finally:
            _running.discard(self)

    def _end(
        self, state: State, result: T | None = None, error: str | None = None, unexpected: Exception | None = None
    ) -> None:
        """Keep the outcome, unless the user has stopped the job: then nothing that it still did counts."""
        if self.cancelled.is_set():
            self._state = "cancelled"
            return
        self.result, self.error, self.unexpected = result, error, unexpected
        self._state = state
