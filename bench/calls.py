"""The calls that one case costs, with a clock that is moved: nothing fails, and no echo of our updates comes back.

python -m bench.calls
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.figures import Figure, leave, parser
from parley.demo import sandbox_values
from parley.wiring.account_setup import set_up_account
from parley.wiring.app import App
from parley.wiring.load_policy import load_rules
from parley.wiring.pace import Pace
from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock
from store import Tx, migrate

PENDING = timedelta(days=10)
# Access tokens are for all cases, not for this one.
TOKENS = ("/oauth/tokens", "/authorization/request")
REQUEST: dict[str, Any] = {
    "requester_email": "wanda@example.com",
    "name": "Wanda Worker",
    "party": "worker",
    "reason": "approval_overdue",
    "description": "Nobody answers me.",
}


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls that one case costs, by service, as "METHOD path"."""

    tier_1: dict[str, list[str]]
    update: dict[str, list[str]]


def calls_of_one_case() -> Calls:
    """Count the calls to tier 1 and those of a later update, where nothing comes back and nothing fails."""
    clock = MovableClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))
    with tempfile.TemporaryDirectory() as name, Sandbox(clock) as sandbox:
        url = f"sqlite:///{Path(name) / 'calls.db'}"
        migrate(url)
        with App(sandbox_values(sandbox, url), load_rules(None), now=clock) as house:
            set_up_account(house, "http://127.0.0.1:9")
            pace = Pace(clock, house.store, house.desk(), house.tick, lambda: 0)
            done = clock() - PENDING
            number = sandbox.workmarket.add_assignment(
                scheduled_start=done - timedelta(hours=3), scheduled_end=done, checked_out=done
            )
            sandbox.workmarket.message(number, "worker", "Could you approve this?")
            ticket = str(sandbox.zendesk.people.submit_request(assignment_id=number, **REQUEST))
            house.store.write(
                lambda tx: tx.inbox.record(
                    "1", "request.submitted", f"ticket:{ticket}", {"ticket_id": ticket}, clock()
                )
            )
            tier_1 = _made(sandbox, pace, None)
            return Calls(tier_1, _made(sandbox, pace, before_a_later_update(house, pace)))


def before_a_later_update(house: App, pace: Pace) -> datetime:
    """Live on until the next thing due is an update that tells nothing but that the case goes on; its moment."""
    for _ in range(50):
        due = house.store.read(soonest)
        if {kind for _, kind in due} == {"next_update"}:
            return due[0][0]
        pace.move_to(due[0][0])
    raise SystemExit("No update came that was due alone.")


def soonest(tx: Tx) -> list[tuple[datetime, str]]:
    (case,) = tx.cases.list()
    timers = [timer for timer in tx.timers.of_case(case.id) if not timer.fired]
    return [(timer.due, timer.kind) for timer in timers if timer.due == timers[0].due]


def _made(sandbox: Sandbox, pace: Pace, until: datetime | None) -> dict[str, list[str]]:
    sandbox.calls.clear()
    pace.move_to(until or sandbox.clock())
    asked = [call for call in sandbox.calls if not call.path.endswith(TOKENS)]
    return {
        service: [f"{call.method} {call.path}" for call in asked if call.service == service]
        for service in ("zendesk", "workmarket")
    }


def main() -> None:
    parser("bench.calls", __doc__).parse_args()
    made = calls_of_one_case()
    figures = []
    for what, told, most in (
        ("straight to tier 1", made.tier_1, {"zendesk": 5, "workmarket": 2}),
        ("a later update", made.update, {"zendesk": 3}),
    ):
        print(f"{what}: " + "; ".join(f"{service} {len(asked)}" for service, asked in told.items()))
        for asked in told.values():
            print("".join(f"    {call}\n" for call in asked), end="")
        for service, limit in most.items():
            number = len(told[service])
            figures.append(Figure(f"calls to {service}, {what}", f"{number}", f"at most {limit}", number <= limit))
    print("Again: python -m bench.calls")
    leave(figures)


if __name__ == "__main__":
    main()
