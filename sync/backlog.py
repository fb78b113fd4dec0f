"""How much waits to leave, and about how long that takes at the budgets of calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connector.calls import WORKMARKET
from store import BudgetRow, Tx
from sync.gates import LEAST
from sync.limits import Limit


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, the seconds it takes to leave, and until when a service asked for a pause."""

    effects: int
    seconds: float
    pauses: Mapping[str, datetime]

    def sentence(self) -> str:
        """The one line for a person."""
        told = [f"{_name(budget)} asked for a pause until {at:%H:%M:%S} UTC." for budget, at in self.pauses.items()]
        if not self.effects:
            return " ".join(["nothing waits to leave.", *told])
        waits = "1 effect waits" if self.effects == 1 else f"{self.effects} effects wait"
        return " ".join(
            [f"{waits} to leave; the budget of calls lets them out within about {self._span()}.", *told]
        )

    def _span(self) -> str:
        if self.seconds < 90:
            return f"{max(self.seconds, 1):.0f} s"
        return f"{self.seconds / 60:.0f} minutes" if self.seconds < 5400 else f"{self.seconds / 3600:.1f} hours"


def backlog(tx: Tx, limits: Mapping[str, Limit], now: datetime) -> Backlog:
    """What waits now. What it brings about in turn, and what fails and is tried again, comes on top."""
    waiting, rows = tx.outbox.waiting_by_kind(), tx.budgets.all()
    calls: Counter[str] = Counter()
    for kind, number in waiting.items():
        calls.update({name: each * number for name, each in LEAST.get(kind, {}).items()})
    pauses = {
        name: row.paused_until
        for name, row in sorted(rows.items())
        if row.refusals and row.paused_until is not None and row.paused_until > now
    }
    paused = max(((until - now).total_seconds() for until in pauses.values()), default=0.0)
    spans = [_seconds(limit, rows.get(name), calls[name], now) for name, limit in limits.items()]
    return Backlog(sum(waiting.values()), paused + max(spans, default=0.0), pauses)


def _seconds(limit: Limit, row: BudgetRow | None, calls: int, now: datetime) -> float:
    left = limit.burst if row is None else limit.left(row.booked_until, now)
    return limit.wait(calls - left).total_seconds()


def _name(budget: str) -> str:
    return "WorkMarket" if budget == WORKMARKET else "Zendesk"
