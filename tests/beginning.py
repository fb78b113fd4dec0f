"""How an escalation begins: an assignment that nobody approves, and the worker's request about it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sandbox.workmarket import StandInWorkMarket
from sandbox.zendesk.people import People

WANDA = "wanda@example.com"
PENDING_SINCE = timedelta(days=10)


def pending_assignment(
    market: StandInWorkMarket,
    now: datetime,
    *,
    by: str = "Wanda Worker",
    said: bool = True,
    ago: timedelta = PENDING_SINCE,
    **parts: Any,
) -> str:
    """An assignment handed in so long ago; the worker has written since, and nobody has answered or heard of it."""
    clock, url, done = market.clock, market.webhook_url, now - ago
    market.webhook_url = None
    try:
        number = market.add_assignment(
            **{"scheduled_start": done - timedelta(hours=3), "scheduled_end": done, "status": "inprogress", **parts}
        )
        if "status" not in parts:
            market.clock = lambda: done
            market.complete(number)
        if said:
            market.clock = lambda: done + ago / 2
            market.message(number, by, "Could you look at this?")
    finally:
        market.clock, market.webhook_url = clock, url
    return number


def submit_request(people: People, number: str, **parts: Any) -> int:
    """Wanda submits a request in the help center; its ticket."""
    given = {
        "requester_email": WANDA,
        "name": "Wanda Worker",
        "assignment_id": number,
        "reason": "approval_overdue",
        "description": "Nobody answers me.",
        **parts,
    }
    return people.submit_request(**given)


def handed_in_request(number: str, name: str = "Wanda Worker", email: str = WANDA, **parts: Any) -> bytes:
    """The body by which the marketplace hands a request in."""
    body = {
        "assignment_id": number,
        "party": "worker",
        "reason": "approval_overdue",
        "requester": {"name": name, "email": email},
        "description": "Nobody answers me.",
        **parts,
    }
    return json.dumps(body).encode()
