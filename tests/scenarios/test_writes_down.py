"""Writes fail while reads work, for a day: afterwards everything was said once and in order, and shows as it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.scenarios.test_trouble import all_of_tier_1
from tests.scenarios.town import MANAGER, OpenTown, Town, ny

HOW: dict[str, dict[str, Any]] = {
    "503": {"status": 503},
    "503 with a Retry-After": {"status": 503, "retry_after": "300"},
    "500": {"status": 500},
    "502 and a page": {"status": 502, "body": "<html>Bad gateway</html>"},
    "504": {"status": 504},
    "429": {"status": 429},
    "409": {"status": 409},
    "a page of maintenance": {"body": "<html>We will be back soon.</html>"},
    "401": {"status": 401},
    "403 of a wall": {"status": 403, "body": "<html>Blocked</html>"},
    "cut connections": {"drop_reply": True},
}
down = pytest.mark.parametrize("how", HOW)


def a_day_of_it(town: Town, *services: str, how: str) -> None:
    for service in services:
        town.sandbox.faults.writes_fail(service, **HOW[how])


def over(town: Town, *services: str) -> None:
    """Writes work again; an hour and a quarter later everything has to be done."""
    for service in services:
        town.sandbox.faults.restore(service)
    town.for_(minutes=75)
    assert town.dead() == []
    assert town.house.store.read(lambda tx: tx.outbox.unfinished()) == []


@down
@pytest.mark.parametrize("service", ["zendesk", "workmarket"])
def test_what_a_tier_says_is_said_once_after_a_day_without_writes(town: Town, service: str, how: str):
    number = town.assignment()
    a_day_of_it(town, service, how=how)
    ticket = town.submit(number)
    town.for_(hours=24)
    assert town.said(ticket) == []
    over(town, service)
    all_of_tier_1(town, number, ticket)


@down
def test_a_side_conversation_is_begun_once_after_a_day_without_writes(town: Town, how: str):
    number, ticket = town.begun()
    town.until(ny("2026-03-04 09:30"))
    a_day_of_it(town, "zendesk", how=how)
    town.until(ny("2026-03-05 09:30"))
    assert town.mails(ticket) == []
    over(town, "zendesk")
    assert town.mails(ticket) == [MANAGER]
    assert town.status(ticket) == "Tier 2: direct contact"
    assert len(town.messages(number)) == 1
    told = ["writing to the other side directly" in text for text in town.said(ticket)]
    assert told in ([False, True], [False, False, True])  # between the two the general text may have gone out


@down
def test_a_ticket_is_made_once_after_a_day_without_writes(town: Town, how: str):
    number = town.assignment()
    a_day_of_it(town, "zendesk", how=how)
    town.hand_in(number)
    town.for_(hours=24)
    assert town.tickets() == []
    over(town, "zendesk")
    (ticket,) = town.tickets()
    all_of_tier_1(town, number, ticket)


def test_a_status_that_was_switched_off_for_three_days_is_shown_once_it_is_back_whatever_else_fails(town: Town):
    number = town.assignment()
    with town.zendesk.lock:
        status = town.zendesk.account.statuses[town.people.status_id("Tier 1: assignment message")]
        status["active"] = False
    ticket = town.submit(number)
    town.for_(days=3)
    assert town.said(ticket) == []
    town.set_up_again()
    town.sandbox.faults.writes_fail("zendesk", status=503)
    town.for_(minutes=30)
    over(town, "zendesk")
    all_of_tier_1(town, number, ticket)


def test_an_update_that_falls_due_while_one_is_on_its_way_is_that_one(open_town: OpenTown):
    town = open_town(update_hours=8)
    ticket = town.submit(town.assignment(), verified=False)
    town.until(town.due(ticket, "next_update") - timedelta(minutes=1))
    heard = len(town.said(ticket))
    town.sandbox.faults.writes_fail("zendesk", status=503)
    town.for_(hours=36)
    over(town, "zendesk")
    assert len(town.said(ticket)) == heard + 1


def test_a_tiers_clock_does_not_begin_before_its_text_is_out(open_town: OpenTown):
    town = open_town(tier_1_hours=8)
    number = town.assignment()
    town.sandbox.faults.writes_fail("zendesk", status=503)
    ticket = town.submit(number)
    town.for_(hours=36)
    over(town, "zendesk")
    all_of_tier_1(town, number, ticket)
    assert town.mails(ticket) == []


def test_a_reminder_does_not_overtake_its_question(open_town: OpenTown):
    town = open_town(reminder_hours=8)
    town.sandbox.faults.writes_fail("zendesk", status=503)
    ticket = town.submit("99999999")
    town.for_(hours=36)
    over(town, "zendesk")
    assert len(town.said(ticket)) == 1
    assert town.status(ticket) == "Waiting on requester"


@pytest.mark.parametrize("service", ["zendesk", "workmarket"])
def test_what_was_never_sent_for_days_is_told_on_the_ticket(town: Town, service: str):
    number = town.assignment()
    town.sandbox.faults.writes_fail(service, status=503)
    ticket = town.submit(number)
    town.for_(days=3)
    town.sandbox.faults.restore(service)
    town.for_(hours=2)
    what = {"zendesk": "an update of this ticket", "workmarket": "a message on the assignment"}[service]
    told = [note for note in town.notes(ticket) if "has received it" in note and what in note]
    assert len(told) == 1
    assert "parley dead replay" in told[0]
    assert town.status(ticket) == {"zendesk": "Tier 1: assignment message", "workmarket": "New"}[service]


def test_what_was_never_sent_is_sent_once_a_person_says_so(town: Town):
    number = town.assignment()
    town.sandbox.faults.writes_fail("workmarket", status=503)
    ticket = town.submit(number)
    town.for_(days=3)
    town.sandbox.faults.restore("workmarket")
    town.replay_all()
    town.for_(minutes=5)
    assert town.status(ticket) == "Tier 1: assignment message"
    assert len(town.messages(number)) == 1
