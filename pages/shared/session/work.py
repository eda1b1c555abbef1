"""The run under way for a session, and the pace of its models."""

from dataclasses import dataclass, field

from core.base.jobs import Job
from core.pipeline.estimates import encoding_seconds, tokens_per_second
from core.pipeline.run import Run, Settings, run
from core.texts.corpus import Corpus
from pages.shared.session.picture import PictureOnShow
from pages.shared.session.resources import shared_context

# A change that takes longer than this to encode waits for a click.
LIVE_SECONDS = 15.0


@dataclass(frozen=True)
class Request:
    """The picture that the user asks for."""

    corpus: Corpus  # compared by identity: the same texts may come with other metadata
    instruction: str
    settings: Settings


@dataclass
class WorkUnderWay:
    """The run that the user asked for last.

    Parameters
    ----------
    picture : shows its result.
    rates : tokens a second, by model.
    """

    picture: PictureOnShow
    job: Job[Run] | None = None
    asked: Request | None = None
    rates: dict[str, float] = field(default_factory=dict)

    def open(self, run: Run, slots: tuple[int, ...] = ()) -> None:
        """Show a run that was saved, in the colours that were saved, in place of what is on show."""
        if self.job is not None:
            self.job.cancel()
        self.asked, self.job = Request(run.corpus, run.instruction, run.settings), None
        self.picture.run = None
        self._show(run)
        if len(slots) == run.clustering.k:
            self.picture.slots = slots

    def request(self, corpus: Corpus, instruction: str, settings: Settings) -> float | None:
        """Start what the user asks for, unless it is there, under way, or waits for a click.

        Returns
        -------
        None, or the seconds that it would take, where that is long enough to ask first.
        """
        request = Request(corpus, instruction, settings)
        if request == self.asked:
            return None
        seconds = self._cost(corpus, instruction, settings)
        if seconds is not None and seconds > LIVE_SECONDS:
            return seconds
        self.start(corpus, instruction, settings)
        return None

    def start(self, corpus: Corpus, instruction: str, settings: Settings) -> None:
        """Start a run, and stop the one under way."""
        if self.job is not None:
            self.job.cancel()
        previous = self.picture.run
        self.asked = Request(corpus, instruction, settings)
        self.job = Job(
            lambda job: run(
                corpus,
                instruction,
                settings,
                job.watch,
                context=shared_context(),
                previous=previous,
                partial=job.partial,
            )
        )

    def again(self) -> None:
        """Start once more what was asked for last."""
        if self.asked is not None:
            self.start(self.asked.corpus, self.asked.instruction, self.asked.settings)

    def _cost(self, corpus: Corpus, instruction: str, settings: Settings) -> float | None:
        """Seconds to encode again, where this session has a pace to tell it from and a picture to keep meanwhile."""
        shown = self.picture.run
        rate = self.rates.get(settings.model)
        if shown is None or rate is None or shown.corpus.digest != corpus.digest:
            return None
        if shown.settings.model != settings.model or shown.instruction == instruction:
            return None
        return encoding_seconds(shown, instruction, rate)

    def take(self) -> bool:
        """Show what the job has by now; True when the picture changed."""
        if self.job is None:
            return False
        latest = self.job.result or self.job.preview
        if latest is None or latest is self.picture.run or self.job.state in ("cancelled", "failed"):
            return False
        self._show(latest)
        return True

    def learn_pace(self, run: Run) -> None:
        """Remember how fast a model was, where the run tells."""
        if rate := tokens_per_second(run):
            self.rates[run.settings.model] = rate

    def _show(self, run: Run) -> None:
        self.picture.show(run)
        self.learn_pace(run)
