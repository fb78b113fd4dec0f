"""The same desk over real HTTP: every call and every webhook through sockets, with the faults that they have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from escalation.policies.policy import Policy
from tests.scenarios.town import Town, beside

PUT = r"/tickets/\d+$"
POST = "add_note"


@pytest.fixture
def town(tmp_path: Path, policy: Policy) -> Iterator[Town]:
    town = Town(beside(tmp_path)._replace(over_http=True), policy)
    yield town
    town.close()


def test_a_request_goes_to_tier_1(town: Town) -> None:
    number, ticket = town.begun()
    assert (len(town.messages(number)), len(town.said(ticket))) == (1, 1)
    assert town.status(ticket) == "Tier 1: assignment message"


@pytest.mark.parametrize(
    "fault",
    [{"drop_reply": True, "apply": True}, {"status": 503, "apply": True}, {"status": 500}, {"status": 409}],
    ids=["answer lost", "503 after it was applied", "500 before", "409"],
)
def test_whatever_becomes_of_an_update_it_is_there_once(town: Town, fault: dict[str, Any]) -> None:
    town.sandbox.faults.next("zendesk", "PUT", PUT, times=2, **fault)
    ticket = town.submit(town.assignment())
    town.for_(minutes=10)
    assert town.state(ticket) == "tier_1"
    assert (len(town.said(ticket)), len(town.notes(ticket))) == (1, 1)


@pytest.mark.parametrize(
    "fault",
    [{"drop_reply": True, "apply": True}, {"status": 500, "apply": True}, {"status": 502}, {"status": 429}],
    ids=["answer lost", "500 after it was posted", "502 before", "429"],
)
def test_whatever_becomes_of_a_message_it_is_there_once(town: Town, fault: dict[str, Any]) -> None:
    town.sandbox.faults.next("workmarket", "POST", POST, **fault)
    number = town.assignment()
    ticket = town.submit(number)
    town.for_(minutes=5)
    assert town.state(ticket) == "tier_1"
    assert len(town.messages(number)) == 1


def test_a_storm_of_429_passes_without_a_dead_letter(town: Town) -> None:
    town.sandbox.faults.next("zendesk", "PUT", PUT, times=6, status=429, retry_after="20")
    ticket = town.submit(town.assignment())
    town.for_(hours=4)
    assert len(town.said(ticket)) == 1
    assert town.dead() == []


def test_an_agent_who_writes_in_between_is_no_obstacle(town: Town) -> None:
    _, ticket = town.begun()
    town.for_(minutes=5)
    town.agent(ticket, comment="An internal word.", public=False)
    town.for_(days=2, hours=1)
    assert town.state(ticket) == "tier_2"
    assert len(town.said(ticket)) == 2


@pytest.mark.parametrize("refuse", [False, True])
def test_an_outage_of_both_services_is_made_good(town: Town, refuse: bool) -> None:
    number = town.assignment()
    for service in ("zendesk", "workmarket"):
        town.sandbox.faults.outage(service, refuse=refuse)
    ticket = town.submit(number)
    town.for_(hours=1)
    for service in ("zendesk", "workmarket"):
        town.sandbox.faults.restore(service)
    town.for_(minutes=15)
    assert town.state(ticket) == "tier_1"
    assert (len(town.messages(number)), len(town.said(ticket))) == (1, 1)


def test_a_ticket_deleted_under_our_hands_ends_the_case(town: Town) -> None:
    number, ticket = town.begun()
    town.people.delete(ticket)
    town.hook(event="ticket.changed", ticket_id=str(ticket))
    town.for_(days=3)
    assert len(town.messages(number)) == 1
    row = town.house.store.read(lambda tx: tx.cases.by_ticket(str(ticket)))
    assert row is not None
    assert not row.open


def test_what_no_webhook_told_is_found_by_reconciling(town: Town) -> None:
    town.zendesk.webhook_policy = town.workmarket.webhook_policy = lambda _: "drop"
    number = town.assignment()
    ticket = town.submit(number)
    town.patrol()
    assert town.state(ticket) == "tier_1"
    town.message(number, "Olaf Owner", "We are looking into it.")
    town.patrol()
    assert town.state(ticket) == "other_side_responded"


def test_reconciling_after_our_own_writes_leads_to_no_further_write(town: Town) -> None:
    number, ticket = town.begun()
    before = town.messages(number), town.said(ticket), town.notes(ticket)
    town.patrol()
    assert (town.messages(number), town.said(ticket), town.notes(ticket)) == before
