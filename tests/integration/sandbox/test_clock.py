"""The clock that tests and the demo move."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sandbox import MovableClock

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def test_it_stands_still_until_it_is_moved() -> None:
    clock = MovableClock(START)
    assert clock() == clock() == START
    clock.move(timedelta(hours=48))
    assert clock() == START + timedelta(hours=48)


def test_it_can_be_set_and_speaks_utc() -> None:
    clock = MovableClock(START)
    clock.set(datetime(2026, 3, 4, 10, 0, tzinfo=timezone(timedelta(hours=-5))))
    assert clock() == datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
    assert clock().tzinfo is UTC


def test_it_never_runs_backwards() -> None:
    clock = MovableClock(START)
    with pytest.raises(ValueError, match="can't go back"):
        clock.set(START - timedelta(seconds=1))
    with pytest.raises(ValueError, match="can't go back"):
        clock.move(timedelta(seconds=-1))


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        MovableClock(datetime(2026, 3, 2))  # noqa: DTZ001  that is the point


def test_a_ticking_clock_goes_on_from_where_it_was_put() -> None:
    clock = MovableClock(START, ticking=True)
    first = clock()
    assert first >= START
    clock.move(timedelta(days=30))
    assert clock() >= first + timedelta(days=30)
