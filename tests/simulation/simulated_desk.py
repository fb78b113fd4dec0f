"""A whole desk for one seed: its processes, both services, the mail between them, and the people."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from parley.demo import WORKMARKET_TOKEN
from sandbox.shared.outgoing import Delivery
from sandbox.workmarket import Api, StandInWorkMarket
from store import Store, StoreUnavailable
from sync.inbox.handle import InboxHandler
from sync.outbox.deliver import Deliverer
from sync.shared.codec import decode_case
from tests.beginning import handed_in_request, pending_assignment, submit_request
from tests.signed import intake_headers
from tests.simulation.life import Life
from tests.simulation.lossy_network import LossyNetwork
from tests.simulation.peek import Peek
from tests.simulation.scheduler import START, Process, Simulation
from tests.simulation.template import COMPANIES, PUBLIC_URL, Moment, Post, template

HOUR, DAY = 3600.0, 86400.0
IDLE_S = (1.0, 3600.0)
TICK_S = 30.0
SENDER_PATIENCE_S = 12.0
WANDA = "wanda@example.com"
# What only agents may read; it must never be found in anything public.
CANARY = "canary-for-agents-only"
# In what a client has written to the desk; it must not be found on anybody else's ticket, nor outside.
CLIENTS_WORDS = "words-of-"


def canary_of(company: str) -> str:
    """The word that is in all that a client company says, and never in what another's case says."""
    return f"canary-of-{company}"


# What the requester attached, which goes to the assignment only where the policy shares it.
REQUESTERS = b"the requester's own file"

# What people's language in Zendesk may be: with texts and macros, with texts alone, and without either.
LOCALES = ("en-US", "en-us-x-12", "es-419", "es", "de", "pt-BR")


@cache
def judges(url: str) -> Store:
    """A store of nobody's, to look at what the others have left."""
    return Store.open(url, now=lambda: START, threads=False)


def waits_for_a_word(tx: Any, row: Any) -> bool:
    """Whether a row is a file of a case that has come to send nothing until an agent says so."""
    case = tx.cases.get(row.case_id) if row.kind == "post_file" and row.state == "todo" else None
    return case is not None and decode_case(case.body).muted


