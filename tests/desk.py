"""The whole desk and both stand-ins in one process, on a real database, and one way to move time.

Calls and webhooks are carried without sockets, or over HTTP where the addresses say so.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import httpx
import pytest
import uvicorn

from escalation.explain import case_json
from escalation.model.case import Case
from escalation.model.values import Party
from escalation.policies.policy import Policy
from parley.demo import WORKMARKET_TOKEN, sandbox_values
from parley.wiring.account_setup import set_up_account
from parley.wiring.app import App, AppValues
from parley.wiring.pace import Pace
from parley.zendesk.account.applying.entries import ENTRY
from parley.zendesk.state.accounts import IDS, REMEMBERED
from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock
from sandbox.zendesk.people import People
from sandbox.zendesk.records.account import add_field
from store import Tx
from sync.operator.dead import dead_letters, replay
from sync.shared.codec import decode_case
from tests.beginning import WANDA, handed_in_request, pending_assignment, submit_request
from tests.in_process import UnservedSandbox
from tests.migrated import migrated
from tests.prepared import PUBLIC_URL, ToThisMachine, prepare_account, reaches_desk_by
from tests.signed import INTAKE_SECRET, intake_headers

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # Monday 10:00 in New York
MANAGER, ACCOUNT_MANAGER = "sally@example.com", "marta@example.com"
ASKS = {Party.WORKER: ("Wanda Worker", WANDA), Party.CLIENT: ("Olaf Owner", "olaf@example.com")}
"""Who escalates for each party, and from which address."""
HOPED = "To hear from them."
FORM: dict[Party, dict[str, Any]] = {
    Party.WORKER: {},
    Party.CLIENT: {"party": "client", "reason": None, "outcome": HOPED, "kind_of_outcome": "pay"},
}
"""What each party fills in on the form beside what `submit_request` does."""
both_parties = pytest.mark.parametrize("party", list(Party), ids=str, indirect=True)
"""What holds whichever side has escalated: the desk's cases are a worker's, and then a client's."""
TRIED_FOR_AN_HOUR = (5, 30, 120, 600, 3000)
"""Waits of a policy under which what fails becomes a dead letter within an hour, not two days."""
TIER_1, TIER_2, TIER_3, NOT_ELIGIBLE = (
    "Escalation::Tier 1: assignment message",
    "Escalation::Tier 2: direct contact",
    "Escalation::Tier 3: account manager",
    "Escalation::Not eligible",
)


