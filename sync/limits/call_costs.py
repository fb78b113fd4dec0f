"""Which budgets an effect costs: the services' own limits, as estimates that the calls really made correct."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from connector.calls import EXPORTS, UPDATES, WORKMARKET, ZENDESK, ServiceName, company_of
from escalation.model.effect_kinds import EFFECT_KINDS, LOOK
from store import OutboxRow, Tx
from sync.shared.codec import scope_of
from sync.shared.priority import INTAKE, LEVELS

LEAST: Final[Mapping[str, Mapping[str, int]]] = {
    name: {
        budget: calls
        for budget, calls in ((ZENDESK, kind.zendesk), (UPDATES, kind.updates), (WORKMARKET, kind.workmarket))
        if calls
    }
    for name, kind in EFFECT_KINDS.items()
}
"""The calls that an effect of a kind mostly takes."""
MOST_CALLS: Final = max(calls for costs in LEAST.values() for calls in costs.values())
"""As many calls to one budget as any of them takes."""
GROUPS: Final = tuple((kind, level) for kind in LEAST for level in LEVELS)
"""Every kind of effect with every priority: asked for one by one, what is not due yet costs nothing."""
NEW_REQUESTS: Final = "intake"
"""The budget of those calls to Zendesk that requests begin with before they are cases."""
PAUSED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    # Some looks read the ticket only, so WorkMarket's pauses do not hold all of them.
    kind: tuple(name for name in costs if (kind, name) != (LOOK, WORKMARKET))
    for kind, costs in LEAST.items()
}
CALL_TAKES: Final = timedelta(seconds=10)
PAGE: Final = {ZENDESK: 1, EXPORTS: 1}
LISTING: Final = {WORKMARKET: 1}


def least_of(kind: str, priority: int) -> dict[str, int]:
    """The calls that an effect of a kind and priority mostly takes, by budget."""
    return _of_new_requests(dict(LEAST.get(kind, {})), priority)


def _of_new_requests(costs: dict[str, int], priority: int) -> dict[str, int]:
    return {**costs, NEW_REQUESTS: costs[ZENDESK]} if priority == INTAKE and ZENDESK in costs else costs


def counted_as(budget: str) -> str:
    """Whose calls a budget counts."""
    return ZENDESK if budget == NEW_REQUESTS else budget


def service_of(kind: str) -> str:
    """Where a kind of effect goes; a look goes to both and waits for Zendesk's pauses."""
    return ZENDESK if ZENDESK in LEAST.get(kind, {ZENDESK: 0}) else WORKMARKET


def costs_of(row: OutboxRow) -> dict[str, int]:
    """The calls that the next step with a row is expected to take, by budget."""
    costs = dict(LEAST.get(row.kind, {}))
    if row.kind == LOOK:
        scope = scope_of(row.body)
        costs[ZENDESK] += ("conversations" in scope) + len(row.body.get("elsewhere") or ())
        if "assignment" not in scope:
            del costs[WORKMARKET]
    elif row.state != "todo" and costs:
        # It is read back first, which takes a ticket and its audits, or an assignment.
        service = service_of(row.kind)
        costs[service] += 2 if service == ZENDESK else 1
    return _of_new_requests(costs, row.priority)


def hanging(tx: Tx, now: datetime) -> Counter[str]:
    """How many calls to each service are under way for longer than a call takes where all is well."""
    found: Counter[str] = Counter()
    for kind, number in tx.outbox.under_way_since(now - CALL_TAKES).items():
        found[service_of(kind)] += number
    return found


def budget_of(kind: str, service: ServiceName | None, *, alone: bool) -> str:
    """What is paused where an effect of this kind, or a budget's own name, was refused by a service."""
    whole = service or (kind if company_of(kind) else service_of(kind))
    if alone and whole == ZENDESK:
        return EXPORTS if kind == EXPORTS else UPDATES if UPDATES in LEAST.get(kind, ()) else ZENDESK
    return whole
