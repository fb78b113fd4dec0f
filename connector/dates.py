"""What the services' own clocks say, in the `Date` of every answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from connector.reading import http_date

Hears = Callable[[str, datetime | None, datetime], object]
"""Told of each answer: the service, its `Date` where it has one, and when the call was made."""


def nobody(_: str, __: datetime | None, ___: datetime) -> None:
    """Nobody wants to know."""


def hear(told: Hears, service: str, headers: Mapping[str, str], asked: datetime) -> None:
    """Tell what an answer's `Date` says, unless a cache on the way gave it once more, which tells by an `Age`:
    https://www.rfc-editor.org/rfc/rfc9111#name-age"""
    if "age" not in headers:
        told(service, http_date(headers.get("date")), asked)
