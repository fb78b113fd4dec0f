"""How much is written in an hour on one ticket and on one assignment: what is more waits, and agents are told.

A trigger may answer our own update with a webhook that makes us write again. Such a circle ends by itself where
the same is said for the third time; this holds for circles that say something new each time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)
UPDATES_AN_HOUR: Final = 30
COPIES_AN_HOUR: Final = 20
"""Files that come into a ticket, each with a note of its own: beside its updates, so that none waits for files."""
POSTS_AN_HOUR: Final = 10
SAME_NOTES_AN_HOUR: Final = 2
ACKNOWLEDGED_A_DAY: Final = 3
"""How often in a day a requester hears that what they wrote has come."""


def within_hour(past: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    """Return those moments that still count; some may lie ahead."""
    return tuple(at for at in past if now - at < HOUR)


def within_day(past: tuple[datetime, ...], now: datetime) -> tuple[datetime, ...]:
    """Return those moments that lie less than a day back."""
    return tuple(at for at in past if now - at < 24 * HOUR)


def one_more(past: tuple[datetime, ...], now: datetime, most: int) -> tuple[datetime, ...]:
    """Return the moments that count with one more at their end: now, or when the budget has room for it."""
    kept = within_hour(past, now)
    return (*kept, now if len(kept) < most else max(now, kept[-most] + HOUR))


def still_ahead(moments: tuple[datetime, ...], now: datetime) -> datetime | None:
    """Return the moment that was counted last, where what it is of has to wait for it."""
    return moments[-1] if moments[-1] > now else None
