"""The same desk over real HTTP: every call and every webhook through sockets, with the faults that they have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from escalation.policies.policy import Policy
from tests.desk import Desk, beside

PUT = r"/tickets/\d+$"
POST = "add_note"


@pytest.fixture
def desk(tmp_path: Path, policy: Policy) -> Iterator[Desk]:
    desk = Desk(beside(tmp_path)._replace(over_http=True), policy)
    yield desk
    desk.close()


def test_a_request_goes_to_tier_1(desk: Desk) -> None:
    number, ticket = desk.begun()
    assert (len(desk.messages(number)), len(desk.said(ticket))) == (1, 1)
    assert desk.status(ticket) == "Tier 1: assignment message"


@pytest.mark.parametrize(
    "fault",
    [{"drop_reply": True, "apply": True}, {"status": 503, "apply": True}, {"status": 500}, {"status": 409}],
    ids=["answer lost", "503 after it was applied", "500 before", "409"],
)
def test_whatever_becomes_of_an_update_it_is_there_once(desk: Desk, fault: dict[str, Any]) -> None:
    desk.sandbox.faults.next("zendesk", "PUT", PUT, times=2, **fault)
    ticket = desk.submit(desk.assignment())
    desk.for_(minutes=10)
    assert desk.state(ticket) == "tier_1"
    assert (len(desk.said(ticket)), len(desk.notes(ticket))) == (1, 1)


@pytest.mark.parametrize(
    "fault",
    [{"drop_reply": True, "apply": True}, {"status": 500, "apply": True}, {"status": 502}, {"status": 429}],
    ids=["answer lost", "500 after it was posted", "502 before", "429"],
)
def test_whatever_becomes_of_a_message_it_is_there_once(desk: Desk, fault: dict[str, Any]) -> None:
    desk.sandbox.faults.next("workmarket", "POST", POST, **fault)
    number = desk.assignment()
    ticket = desk.submit(number)
    desk.for_(minutes=5)
    assert desk.state(ticket) == "tier_1"
    assert len(desk.messages(number)) == 1


def test_a_storm_of_429_passes_without_a_dead_letter(desk: Desk) -> None:
    desk.sandbox.faults.next("zendesk", "PUT", PUT, times=6, status=429, retry_after="20")
    ticket = desk.submit(desk.assignment())
    desk.for_(hours=4)
    assert len(desk.said(ticket)) == 1
    assert desk.dead() == []


def test_an_agent_who_writes_in_between_is_no_obstacle(desk: Desk) -> None:
    _, ticket = desk.begun()
    desk.for_(minutes=5)
    desk.agent(ticket, comment="An internal word.", public=False)
    desk.for_(days=2, hours=1)
    assert desk.state(ticket) == "tier_2"
    assert len(desk.said(ticket)) == 2


@pytest.mark.parametrize("refuse", [False, True])
def test_an_outage_of_both_services_is_made_good(desk: Desk, refuse: bool) -> None:
    number = desk.assignment()
    for service in ("zendesk", "workmarket"):
        desk.sandbox.faults.outage(service, refuse=refuse)
    ticket = desk.submit(number)
    desk.for_(hours=1)
    for service in ("zendesk", "workmarket"):
        desk.sandbox.faults.restore(service)
    desk.for_(minutes=15)
    assert desk.state(ticket) == "tier_1"
    assert (len(desk.messages(number)), len(desk.said(ticket))) == (1, 1)


def test_a_ticket_deleted_under_our_hands_ends_the_case(desk: Desk) -> None:
    number, ticket = desk.begun()
    desk.people.delete(ticket)
    desk.hook(event="ticket.changed", ticket_id=str(ticket))
    desk.for_(days=3)
    assert len(desk.messages(number)) == 1
    row = desk.app.store.read(lambda tx: tx.cases.by_ticket(str(ticket)))
    assert row is not None
    assert not row.open


def test_what_no_webhook_told_is_found_by_reconciling(desk: Desk) -> None:
    desk.zendesk.webhook_policy = desk.workmarket.webhook_policy = lambda _: "drop"
    number = desk.assignment()
    ticket = desk.submit(number)
    desk.patrol()
    assert desk.state(ticket) == "tier_1"
    desk.message(number, "Olaf Owner", "We are looking into it.")
    desk.patrol()
    assert desk.state(ticket) == "other_side_responded"


def test_reconciling_after_our_own_writes_leads_to_no_further_write(desk: Desk) -> None:
    number, ticket = desk.begun()
    before = desk.messages(number), desk.said(ticket), desk.notes(ticket)
    desk.patrol()
    assert (desk.messages(number), desk.said(ticket), desk.notes(ticket)) == before
