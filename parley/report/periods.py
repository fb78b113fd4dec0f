"""Weeks and months by the calendar of a zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from escalation.policies.calendar import MIDNIGHT, first_moment, months_later

PeriodKind = Literal["week", "month"]
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """A week from Monday, or a month, in days of a zone and in UTC. Neither `after` nor `end` is in it any more."""

    kind: PeriodKind
    first: date
    after: date
    zone: str
    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        """How files and notes name it: 2026-W48, or 2026-11."""
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02}" if self.kind == "week" else f"{self.first:%Y-%m}"

    @property
    def title(self) -> str:
        """How people name it."""
        if self.kind == "month":
            return f"{self.first:%B %Y}"
        year, week, _ = self.first.isocalendar()
        last = self.after - DAY
        return f"Week {week} of {year}, {self.first:%-d %B} to {last:%-d %B %Y}"

    def parts(self) -> Iterator[str]:
        """The names of its parts, in order: the days of a week, the weeks of a month as far as they are in it."""
        day = self.first
        while day < self.after:
            yield self._part(day)
            day += DAY if self.kind == "week" else DAY * (7 - day.weekday())

    def part_of(self, at: datetime) -> str:
        """The name of the part that a moment is in."""
        return self._part(at.astimezone(ZoneInfo(self.zone)).date())

    def _part(self, day: date) -> str:
        if self.kind == "week":
            return f"{day:%a %-d %b}"
        monday = max(day - DAY * day.weekday(), self.first)
        sunday = min(day + DAY * (6 - day.weekday()), self.after - DAY)
        return f"{monday.day} to {sunday:%-d %b}" if monday < sunday else f"{sunday:%-d %b}"

    def has(self, at: datetime) -> bool:
        """Whether a moment is in it."""
        return self.start <= at < self.end


def period_of(kind: PeriodKind, day: date, zone: str) -> Period:
    """Return the week or month that a day is in."""
    first = day - DAY * day.weekday() if kind == "week" else day.replace(day=1)
    after = first + WEEK if kind == "week" else months_later(first, 1)
    return Period(kind, first, after, zone, _begin(first, zone), _begin(after, zone))


def last_whole(kind: PeriodKind, now: datetime, zone: str) -> Period:
    """Return the week or month that was over last."""
    this = period_of(kind, now.astimezone(ZoneInfo(zone)).date(), zone)
    return period_of(kind, this.first - DAY, zone)


def _begin(day: date, zone: str) -> datetime:
    return first_moment(datetime.combine(day, MIDNIGHT), zone)
