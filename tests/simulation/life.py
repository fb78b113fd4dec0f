"""One life of one of the desk's processes: the product's own parts, on a store and a network that have troubles."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from math import inf
from typing import Any, TypeVar

from greenlet import getcurrent
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, event
from sqlalchemy.pool import Pool

from connector.workmarket import WorkMarketClient
from connector.zendesk import ZendeskClient
from escalation.engine.turn import Decision
from escalation.model.case import Case
from escalation.model.effects import Look
from escalation.model.events import Event, TimerDue
from escalation.policies.policy import Policy
from parley.demo import WORKMARKET_TOKEN
from parley.health.timekeeping import LOOKED_EVERY_S, Timekeeper
from parley.pages.requester.address_book import PageAddressBook
from parley.zendesk.state.accounts import AccountBook
from sandbox.shared.outgoing import Delivery
from sandbox.workmarket.access import ClientCompany
from store import Store, StoreUnavailable, Tx
from store.records.fast import values_of
from store.writer import InlineWriter
from sync.inbox.handle import InboxHandler
from sync.inbox.process import ProcessFunctions
from sync.limits.budgets import Budgets
from sync.limits.companies import Member, SeveralCompanies
from sync.outbox.deliver import Deliverer
from sync.outbox.retry_schedule import RetrySchedule
from sync.reconciling.reconcile import Reconciler
from sync.runtime.clock import may_tick, tick
from sync.shared.codec import encode_message
from sync.shared.steady import AGREES, SteadyClock
from tests.signed import INTAKE_SECRET
from tests.simulation.lossy_network import LossyNetwork, NetworkTransport
from tests.simulation.scheduler import START, Process, Simulation
from tests.simulation.template import PUBLIC_URL, Template, credentials
from webhooks.announce import Announcer
from webhooks.deps import WebhookDeps
from webhooks.endpoint import WebhookEndpoint, headers_of
from webhooks.intake import IntakeEndpoint
from webhooks.metrics import door_metrics
from webhooks.responses import WebhookResponse
from webhooks.workmarket import WorkMarketEndpoint
from webhooks.zendesk import ZendeskEndpoint

T = TypeVar("T")
PAGE_SECRET = "n" * 32
# By so much may the desk's clock be off, and by so much that of a process's machine.
MAY_BE_OFF = 2 * AGREES
WRONG_S = (-3600.0, 3600.0, 20.0, -20.0, 86400.0)
Decide = Callable[[Case, Event, datetime, Policy], Decision]


@event.listens_for(Pool, "connect")
def _note_handle(connection: Any, _: Any) -> None:
    """What a process has open is closed for it when it is killed."""
    process = getattr(getcurrent(), "process", None)
    if process is not None:
        process.handles.append(connection)


class TroubledStore(Store):
    """A store that may be away, may break during a commit, and whose locks end with the process."""

    sim: Simulation
    process: Process
    lease_s: float = inf
    _reading: Connection | None = None

    @classmethod
    def of(
        cls, process: Process, url: str, lease_s: float = inf, writer: type[InlineWriter] = InlineWriter
    ) -> TroubledStore:
        """A process's store with nothing open yet. What SQLAlchemy has compiled outlives processes and seeds."""
        store = _opened(process.name, url)
        store.sim, store.process, store.lease_s = process.sim, process, lease_s
        store._now, store._reading = process.sim.now, None
        for engine in (store._read_engine, store._write_engine):
            engine.dispose(close=False)
        store._writer = writer(store._write_engine)
        return store

    def write(self, work: Callable[[Tx], T]) -> T:
        self._before()
        kept = super().write(self._unless_refused(work))
        self._after()
        return kept

    def submit(self, work: Callable[[Tx], T]) -> Future[T]:
        self._before()
        future = super().submit(self._unless_refused(work))
        self._after()
        return future

    def _unless_refused(self, work: Callable[[Tx], T]) -> Callable[[Tx], T]:
        """A database that takes no writes for a while goes on refusing them on each session it had by then."""
        begins, ends = self.sim.read_only_s
        if self.sim.now_s < begins:
            return work

        def tried(tx: Tx) -> T:
            opened: float = tx._connection.info.setdefault("opened_s", self.sim.now_s)
            if opened < ends:
                self.sim.mark("write refused")
                raise sqlite3.OperationalError("attempt to write a readonly database")
            return work(tx)

        return tried

    def read(self, work: Callable[[Tx], T]) -> T:
        self._before(write=False)
        if self._reading is None:
            self._reading = self._read_engine.connect()
        try:
            return work(Tx(self._reading))
        finally:
            if self._reading.in_transaction():
                self._reading.rollback()

    def moment(self) -> datetime:
        """By the clock of the database's machine."""
        self._before(write=False)
        return self.sim.wall()

    def _before(self, *, write: bool = True) -> None:
        self.sim.point("store.write" if write else "store.read")
        if self.sim.chance("store_away"):
            raise StoreUnavailable("The database is away.")

    def _after(self) -> None:
        if self.sim.chance("commit_unheard"):
            raise StoreUnavailable("The connection broke during the commit.")

    @contextmanager
    def lock(self, name: str) -> Iterator[bool]:
        now = self.sim.now_s
        holders = [one for one in self.sim.processes if now - one.held.get(name, -self.lease_s) < self.lease_s]
        if not holders:
            self.process.held[name] = now
        else:
            self.sim.mark("lock_taken")
        try:
            yield not holders
        finally:
            if not holders and not self.sim.over:
                self.process.held.pop(name, None)


