"""Business time: the process page's examples, the odd hours of DST, and what is refused."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from escalation.model.derivation import Derivation
from escalation.policies.calendar import Calendar, Reading, add_months, days_passed, first_moment, months_later

NEW_YORK = ZoneInfo("America/New_York")
THANKSGIVING = date(2026, 11, 26)
DAYS = Calendar(
    zone="America/New_York",
    reading="business_days",
    weekdays=frozenset(range(5)),
    day_start=time(9),
    opening=time(9),
    closing=time(17),
    holidays=frozenset({THANKSGIVING, date(2026, 12, 25)}),
)
OFFICE = replace(DAYS, reading="office_hours")


def wall(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type] # noqa: DTZ001  what a clock on the wall reads


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK)  # type: ignore[misc, arg-type]


EXAMPLES = [
    (at(2026, 3, 2, 10), at(2026, 3, 4, 10), at(2026, 3, 10, 10)),
    (at(2026, 3, 5, 0), at(2026, 3, 9, 0), at(2026, 3, 12, 17)),
    (at(2026, 3, 6, 15), at(2026, 3, 10, 15), at(2026, 3, 16, 15)),
    (at(2026, 3, 7, 11), at(2026, 3, 11, 9), at(2026, 3, 16, 17)),
    (at(2026, 11, 25, 10), at(2026, 11, 30, 10), at(2026, 12, 4, 10)),
]


@pytest.mark.parametrize(("start", "by_days", "by_office"), EXAMPLES)
def test_48_business_hours_end_as_the_process_page_says(
    start: datetime, by_days: datetime, by_office: datetime
) -> None:
    assert DAYS.after_hours(start, 48).due == by_days
    assert OFFICE.after_hours(start, 48).due == by_office


@pytest.mark.parametrize(("start", "by_days", "_"), EXAMPLES)
def test_two_business_days_are_48_business_hours_where_days_count_whole(
    start: datetime, by_days: datetime, _: datetime
) -> None:
    assert DAYS.after_days(start, 2).due == by_days


def test_results_are_in_utc() -> None:
    assert DAYS.after_hours(at(2026, 3, 2, 10), 48).due.tzinfo is UTC


def test_a_span_that_is_used_up_at_closing_ends_at_closing() -> None:
    assert OFFICE.after_hours(at(2026, 3, 6, 9), 8).due == at(2026, 3, 6, 17)


def test_the_closing_itself_is_no_longer_business_time() -> None:
    assert OFFICE.is_business(at(2026, 3, 6, 16, 59, 59))
    assert not OFFICE.is_business(at(2026, 3, 6, 17))
    assert OFFICE.after_hours(at(2026, 3, 6, 17), 1).due == at(2026, 3, 9, 10)


def test_the_opening_itself_is_business_time() -> None:
    assert OFFICE.is_business(at(2026, 3, 6, 9))
    assert not OFFICE.is_business(at(2026, 3, 6, 8, 59, 59))


def test_a_business_day_is_business_time_from_midnight_to_midnight() -> None:
    assert DAYS.is_business(at(2026, 3, 6, 0))
    assert DAYS.is_business(at(2026, 3, 6, 23, 59, 59))
    assert not DAYS.is_business(at(2026, 3, 7, 0))


def test_before_the_opening_counts_as_the_same_days_opening() -> None:
    assert OFFICE.roll_forward(at(2026, 3, 6, 7)) == at(2026, 3, 6, 9)


def test_a_holiday_counts_as_the_next_business_days_start() -> None:
    assert DAYS.roll_forward(at(2026, 11, 26, 15)) == at(2026, 11, 27, 9)


def test_a_day_start_other_than_nine_is_used() -> None:
    assert replace(DAYS, day_start=time(7, 30)).roll_forward(at(2026, 3, 7, 11)) == at(2026, 3, 9, 7, 30)


def test_business_time_itself_is_not_rolled_forward() -> None:
    moment = at(2026, 3, 6, 12, 34, 56)
    assert DAYS.roll_forward(moment) == OFFICE.roll_forward(moment) == moment


def test_an_office_open_till_midnight_closes_at_the_days_end() -> None:
    late = replace(OFFICE, opening=time(18), closing=time(0))
    assert late.after_hours(at(2026, 3, 5, 20), 5).due == at(2026, 3, 6, 19)


def test_the_day_that_begins_with_the_closing_is_not_passed_over() -> None:
    late = replace(OFFICE, opening=time(18), closing=time(0))
    derivation = late.after_hours(at(2026, 3, 6, 18), 6)
    assert derivation.due == at(2026, 3, 7, 0)
    assert derivation.skipped == ()


def test_hours_that_are_no_whole_days_go_on_over_midnight_into_the_next_business_day() -> None:
    assert DAYS.after_hours(at(2026, 3, 6, 20), 30).due == at(2026, 3, 10, 2)


def test_half_hours_count() -> None:
    assert OFFICE.after_hours(at(2026, 3, 6, 16), 1.5).due == at(2026, 3, 9, 9, 30)


def test_no_hours_at_all_end_where_business_time_begins() -> None:
    assert DAYS.after_hours(at(2026, 3, 7, 11), 0).due == at(2026, 3, 9, 9)
    assert OFFICE.after_hours(at(2026, 3, 6, 12), 0).due == at(2026, 3, 6, 12)


def test_business_days_keep_the_local_time_when_the_clocks_change() -> None:
    due = DAYS.after_days(at(2026, 10, 30, 15), 1).due
    assert due == at(2026, 11, 2, 15)
    assert due - at(2026, 10, 30, 15) == timedelta(days=3, hours=1)


def test_office_hours_over_a_skipped_hour_count_the_time_that_really_passes() -> None:
    # Cairo skipped the hour after midnight of Friday 25 April 2025.
    night = Calendar("Africa/Cairo", "office_hours", frozenset({4}), time(0), time(0), time(4), frozenset())
    start = datetime(2025, 4, 24, 12, tzinfo=UTC)
    due = night.after_hours(start, 3).due.astimezone(ZoneInfo("Africa/Cairo"))
    assert (due.day, due.hour) == (25, 4)


def test_a_local_time_that_is_skipped_means_the_moment_of_the_change() -> None:
    assert first_moment(wall(2026, 3, 8, 2, 30), "America/New_York") == at(2026, 3, 8, 3)


def test_a_local_time_that_comes_twice_means_its_first_coming() -> None:
    assert first_moment(wall(2026, 11, 1, 1, 30), "America/New_York") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_day_that_the_zone_left_out_means_the_next_ones_start() -> None:
    assert first_moment(wall(2011, 12, 30, 12), "Pacific/Apia") == datetime(2011, 12, 30, 10, tzinfo=UTC)


def test_a_business_day_never_ends_before_it_was_counted_from() -> None:
    always = replace(DAYS, weekdays=frozenset(range(7)))
    second = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK, fold=1)
    assert always.after_hours(second, 0).due == second.astimezone(UTC)


def test_a_month_ends_on_the_same_day_at_the_same_time() -> None:
    assert DAYS.months_after(at(2026, 3, 2, 10), 1).due == at(2026, 4, 2, 10)


def test_a_month_is_clamped_to_the_months_end() -> None:
    assert DAYS.months_after(at(2026, 3, 31, 10), 1).due == at(2026, 4, 30, 10)


def test_a_month_that_ends_outside_business_time_ends_at_the_next_business_days_start() -> None:
    derivation = DAYS.months_after(at(2026, 4, 2, 10), 1)
    assert derivation.due == at(2026, 5, 4, 9)
    assert [day for day, _ in derivation.skipped] == [date(2026, 5, 2), date(2026, 5, 3)]


def test_a_month_that_ends_after_closing_ends_at_the_next_opening() -> None:
    assert OFFICE.months_after(at(2026, 3, 2, 20), 1).due == at(2026, 4, 3, 9)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), -6, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
    ],
)
def test_months_are_calendar_months_clamped_to_a_months_end(day: date, months: int, expected: date) -> None:
    assert months_later(day, months) == expected


def test_months_are_counted_in_the_zone() -> None:
    # In New York it is still 31 January.
    moment = datetime(2026, 2, 1, 3, tzinfo=UTC)
    assert add_months(moment, 1, "America/New_York") == at(2026, 2, 28, 22)


def test_months_keep_the_local_time_over_dst() -> None:
    assert add_months(at(2026, 2, 15, 10), 6, "America/New_York") == at(2026, 8, 15, 10)
    assert add_months(at(2026, 8, 15, 10), -6, "America/New_York") == at(2026, 2, 15, 10)


def test_no_months_change_nothing_even_in_an_hour_that_comes_twice() -> None:
    second = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK, fold=1)
    assert add_months(second, 0, "America/New_York") == second.astimezone(UTC)


def test_a_label_names_day_time_and_zone() -> None:
    assert DAYS.label(datetime(2026, 11, 24, 20, tzinfo=UTC)) == "Tue 24 Nov 2026, 15:00 EST"
    assert DAYS.label(datetime(2026, 6, 5, 13, 5, tzinfo=UTC)) == "Fri 5 Jun 2026, 09:05 EDT"


def test_a_zone_without_a_short_name_is_labelled_by_its_distance() -> None:
    assert (
        replace(DAYS, zone="America/Sao_Paulo").label(datetime(2026, 6, 5, 13, tzinfo=UTC)).endswith("10:00 UTC-03")
    )


def test_a_derivation_tells_what_was_counted_and_what_was_passed_over() -> None:
    derivation = DAYS.after_hours(at(2026, 11, 25, 10), 48)
    assert derivation.sentence() == (
        "Due Mon 30 Nov 2026, 10:00 EST: 2 business days after Wed 25 Nov 2026, 10:00 EST "
        "(a business day counts whole; passed over: "
        "Thu 26 Nov (holiday), Sat 28 Nov (weekend), Sun 29 Nov (weekend))."
    )


def test_a_derivation_says_where_counting_began_when_that_is_later() -> None:
    assert "counted from the next business time, Mon 9 Mar 2026, 09:00 EDT" in (
        DAYS.after_hours(at(2026, 3, 7, 11), 48).sentence()
    )


def test_a_long_derivation_names_a_few_days_and_counts_the_rest() -> None:
    assert DAYS.after_days(at(2026, 3, 2, 10), 50).sentence().endswith("and 14 more).")


def test_a_derivation_by_the_calendar_says_so() -> None:
    assert DAYS.months_after(at(2026, 3, 2, 10), 1).sentence() == (
        "Due Thu 2 Apr 2026, 10:00 EDT: 1 calendar month after Mon 2 Mar 2026, 10:00 EST (by the calendar)."
    )


def test_one_of_something_is_not_written_in_the_plural() -> None:
    assert DAYS.months_after(at(2026, 3, 2, 10), 1).amount == "1 calendar month"
    assert DAYS.after_hours(at(2026, 3, 2, 10), 48).amount == "2 business days"
    assert DAYS.after_days(at(2026, 3, 2, 10), 1).amount == "1 business day"


def test_a_derivation_survives_json() -> None:
    derivation = OFFICE.after_hours(at(2026, 11, 25, 10), 48)
    assert Derivation.from_json(derivation.to_json()) == derivation


def test_a_holiday_on_a_weekend_is_passed_over_as_a_holiday() -> None:
    sunday = replace(DAYS, holidays=frozenset({date(2026, 3, 8)}))
    assert sunday.after_hours(at(2026, 3, 6, 15), 24).skipped == (
        (date(2026, 3, 7), "weekend"),
        (date(2026, 3, 8), "holiday"),
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weekdays": frozenset()}, "no business time"),
        ({"reading": "office_hours", "closing": time(9)}, "no business time"),
        ({"reading": "office_hours", "closing": time(8)}, "no business time"),
        ({"weekdays": frozenset({7})}, "weekday"),
        ({"zone": "America/Newyork"}, "time zone 'America/Newyork'"),
        ({"zone": ""}, "time zone"),
        ({"zone": "../../etc/passwd"}, "time zone"),
        ({"reading": "working_days"}, "reading 'working_days'"),
    ],
)
def test_a_calendar_that_could_never_answer_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(DAYS, **changes)  # type: ignore[arg-type]


def test_a_calendar_stays_as_it_was_checked() -> None:
    with pytest.raises(FrozenInstanceError):
        DAYS.weekdays = frozenset()  # type: ignore[misc]


@pytest.mark.parametrize("calendar", [DAYS, OFFICE])
def test_a_moment_without_a_zone_is_refused(calendar: Calendar) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        calendar.after_hours(wall(2026, 3, 2, 10), 48)


@pytest.mark.parametrize("calendar", [DAYS, OFFICE])
def test_a_negative_span_is_refused(calendar: Calendar) -> None:
    for ask in (calendar.after_hours, calendar.after_days, calendar.months_after):
        with pytest.raises(ValueError, match="negative"):
            ask(at(2026, 3, 2, 10), -1)


@pytest.mark.parametrize("reading", ["business_days", "office_hours"])
def test_a_month_and_a_calendar_of_holidays_are_walked_over(reading: Reading) -> None:
    closed = frozenset(date(2026, 3, 1) + timedelta(days=n) for n in range(400))
    calendar = replace(DAYS, reading=reading, holidays=closed)
    assert calendar.roll_forward(at(2026, 3, 2, 10)) == at(2027, 4, 5, 9)


@pytest.mark.parametrize("calendar", [DAYS, OFFICE], ids=["business days", "office hours"])
@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        (at(2026, 3, 2, 8, 59), False, at(2026, 3, 2, 9)),
        (at(2026, 3, 2, 9), True, at(2026, 3, 2, 9)),
        (at(2026, 3, 2, 12), True, at(2026, 3, 2, 12)),
        (at(2026, 3, 2, 17), True, at(2026, 3, 2, 17)),
        (at(2026, 3, 2, 17, 1), False, at(2026, 3, 3, 9)),
        (at(2026, 3, 6, 23, 30), False, at(2026, 3, 9, 9)),
        (at(2026, 3, 7, 12), False, at(2026, 3, 9, 9)),
        (at(2026, 11, 26, 12), False, at(2026, 11, 27, 9)),
    ],
)
def test_an_office_is_open_from_its_opening_to_its_closing_whichever_way_time_is_counted(
    calendar: Calendar, moment: datetime, is_open: bool, opens: datetime
) -> None:
    assert (calendar.is_open(moment), calendar.opening_from(moment)) == (is_open, opens)


def test_the_moment_of_an_opening_is_given_in_utc() -> None:
    assert DAYS.opening_from(at(2026, 3, 2, 12)).tzinfo is UTC


def test_an_office_that_closes_at_midnight_is_open_until_then() -> None:
    late = replace(DAYS, closing=time(0))
    assert late.is_open(at(2026, 3, 6, 23, 59))
    assert late.is_open(at(2026, 3, 7, 0))
    assert not late.is_open(at(2026, 3, 7, 0, 1))


def test_an_office_whose_hours_make_no_sense_is_open_on_whole_business_days() -> None:
    turned = replace(DAYS, opening=time(17), closing=time(9))
    assert turned.is_open(at(2026, 3, 6, 3))
    assert turned.opening_from(at(2026, 3, 7, 3)) == at(2026, 3, 9, 0)
    assert replace(DAYS, opening=time(9), closing=time(9)).is_open(at(2026, 3, 6, 3))


@pytest.mark.parametrize(
    ("calendar", "hours", "words"),
    [
        (DAYS, 48, "2 business days"),
        (DAYS, 24, "1 business day"),
        (DAYS, 36, "36 business hours"),
        (DAYS, 12, "12 business hours"),
        (DAYS, 0, "0 business hours"),
        (OFFICE, 48, "48 business hours"),
    ],
)
def test_a_span_is_told_in_days_where_days_count_whole(calendar: Calendar, hours: float, words: str) -> None:
    assert calendar.in_words(hours) == words


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (at(2026, 3, 2, 10), at(2026, 3, 2, 10), 0),
        (at(2026, 3, 2, 10), at(2026, 3, 3, 9, 59), 0),
        (at(2026, 3, 2, 10), at(2026, 3, 3, 10), 1),
        (at(2026, 3, 2, 10), at(2026, 3, 3, 23), 1),
        (at(2026, 3, 6, 15), at(2026, 3, 8, 12), 0),
        (at(2026, 3, 6, 15), at(2026, 3, 10, 15), 2),
        (at(2026, 3, 6, 15), at(2026, 3, 10, 14), 1),
        (at(2026, 3, 7, 11), at(2026, 3, 9, 8), 0),
        (at(2026, 11, 25, 10), at(2026, 11, 30, 10), 2),
    ],
)
def test_so_many_whole_business_days_have_passed(start: datetime, end: datetime, days: int) -> None:
    assert DAYS.days_between(start, end) == days


@pytest.mark.parametrize(
    ("days", "said"), [(0, "less than one business day"), (1, "1 business day"), (2, "2 business days")]
)
def test_what_lasts_for_less_than_a_day_is_not_said_to_last_for_none(days: int, said: str) -> None:
    assert days_passed(days) == said
