"""Moments in words."""

from datetime import datetime

import pytest

from pages.projects.words import ago


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (datetime(2026, 3, 12, 11, 59, 30), "just now"),
        (datetime(2026, 3, 12, 12, 0, 5), "just now"),  # by a clock that goes a little ahead
        (datetime(2026, 3, 12, 11, 59), "1 minute ago"),
        (datetime(2026, 3, 12, 11, 0, 1), "59 minutes ago"),
        (datetime(2026, 3, 12, 0, 1), "11 hours ago"),
        (datetime(2026, 3, 11, 23, 59), "yesterday"),
        (datetime(2026, 3, 6, 23, 0), "6 days ago"),
        (datetime(2026, 3, 5, 13, 0), "5 March 2026"),
    ],
)
def test_moments_in_words(then, words):
    assert ago(then, datetime(2026, 3, 12, 12, 0)) == words


def test_an_hour_before_midnight_is_not_yesterday_yet():
    assert ago(datetime(2026, 3, 11, 23, 0), datetime(2026, 3, 12, 0, 30)) == "1 hour ago"
