"""The line that says whether the model listened to the instruction."""

from dataclasses import dataclass, field

import streamlit as st

from core.base.jobs import Job, running
from core.comparison.followed import NEIGHBOURS, Followed, followed_on
from core.insight.columns import asked_match
from core.instructions.paraphrases import aspect_of
from core.models.registry import card_of
from core.pipeline.run import Run
from pages.shared.session.held import held
from pages.shared.session.resources import shared_store

_POLL_SECONDS = 0.4
_REMEMBERED = 50
# Groups that match a column this well are by that column, whatever an instruction changed.
_ALREADY = 0.5


@dataclass
class _Checks:
    """The checks that were made, by the run's texts, model and instruction; the newest check stops those before it."""

    found: dict[tuple[str, str, str], Followed | None] = field(default_factory=dict)
    job: Job[Followed | None] | None = None
    of: tuple[str, str, str] | None = None

    def ask(self, run: Run) -> None:
        """Start checking a run, unless that is under way."""
        if self.of == _key(run):
            return
        if self.job is not None:
            self.job.cancel()
        self.of = _key(run)
        self.job = Job(
            lambda job: followed_on(run.corpus, run.instruction, run.settings.model, shared_store(), job.watch)
        )

    def take(self) -> None:
        """Keep what the check has found."""
        if self.job is not None and self.of is not None and self.job.state == "done":
            self.found[self.of] = self.job.result
            for key in list(self.found)[:-_REMEMBERED]:
                del self.found[key]


def followed_line(run: Run) -> None:
    """Say how much the instruction changed; where the model must encode again for that, on a click only."""
    if not run.instruction.strip():
        return
    checks = _checks()
    costly = not card_of(run.settings.model).reads_once
    if costly and _key(run) not in checks.found and checks.of != _key(run):
        st.button(
            "Did the model listen?",
            icon=":material/hearing:",
            type="tertiary",
            on_click=checks.ask,
            args=(run,),
            help="Encodes up to 1,000 of the texts again without the instruction and in other words.",
        )
        return
    _watched(run, checks)


def _watched(run: Run, checks: _Checks) -> None:
    checks.take()
    if _key(run) not in checks.found:
        checks.ask(run)

        @st.fragment(run_every=_POLL_SECONDS if running(checks.job) else None)
        def line() -> None:
            checks.take()
            _say(run, checks)

        line()
    else:
        _say(run, checks)


def _say(run: Run, checks: _Checks) -> None:
    found = checks.found.get(_key(run))
    if found is not None:
        st.caption(sentence(run, found), help=_exactly(found))
    elif checks.job is not None and checks.job.error:
        st.caption(f":material/error: {checks.job.error}")
    elif _key(run) not in checks.found:
        st.caption("Checking whether the model listened …")


def sentence(run: Run, found: Followed) -> str:
    """The verdict and what it rests on, in a line."""
    changed = f"{found.changed:.0%} of each text's neighbours changed against no instruction"
    wordings = f"(other wordings change {found.wordings:.0%})"
    if found.verdict == "followed":
        return f":green[:material/check_circle:] **Followed**: {changed} {wordings}."
    if found.verdict == "partly":
        return (
            f":orange[:material/adjust:] **Partly followed**: {changed} {wordings}. The groups are much like those of "
            "no instruction."
        )
    asked = asked_match(run.corpus, run.clustering.labels, run.instruction)
    if asked is not None and asked[1] >= _ALREADY:
        return (
            f":green[:material/check_circle:] **Already so**: the groups are by {asked[0]} (match {asked[1]:.0%}), as "
            f"they are without an instruction: only {changed} {wordings}."
        )
    aspect = aspect_of(run.instruction)
    known = f"This model doesn't seem to know “{aspect}”" if aspect else "The model made nothing of it"
    return (
        f":red[:material/cancel:] **Not followed**: only {changed} {wordings}. {known}: the groups are those of no "
        "instruction. Try other words, or another model."
    )


def _exactly(found: Followed) -> str:
    return (
        f"Over {found.texts:,} texts: the share of each text's {NEIGHBOURS} nearest neighbours that are others than "
        "without an instruction, and, for the size of normal variation, than under the same request in other words."
    )


def _key(run: Run) -> tuple[str, str, str]:
    return run.corpus.digest, run.embedding.space.fingerprint, run.instruction


def _checks() -> _Checks:
    return held("followed", _Checks)
