"""Writes fail while reads work, for a day: afterwards everything was said once and in order, and shows as it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.desk import MANAGER, TRIED_FOR_AN_HOUR, Desk, OpenDesk, ny
from tests.scale import NIGHTLY, scaled
from tests.scenarios.test_trouble import all_of_tier_1

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
# One of each kind that the desk tells apart: surely not done, unclear, limited, met by another change, signed out.
# By night all of them are tried.
APART = ("503", "502 and a page", "429", "409", "401", "cut connections")
# And what only looks like an answer of the service's own.
FOREIGN = ("a page of maintenance", "403 of a wall")
# What a tier says is tried with all of these; whatever else is sent goes the same way from there.
SURE_OR_NOT = ("503", "502 and a page", "cut connections")
# Who is asked to come back in a minute is tried every minute: hours of it are hundreds of attempts.
HOURS = {"429": scaled(commit=3, nightly=24)}
down_in_each_way = pytest.mark.parametrize("how", HOW if NIGHTLY else SURE_OR_NOT)


def a_day_of_it(desk: Desk, *services: str, how: str) -> None:
    for service in services:
        desk.sandbox.faults.writes_fail(service, **HOW[how])


def over(desk: Desk, *services: str) -> None:
    """Writes work again; an hour and a quarter later everything has to be done."""
    for service in services:
        desk.sandbox.faults.restore(service)
    desk.for_(minutes=75)
    assert desk.dead() == []
    assert desk.app.store.read(lambda tx: tx.outbox.unfinished()) == []


@pytest.mark.parametrize("how", HOW if NIGHTLY else APART + FOREIGN)
@pytest.mark.parametrize("service", ["zendesk", "workmarket"])
def test_what_a_tier_says_is_said_once_after_a_day_without_writes(desk: Desk, service: str, how: str):
    number = desk.assignment()
    a_day_of_it(desk, service, how=how)
    ticket = desk.submit(number)
    desk.for_(hours=HOURS.get(how, 24))
    assert desk.said(ticket) == []
    over(desk, service)
    all_of_tier_1(desk, number, ticket)


@down_in_each_way
def test_a_side_conversation_is_begun_once_after_a_day_without_writes(desk: Desk, how: str):
    number, ticket = desk.begun()
    desk.until(ny("2026-03-04 09:30"))
    a_day_of_it(desk, "zendesk", how=how)
    desk.until(ny("2026-03-05 09:30"))
    assert desk.mails(ticket) == []
    over(desk, "zendesk")
    assert desk.mails(ticket) == [MANAGER]
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert len(desk.messages(number)) == 1
    told = ["writing to the other side directly" in text for text in desk.said(ticket)]
    assert told in ([False, True], [False, False, True])  # between the two the general text may have gone out


@down_in_each_way
def test_a_ticket_is_made_once_after_a_day_without_writes(desk: Desk, how: str):
    number = desk.assignment()
    a_day_of_it(desk, "zendesk", how=how)
    desk.hand_in(number)
    desk.for_(hours=24)
    assert desk.tickets() == []
    over(desk, "zendesk")
    (ticket,) = desk.tickets()
    all_of_tier_1(desk, number, ticket)


def test_a_status_that_was_off_for_longer_than_anything_is_tried_is_shown_once_it_is_back_whatever_else_fails(
    open_desk: OpenDesk,
):
    desk = open_desk(retry_waits=TRIED_FOR_AN_HOUR)
    number = desk.assignment()
    with desk.zendesk.lock:
        status = desk.zendesk.account.statuses[desk.people.status_id("Tier 1: assignment message")]
        status["active"] = False
    ticket = desk.submit(number)
    desk.for_(hours=3)
    assert desk.said(ticket) == []
    desk.set_up_again()
    desk.sandbox.faults.writes_fail("zendesk", status=503)
    desk.for_(minutes=30)
    over(desk, "zendesk")
    all_of_tier_1(desk, number, ticket)


def test_an_update_that_falls_due_while_one_is_on_its_way_is_that_one(open_desk: OpenDesk):
    desk = open_desk(update_hours=8)
    ticket = desk.submit(desk.assignment(), verified=False)
    desk.until(desk.due(ticket, "next_update") - timedelta(minutes=1))
    heard = len(desk.said(ticket))
    desk.sandbox.faults.writes_fail("zendesk", status=503)
    desk.for_(hours=36)
    over(desk, "zendesk")
    assert len(desk.said(ticket)) == heard + 1


def test_a_tiers_clock_does_not_begin_before_its_text_is_out(open_desk: OpenDesk):
    desk = open_desk(tier_1_hours=8)
    number = desk.assignment()
    desk.sandbox.faults.writes_fail("zendesk", status=503)
    ticket = desk.submit(number)
    desk.for_(hours=36)
    over(desk, "zendesk")
    all_of_tier_1(desk, number, ticket)
    assert desk.mails(ticket) == []


def test_a_reminder_does_not_overtake_its_question(open_desk: OpenDesk):
    desk = open_desk(reminder_hours=8)
    desk.sandbox.faults.writes_fail("zendesk", status=503)
    ticket = desk.submit("99999999")
    desk.for_(hours=36)
    over(desk, "zendesk")
    assert len(desk.said(ticket)) == 1
    assert desk.status(ticket) == "Waiting on requester"


@pytest.mark.parametrize("service", ["zendesk", "workmarket"])
def test_what_was_never_sent_for_days_is_told_on_the_ticket(desk: Desk, service: str):
    number = desk.assignment()
    desk.sandbox.faults.writes_fail(service, status=503)
    ticket = desk.submit(number)
    desk.for_(days=3)
    desk.sandbox.faults.restore(service)
    desk.for_(hours=2)
    what = {"zendesk": "an update of this ticket", "workmarket": "a message on the assignment"}[service]
    told = [note for note in desk.notes(ticket) if "has received it" in note and what in note]
    assert len(told) == 1
    assert "parley dead replay" in told[0]
    assert desk.status(ticket) == {"zendesk": "Tier 1: assignment message", "workmarket": "New"}[service]


def test_what_was_never_sent_is_sent_once_a_person_says_so(desk: Desk):
    number = desk.assignment()
    desk.sandbox.faults.writes_fail("workmarket", status=503)
    ticket = desk.submit(number)
    desk.for_(days=3)
    desk.sandbox.faults.restore("workmarket")
    desk.replay_all()
    desk.for_(minutes=5)
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == 1
