"""A forecast as its page shows it: sentences, the chart's marks, and the table's days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final, Literal
from zoneinfo import ZoneInfo

from connector.calls import UPDATES, ZENDESK
from parley.pages.desk.two_weeks.forecast_words import (
    breach_sentence,
    day_name,
    fullest_sentence,
    holdings,
    moment_name,
    percent,
    share,
    span,
)
from sync.operator.forecast import BUDGETS, GROUPS, HOUR, Forecast, ForecastHour

SHOWN: Final = 10
"""So many breaches are told, the soonest; of more the number."""
WIDTH, HEIGHT, STEP = 1008, 160, 3
"""Of the chart: three units for each of the 336 hours."""
LABEL: Final = 48
"""So wide is the name of a day below the chart."""
SETTING: Final = {ZENDESK: "ZENDESK_CALLS_PER_MINUTE", UPDATES: "ZENDESK_UPDATES_PER_MINUTE"}
HourLook = Literal["set", "projected", "over"]
"""How an hour is drawn: by deadlines that are set, by projected ones alone, or as more than the budget."""
SAID: Final[dict[HourLook, str]] = {"set": "", "projected": ", projected", "over": ", more than the budget"}


@dataclass(frozen=True, slots=True)
class ChartMark:
    """The hours of a day that look alike, drawn by one path: one title for each would make a page of 80 KB."""

    look: HourLook
    path: str
    title: str


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """A day of the table: how much is due in each hour; in the hours `over` a budget is not enough.

    `label` stands below the chart, from `x` on; it is empty where the day has too few hours for it.
    """

    name: str
    label: str
    x: int
    cells: tuple[str, ...]
    over: frozenset[int]
    totals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForecastView:
    """What the page shows. `columns`: the hours of the day of which the table has something to tell."""

    made_at: str
    zone: str
    due: int
    breaches: tuple[str, ...]
    more: int
    fullest: str
    settings: tuple[str, ...]
    allowed: tuple[str, ...]
    marks: tuple[ChartMark, ...]
    line_y: float
    days: tuple[ForecastDay, ...]
    columns: tuple[int, ...]


def view_of(forecast: Forecast, zone: str) -> ForecastView:
    """A forecast in words and places, by the clock of a zone."""
    hours = forecast.hours
    top = max(1.0, *map(share, hours))
    names = list(dict.fromkeys(breach.budget for breach in forecast.breaches))
    by_day = _by_day(hours, zone)
    days = tuple(_day(day, its, zone) for day, its in by_day.items())
    return ForecastView(
        made_at=moment_name(forecast.made_at, zone),
        zone=zone,
        due=sum(sum(hour.due.values()) for hour in hours),
        breaches=tuple(breach_sentence(one, zone) for one in forecast.breaches[:SHOWN]),
        more=max(0, len(forecast.breaches) - SHOWN),
        fullest=fullest_sentence(hours, zone),
        settings=tuple(SETTING[name] for name in names),
        allowed=tuple(f"{load.allowed:,.0f} {BUDGETS[load.budget]}" for load in hours[0].loads),
        marks=tuple(mark for its in by_day.values() for mark in _marks(its, top, zone)),
        line_y=round(HEIGHT * (1 - 1 / top), 1),
        days=days,
        columns=tuple(at for at in range(24) if any(day.cells[at] or at in day.over for day in days)),
    )


PlacedHour = tuple[int, ForecastHour]
"""An hour, and how many stand before it."""


def _by_day(hours: tuple[ForecastHour, ...], zone: str) -> dict[date, list[PlacedHour]]:
    there = ZoneInfo(zone)
    placed = groupby(enumerate(hours), key=lambda one: one[1].at.astimezone(there).date())
    return {day: list(its) for day, its in placed}


def _look(hour: ForecastHour) -> HourLook:
    if hour.is_breach:
        return "over"
    return "projected" if hour.is_projected and not hour.stored else "set"


def _marks(its: list[PlacedHour], top: float, zone: str) -> Iterator[ChartMark]:
    looks: dict[HourLook, list[PlacedHour]] = {}
    for place, hour in its:
        if share(hour):
            looks.setdefault(_look(hour), []).append((place, hour))
    for look, alike in looks.items():
        path = "".join(
            f"M{place * STEP + STEP / 2:g} {HEIGHT}v{-max(1, round(HEIGHT * share(hour) / top))}"
            for place, hour in alike
        )
        held = [hour for _, hour in alike]
        most = percent(max(map(share, held)))
        fullest = f"at most {most} in an hour" if len(held) > 1 else most
        when = span(held[0].at, held[-1].at + HOUR, zone)
        yield ChartMark(look, path, f"{when}{SAID[look]}: {holdings(held)}; {fullest}")


def _day(day: date, its: list[PlacedHour], zone: str) -> ForecastDay:
    there = ZoneInfo(zone)
    counts, over = [0] * 24, set()
    for _, hour in its:
        at = hour.at.astimezone(there).hour
        counts[at] += sum(hour.due.values())
        if hour.is_breach:
            over.add(at)
    totals = tuple(f"{sum(hour.number(group) for _, hour in its):,}" for group in GROUPS)
    cells = tuple(str(number) if number else "" for number in counts)
    label = f"{day:%a} {day.day}" if len(its) * STEP >= LABEL else ""
    return ForecastDay(day_name(day), label, its[0][0] * STEP, cells, frozenset(over), totals)