def ny(local: str) -> datetime:
    """A local moment in New York: `ny("2026-03-04 10:00")`."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)


class ServedApp:
    """An app on a real loopback socket, where who comes before the server runs waits for it."""

    def __init__(self, app: Any) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})
        self._thread.start()
        self.port: int = self._socket.getsockname()[1]

    def leave(self) -> None:
        """Begin to stop: the server notices within a tenth of a second."""
        self._server.should_exit = True

    def stop(self) -> None:
        self.leave()
        self._thread.join()
        self._socket.close()


def timeless(app: App) -> Any:
    """An app where time stands: what it looks at every second, it looks at before each request."""
    web = app.web()

    async def asked(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            app.account.look()
        await web(scope, receive, send)

    return asked


class Addresses(NamedTuple):
    """The URLs of a migrated database and of a broker, and whether calls and webhooks go over sockets."""

    database: str
    broker: str
    over_http: bool = False


def beside(folder: Path) -> Addresses:
    """SQLite in a folder, and a queue in memory."""
    return Addresses(migrated(folder / "desk.db"), "memory://")


class Desk:
    """Everything of one scenario. `live`, `until` and `for_` are the only ways in which time moves.

    `without` names the features that the Zendesk account lacks; `companies` the client companies that the desk
    serves, where it is more than the one; `party` is whose cases `begun` begins.
    """

    def __init__(
        self,
        place: Addresses,
        policy: Policy,
        start: datetime = START,
        without: Iterable[str] = (),
        companies: Iterable[str] = (),
        party: Party = Party.WORKER,
    ) -> None:
        self.party = party
        self.clock = MovableClock(start)
        self.sandbox = Sandbox(self.clock) if place.over_http else UnservedSandbox(self.clock)
        self.sandbox.start()
        self.zendesk, self.workmarket = self.sandbox.zendesk, self.sandbox.workmarket
        for feature in without:
            setattr(self.zendesk.features, feature, False)
        for name in companies:
            self.workmarket.add_company(name)
        self.url = place.database
        values = sandbox_values(self.sandbox, self.url)
        values = replace(values, broker_url=place.broker, intake_secrets=(INTAKE_SECRET,))
        self.open(values, policy)
        prepare_account(self.sandbox, self.app)
        self.app.account.forget()  # the doors have looked already, and no time has passed
        self.workmarket.webhook_url = f"{PUBLIC_URL}/webhooks/workmarket"
        self.workmarket.webhook_token = WORKMARKET_TOKEN
        self.sandbox.calls.clear()

    def open(self, values: AppValues, policy: Policy) -> None:
        """A desk starts, and the webhooks' senders reach it; `http` is a client that does."""
        self.app = self.another_app(values, policy)
        web = timeless(self.app)
        self.served = None if isinstance(self.sandbox, UnservedSandbox) else ServedApp(web)
        if isinstance(self.sandbox, UnservedSandbox):
            self.sandbox.transport.hosts["desk.test"] = web
        way = ToThisMachine(self.served.port) if self.served else self.sandbox.transport
        self.http = reaches_desk_by(self.sandbox, way)
        self.pace = Pace(self.clock, self.app.store, self.app.desk(), self.app.tick, self.sandbox.pump)

    def another_app(self, values: AppValues, policy: Policy, **parts: Any) -> App:
        """A desk of its own for the same accounts, as another process has it."""
        transport = self.sandbox.transport if isinstance(self.sandbox, UnservedSandbox) else None
        return App(values, policy, now=self.clock, sleep=lambda _: None, transport=transport, **parts)

    def close(self) -> None:
        if self.served:
            self.served.leave()
        self.app.close()
        self.sandbox.leave()
        assert not self.sandbox.unexpected, self.sandbox.unexpected
        assert not self.sandbox.faults.pending, self.sandbox.faults.pending

    @property
    def people(self) -> People:
        return self.zendesk.people

    # Time

    def live(self) -> None:
        """Let everything that is on its way arrive, at this moment."""
        self.pace.settle()

    def until(self, moment: datetime) -> None:
        """Live until a moment, stopping wherever something is due."""
        self.pace.move_to(moment)

    def for_(self, **span: float) -> None:
        self.until(self.clock() + timedelta(**span))

    def wake_at(self, moment: datetime) -> None:
        """The desk was off until a moment, and then starts again."""
        self.clock.set(moment)
        self.app.tick()
        self.for_(minutes=1)

    def set_up_again(self) -> None:
        """Somebody runs `parley zendesk apply`."""
        set_up_account(self.app, PUBLIC_URL)

    def never_made(self, state: str, label: str) -> None:
        """The account was set up before there was this status."""
        with self.zendesk.lock:
            self.zendesk.account.statuses.pop(self.people.status_id(label))

        def forget(tx: Tx) -> None:
            ids = tx.account.get(IDS) or {}
            statuses = {key: value for key, value in ids["statuses"].items() if key != state}
            tx.account.set(IDS, {**ids, "statuses": statuses}, self.clock())
            tx.account.forget(f"{ENTRY}status:{state}")

        self.app.store.write(forget)
        self.clock.move(REMEMBERED)

    def reconcile(self) -> None:
        self.app.reconciler().round(self.clock())
        self.live()

    def patrol(self) -> None:
        """Ten minutes pass, in which reconcile goes its rounds."""
        for _ in range(2):
            self.for_(minutes=5)
            self.reconcile()

    # The beginning

    def assignment(self, **parts: Any) -> str:
        """An assignment handed in ten days ago, on which the worker has written since and the client has not."""
        asks, _ = ASKS[self.party]
        return pending_assignment(self.workmarket, self.clock(), by=asks, **parts)

    def past(self, act: Callable[[], object], **ago: float) -> None:
        """Let something have happened so long ago, unheard by the desk: `past(lambda: …, days=3)`."""
        self._at(self.clock() - timedelta(**ago), act)

    def _at(self, moment: datetime, act: Callable[[], object]) -> None:
        """Let something have happened in the past."""
        clock = self.workmarket.clock
        self.workmarket.clock = lambda: moment
        try:
            act()
        finally:
            self.workmarket.clock = clock
        self.sandbox.outgoing.queue.clear()

    def fill_in(self, number: str, **parts: Any) -> int:
        """The desk's party fills in the form in the help center; it is on its way."""
        name, email = ASKS[self.party]
        given = {"requester_email": email, "name": name, **FORM[self.party], **parts}
        return submit_request(self.people, number, **given)

    def submit(self, number: str, **parts: Any) -> int:
        """The desk's party submits a request in the help center, and it arrives."""
        ticket = self.fill_in(number, **parts)
        self.live()
        return ticket

    @property
    def own(self) -> str:
        """Who of the requester's side writes on the assignment."""
        return "owner" if self.party is Party.CLIENT else "worker"

    @property
    def other(self) -> str:
        """Who of the other side writes on the assignment."""
        return "worker" if self.party is Party.CLIENT else "owner"

    @property
    def their_address(self) -> str:
        """Where the other side is written to in tier 2."""
        return WANDA if self.party is Party.CLIENT else MANAGER

    def escalate(self, number: str, **parts: Any) -> int:
        """The desk's party escalates: a worker in the help center, a client by a signed request. The ticket."""
        if self.party is Party.WORKER:
            return self.submit(number, **parts)
        name, email = ASKS[self.party]
        hoped = {"anticipated_outcome": HOPED, "kind_of_outcome": "pay"}
        given = {"requester": {"name": name, "email": email}, **hoped, **parts}
        known = set(self.tickets())
        self.hand_in(number, f"msg_{len(known) + 1}", party="client", reason=None, **given)
        (ticket,) = {*self.tickets()} - known
        return ticket

    def begun(self, tier: int = 1, **parts: Any) -> tuple[str, int]:
        """A request that has come into a tier on a silent other side: the assignment's number and the ticket."""
        number = self.assignment(**parts)
        ticket = self.escalate(number)
        if tier == 3 and self.party is Party.WORKER:
            self.agent(ticket, fields={"Account manager's e-mail": ACCOUNT_MANAGER})
        for _ in range(1, tier):
            self.until(self.due(ticket, "tier_ends") + timedelta(minutes=1))
        assert self.state(ticket) == f"tier_{tier}"
        return number, ticket

    def call(self) -> int:
        """The desk's party has called about an assignment without saying which; an agent puts it on the form."""
        name, email = ASKS[self.party]
        reason = "approval_overdue" if self.party is Party.WORKER else None
        ticket = self.people.open_for(email, name, "Nobody answers me.", party=self.party.value, reason=reason)
        self.live()
        return ticket

    def hand_in(self, number: str, webhook_id: str = "msg_1", **parts: Any) -> httpx.Response:
        """The marketplace hands a request in, signed; it arrives."""
        raw = handed_in_request(number, **parts)
        headers = {"Content-Type": "application/json", **intake_headers(raw, webhook_id, self.clock())}
        answer = self.http.post("/webhooks/requests", content=raw, headers=headers)
        self.live()
        return answer

    # What people do next, each arriving at once

    def agent(self, ticket: int, **update: Any) -> None:
        """An agent makes one update of the ticket."""
        self.people.agent_update(ticket, **update)
        self.live()

    def reply(self, ticket: int, text: str) -> int:
        """The requester answers on the ticket."""
        written = self.people.reply(ticket, text)
        self.live()
        return written

    def rewrite(self, macro: str, text: str, **actions: Any) -> None:
        """The support team edits a macro: its words, and what it sets."""
        found = next(row for row in self.zendesk.account.macros.values() if row["title"] == macro)
        kept = [row for row in found["actions"] if row["field"] not in {"comment_value", *actions}]
        edited = {"comment_value": text, **actions}
        found["actions"] = [*kept, *({"field": name, "value": value} for name, value in edited.items())]

    def require(self, title: str) -> None:
        """An admin makes a new field required for solving, and puts it on the desk's form."""
        account = self.zendesk.account
        field = add_field(account, {"type": "text", "title": title, "required": True})
        ours = next(row for row in account.forms.values() if row["name"] == "Escalate an assignment")
        ours["ticket_field_ids"] = [*ours["ticket_field_ids"], field["id"]]

    def message(self, number: str, author: str, text: str) -> None:
        """Somebody ("worker", "owner", "support" or a full name) writes on the assignment."""
        self.workmarket.message(number, author, text)
        self.live()

    def mail_back(self, ticket: int, sender: str, text: str, prefix: str = "Re:") -> None:
        """An e-mail comes back to the ticket's latest side conversation."""
        latest = self.zendesk.conversations(ticket)[-1]["id"]
        self.people.conversation_reply(latest, sender, text, prefix=prefix)
        self.live()

    def hook(self, **body: Any) -> None:
        """The account's webhook for triggers and automations posts a signed body."""
        webhook = next(row for row in self.zendesk.account.webhooks.values() if row["name"] == "Parley")
        self.zendesk.webhooks.from_trigger(webhook["id"], json.dumps(body))
        self.live()

    def without_echoes(self) -> None:
        """Drop the webhooks that the desk's own updates cause, to count calls."""
        self.workmarket.webhook_url = None
        self.zendesk.webhook_policy = lambda sent: "deliver" if b"request.submitted" in sent.body else "drop"

    # Looking

    def case(self, ticket: int) -> Case:
        row = self.app.store.read(lambda tx: tx.cases.by_ticket(str(ticket)))
        assert row is not None, f"Ticket {ticket} has no case. {self.left()}"
        return decode_case(row.body)

    def left(self) -> str:
        """What is not done yet, and how the last webhooks were answered."""
        rows = self.app.store.read(lambda tx: tx.outbox.unfinished())
        waiting = [(row.id, row.state, row.attempts, row.error) for row in rows]
        answered = [(sent.name, status) for sent, status in self.sandbox.outgoing.delivered[-5:]]
        return f"Unfinished: {waiting}; webhooks: {answered}."

    def dead(self) -> list[str]:
        """The ids of the dead letters, youngest first."""
        return [letter.id for letter in dead_letters(self.app.store)]

    def replay_all(self) -> None:
        """A person replays every dead letter, the oldest first."""
        for letter in reversed(self.dead()):
            replay(self.app.store, letter, self.clock())
        self.live()

    def told(self, ticket: int) -> dict[str, Any]:
        return case_json(self.case(ticket))

    def state(self, ticket: int) -> str:
        return self.case(ticket).state.value

    def due(self, ticket: int, kind: str) -> datetime:
        """The minute in which a deadline is due."""
        due = {timer.value: deadline.due for timer, deadline in self.case(ticket).deadlines.items()}
        return due[kind].replace(second=0, microsecond=0)

    def findings(self, ticket: int) -> dict[str, str]:
        """What each rule answered, by rule."""
        return {finding["rule"]: finding["outcome"] for finding in self.told(ticket)["verdict"]}

    def journal(self, ticket: int) -> list[str]:
        """What was written down about the case, oldest first."""
        case_id = self.case(ticket).id
        return [line.what for line in self.app.store.read(lambda tx: tx.journal.of_case(case_id))]

    def tickets(self) -> list[int]:
        return sorted(self.zendesk.account.tickets)

    def shown(self, ticket: int, field: str) -> Any:
        """What a field of the ticket shows, by its title."""
        return self.zendesk.ticket(ticket)["by_title"][field]

    def pages_of(self, ticket: int) -> str:
        """The desk's comments on a ticket as browsers show them."""
        return "\n".join(row["html_body"] for row in self.zendesk.comments(ticket)[1:])

    def said(self, ticket: int) -> list[str]:
        """What the requester was told, oldest first; their own first comment is left out."""
        return self.zendesk.public_comments(ticket)[1:]

    def notes(self, ticket: int) -> list[str]:
        return self.zendesk.notes(ticket)

    def status(self, ticket: int) -> str:
        return self.zendesk.status_label(ticket)

    def requesters_word(self, ticket: int) -> str:
        """The name of the ticket's status as the requester reads it."""
        return str(self.shown_status(ticket)["end_user_label"])

    def shown_status(self, ticket: int) -> dict[str, Any]:
        with self.zendesk.lock:
            account = self.zendesk.account
            return dict(account.shown_status(account.tickets[ticket]))

    def messages(self, number: str) -> list[str]:
        """What the desk wrote on the assignment."""
        return [note.text for note in self.workmarket.notes(number) if "[Ref " in note.text]

    def mails(self, ticket: int) -> list[str]:
        """To whom the desk wrote in side conversations."""
        return [conversation["participants"][-1]["email"] for conversation in self.zendesk.conversations(ticket)]

    def calls(self, service: str) -> list[str]:
        """What a service was asked; tokens, which are minted by the clock and not by the case, are left out."""
        asked = [call for call in self.sandbox.calls if call.service == service and call.path != "/oauth/tokens"]
        return [f"{call.method} {call.path}" for call in asked]


OpenDesk = Callable[..., Desk]
