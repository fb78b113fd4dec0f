"""Business time: from a moment and an amount to a due moment that can explain itself."""

from __future__ import annotations

import calendar as month_table
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from escalation.model.derivation import Derivation, aware, label

Reading = Literal["business_days", "office_hours"]

N = TypeVar("N", int, float)
DAY = timedelta(days=1)
HOURS_A_DAY = 24
MIDNIGHT = time(0, 0)


def first_moment(local: datetime, zone: str) -> datetime:
    """Return the first moment, in UTC, at which the zone's clock reads `local` (naive) or later.

    One rule for both kinds of odd local time: an hour that is skipped when the clocks go forward means the
    moment of the change, an hour that comes twice when they go back means its first coming.
    """
    tz = ZoneInfo(zone)
    moment = local.replace(tzinfo=tz, fold=0).astimezone(UTC)
    if moment.astimezone(tz).replace(tzinfo=None) == local:
        return moment
    early, late = local.replace(tzinfo=tz, fold=1).astimezone(UTC), moment
    while late - early > timedelta(microseconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(tz).replace(tzinfo=None) >= local:
            late = middle
        else:
            early = middle
    return late


def months_later(day: date, months: int) -> date:
    """Return the same day `months` later (or earlier), or that month's last day where it has no such day."""
    year, before = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = month_table.monthrange(year, before + 1)[1]
    return day.replace(year=year, month=before + 1, day=min(day.day, last))


def add_months(moment: datetime, months: int, zone: str) -> datetime:
    """Return the aware `moment` moved by calendar months in `zone`, at the same local time, in UTC."""
    local = aware(moment).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    moved = datetime.combine(months_later(local.date(), months), local.time())
    return moment.astimezone(UTC) if months == 0 else first_moment(moved, zone)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which moments are business time, and how spans of it are counted.

    `business_days`: a business day counts whole, from midnight to midnight; 24 business hours after a moment
    is the same local time on the next business day. `office_hours`: only the time from `opening` until just
    before `closing` counts, as it really passes; a closing of 00:00 is the midnight that ends the day.
    Moments go in aware and come out in UTC. `weekdays` counts from Monday = 0.
    """

    zone: str
    reading: Reading
    weekdays: frozenset[int]
    day_start: time
    opening: time
    closing: time
    holidays: frozenset[date]

    def __post_init__(self) -> None:
        """Refuse a calendar that could never answer: ValueError, with a sentence."""
        if self.reading not in ("business_days", "office_hours"):
            raise ValueError(f"The reading {self.reading!r} is unknown: use business_days or office_hours.")
        try:
            ZoneInfo(self.zone)
        except (KeyError, OSError, ValueError) as error:
            said = f"The time zone {self.zone!r} is unknown: use a name like America/New_York."
            raise ValueError(said) from error
        if not self.weekdays:
            raise ValueError("The calendar has no business time: name at least one weekday.")
        if not self.weekdays <= frozenset(range(7)):
            raise ValueError("A weekday is a number from 0 (Monday) to 6 (Sunday).")
        if self.reading == "office_hours" and MIDNIGHT != self.closing <= self.opening:
            raise ValueError("The calendar has no business time: the closing must be later than the opening.")

    def is_business(self, at: datetime) -> bool:
        """Say whether `at` is business time; intervals include their start and not their end."""
        day = self._local(at).date()
        if not self._is_business_day(day):
            return False
        if self.reading == "business_days":
            return True
        opens, closes = self._hours_of(day)
        return opens <= at < closes

    def roll_forward(self, at: datetime) -> datetime:
        """Return `at` if it is business time, else the start of the next business day (or its opening)."""
        if self.is_business(at):
            return at.astimezone(UTC)
        day = self._next_business_day(self._local(at).date())
        while not (self._start_of(day) >= at and self.is_business(self._start_of(day))):
            day = self._next_business_day(day + DAY)
        return self._start_of(day)

    def is_open(self, at: datetime) -> bool:
        """Say whether the office is open at `at`, its closing included, by whichever reading time is counted.

        An office that closes before it opens, or as it opens, never closes on a business day.
        """
        day = self._local(at).date()
        return any(self._is_business_day(one) and self._opens_on(one, at) for one in (day, day - DAY))

    def opening_from(self, at: datetime) -> datetime:
        """Return `at` if the office is open then, else its next opening."""
        if self.is_open(at):
            return at.astimezone(UTC)
        day = self._next_business_day(self._local(at).date())
        while (opens := self._hours_of(day)[0]) < at:
            day = self._next_business_day(day + DAY)
        return opens

    def in_words(self, hours: float) -> str:
        """Write a span of business hours as laymen count it: whole days where a day counts whole."""
        if self.reading == "business_days" and hours >= HOURS_A_DAY and hours % HOURS_A_DAY == 0:
            return amount_of(hours // HOURS_A_DAY, "business day")
        return amount_of(hours, "business hour")

    def after_hours(self, start: datetime, hours: float) -> Derivation:
        """Return the moment when `hours` business hours after `start` are used up."""
        counted = self.roll_forward(start)
        walk = self._whole_days if self.reading == "business_days" else self._open_time
        due = walk(counted, timedelta(hours=_not_negative(hours)))
        return self._derived(start, counted, due, self.in_words(hours))

    def after_days(self, start: datetime, days: int) -> Derivation:
        """Return the same local time `days` business days after `start`."""
        counted = self.roll_forward(start)
        due = self._whole_days(counted, DAY * _not_negative(days))
        return self._derived(start, counted, self.roll_forward(due), amount_of(days, "business day"))

    def days_between(self, start: datetime, end: datetime) -> int:
        """Return how many whole business days have passed: so many can `after_days` add without passing `end`."""
        counted, last = self._local(self.roll_forward(start)), self._local(end)
        days, day = 0, counted.date()
        while day < last.date():
            day += DAY
            days += self._is_business_day(day)
        unfinished = self._is_business_day(last.date()) and last.time() < counted.time()
        return max(0, days - unfinished)

    def months_after(self, start: datetime, months: int) -> Derivation:
        """Return the moment `months` calendar months after `start`, or the next business time."""
        end = add_months(start, _not_negative(months), self.zone)
        due = self.roll_forward(end)
        skipped = self._skipped(end, due)
        begun, amount = start.astimezone(UTC), amount_of(months, "calendar month")
        return Derivation(begun, begun, amount, "calendar_months", skipped, due, self.zone)

    def label(self, at: datetime) -> str:
        """Write a moment as facts and reasons do, which are English: for example `Tue 24 Nov 2026, 15:00 EST`."""
        return label(at, self.zone)

    def _local(self, at: datetime) -> datetime:
        return aware(at).astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    def _is_business_day(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays

    def _next_business_day(self, day: date) -> date:
        """Return `day`, or the first business day after it: there is one, since holidays are finitely many."""
        while not self._is_business_day(day):
            day += DAY
        return day

    def _start_of(self, day: date) -> datetime:
        if self.reading == "business_days":
            return first_moment(datetime.combine(day, self.day_start), self.zone)
        return self._hours_of(day)[0]

    def _hours_of(self, day: date) -> tuple[datetime, datetime]:
        """Return when the office opens and closes on a business day."""
        if MIDNIGHT != self.closing <= self.opening:
            return _office(self.zone, day, MIDNIGHT, MIDNIGHT)
        return _office(self.zone, day, self.opening, self.closing)

    def _opens_on(self, day: date, at: datetime) -> bool:
        opens, closes = self._hours_of(day)
        return opens <= at <= closes

    def _whole_days(self, counted: datetime, span: timedelta) -> datetime:
        local = self._local(counted)
        midnight = datetime.combine(local.date(), MIDNIGHT)
        total = span + (local - midnight)
        day = local.date()
        for _ in range(total.days):
            day = self._next_business_day(day + DAY)
        rest = timedelta(seconds=total.seconds, microseconds=total.microseconds)
        # The second coming of a repeated hour must not lead back to the first.
        return max(counted, first_moment(datetime.combine(day, MIDNIGHT) + rest, self.zone))

    def _open_time(self, counted: datetime, span: timedelta) -> datetime:
        day = self._local(counted).date()
        while True:
            opens, closes = self._hours_of(day)
            begin = max(opens, counted)
            if begin + span <= closes:
                return begin + span
            span -= closes - begin
            day = self._next_business_day(day + DAY)

    def _skipped(self, start: datetime, due: datetime) -> tuple[tuple[date, str], ...]:
        day, last = self._local(start).date(), self._local(due).date()
        closed = []
        while day < last:
            if not self._is_business_day(day):
                closed.append((day, "holiday" if day in self.holidays else "weekend"))
            day += DAY
        return tuple(closed)

    def _derived(self, start: datetime, counted: datetime, due: datetime, amount: str) -> Derivation:
        skipped = self._skipped(start, due)
        return Derivation(start.astimezone(UTC), counted, amount, self.reading, skipped, due, self.zone)


@lru_cache(maxsize=8192)
def _office(zone: str, day: date, opening: time, closing: time) -> tuple[datetime, datetime]:
    end = datetime.combine(day + DAY if closing == MIDNIGHT else day, closing)
    return first_moment(datetime.combine(day, opening), zone), first_moment(end, zone)


def _not_negative(amount: N) -> N:
    if amount < 0:
        raise ValueError("A span of business time can't be negative.")
    return amount


def amount_of(number: float, unit: str) -> str:
    """Write so many of a unit in English, for example `1 business day`."""
    return f"{number:g} {unit}{'' if number == 1 else 's'}"


def days_passed(number: int) -> str:
    """Write in English for how many business days something has lasted, for example `2 business days`."""
    return amount_of(number, "business day") if number else "less than one business day"
