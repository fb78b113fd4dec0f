"""A circuit breaker for each budget: whether its service may be called, and what a refusal does, from its row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connector.errors import LONGEST_WAIT
from store import BudgetRow

PROBED: Final = timedelta(seconds=90)
"""Longer than any request takes: a probe that was not heard of by then was killed."""
PROBE_ASKED: Final = timedelta(seconds=2)
"""How long the others wait before they ask again what came of a probe."""
SHORTEST, LONGEST_GUESS = 1.0, 60.0
"""Seconds of the pause after a 429 that names none, doubled each time: Zendesk counts by the minute."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Anybody may call."""


@dataclass(frozen=True, slots=True)
class Open:
    """Nobody may call until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class HalfOpen:
    """The pause is over: one call finds out whether the service answers again."""


Breaker = Closed | Open | HalfOpen
_CLOSED: Final = Closed()
_HALF_OPEN: Final = HalfOpen()


def breaker(row: BudgetRow | None, now: datetime) -> Breaker:
    """The state of a budget's breaker; without a row nothing was ever refused."""
    if row is None or not row.refusals:
        return _CLOSED
    if row.paused_until is None or row.paused_until <= now:
        return _HALF_OPEN
    # A clock that was put back makes nobody wait longer than any pause lasts.
    if row.paused_until > now + timedelta(seconds=2 * LONGEST_WAIT):
        return _HALF_OPEN
    return Open(min(row.paused_until, now + PROBE_ASKED) if row.probing else row.paused_until)


def tripped(row: BudgetRow, asked: float | None, now: datetime, *, limited: bool) -> tuple[datetime, int]:
    """Until when it is open after one more refusal, and how many refusals in a row that makes.

    `asked`: the seconds that the answer named. `limited`: it was a 429, after which there is a pause in any case.
    """
    least = min(SHORTEST * 2.0 ** min(row.refusals, 10), LONGEST_GUESS) if limited else 0.0
    until = now + timedelta(seconds=min(max(asked or 0.0, least), LONGEST_WAIT))
    if row.paused_until is not None and not row.probing and row.paused_until > now:
        # Others were on their way already; they count as one, and the longest wait is kept.
        until = max(until, min(row.paused_until, now + timedelta(seconds=LONGEST_WAIT)))
        return until, max(row.refusals, 1)
    return until, row.refusals + 1


def is_probe(row: BudgetRow, until: datetime) -> bool:
    """Whether the probe that may last until then is still the one that everybody waits for."""
    return row.probing and row.paused_until == until
