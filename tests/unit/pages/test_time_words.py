"""How far a moment is, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from parley.pages.desk.time_words import until

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=1, hours=4, minutes=20), "in 1 day 4 h"),
        (timedelta(days=2), "in 2 days"),
        (timedelta(hours=3, minutes=20), "in 3 h 20 min"),
        (timedelta(hours=23, minutes=59, seconds=40), "in 1 day"),
        (timedelta(minutes=5), "in 5 min"),
        (timedelta(minutes=1), "in 1 min"),
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=-59), "now"),
        (timedelta(hours=-2), "2 h ago"),
        (timedelta(days=-1, minutes=-30), "1 day ago"),
    ],
)
def test_a_moment_is_told_by_its_two_largest_units(left: timedelta, said: str) -> None:
    assert until(NOW + left, NOW) == said
