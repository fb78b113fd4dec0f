"""How much waits to leave, and about how long that takes at the budgets of calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connector.calls import SERVICES, WORKMARKET, ZENDESK, called, company_of
from store import BudgetRow, Tx
from sync.limits.bucket import RateLimit
from sync.limits.call_costs import LEAST, hanging, service_of


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, the seconds it takes to leave, and until when a service asked for a pause.

    `held`: how much of it waits for a service that did not take it, or lets a call hang.
    """

    effects: int
    seconds: float
    pauses: Mapping[str, datetime]
    held: Mapping[str, int] = field(default_factory=dict)

    def sentence(self) -> str:
        """The one line for a person."""
        told = [f"{_name(budget)} asked for a pause until {at:%H:%M:%S} UTC." for budget, at in self.pauses.items()]
        if not self.effects:
            return " ".join(["nothing waits to leave.", *told])
        waits = "1 effect waits" if self.effects == 1 else f"{self.effects} effects wait"
        return " ".join([f"{waits} to leave{self._when()}", *told])

    def _when(self) -> str:
        within = f"within about {self._span()}."
        if not self.held:
            return f"; the budget of calls lets them out {within}"
        until = ", ".join(f"{rows} as soon as {SERVICES[name]} takes them" for name, rows in self.held.items())
        if sum(self.held.values()) >= self.effects:
            return f": {until}."
        return f": {until}, and what stands behind them; the budget of calls lets the others out {within}"

    def _span(self) -> str:
        if self.seconds < 90:
            return f"{max(self.seconds, 1):.0f} s"
        return f"{self.seconds / 60:.0f} minutes" if self.seconds < 5400 else f"{self.seconds / 3600:.1f} hours"


def backlog(tx: Tx, limits: Mapping[str, RateLimit], now: datetime, away: Collection[str] = ()) -> Backlog:
    """What waits now, while services that are `away` take nothing at all.

    What it brings about in turn, and what fails and is tried again, comes on top.
    """
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
    held = hanging(tx, now)
    for kind, number in tx.outbox.late().items():
        held[service_of(kind)] += number
    for service in away:
        held[service] = sum(number for kind, number in waiting.items() if service_of(kind) == service)
    spans = [_seconds(limit, rows.get(name), calls[name], now) for name, limit in limits.items()]
    return Backlog(sum(waiting.values()), paused + max(spans, default=0.0), pauses, +held)


def _seconds(limit: RateLimit, row: BudgetRow | None, calls: int, now: datetime) -> float:
    left = limit.burst if row is None else limit.left(row.booked_until, now)
    return limit.wait(calls - left).total_seconds()


def _name(budget: str) -> str:
    return called(budget) if budget == WORKMARKET or company_of(budget) else SERVICES[ZENDESK]