@cache
def _opened(_: str, url: str) -> TroubledStore:
    return TroubledStore.open(url, now=lambda: START, threads=False)


def steady_clock(sim: Simulation) -> SteadyClock:
    """A process's clock, on a machine whose own is wrong until the database's is seen, or not."""
    wrong = timedelta(seconds=sim.apart.choice(WRONG_S) if sim.chance("skew", sim.apart) else 0.0)
    return SteadyClock(lambda: sim.wall() + wrong, lambda: sim.now_s)


class Life:
    """Everything that one process has in its memory."""

    def __init__(
        self, process: Process, url: str, made: Template, network: LossyNetwork, swap: dict[str, Any]
    ) -> None:
        self.process, self.sim = process, process.sim
        sim = self.sim
        self.store = TroubledStore.of(process, url, swap.get("lease_s", inf), swap.get("writer", InlineWriter))
        self.now = steady_clock(sim)
        self.store._now = self.now
        self.works_by = sim.wall if swap.get("works by the wall") else self.now
        self.time = Timekeeper(self.store, self.now, (lambda: self.asks_the_time(), lambda: self.zendesk.whoami()))
        self.book = AccountBook(self.store, self.now)
        kind = swap.get("zendesk", ZendeskClient)
        self.zendesk = kind(
            "http://zendesk.test",
            credentials(network.services["zendesk"]),
            ids=self.book.ids,
            now=self.now,
            sleep=sim.sleep,
            transport=NetworkTransport(network, "zendesk"),
            heard=self.time.heard,
        )
        self.network = network
        self.budgets = Budgets(self.store, now=self.now)
        companies = network.companies or [network.services["workmarket"].company]
        clients = {one.name: self._client(one) for one in companies}
        self.asks_the_time = next(iter(clients.values())).ping
        self.workmarket = clients.get("") or SeveralCompanies(
            [Member(name, name, client) for name, client in clients.items()], self.store, self.budgets, self.now
        )
        self.policy, self.policies = made.policy, made.policies
        self._swap = swap
        self._looked_at = -LOOKED_EVERY_S

    def _client(self, company: ClientCompany) -> WorkMarketClient:
        return WorkMarketClient(
            "http://workmarket.test",
            company.token,
            company.secret,
            now=self.now,
            sleep=self.sim.sleep,
            transport=NetworkTransport(self.network, "workmarket"),
            heard=self.time.heard,
            company=company.name,
        )

    def handler(self) -> InboxHandler:
        kind = self._swap.get("handler", InboxHandler)
        process = self._swap.get("process", ProcessFunctions())
        # Its texts are made once for all seeds; which database keeps it is for each process to find out.
        watched = replace(process, decide=self._never_early(process.decide))
        return kind(self.store, copy(self.policies), process=watched, crash=self._seam, count=self._count)

    def _never_early(self, decide: Decide) -> Decide:
        """No timer is acted on before it is due."""

        def told(case: Case, event: Event, now: datetime, policy: Policy) -> Decision:
            decision = decide(case, event, now, policy)
            if isinstance(event, TimerDue) and event.timer in case.deadlines and decision.effects:
                self.sim.mark(f"timer {event.timer.value}")
                due = case.deadlines[event.timer].due
                # What a clock that had been set has woken, one that is right looks at, and does nothing.
                only_looks = now < due and all(isinstance(one, Look) for one in decision.effects)
                if self.sim.now() < due - MAY_BE_OFF and not (only_looks and self.sim.widest_step_s):
                    self.network.wrong.append(f"I9: {case.id} heard of {event.timer.value} before it was due.")
            return decision

        return told

    def deliverer(self) -> Deliverer:
        kind = self._swap.get("deliverer", Deliverer)
        schedule = RetrySchedule.of(self.policy, self.sim.dice.random)
        return kind(
            self.store, self.zendesk, self.workmarket, schedule,
            now=self.now, crash=self._seam, count=self._count, budgets=self.budgets, settles_by=self.time.ran_for,
            pages=PageAddressBook(self.store, lambda: (PAGE_SECRET,), lambda: PUBLIC_URL, self.now),
        )  # fmt: skip

    def tick(self) -> int:
        if not may_tick(self.store, self.now, sure=self.time.is_sure, told=self.time.told()):
            return 0
        return self._swap.get("tick", tick)(self.store, self.now(), crash=self._seam)

    def look_at_clock(self) -> None:
        """What a thread of its own does every few seconds, where it makes a difference."""
        faults = self.sim.rates.get("step") or self.sim.rates.get("skew")
        if faults and self.sim.now_s >= self._looked_at + LOOKED_EVERY_S:
            self.time.look()
            self._looked_at = self.sim.now_s

    def reconciler(self) -> Reconciler:
        return Reconciler(self.store, self.zendesk, self.workmarket, self._seam, self._count)

    def doors(self) -> dict[str, WebhookEndpoint]:
        """The doors by path. A batch of one is recorded at once: the recorder needs an event loop."""
        doors = WebhookDeps(
            recorder=None,  # type: ignore[arg-type]
            encode=encode_message,
            now=self.now,
            zendesk_secrets=self.book.secrets,
            intake_secrets=lambda: (INTAKE_SECRET,),
            workmarket_token=lambda: None if self.network.companies else WORKMARKET_TOKEN,
            company_tokens=lambda: {one.name: one.webhook_token or "" for one in self.network.companies},
            announce=lambda _: None,
            readiness=dict,
            registry=CollectorRegistry(),
        )
        metrics = door_metrics(doors.registry)
        announcer = Announcer(doors.announce)
        return {
            f"/webhooks/{name}": kind(doors, metrics[name], announcer)
            for name, kind in (
                ("zendesk", ZendeskEndpoint),
                ("workmarket", WorkMarketEndpoint),
                ("requests", IntakeEndpoint),
            )
        }

    def take_in(self, doors: dict[str, WebhookEndpoint], delivery: Delivery) -> int:
        """Answer one webhook as its door does; the status."""
        try:
            return self._taken_in(doors, delivery)
        except StoreUnavailable:
            return 503

    def _taken_in(self, doors: dict[str, WebhookEndpoint], delivery: Delivery) -> int:
        door = doors["/" + delivery.url.split("/", 3)[3]]
        raw = [(name.lower().encode(), value.encode()) for name, value in delivery.headers.items()]
        headers = headers_of({"headers": raw})
        if not door.is_configured():
            return 503
        if not door.is_genuine(headers, delivery.body):
            return 401
        entry = door.read(headers, delivery.body)
        if isinstance(entry, WebhookResponse):
            return entry.status
        key = self._swap.get("key", lambda key, _: key)(entry.key, self.now())
        body = encode_message(entry.kind, entry.message)
        values = values_of(
            key, entry.kind, entry.lane, body, self.now(), dedupe_key=entry.dedupe_key, dead=entry.dead
        )

        def keep(tx: Tx) -> None:
            tx.inbox.record_many([values])
            self._seam("door.before_commit")

        self.store.write(keep)
        self._seam("door.after_commit")
        return 202

    def _seam(self, name: str) -> None:
        self.sim.point(name, only_kill=name.endswith("before_commit"))

    def _count(self, what: str, kind: str) -> None:
        self.sim.mark(f"{what} {kind}")
