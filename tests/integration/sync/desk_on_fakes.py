"""The loops on a real database, with two services that do as they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from escalation.model.case import Case
from escalation.model.messages import EffectOutcome, EffectResult
from store import InboxRow, OutboxRow, Store
from sync.inbox.handle import InboxHandler
from sync.outbox.deliver import Deliverer
from sync.outbox.retry_schedule import RetrySchedule
from sync.runtime.clock import tick
from sync.runtime.stepped import SteppedDesk
from sync.shared.codec import decode_case, decode_message
from sync.shared.failpoints import Crash, no_crash
from sync.shared.tracing import UNTRACED, Tracing
from tests.integration.sync.fakes import Clock, FakeWorkMarket, FakeZendesk, a_ticket, an_assignment
from tests.integration.sync.policy import policy


class Killed(BaseException):
    """The process is dead: nothing catches this."""


class Services:
    """Two services and a clock that outlive the desk's processes, with so many requests on as many assignments."""

    def __init__(self, requests: int = 1) -> None:
        self.clock = Clock()
        self.zendesk, self.workmarket = FakeZendesk(self.clock), FakeWorkMarket(self.clock)
        for number in range(requests):
            assignment = str(880011 + number)
            fields = {**a_ticket().fields, "assignment_id": assignment}
            self.zendesk.add(a_ticket(str(35 + number), fields=fields))
            self.workmarket.add(an_assignment(assignment))

    def desk(
        self,
        store: Store,
        crash: Crash = no_crash,
        luck: Callable[[], float] = lambda: 0.0,
        tracing: Tracing = UNTRACED,
    ) -> DeskOnFakes:
        """A desk at work. `crash` is called at each seam, `luck` spreads its waits."""
        schedule = RetrySchedule.of(policy(), luck)
        deliverer = Deliverer(
            store, self.zendesk, self.workmarket, schedule, now=self.clock, crash=crash, tracing=tracing
        )
        handler = InboxHandler(store, policy(), crash=crash, tracing=tracing)
        desk = SteppedDesk(handler, deliverer, self.clock)
        return DeskOnFakes(store, self.clock, self.zendesk, self.workmarket, desk)

    @contextmanager
    def process(
        self,
        url: str,
        crash: Crash = no_crash,
        luck: Callable[[], float] = lambda: 0.0,
        tracing: Tracing = UNTRACED,
    ) -> Iterator[DeskOnFakes]:
        """One life of a desk's process."""
        with Store.open(url, now=self.clock) as store:
            yield self.desk(store, crash, luck, tracing)


def outcome_of(row: InboxRow) -> EffectOutcome:
    """What a row tells of an effect."""
    told = decode_message(row.kind, row.body)
    assert isinstance(told, EffectResult)
    return told.event


@dataclass
class DeskOnFakes:
    """A desk whose loops are moved by hand."""

    store: Store
    clock: Clock
    zendesk: FakeZendesk
    workmarket: FakeWorkMarket
    stepped: SteppedDesk
    numbers: count[int] = field(default_factory=count)

    def receive(self, kind: str, body: Mapping[str, Any], lane: str | None = None, key: str = "") -> None:
        """Record what a door would."""
        lane = lane or f"ticket:{body['ticket_id']}"
        key = key or f"{kind}:{next(self.numbers)}"
        self.store.write(lambda tx: tx.inbox.record(key, kind, lane, body, self.clock()))

    def submitted(self, ticket_id: str = "35") -> None:
        self.receive("request.submitted", {"ticket_id": ticket_id})

    def changed(self, ticket_id: str = "35") -> None:
        self.receive("ticket.changed", {"ticket_id": ticket_id})

    def work(self) -> int:
        return self.stepped.drain()

    def arrive(self) -> Case:
        """A request comes in and is worked on until nothing is left to do."""
        self.submitted()
        self.work()
        return self.case()

    def wait(self, **by: float) -> None:
        """Let time pass with the clock and the loops running, and stop where something is due."""
        self.work()
        end = self.clock() + timedelta(**by)
        while self.clock() < end:
            due = [row.due for row in self.unfinished() if row.due > self.clock()]
            self.clock.at = min([end, *due])
            tick(self.store, self.clock())
            self.work()

    def case(self, ticket_id: str = "35") -> Case:
        row = self.store.read(lambda tx: tx.cases.by_ticket(ticket_id))
        assert row is not None, f"ticket {ticket_id} has no case"
        return decode_case(row.body)

    def effects(self) -> list[OutboxRow]:
        return self.store.read(lambda tx: [row for case in tx.cases.list() for row in tx.outbox.of_case(case.id)])

    def unfinished(self) -> list[OutboxRow]:
        return self.store.read(lambda tx: tx.outbox.unfinished())

    def post(self) -> OutboxRow:
        return next(row for row in self.effects() if row.kind == "post_message")

    def events(self, prefix: str) -> list[InboxRow]:
        """Inbox rows by the beginning of their key."""
        found = self.store.read(lambda tx: [tx.inbox.get(number) for number in range(1, 200)])
        return [row for row in found if row is not None and row.key.startswith(prefix)]