class SimulatedDesk:
    """One seed's desk. `swap` puts other parts in the place of the desk's own: the mutants."""

    def __init__(self, folder: Path, sim: Simulation, swap: dict[str, Any] | None = None, workers: int = 2) -> None:
        self.sim, self.swap = sim, swap or {}
        self.template = template()
        self.folder = folder
        self.url = self.template.database(folder)
        self.peek = Peek(folder / "parley.db")
        self.judges = judges(self.url)
        clock, post = Moment(), Post()
        clock.read = sim.now
        post.carry = self._leaves
        self.zendesk = self.template.zendesk(clock, post)
        self.workmarket = StandInWorkMarket(clock, post)
        self.workmarket.webhook_url = f"{PUBLIC_URL}/webhooks/workmarket"
        self.workmarket.webhook_token = WORKMARKET_TOKEN
        services = {"zendesk": self.zendesk, "workmarket": Api(self.workmarket)}
        self.network = LossyNetwork(sim, services, retries=self.swap.get("retries", 0))
        # Drawn by dice of their own, so that nothing else falls otherwise.
        self.draws_companies = random.Random(f"{sim.seed}, companies")  # noqa: S311
        self.companies = tuple(COMPANIES)[: self.draws_companies.choice((0, 0, 2, 3))]
        self.network.companies = [self.workmarket.add_company(name) for name in self.companies]
        self.people = self.zendesk.people
        self.accepted: list[Delivery] = []
        self.on_the_way = 0
        self.tickets: list[int] = []
        self.assignments: dict[int, str] = {}
        self.handed_in: list[str] = []
        self.clients: list[str] = []
        self.tongues = random.Random(f"{sim.seed}, tongues")  # noqa: S311  draws what moves no other die
        self.days = 3.0
        self.somebody_acts: Callable[[int | None], object] = lambda _: None
        self.reconciles_every = 300.0
        self._workers = workers

    # Processes

    def open(self) -> None:
        """Start everything that a supervisor keeps alive."""
        sim = self.sim
        self.web = sim.spawn("web", self._web)
        self.workers = [sim.spawn(f"worker-{n}", self._worker) for n in range(self._workers)]
        self.clock = sim.spawn("clock", self._clock)
        if "no reconcile" not in self.swap:
            self.reconciler = sim.spawn("reconcile", self._reconcile)

    def _life(self, process: Process) -> Life:
        return Life(process, self.url, self.template, self.network, self.swap)

    def _web(self, process: Process) -> None:
        life = self._life(process)
        doors = life.doors()
        while True:
            self._looks(life)
            while process.mailbox:
                delivery, answer = process.mailbox.pop(0)
                if self.swap.get("answer first"):
                    answer(202)
                answer(life.take_in(doors, delivery))
                self._announce()
                self.sim.point("web.answered")
            process.pause(HOUR, wakeable=True)

    def _announce(self) -> None:
        """The broker only wakes one of the workers: it may be late, or lose that."""
        if not self.sim.chance("wake_lost"):
            self.sim.after(self.sim.dice.random(), self.sim.dice.choice(self.workers).wake)

    def _worker(self, process: Process) -> None:
        life = self._life(process)
        handler, deliverer = life.handler(), life.deliverer()
        idle = IDLE_S[0]
        while True:
            moved = 0
            self._looks(life)
            if self.peek.is_due(life.works_by()):
                moved = self._work(life, handler, deliverer)
            idle = IDLE_S[0] if moved else min(idle * 2, IDLE_S[1])
            process.pause(0.01 if moved else self._idle(idle, life.works_by()), wakeable=True)

    def _looks(self, life: Life) -> None:
        try:
            life.look_at_clock()
        except StoreUnavailable:
            self.sim.mark("clock waits for the store")

    def _work(self, life: Life, handler: InboxHandler, deliverer: Deliverer) -> int:
        """Everything that is ready, once; how much moved."""
        moved = 0
        try:
            if life.time.may_decide():
                moved = handler.handle_ready(life.now()).rows
            if moved:
                self._announce()
            ready = deliverer.ready(life.works_by())
            for row in ready if ready and life.time.is_sure() else ():
                moved += deliverer.deliver(row.id, row.lane, row)
        except StoreUnavailable:
            self.sim.mark("worker waits for the store")
        return moved

    def _idle(self, longest: float, now: datetime) -> float:
        """Until something is due, or the sweep looks again; the product looks each second, which here is seldom."""
        if "no sweep" in self.swap:
            return 1000 * DAY
        due = self.peek.next_due(now)
        return longest if due is None else min(longest, (due - now).total_seconds() + 0.01)

    def _clock(self, process: Process) -> None:
        life = self._life(process)
        watched = None
        while True:
            self._looks(life)
            try:
                if life.tick():
                    self._announce()
                due, ticket = self.peek.next_timer()
            except StoreUnavailable:
                due, ticket = life.now(), None
            wait = (due - life.now()).total_seconds() if due is not None else HOUR
            if due != watched and wait > TICK_S and self.sim.chance("timely"):
                # What moves a deadline comes just before it, or while its timer is on its way.
                watched = due
                for _ in range(3):
                    late = self.sim.dice.uniform(-TICK_S, 3 * TICK_S)
                    self.sim.after(wait + late, lambda ticket=ticket: self.somebody_acts(ticket))  # type: ignore[misc]
            process.pause(min(max(wait, 0.0) + self.sim.dice.uniform(0, TICK_S), HOUR))
            self.sim.point("clock.tick")

    def _reconcile(self, process: Process) -> None:
        life = self._life(process)
        reconciler = life.reconciler()
        while True:
            self._looks(life)
            try:
                if reconciler.round(life.now()):
                    self._announce()
            except StoreUnavailable:
                self.sim.mark("reconcile waits for the store")
            process.pause(self.reconciles_every)
            self.sim.point("reconcile.round")

    # The mail of webhooks

    def _leaves(self, delivery: Delivery) -> None:
        """A service posts a webhook: it may be lost, doubled or late, and overtake others."""
        sim = self.sim
        if not delivery.url.startswith(PUBLIC_URL):
            return
        if sim.chance("webhook_lost"):
            delivery.done(delivery, None, "dropped")
            return
        for _ in range(2 if sim.chance("webhook_doubled") else 1):
            self.on_the_way += 1
            late = sim.dice.uniform(10, 300) if sim.chance("webhook_late") else sim.dice.random()
            sim.after(late, lambda: self._arrives(delivery))

    def _arrives(self, delivery: Delivery) -> None:
        answered: list[int] = []

        def answer(status: int) -> None:
            if answered:
                return
            answered.append(status)
            if status == 202:
                self.accepted.append(delivery)
            self._told(delivery, None if self.sim.chance("answer_lost") else status)

        if not self.web.alive:
            answer(0)
            return
        self.web.mailbox.append((delivery, answer))
        self.sim.after(SENDER_PATIENCE_S, lambda: answer(0))
        self.web.wake()

    def _told(self, delivery: Delivery, status: int | None) -> None:
        self.on_the_way -= 1
        outcome: Any = "success" if status and status < 300 else "timeout" if not status else "failed"
        delivery.done(delivery, status or None, outcome)
        if outcome != "success" and delivery.again(delivery, status or None, None, outcome):
            delivery.attempt += 1
            self.on_the_way += 1
            self.sim.after(self.sim.dice.uniform(1, 60), lambda: self._arrives(delivery))

    # People

    def assignment(self, first: str, email: str, asks: str = "") -> str:
        """Handed in ten days ago; one side has asked since: the worker, or `asks`, and nobody has answered."""
        worker = (first, "Worker", email)
        company = self.draws_companies.choice(self.companies) if self.companies else ""
        whose = {"company": company, "title": f"Install {canary_of(company)}"} if company else {}
        return pending_assignment(
            self.workmarket, self.sim.now(), by=asks or f"{first} Worker", worker=worker, **whose
        )

    def submit(self) -> None:
        email = f"wanda{len(self.tickets)}@example.com"
        self.speaks_another(email)
        number = self.assignment("Wanda", email)
        ticket = submit_request(self.people, number, requester_email=email)
        self.tickets.append(ticket)
        self.assignments[ticket] = number

    def speaks_another(self, email: str) -> None:
        """Somebody chooses the language of the help center, anew perhaps."""
        self.people.choose_language(email, self.tongues.choice(LOCALES))

    def replies(self, ticket: int, text: str) -> None:
        """The requester replies, sometimes in another language than before."""
        if self.tongues.random() < 0.3:
            self.sim.mark("another language")
            self.speaks_another(f"wanda{self.tickets.index(ticket)}@example.com")
        self.people.reply(ticket, text)

    def hand_in(self, again: tuple[float, ...] = (0.01, 1.5, 3.6)) -> None:
        """The marketplace hands a request in, and does so again after so many days."""
        name = f"msg_{len(self.handed_in) + 1}"
        self.handed_in.append(name)
        email = f"wilma{len(self.handed_in)}@example.com"
        raw = handed_in_request(self.assignment("Wilma", email), "Wilma Worker", email)
        self._post_in(name, raw)
        for days in again:
            self.sim.after(days * DAY, lambda: self._post_in(name, raw))

    def clients_request(self, about: str | None, kind: str | None) -> None:
        """The marketplace hands a client's request in, about an assignment of its own or one that is escalated."""
        name = f"msg_{len(self.handed_in) + 1}"
        self.handed_in.append(name)
        self.clients.append(name)
        worker = f"wim{len(self.handed_in)}@example.com"
        body = {
            "assignment_id": about or self.assignment("Wim", worker, asks="owner"),
            "party": "client",
            "requester": {"name": "Olaf Owner", "email": f"olaf{len(self.handed_in)}@example.com"},
            "description": f"Nobody comes. {CLIENTS_WORDS}{name}.",
            "anticipated_outcome": "To hear from them.",
            "kind_of_outcome": kind,
        }
        self._post_in(name, json.dumps(body).encode())

    def clients_tickets(self) -> dict[int, str]:
        """The tickets of clients' requests that are there by now, with the name of each request."""
        found = self.zendesk.account.tickets.items()
        names = {f"request:{name}": name for name in self.clients}
        return {ticket: names[row.external_id] for ticket, row in found if row.external_id in names}

    def _post_in(self, name: str, raw: bytes) -> None:
        headers = {"Content-Type": "application/json", **intake_headers(raw, name, self.sim.now())}
        sent = Delivery("marketplace", name, "POST", f"{PUBLIC_URL}/webhooks/requests", headers, raw)
        sent.again = lambda one, *_: one.attempt < 8
        self._leaves(sent)

    # Looking

    def look(self, read: Callable[[Any], Any]) -> Any:
        """What the database holds, read beside the desk."""
        return self.judges.read(read)

    def cases(self) -> list[Any]:
        return [decode_case(row.body) for row in self.look(lambda tx: tx.cases.list())]

    def close(self) -> None:
        """Let go of the database. The judges' engines are there for the next seed too, with pools of their own."""
        for engine in (self.judges._read_engine, self.judges._write_engine):
            pool = engine.pool
            engine.dispose(close=False)
            pool.dispose()
        self.peek.close()

    def at_rest(self) -> bool:
        """Whether nothing is left to do at this moment, dead letters aside."""
        if self.on_the_way or self.web.mailbox:
            return False
        now = self.sim.now()

        def left(tx: Any) -> bool:
            due = tx.timers.next_due()
            unfinished = any(not waits_for_a_word(tx, row) for row in tx.outbox.unfinished())
            return bool(unfinished or tx.inbox.counts()["new"] or (due is not None and due <= now))

        return not self.look(left)
