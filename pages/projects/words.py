"""Moments and counts as the Projects page says them."""

from datetime import UTC, datetime, tzinfo
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from core.base.wording import counted


def ago(then: datetime, now: datetime) -> str:
    """A moment in words, such as 5 minutes ago, yesterday, or 12 March 2026; both in the zone of the reader."""
    seconds = (now - then).total_seconds()
    days = (now.date() - then.date()).days
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return counted(int(seconds // 60), "minute") + " ago"
    if days <= 0 or seconds < 6 * 3600:
        return counted(int(seconds // 3600), "hour") + " ago"
    if days == 1:
        return "yesterday"
    return counted(days, "day") + " ago" if days < 7 else day(then)


def day(then: datetime) -> str:
    """A date, such as 12 March 2026."""
    return f"{then.day} {then:%B %Y}"


def when(then: datetime) -> str:
    """HTML of a moment in words, with the reader's local time on hover."""
    here = then.astimezone(zone())
    exact = f"{day(here)}, {here:%H:%M} {here.tzname()}"
    return f'<span title="{escape(exact)}">{ago(here, datetime.now(zone()))}</span>'


def zone() -> tzinfo:
    """The zone of the reader's browser, or UTC where that doesn't say."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (OSError, ValueError):  # a zone that this machine has no table of
        return UTC
