"""The calls that one case costs, with a clock that is moved: nothing fails, and no echo of our updates comes back.

python -m bench.calls
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.figures import Figure, leave, parser
from escalation.model.values import POST_TAG
from escalation.policies.policy import Addressee
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
# Where Zendesk keeps what files hold, to which it redirects: that counts against no limit of calls.
STORE = "/store/"
FILES_COST_AT_MOST = 5
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
    words: dict[str, list[str]]
    files: dict[str, list[str]]


def calls_of_one_case() -> Calls:
    """Count the calls of each, where nothing comes back and nothing fails."""
    clock = MovableClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))
    with tempfile.TemporaryDirectory() as name, Sandbox(clock) as sandbox:
        url = f"sqlite:///{Path(name) / 'calls.db'}"
        migrate(url)
        # Everybody is known, so that no agent is reminded to find them.
        policy = replace(load_rules(None), account_managers={"77": Addressee("Amy", "amy@example.com")})
        with App(sandbox_values(sandbox, url), policy, now=clock) as house:
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
            update = _made(sandbox, pace, before_a_later_update(house, pace))
            talk = _Talk(house, sandbox, pace, number, ticket)
            return Calls(tier_1, update, talk.both_ways(""), talk.both_ways("a file"))


@dataclass(frozen=True, slots=True)
class _Talk:
    """What an agent chooses for the assignment, and what comes from there, in a case that goes on."""

    house: App
    sandbox: Sandbox
    pace: Pace
    number: str
    ticket: str

    def both_ways(self, content: str) -> dict[str, list[str]]:
        """The calls that a message each way costs, and a file each way where it has a content."""
        workmarket, zendesk = self.sandbox.workmarket, self.sandbox.zendesk
        zendesk.account.files.scan_after = timedelta(0)
        self.pace.move_to(self.sandbox.clock() + timedelta(minutes=5))
        files = [("order.pdf", content.encode())] if content else []
        zendesk.people.agent_update(
            int(self.ticket), comment=f"Here it is. {content}", add_tags=[POST_TAG], files=files
        )
        if content:
            workmarket.attach(self.number, "site.jpg", content.upper().encode())
        workmarket.message(self.number, "worker", f"Thank you. {content}")
        self._hint("ticket.changed", {"ticket_id": self.ticket}, content)
        self._hint("reconcile.assignment", {"assignment_id": self.number}, content)
        return _made(self.sandbox, self.pace, None)

    def _hint(self, kind: str, body: dict[str, Any], key: str) -> None:
        lane, now = f"ticket:{self.ticket}", self.sandbox.clock()
        self.house.store.write(lambda tx: tx.inbox.record(f"{kind} {key}", kind, lane, body, now))


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
    asked = [call for call in sandbox.calls if not call.path.endswith(TOKENS) and not call.path.startswith(STORE)]
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
        ("words each way", made.words, {}),
        ("words and a file each way", made.files, {}),
    ):
        print(f"{what}: " + "; ".join(f"{service} {len(asked)}" for service, asked in told.items()))
        for asked in told.values():
            print("".join(f"    {call}\n" for call in asked), end="")
        for service, limit in most.items():
            number = len(told[service])
            figures.append(Figure(f"calls to {service}, {what}", f"{number}", f"at most {limit}", number <= limit))
    more = sum(map(len, made.files.values())) - sum(map(len, made.words.values()))
    moved = {"POST /api/v2/uploads", "POST /v1/employer/assignments/attachments/add"}
    if not moved <= {call for asked in made.files.values() for call in asked}:
        raise SystemExit("No file went each way.")
    most_more = f"at most {FILES_COST_AT_MOST}"
    figures.append(Figure("calls that a file each way adds", f"{more}", most_more, more <= FILES_COST_AT_MOST))
    print("Again: python -m bench.calls")
    leave(figures)


if __name__ == "__main__":
    main()
