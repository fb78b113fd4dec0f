"""Business time against a counter that walks through it in small steps and knows none of its rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.policies.calendar import Calendar, Reading, first_moment
from tests.scale import scaled

# All openings, changes of clocks and spans below fall on its multiples, so a smaller step would find nothing more.
STEP = timedelta(minutes=5)
STEPS_A_DAY = 288
EXAMPLES = scaled(commit=100, nightly=1_000)

# Zone and a day on which its clocks change, among them business days, half hours, midnights and two hours at once.
CHANGES = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Africa/Cairo", date(2025, 4, 25)),
    ("Africa/Cairo", date(2025, 10, 30)),
    ("Asia/Jerusalem", date(2026, 3, 27)),
    ("Asia/Beirut", date(2024, 3, 31)),
    ("Asia/Amman", date(2021, 3, 26)),
    ("Asia/Tehran", date(2022, 3, 22)),
    ("Asia/Tehran", date(2021, 9, 22)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Santiago", date(2025, 9, 7)),
    ("America/Santiago", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Asia/Kathmandu", date(2026, 5, 5)),
    ("UTC", date(2026, 5, 5)),
]

Case = tuple[Calendar, datetime, int]


@st.composite
def cases(draw: st.DrawFn, reading: Reading) -> Case:
    """Draw a calendar, a start near a change of its clocks, and a number of steps."""
    zone, change = draw(st.sampled_from(CHANGES))
    near = st.integers(-6, 6).map(lambda n: change + timedelta(days=n))
    opening = draw(st.integers(0, STEPS_A_DAY - 1))
    closing = draw(st.integers(opening + 1, STEPS_A_DAY))
    length = STEPS_A_DAY if reading == "business_days" else closing - opening
    calendar = Calendar(
        zone=zone,
        reading=reading,
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=2)),
        day_start=_clock(draw(st.integers(0, STEPS_A_DAY - 1))),
        opening=_clock(opening),
        closing=_clock(closing),
        holidays=draw(st.frozensets(near, max_size=4)),
    )
    start = datetime.combine(change, time(0), UTC) + STEP * draw(st.integers(-4 * STEPS_A_DAY, 3 * STEPS_A_DAY))
    return calendar, start, draw(st.integers(0, 4 * length))


def _clock(steps: int) -> time:
    return time(steps // 12 % 24, steps % 12 * 5)


def _local(calendar: Calendar, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None)


def _is_day(calendar: Calendar, day: date) -> bool:
    return day.weekday() in calendar.weekdays and day not in calendar.holidays


class Steps:
    """Walks the zone's real time from two days before a start, and keeps whether each is business time.

    The office opens at the first step of a business day that reads the opening or later, and closes at the first
    that reads the closing or later, even where the clock is put back afterwards.
    """

    def __init__(self, calendar: Calendar, start: datetime) -> None:
        self.calendar = calendar
        self.start = start
        self.day: date | None = None
        self.opened = self.closed = False

    def __iter__(self) -> Iterator[tuple[datetime, bool]]:
        for n in count(-2 * STEPS_A_DAY):
            moment = self.start + STEP * n
            business = self._step(_local(self.calendar, moment))
            if n >= 0:
                yield moment, business

    def _step(self, local: datetime) -> bool:
        if self.day is None or local.date() > self.day:
            self.day, self.opened, self.closed = local.date(), False, False
        if self.calendar.reading == "business_days":
            return _is_day(self.calendar, local.date())
        clock = local.time()
        self.opened = self.opened or clock >= self.calendar.opening
        self.closed = self.closed or (self.calendar.closing != time(0) and clock >= self.calendar.closing)
        return self.opened and not self.closed and _is_day(self.calendar, self.day)


def counted_by_steps(calendar: Calendar, start: datetime, steps: int) -> datetime:
    """Return when so many business steps have passed, in the reading that counts real time."""
    left = steps
    for moment, business in Steps(calendar, start):
        if business and left == 0:
            return moment
        left -= business
        if left == 0 and business and steps:
            return moment + STEP
    raise AssertionError


def counted_by_wall_clock(calendar: Calendar, start: datetime, steps: int) -> datetime:
    """Return when so many steps of the wall clock have passed, skipping days that are no business days."""
    wall = _local(calendar, start)
    if not _is_day(calendar, wall.date()):
        while not _is_day(calendar, wall.date()):
            wall = datetime.combine(wall.date() + timedelta(days=1), calendar.day_start)
        start = first_reading(calendar, wall)
        wall = _local(calendar, start)
    for _ in range(steps):
        wall += STEP
        while not _is_day(calendar, wall.date()):
            wall += timedelta(days=1)
    return max(start, first_reading(calendar, wall))


def first_reading(calendar: Calendar, wall: datetime) -> datetime:
    """Return the first real step at which the zone's clock reads `wall` or later."""
    moment = wall.replace(tzinfo=UTC) - timedelta(hours=15)
    while _local(calendar, moment) < wall:
        moment += STEP
    return moment


