"""The report as one HTML page that needs nothing beside it: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

import jinja2

from escalation.model.derivation import label
from parley.report.figures import Column, Figure
from parley.report.making import PeriodReport
from parley.report.tallies import FigureRow, Value

NOTHING_TO_TELL = "–"
SMALLEST: Final = 0.01
WIDE = 100.0
"""How wide a chart is in its own units, which the page stretches."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A mark of a chart: which series it belongs to, how long it is, and what it says."""

    series: int
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    name: str
    values: tuple[str, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure as people read it. `defined` are the columns that are not defined further up on the page."""

    title: str
    of: str
    columns: tuple[Column, ...]
    defined: tuple[Column, ...]
    charted: tuple[str, ...]
    rows: tuple[ShownRow, ...]


def as_page(report: PeriodReport) -> str:
    """Return the page."""
    page = _environment().get_template("page.html")
    return page.render(
        report=report,
        figures=_shown(report.figures),
        counted=_moment(report.until, report.period.zone),
    )


def written(column: Column, value: Value) -> str:
    """Write a value as people read it."""
    if value is None:
        return NOTHING_TO_TELL
    if isinstance(value, timedelta):
        return span(value)
    return _share(value) if column.unit == "share" else f"{value:,}"


def _share(part: float) -> str:
    """Hundredths; what is not nothing, or not all, is not told as that."""
    if 0 < part < SMALLEST:
        return "under 1 %"
    return "over 99 %" if 1 - SMALLEST < part < 1 else f"{100 * part:.0f} %"


def span(length: timedelta) -> str:
    """Write a length of time by its two largest units."""
    seconds = round(length.total_seconds())
    if length and not seconds:
        return "under 1 s"
    for size, unit, below, smaller in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if seconds >= size:
            whole, rest = divmod(seconds, size)
            return f"{whole:,} {unit} {rest // below} {smaller}" if rest // below else f"{whole:,} {unit}"
    return f"{seconds} s"


def _shown(figures: Sequence[tuple[Figure, list[FigureRow]]]) -> list[ShownFigure]:
    known: set[tuple[str, str]] = set()
    shown = []
    for figure, rows in figures:
        defined = tuple(one for one in figure.columns if (one.key, one.definition) not in known)
        known |= {(one.key, one.definition) for one in defined}
        charted = tuple(one.words for one in figure.columns if one.charted) if figure.of else ()
        most = _most(figure, rows)
        shown.append(
            ShownFigure(
                figure.title,
                figure.of,
                figure.columns,
                defined,
                charted,
                tuple(_row(figure, row, most) for row in rows),
            )
        )
    return shown


def _most(figure: Figure, rows: list[FigureRow]) -> float:
    """What a whole bar stands for: all there is for a share, else the largest number."""
    charted = [(one, place) for place, one in enumerate(figure.columns) if one.charted]
    if any(one.unit == "share" for one, _ in charted):
        return 1.0
    return max((_number(values[place]) for _, values in rows for _, place in charted), default=0.0) or 1.0


def _row(figure: Figure, row: FigureRow, most: float) -> ShownRow:
    name, values = row
    texts = tuple(written(column, value) for column, value in zip(figure.columns, values, strict=True))
    charted = [place for place, column in enumerate(figure.columns) if column.charted and figure.of]
    bars = tuple(
        Bar(
            series,
            round(WIDE * _number(values[place]) / most, 2),
            f"{name}: {figure.columns[place].words} {texts[place]}",
        )
        for series, place in enumerate(charted)
    )
    return ShownRow(name, texts, bars)


def _number(value: Value) -> float:
    return value / timedelta(1) if isinstance(value, timedelta) else float(value or 0)


def _moment(at: datetime, zone: str) -> str:
    return label(at, zone)


@cache
def _environment() -> jinja2.Environment:
    found: Any = jinja2.PackageLoader("parley.report", "templates")
    return jinja2.Environment(loader=found, autoescape=True, trim_blocks=True, lstrip_blocks=True)
