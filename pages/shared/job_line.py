"""A line that follows a job: where it is, and a way to stop it."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.base.jobs import Job, Status
from pages.shared.words import size

_POLL_SECONDS = 0.3
_STAGES = {"starting": "At work", "loading": "Loading the model", "comparing": "Comparing: step"}


def job_line(job: Job[Any], key: str, what: str = "", stop: Callable[[], None] | None = None) -> None:
    """Show the progress of a job that runs, and draw the page anew once it has ended.

    Parameters
    ----------
    what : said before the stage, such as the model's name.
    stop : what the button does; None leaves it out, for a job that isn't this session's.
    """
    drawn = False

    @st.fragment(run_every=_POLL_SECONDS)
    def watch() -> None:
        nonlocal drawn
        if drawn and job.state != "running":  # never in the run that draws the page
            st.rerun()
        drawn = True
        status = job.status()
        bar, button = st.columns([6, 1], vertical_alignment="center")
        bar.progress(min(status.fraction, 1.0), text=f"{what}{say(status)}")
        if stop is not None:
            button.button("Cancel", key=f"cancel {key}", on_click=stop, width="stretch")

    watch()


def say(status: Status) -> str:
    """Where a job is, in words; downloads in bytes."""
    left = "" if status.remaining is None else f", about {max(1, round(status.remaining)):,} s left"
    if status.stage == "download":
        return f"{size(status.done)} of {size(status.total)}{left}"
    where = f" {status.done:,} of {status.total:,}" if status.total > 1 else ""
    return f"{_STAGES.get(status.stage, status.stage.capitalize())}{where}{left}"