@settings(max_examples=EXAMPLES)
@given(cases("office_hours"))
def test_office_hours_agree_with_the_step_counter(case: Case) -> None:
    calendar, start, steps = case
    assert calendar.after_hours(start, steps / 12).due == counted_by_steps(calendar, start, steps)


@settings(max_examples=EXAMPLES)
@given(cases("business_days"))
def test_business_days_agree_with_the_wall_clock_counter(case: Case) -> None:
    calendar, start, steps = case
    assert calendar.after_hours(start, steps / 12).due == counted_by_wall_clock(calendar, start, steps)


@settings(max_examples=EXAMPLES)
@given(st.one_of(cases("office_hours"), cases("business_days")))
def test_membership_agrees_with_the_step_counter(case: Case) -> None:
    calendar, start, _ = case
    walked = iter(Steps(calendar, start))
    assert all(
        calendar.is_business(moment) == business
        for (moment, business), _ in zip(walked, range(5 * STEPS_A_DAY), strict=False)
    )


@settings(max_examples=EXAMPLES)
@given(st.one_of(cases("office_hours"), cases("business_days")), st.integers(0, 20))
def test_a_due_moment_is_never_before_its_start_and_grows_with_the_amount(case: Case, days: int) -> None:
    calendar, start, steps = case
    some, more = calendar.after_hours(start, steps / 12), calendar.after_hours(start, (steps + 12) / 12)
    assert start <= some.counted_from <= some.due <= more.due
    assert calendar.after_days(start, days).due <= calendar.after_days(start, days + 1).due


# Not so where days count whole: Sunday evening counts as Monday 09:00, and Monday 08:00 as itself.
@settings(max_examples=EXAMPLES)
@given(cases("office_hours"))
def test_a_later_start_is_never_due_earlier_in_office_hours(case: Case) -> None:
    calendar, start, steps = case
    assert calendar.after_hours(start, 5).due <= calendar.after_hours(start + STEP * steps, 5).due


@settings(max_examples=EXAMPLES)
@given(st.one_of(cases("office_hours"), cases("business_days")))
def test_rolling_forward_ends_in_business_time_and_stays_there(case: Case) -> None:
    calendar, start, _ = case
    rolled = calendar.roll_forward(start)
    assert calendar.is_business(rolled)
    assert calendar.roll_forward(rolled) == rolled >= start


@settings(max_examples=EXAMPLES)
@given(st.one_of(cases("office_hours"), cases("business_days")), st.integers(1, 24))
def test_a_month_always_ends_in_business_time(case: Case, months: int) -> None:
    calendar, start, _ = case
    assert calendar.is_business(calendar.months_after(start, months).due)


@settings(max_examples=EXAMPLES)
@given(st.one_of(cases("office_hours"), cases("business_days")), st.integers(0, 20))
def test_the_days_passed_over_are_exactly_those_without_business_time(case: Case, days: int) -> None:
    calendar, start, _ = case
    derivation = calendar.after_days(start, days)
    first, last = _local(calendar, start).date(), _local(calendar, derivation.due).date()
    between = (first + timedelta(days=n) for n in range((last - first).days))
    assert [day for day, _ in derivation.skipped] == [day for day in between if not _is_day(calendar, day)]


@settings(max_examples=EXAMPLES)
@given(st.sampled_from(CHANGES), st.integers(-400, 400))
def test_the_first_moment_of_a_local_time_is_found(change: tuple[str, date], steps: int) -> None:
    zone, day = change
    wall = datetime.combine(day, time(0)) + STEP * steps
    moment = first_moment(wall, zone)
    tz = ZoneInfo(zone)
    assert moment.astimezone(tz).replace(tzinfo=None) >= wall
    earlier = [moment - STEP * n for n in range(1, 60)]
    assert all(before.astimezone(tz).replace(tzinfo=None) < wall for before in earlier)
