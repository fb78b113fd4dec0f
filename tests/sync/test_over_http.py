"""The loops with the real connectors, against the stand-in services, over HTTP and with its faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from config.policy import load_policy
from config.texts import load_texts
from config.zendesk import load_account
from connector.workmarket import WorkMarket
from connector.zendesk import AccountIds, BearerToken, Zendesk
from connector.zendesk.account.setup import Setup
from escalation.model.values import State
from escalation.policies.policy import Policy
from escalation.policies.texts import Texts
from parley.zendesk.account.applying.run import Run
from parley.zendesk.account.planning.desired import desired_account
from sandbox.server import Sandbox
from sandbox.shared.clock import MovableClock
from store import Store
from sync.inbox.handle import Handler
from sync.outbox.deliver import Deliverer
from sync.outbox.patience import Patience
from sync.reconciling.reconcile import Reconciler
from sync.runtime.clock import tick
from sync.runtime.desk import Desk
from sync.shared.codec import decode_case
from tests.account.in_memory import StateInMemory
from tests.migrated import migrated
from tests.sync.policy import START, policy

PUT = r"/tickets/\d+$"
POST = "add_note"


@dataclass
class Town:
    """The stand-ins, the desk, and one escalated assignment."""

    sandbox: Sandbox
    clock: MovableClock
    store: Store
    desk: Desk
    reconciler: Reconciler
    assignment: str
    ticket: int = 0
    before: int = 0

    def submit(self) -> None:
        """A request that no webhook announces."""
        self.ticket = self.sandbox.zendesk.people.submit_request(
            "wanda@example.com", "Wanda Worker", self.assignment, "worker", "approval_overdue", "Nobody answers."
        )
        self.hint()

    def hint(self) -> None:
        key, lane, body = (
            f"hint:{len(self.sandbox.calls)}",
            f"ticket:{self.ticket}",
            {"ticket_id": str(self.ticket)},
        )
        self.store.write(lambda tx: tx.inbox.record(key, "request.submitted", lane, body, self.clock()))

    def work(self, **then: float) -> None:
        """Work, then let time pass in steps and work again."""
        self.desk.drain()
        end = self.clock() + timedelta(**then)
        step = max(timedelta(seconds=30), timedelta(**then) / 100)
        while self.clock() < end:
            self.clock.move(min(step, end - self.clock()))
            tick(self.store, self.clock())
            self.desk.drain()

    def state(self) -> State:
        row = self.store.read(lambda tx: tx.cases.by_ticket(str(self.ticket)))
        assert row is not None
        return decode_case(row.body).state

    def posted(self) -> list[str]:
        return [note.text for note in self.sandbox.workmarket.notes(self.assignment) if "[Ref " in note.text]

    def told(self) -> list[str]:
        return list(self.sandbox.zendesk.public_comments(self.ticket)[1:])

    def calls(self, service: str, part: str = "") -> int:
        """Calls since the account was set up."""
        made = self.sandbox.calls[self.before :]
        return sum(call.service == service and part in call.path for call in made)


def set_up(sandbox: Sandbox, zendesk: Zendesk) -> AccountIds:
    texts = Texts.from_mapping(load_texts())
    rules = Policy.from_mapping(load_policy(None), holidays=(), texts=texts)
    state = StateInMemory()
    wanted = desired_account(load_account(), rules, "https://parley.example.com")
    Run(wanted, Setup(zendesk.channel), state).apply()
    return AccountIds.from_json(state.values["ids"])


def old_assignment(sandbox: Sandbox, clock: MovableClock) -> str:
    """Handed in ten days ago, and the worker has written since."""
    done = clock() - timedelta(days=10)
    number = sandbox.workmarket.add_assignment(
        scheduled_start=done - timedelta(hours=3), scheduled_end=done, checked_out=done
    )
    now = sandbox.workmarket.clock
    sandbox.workmarket.clock = lambda: done + timedelta(days=5)
    sandbox.workmarket.message(number, "Wanda Worker", "Could you approve this?")
    sandbox.workmarket.clock = now
    return number


@pytest.fixture
def town(tmp_path: Any) -> Iterator[Town]:
    clock = MovableClock(START)
    url = migrated(tmp_path / "parley.db")
    with Sandbox(clock) as sandbox, Store.open(url, now=clock) as store:
        ids = AccountIds()
        token = BearerToken(sandbox.zendesk.account.credentials.oauth_token)
        zendesk = Zendesk(sandbox.zendesk_url, token, ids=lambda: ids, now=clock, sleep=lambda _: None)
        workmarket = WorkMarket(
            sandbox.workmarket_url, "sandbox-token", "sandbox-secret", now=clock, sleep=lambda _: None
        )
        ids = set_up(sandbox, zendesk)
        deliverer = Deliverer(store, zendesk, workmarket, Patience.of(policy(), lambda: 0.0), now=clock)
        desk = Desk(Handler(store, policy()), deliverer, clock)
        made = Town(
            sandbox, clock, store, desk, Reconciler(store, zendesk, workmarket), old_assignment(sandbox, clock)
        )
        clock.move(timedelta(minutes=5))
        made.before = len(sandbox.calls)
        yield made
        zendesk.close()
        workmarket.close()
        assert sandbox.unexpected == []
        assert sandbox.faults.pending == []


def test_a_request_goes_to_tier_1(town: Town) -> None:
    town.submit()
    town.work()
    assert town.state() is State.TIER_1
    assert (len(town.posted()), len(town.told())) == (1, 1)
    assert town.sandbox.zendesk.status_label(town.ticket) == "Tier 1: assignment message"


def test_what_it_costs(town: Town) -> None:
    town.submit()
    town.work()
    previews = town.calls("zendesk", "/macros/")
    assert town.calls("zendesk") - previews == 4
    assert town.calls("workmarket") - town.calls("workmarket", "authorization") == 2


@pytest.mark.parametrize(
    "fault",
    [{"drop_reply": True, "apply": True}, {"status": 503, "apply": True}, {"status": 500}, {"status": 409}],
    ids=["answer lost", "503 after it was applied", "500 before", "409"],
)
def test_whatever_becomes_of_an_update_it_is_there_once(town: Town, fault: dict[str, Any]) -> None:
    town.sandbox.faults.next("zendesk", "PUT", PUT, times=2, **fault)
    town.submit()
    town.work(minutes=10)
    assert town.state() is State.TIER_1
    assert len(town.told()) == 1
    assert len(town.sandbox.zendesk.notes(town.ticket)) == 1


@pytest.mark.parametrize(
    "fault",
    [{"drop_reply": True, "apply": True}, {"status": 500, "apply": True}, {"status": 502}, {"status": 429}],
    ids=["answer lost", "500 after it was posted", "502 before", "429"],
)
def test_whatever_becomes_of_a_message_it_is_there_once(town: Town, fault: dict[str, Any]) -> None:
    town.sandbox.faults.next("workmarket", "POST", POST, **fault)
    town.submit()
    town.work(minutes=5)
    assert town.state() is State.TIER_1
    assert len(town.posted()) == 1


def test_a_storm_of_429_passes_without_a_dead_letter(town: Town) -> None:
    town.submit()
    town.sandbox.faults.next("zendesk", "PUT", PUT, times=6, status=429, retry_after="20")
    town.work(hours=4)
    assert len(town.told()) == 1
    assert town.store.read(lambda tx: tx.outbox.dead_letters()) == []


def test_an_agent_who_writes_in_between_is_no_obstacle(town: Town) -> None:
    town.submit()
    town.work()
    town.clock.move(timedelta(minutes=5))
    town.sandbox.zendesk.people.agent_update(town.ticket, comment="An internal word.", public=False)
    town.work(days=2, hours=1)
    assert town.state() is State.TIER_2
    assert len(town.told()) == 2


def test_an_outage_of_both_services_is_made_good(town: Town) -> None:
    town.submit()
    for service in ("zendesk", "workmarket"):
        town.sandbox.faults.outage(service)
    town.work(hours=1)
    for service in ("zendesk", "workmarket"):
        town.sandbox.faults.restore(service)
    town.work(minutes=15)
    assert town.state() is State.TIER_1
    assert (len(town.posted()), len(town.told())) == (1, 1)


def test_a_ticket_deleted_under_our_hands_ends_the_case(town: Town) -> None:
    town.submit()
    town.work()
    town.sandbox.zendesk.people.delete(town.ticket)
    town.hint()
    town.work(days=3)
    assert len(town.posted()) == 1
    row = town.store.read(lambda tx: tx.cases.by_ticket(str(town.ticket)))
    assert row is not None
    assert not row.open


def test_what_no_webhook_told_is_found_by_reconciling(town: Town) -> None:
    people = town.sandbox.zendesk.people
    town.ticket = people.submit_request(
        "wanda@example.com", "Wanda Worker", town.assignment, "worker", "approval_overdue", "Nobody answers."
    )
    town.clock.move(timedelta(minutes=5))
    town.reconciler.round(town.clock())
    town.work()
    assert town.state() is State.TIER_1
    town.clock.move(timedelta(minutes=5))
    town.sandbox.workmarket.message(town.assignment, "Olaf Owner", "We are looking into it.")
    town.reconciler.round(town.clock())
    town.work()
    assert town.state() is State.OTHER_SIDE_RESPONDED


def test_reconciling_after_our_own_writes_leads_to_no_further_write(town: Town) -> None:
    town.submit()
    town.work()
    before = len(town.posted()), town.told(), town.sandbox.zendesk.notes(town.ticket)
    for _ in range(3):
        town.clock.move(timedelta(minutes=5))
        town.reconciler.round(town.clock())
        town.work()
    assert (len(town.posted()), town.told(), town.sandbox.zendesk.notes(town.ticket)) == before
