"""Which effects may leave at a moment, by what the budgets' rows say: arithmetic that asks nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from store import BudgetRow
from sync.limits.breaker import Open, breaker
from sync.limits.bucket import RateLimit
from sync.limits.call_costs import GROUPS, MOST_CALLS, PAUSED_BY, least_of
from sync.shared.priority import leaves_room

Rows = Mapping[str, BudgetRow]
Group = tuple[str, int]
"""A kind of effect, and a priority."""
GRAIN: Final = timedelta(milliseconds=1)
"""Added to a wait, so that rounding never makes it end too early."""


@dataclass(frozen=True, slots=True)
class Availability:
    """The budgets at a moment; `in_hand` tells of each how many calls this process has taken and not made."""

    rows: Rows
    limits: Mapping[str, RateLimit]
    in_hand: Callable[[str, datetime], float]
    now: datetime

    def groups(self) -> tuple[Group, ...] | None:
        """The kinds of effects, each with a priority, that need not wait; None where none has to."""
        if not self._any_held():
            return None
        free = tuple(group for group in GROUPS if not self._is_held(*group))
        return None if free == GROUPS else free

    def free_at(self) -> datetime | None:
        """The next moment at which a budget that is paused or empty lets something leave."""
        moments = [state.until for row in self.rows.values() if isinstance(state := breaker(row, self.now), Open)]
        for name, limit in self.limits.items():
            for sweep in (False, True):
                short = self._short(name, 4, sweep=sweep)
                if short > 0:
                    moments.append(self.now + limit.wait(short) + GRAIN)
        return min(moments, default=None)

    def _any_held(self) -> bool:
        """Whether any kind may have to wait: asked at each look, when mostly none has to."""
        if any(isinstance(breaker(row, self.now), Open) for row in self.rows.values()):
            return True
        asked = ((name, sweep) for name in self.limits for sweep in (False, True))
        return any(self._short(name, MOST_CALLS, sweep=sweep) > 0 for name, sweep in asked)

    def _is_held(self, kind: str, level: int) -> bool:
        if any(isinstance(breaker(self.rows.get(name), self.now), Open) for name in PAUSED_BY[kind]):
            return True
        sweep = leaves_room(level)
        return any(self._short(name, calls, sweep=sweep) > 0 for name, calls in least_of(kind, level).items())

    def _short(self, name: str, calls: int, *, sweep: bool) -> float:
        limit, row = self.limits.get(name), self.rows.get(name)
        if limit is None:
            return 0.0
        booked_until = row.booked_until if row is not None else None
        return limit.short(booked_until, self.in_hand(name, self.now), calls, self.now, sweep=sweep)
