"""Weeks and months by the calendar of the policy's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.report.periods import PeriodKind, last_whole, period_of

NEW_YORK = "America/New_York"
ZONES = st.sampled_from([NEW_YORK, "Asia/Kolkata", "America/Santiago", "Pacific/Apia", "UTC"])


def test_a_week_begins_on_monday_at_midnight_of_the_zone() -> None:
    week = period_of("week", date(2026, 11, 5), NEW_YORK)
    assert (week.name, week.title) == ("2026-W45", "Week 45 of 2026, 2 November to 8 November 2026")
    assert (week.start, week.end) == (datetime(2026, 11, 2, 5, tzinfo=UTC), datetime(2026, 11, 9, 5, tzinfo=UTC))


def test_a_week_in_which_clocks_go_back_is_an_hour_longer() -> None:
    week = period_of("week", date(2026, 11, 1), NEW_YORK)
    assert week.end - week.start == timedelta(days=7, hours=1)


def test_the_first_days_of_a_year_may_be_in_the_last_week_of_the_year_before() -> None:
    assert period_of("week", date(2027, 1, 1), NEW_YORK).name == "2026-W53"


def test_a_month_ends_where_the_next_begins() -> None:
    month = period_of("month", date(2026, 2, 28), NEW_YORK)
    assert (month.name, month.title, month.after) == ("2026-02", "February 2026", date(2026, 3, 1))
    assert list(month.parts()) == ["1 Feb", "2 to 8 Feb", "9 to 15 Feb", "16 to 22 Feb", "23 to 28 Feb"]


@pytest.mark.parametrize(("kind", "name"), [("week", "2026-W44"), ("month", "2026-10")])
def test_the_last_whole_period_is_over_by_the_zone_and_not_by_utc(kind: PeriodKind, name: str) -> None:
    late_on_sunday = datetime(2026, 11, 2, 4, 59, tzinfo=UTC)
    after_midnight = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
    assert last_whole("week", late_on_sunday, NEW_YORK).name == "2026-W43"
    assert last_whole(kind, after_midnight, NEW_YORK).name == name


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.sampled_from(["week", "month"]), ZONES)
def test_every_moment_is_in_one_period_and_in_one_part_of_it(day: date, kind: PeriodKind, zone: str) -> None:
    this = period_of(kind, day, zone)
    following = period_of(kind, this.after, zone)
    assert this.end == following.start
    assert this.has(this.start)
    assert not this.has(this.end)
    last = this.end - timedelta(seconds=1)
    assert this.part_of(last) == [*this.parts()][-1]
    assert this.part_of(this.start) == next(this.parts())
