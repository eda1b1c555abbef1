"""A job on the page: where it is with a way to stop it, or what came of it."""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from core.base.jobs import Job, Status, running
from pages.shared.elements.words import size

T = TypeVar("T")

_POLL_SECONDS = 0.3
_STAGES = {
    "starting": "At work",
    "loading": "Loading the model",
    "embedding": "Encoding texts:",
    "clusters": "Clustering: step",
    "reduction": "Reducing dimensions: round",
    "layout": "Drawing the map: round",
    "comparing": "Comparing: step",
}


def job_line(
    job: Job[Any],
    key: str,
    what: str = "",
    stop: Callable[[], None] | None = None,
    changed: Callable[[], bool] = lambda: False,
) -> None:
    """Show the progress of a job that runs, and draw the page anew once it has ended.

    Parameters
    ----------
    what : said before the stage, such as the model's name.
    stop : what the button does; None leaves it out, for a job that isn't this session's.
    changed : whether the page is to be drawn anew before the end.
    """
    drawn = False

    @st.fragment(run_every=_POLL_SECONDS)
    def watch() -> None:
        nonlocal drawn
        # Never rerun while the page is drawn for the first time: the browser would get the second run's widgets
        # without the values that the first one gave them.
        if drawn and (changed() or not running(job)):
            st.rerun()
        drawn = True
        status = job.status()
        bar, button = st.columns([6, 1], vertical_alignment="center")
        bar.progress(min(status.fraction, 1.0), text=f"{what}{say(status)}")
        if stop is not None:
            button.button("Cancel", key=f"cancel {key}", on_click=stop, width="stretch")

    watch()


def outcome(job: Job[T] | None, key: str, what: str = "", stop: bool = True) -> T | None:
    """The result of a job; or None, with its progress or its error on the page.

    Parameters
    ----------
    key, what : as `job_line` takes them.
    stop : whether it can be stopped.
    """
    if job is None:
        return None
    if running(job):
        job_line(job, key, what, job.cancel if stop else None)
    elif job.error:
        st.error(job.error, icon=":material/error:")
    return job.result


def stopped(last: str, again: Callable[[], None]) -> None:
    """Say that a job was stopped and what the page still shows, with a way to start it once more."""
    said, button = st.columns([6, 1], vertical_alignment="center")
    said.warning(f"Stopped. {last}", icon=":material/stop_circle:")
    button.button("Run again", key="again", on_click=again, width="stretch")


def say(status: Status) -> str:
    """Where a job is, in words; downloads in bytes."""
    left = "" if status.remaining is None else f", about {max(1, round(status.remaining)):,} s left"
    if status.stage == "download":
        return f"{size(status.done)} of {size(status.total)}{left}"
    stage = _STAGES.get(status.stage, status.stage.capitalize())
    where = f"{stage} {status.done:,} of {status.total:,}" if status.total > 1 else stage.partition(":")[0]
    return f"{where}{left}"
