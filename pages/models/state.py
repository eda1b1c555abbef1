"""The Models page's state: the downloads of all sessions, and the work of this one."""

import functools
import threading
from dataclasses import dataclass, field
from pathlib import Path

from core.base.jobs import Job, running
from core.models import hub
from core.models.added import AddedModel
from core.models.catalogue import add_directory
from core.models.hub_transfer import Plan
from core.models.speed import Speed, measure
from pages.shared.session.held import held


class Downloads:
    """The downloads under way or failed on this server, one a model, whoever asked for it."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job[Path]] = {}
        self._lock = threading.Lock()

    def start(self, name: str) -> bool:
        """Start one, unless it is under way already; whether it was started."""
        with self._lock:
            if running(self._jobs.get(name)):
                return False
            self._jobs[name] = Job(lambda job: hub.download(name, job.watch))
            return True

    def of(self, name: str) -> Job[Path] | None:
        """A model's download, as long as it has not been dismissed."""
        return self._jobs.get(name)

    def names(self) -> list[str]:
        """The models whose download is under way, or ended without the model."""
        return [name for name, job in list(self._jobs.items()) if job.state != "done"]

    def dismiss(self, name: str) -> None:
        """Forget a download that has ended."""
        with self._lock:
            self._jobs.pop(name, None)


@functools.cache
def downloads() -> Downloads:
    """Those of the whole server."""
    return Downloads()


@dataclass
class ModelsState:
    """This session's part of the page."""

    plans: dict[str, Job[Plan]] = field(default_factory=dict)
    started: set[str] = field(default_factory=set)  # downloads that this session may stop
    measuring: tuple[str, Job[Speed]] | None = None
    adding: Job[AddedModel] | None = None

    @property
    def busy(self) -> bool:
        """Whether a model's speed is being measured."""
        return self.measuring is not None and running(self.measuring[1])

    def ask_size(self, name: str) -> None:
        """Ask the hub what a download would be."""
        self.plans[name] = Job(lambda _: hub.plan(name))

    def drop_plan(self, name: str) -> None:
        """Leave it at that."""
        self.plans.pop(name).cancel()

    def download(self, name: str) -> None:
        """Start the download that was agreed to."""
        self.plans.pop(name, None)
        if downloads().start(name):
            self.started.add(name)

    def stop(self, name: str) -> None:
        """Stop a download of this session; what has arrived is kept."""
        job = downloads().of(name)
        if job is not None and name in self.started:
            job.cancel()

    def measure(self, name: str) -> None:
        """Measure a model's speed, unless another measurement would disturb it."""
        if not self.busy:
            self.measuring = (name, Job(lambda job: measure(name, None, job.watch)))

    def add(self, path: str, name: str, fields: dict[str, object]) -> None:
        """Load a directory's model, and take it in if it works."""
        self.adding = Job(lambda _: add_directory(path, name, **fields))


def models_state() -> ModelsState:
    """This browser session's state of the page."""
    return held("models", ModelsState)
