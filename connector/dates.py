"""What the services' own clocks say, in the `Date` of every answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

Hears = Callable[[str, datetime | None, datetime], object]
"""Told of each answer: the service, its `Date` where it has one, and when the call was made."""


def nobody(_: str, __: datetime | None, ___: datetime) -> None:
    """Nobody wants to know."""
