"""The words of the forecast: each breach before it comes, spans of hours, and what an hour holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from connector.calls import UPDATES
from sync.operator.forecast import BUDGETS, GROUPS, HOUR, Breach, DueGroup, ForecastHour

ONE: Final[dict[DueGroup, str]] = {"updates": "update", "tier moves": "tier move", "others": "other"}


def breach_sentence(breach: Breach, zone: str) -> str:
    """Tell a breach before it comes: when, what is due, what the budget allows, how late the last is."""
    what = BUDGETS[breach.budget]
    due = f"{breach.needed:,} {what} {'due' if breach.budget == UPDATES else 'needed'}"
    before = f" and {breach.carried:,.0f} left from before" if breach.carried >= 1 else ""
    said = (
        f"{span(breach.begins, breach.ends, zone)}: {due}{before}, the budget allows {breach.allowed:,.0f}; "
        f"the last would leave {_long(breach.late)} late."
    )
    return f"{said} This is a projection." if breach.projected else said


def span(begins: datetime, ends: datetime, zone: str) -> str:
    """A stretch of hours by the clock of a zone: `Mon 7 Dec, 09:00–17:00`, with both days where there are two."""
    first, last = begins.astimezone(ZoneInfo(zone)), ends.astimezone(ZoneInfo(zone))
    if last.date() == first.date():
        return f"{day_name(first)}, {first:%H:%M}–{last:%H:%M}"
    if f"{last:%H:%M}" == "00:00":
        eve = last.date() - timedelta(days=1)
        until = "24:00" if eve == first.date() else f" {day_name(eve)}, 24:00"
    else:
        until = f" {day_name(last)}, {last:%H:%M}"
    return f"{day_name(first)}, {first:%H:%M}{' ' if until[0] == ' ' else ''}–{until}"


def day_name(day: date) -> str:
    """`Mon 7 Dec`."""
    return f"{day:%a} {day.day} {day:%b}"


def moment_name(at: datetime, zone: str) -> str:
    """`Mon 7 Dec, 08:20`."""
    there = at.astimezone(ZoneInfo(zone))
    return f"{day_name(there)}, {there:%H:%M}"


def fullest_sentence(hours: Iterable[ForecastHour], zone: str) -> str:
    """Tell which hour takes most of its budget; nothing where no hour takes any."""
    found = max(hours, key=share, default=None)
    if found is None or found.tightest is None or not share(found):
        return ""
    when = span(found.at, found.at + HOUR, zone)
    budget = BUDGETS[found.tightest.budget]
    return f"The fullest hour is {when}: {holdings([found])}, {percent(share(found))} of the budget of {budget}."


def share(hour: ForecastHour) -> float:
    """How much of the tightest budget an hour takes."""
    return hour.tightest.share if hour.tightest else 0.0


def percent(part: float) -> str:
    """A part in words; a small one is not nothing."""
    return f"{part:,.0%}" if part >= 0.01 or not part else "under 1%"


def holdings(hours: Iterable[ForecastHour]) -> str:
    """What comes due in some hours: `240 updates, 1 tier move`."""
    held = list(hours)
    told = ((sum(hour.number(group) for hour in held), group) for group in GROUPS)
    words = [f"{number:,} {ONE[group] if number == 1 else group}" for number, group in told if number]
    return ", ".join(words) or "what is left from before"


def _long(late: timedelta) -> str:
    minutes = max(1, round(late.total_seconds() / 60))
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:,.0f} h"
