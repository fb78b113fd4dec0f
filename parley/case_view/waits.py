"""Why an effect waits, by its row and the budgets: none where it is on its way, or waits on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from connector.calls import WORKMARKET, called, workmarket_of
from escalation.telling.stored import Wait
from store import AT_ONCE, BudgetRow, OutboxRow, ToldEffect
from sync.limits.breaker import Open, breaker
from sync.limits.call_costs import least_of, service_of

ON_ITS_WAY: Final = timedelta(minutes=1)
"""What was decided, or attempted, no longer ago than this does not count as waiting."""


def wait_of(effect: ToldEffect, budgets: Mapping[str, BudgetRow], now: datetime) -> Wait | None:
    """Return why a row of the outbox waits, None where it does not."""
    row = effect.row
    if row.state == "dead":
        return Wait("dead_letter", row.attempted_at or row.created_at, error=row.error or "")
    begun = effect.waits_since or row.attempted_at or row.created_at
    if row.state in ("unclear", "in_flight"):
        late = row.state == "unclear" or now - begun > ON_ITS_WAY
        return Wait("unclear", row.attempted_at or row.created_at, _ahead(row.due, now)) if late else None
    if row.state != "todo" or now - row.created_at < ON_ITS_WAY:
        return None
    if row.error:
        return Wait("outage", begun, _ahead(row.due, now), _service(row), row.error)
    return _held(row, begun, budgets, now)


def _held(row: OutboxRow, begun: datetime, budgets: Mapping[str, BudgetRow], now: datetime) -> Wait | None:
    for name in least_of(row.kind, row.priority):
        budget = budgets.get(workmarket_of(str(row.body.get("company") or "")) if name == WORKMARKET else name)
        if isinstance(state := breaker(budget, now), Open):
            return Wait("outage", begun, state.until, _service(row))
        if budget is not None and budget.booked_until > now:
            return Wait("budget", begun, budget.booked_until, _service(row))
    return None


def _service(row: OutboxRow) -> str:
    """What people call the service that takes it."""
    service = service_of(row.kind)
    company = str(row.body.get("company") or "") if service == WORKMARKET else ""
    return called(workmarket_of(company) if company else service)


def _ahead(due: datetime, now: datetime) -> datetime | None:
    return due if due > now and due != AT_ONCE else None
