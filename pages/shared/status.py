"""The line above the map: what is under way, or what the picture took."""

import streamlit as st

from core.base.jobs import running
from core.pipeline.run import Run
from pages.shared.elements.job_line import job_line, outcome, stopped
from pages.shared.session import Session


def status_line(page: Session) -> None:
    """Progress with a way to cancel while a job runs; texts, tokens and seconds a stage once it is done."""
    job, run = page.work.job, page.picture.run
    if job is not None and running(job):
        job_line(job, "run", stop=job.cancel, changed=page.work.take)
    elif job is not None and job.state == "cancelled":
        last = f"The picture below is the last one, of {run.corpus.name}." if run else "Nothing to show yet."
        stopped(last, page.work.again)
    elif outcome(job, "run") is None and job is not None:
        return
    elif run is not None:
        st.caption(in_short(run), help=summary(run))


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
