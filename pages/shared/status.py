"""The line above the map: what is under way, or what the picture took."""

import streamlit as st

from core.base.jobs import Job, Status
from core.pipeline.run import Run
from pages.shared.session import Session

_POLL_SECONDS = 0.3
_WORDS = {
    "starting": "At work",
    "embedding": "Encoding texts:",
    "clusters": "Clustering: step",
    "layout": "Drawing the map: round",
    "reduction": "Reducing dimensions: round",
}


def status_line(state: Session) -> None:
    """Progress with a way to cancel while a job runs; texts, tokens and seconds a stage once it is done."""
    if state.job is None or state.job.state != "running":
        _rest(state)
        return
    drawn = False

    @st.fragment(run_every=_POLL_SECONDS)
    def watch() -> None:
        nonlocal drawn
        # Never rerun while the page is drawn for the first time: the browser would get the second run's widgets
        # without the values that the first one gave them.
        if drawn and (state.take() or state.job is None or state.job.state != "running"):
            st.rerun()
        drawn = True
        if state.job is not None:
            _progress(state.job)

    watch()


def _progress(job: Job[Run]) -> None:
    status = job.status()
    bar, cancel = st.columns([6, 1], vertical_alignment="center")
    bar.progress(min(status.fraction, 1.0), text=say(status))
    cancel.button("Cancel", key="cancel", on_click=job.cancel, width="stretch")


def _rest(state: Session) -> None:
    job = state.job
    if job is not None and job.state == "failed" and job.error:
        st.error(job.error, icon=":material/error:")
    elif job is not None and job.state == "cancelled":
        said, again = st.columns([6, 1], vertical_alignment="center")
        what = (
            f"The picture below is the last one, of {state.shown.corpus.name}."
            if state.shown
            else "Nothing to show yet."
        )
        said.warning(f"Stopped. {what}", icon=":material/stop_circle:")
        if again.button("Run again", key="again", on_click=state.again, width="stretch"):
            st.rerun()
    elif state.shown is not None:
        st.caption(in_short(state.shown), help=summary(state.shown))


def say(status: Status) -> str:
    """Where a job is, in words."""
    where = f"{status.done:,} of {status.total:,}" if status.total else ""
    left = "" if status.remaining is None else f", about {max(1, round(status.remaining))} s left"
    return f"{_WORDS.get(status.stage, status.stage.capitalize())} {where}{left}"


def in_short(run: Run) -> str:
    """Texts and groups of a run, in a few words; `summary` has the rest."""
    left_out = f", {run.clustering.noise:,} ungrouped" if run.clustering.noise else ""
    return f"{len(run.corpus):,} texts in {run.clustering.k} groups{left_out}"


def summary(run: Run) -> str:
    """Texts, tokens, clusters, seconds a stage and cache hits of a run, in one line."""
    clusters = f"{run.clustering.k} clusters"
    if run.clustering.silhouette_by_k:
        sample = f"a sample of {run.clustering.sampled:,}" if run.clustering.sampled else "all texts"
        clusters += f" (k by silhouette on {sample})"
    if run.clustering.noise:
        clusters += f", {run.clustering.noise:,} texts in none"
    drawn = run.layout.method.upper() + (" from the last map" if run.layout.warm else "")
    tokens = int(run.embedding.tokens.sum())
    return f"{len(run.corpus):,} texts · {tokens:,} tokens · {clusters} · {drawn} · {_timing(run)}"


def _timing(run: Run) -> str:
    fresh = [f"{stage.name} {stage.seconds:.1f}" for stage in run.stages if not stage.cached]
    cached = [stage.name for stage in run.stages if stage.cached]
    if not fresh:
        return "all stages cached"
    return "seconds: " + ", ".join(fresh) + (f" · {len(cached)} cached" if cached else "")
