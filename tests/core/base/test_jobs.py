"""A job runs by itself, tells where it is, and ends as done, failed or cancelled."""

import threading
from collections.abc import Iterator

import pytest

from core.base.errors import Cancelled, InputError
from core.base.jobs import Job
from core.base.progress import Progress


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a job waits at; opened in the end, so that no thread is left behind."""
    event = threading.Event()
    yield event
    event.set()


def raising(error: BaseException) -> Job[str]:
    def work(job: Job[str]) -> str:
        raise error

    job = Job(work)
    assert job.wait(120)
    return job


def test_a_job_that_ends_is_done_and_has_its_result() -> None:
    job: Job[int] = Job(lambda job: 6 * 7)
    assert job.wait(120)
    assert (job.state, job.result, job.error, job.unexpected) == ("done", 42, None, None)


def test_it_runs_beside_its_caller(gate: threading.Event) -> None:
    job: Job[bool] = Job(lambda job: gate.wait(120))
    assert job.state == "running"
    assert not job.wait(0.01)
    assert job.result is None
    gate.set()
    assert job.wait(120)
    assert job.state == "done"


def test_an_error_meant_for_the_user_is_shown_as_it_is() -> None:
    job = raising(InputError("The file is empty. Choose another."))
    assert (job.state, job.error, job.unexpected) == ("failed", "The file is empty. Choose another.", None)


def test_an_unexpected_error_is_marked_as_such() -> None:
    error = KeyError("column")
    job = raising(error)
    assert job.state == "failed"
    assert job.unexpected is error
    assert job.error == "Something went wrong that should not have: 'column'"


def test_cancel_counts_at_once_and_stops_the_work_at_its_next_look(gate: threading.Event) -> None:
    after: list[str] = []

    def work(job: Job[str]) -> str:
        gate.wait(120)
        job.watch.check()
        after.append("went on")
        return "result"

    job = Job(work)
    job.cancel()  # while the work stands before its gate
    assert job.state == "cancelled"
    assert not job.wait(0)
    gate.set()
    assert job.wait(120)
    assert (job.state, job.result, job.error, after) == ("cancelled", None, None, [])


@pytest.mark.parametrize("error", [None, InputError("too late"), KeyError("too late")], ids=str)
def test_what_a_cancelled_job_still_did_is_dropped(gate: threading.Event, error: Exception | None) -> None:
    def work(job: Job[str]) -> str:
        gate.wait(120)
        if error is not None:
            raise error
        return "result"

    job = Job(work)
    job.cancel()
    gate.set()
    assert job.wait(120)
    assert (job.state, job.result, job.error, job.unexpected) == ("cancelled", None, None, None)


def test_a_job_that_has_ended_can_not_be_cancelled() -> None:
    job: Job[str] = Job(lambda job: "result")
    assert job.wait(120)
    job.cancel()
    assert (job.state, job.result) == ("done", "result")


def test_work_that_stops_itself_is_cancelled() -> None:
    assert raising(Cancelled()).state == "cancelled"


def test_a_preview_is_there_before_the_result(gate: threading.Event) -> None:
    shown = threading.Event()

    def work(job: Job[str]) -> str:
        job.partial("first picture")
        shown.set()
        gate.wait(120)
        return "whole picture"

    job = Job(work)
    assert shown.wait(120)
    assert (job.state, job.preview, job.result) == ("running", "first picture", None)
    gate.set()
    assert job.wait(120)
    assert job.result == "whole picture"


def test_before_the_first_report_a_job_is_starting(gate: threading.Event) -> None:
    status = Job(lambda job: gate.wait(120)).status()
    assert (status.stage, status.fraction, status.remaining) == ("starting", 0.0, None)


class Clock:
    """A monotonic clock that is set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr("core.base.jobs.time.monotonic", lambda: self.now)


@pytest.fixture
def waiting_job(gate: threading.Event, monkeypatch: pytest.MonkeyPatch) -> tuple[Job[bool], Clock]:
    clock = Clock(monkeypatch)
    return Job(lambda job: gate.wait()), clock


def test_the_remaining_time_follows_the_pace_of_the_stage(waiting_job: tuple[Job[bool], Clock]) -> None:
    job, clock = waiting_job
    clock.now += 50  # reading the file, say
    job.progress(Progress("embedding", 0, 400))
    clock.now += 10
    job.progress(Progress("embedding", 100, 400))
    status = job.status()
    assert (status.stage, status.done, status.total, status.fraction) == ("embedding", 100, 400, 0.25)
    assert status.seconds == 60
    assert status.remaining == pytest.approx(30)


def test_the_remaining_time_goes_by_the_share_of_work_where_it_is_known(waiting_job: tuple[Job[bool], Clock]) -> None:
    job, clock = waiting_job
    job.watch.report("embedding", 0, 400, 0.0)
    clock.now += 10
    job.watch.report("embedding", 100, 400, 0.5)
    assert job.status().remaining == pytest.approx(10)


def test_a_new_stage_has_a_pace_of_its_own(waiting_job: tuple[Job[bool], Clock]) -> None:
    job, clock = waiting_job
    job.progress(Progress("embedding", 0, 10))
    clock.now += 100
    job.progress(Progress("embedding", 10, 10))
    assert job.status().remaining == 0
    job.progress(Progress("map", 0, 500))
    assert job.status().remaining is None
    clock.now += 4
    job.progress(Progress("map", 400, 500))
    assert job.status().remaining == pytest.approx(1)


@pytest.mark.parametrize(("done", "seconds"), [(1, 60.0), (50, 0.1)], ids=["too little done", "too short a time"])
def test_no_time_is_told_that_would_be_a_guess(waiting_job: tuple[Job[bool], Clock], done: int, seconds: float) -> None:
    job, clock = waiting_job
    job.progress(Progress("embedding", 0, 100))
    clock.now += seconds
    job.progress(Progress("embedding", done, 100))
    assert job.status().remaining is None
