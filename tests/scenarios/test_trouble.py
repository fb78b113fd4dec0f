"""The two services fail in every way they know; nothing is lost, nothing is done twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.scenarios.town import MANAGER, WANDA, OpenTown, Town, ny

NOTE = ("workmarket", "POST", "add_note")
UPDATE = ("zendesk", "PUT", r"tickets/\d+$")
MAIL = ("zendesk", "POST", "side_conversations$")
LOST: dict[str, dict[str, Any]] = {
    "before it was carried out": {"drop_reply": True},
    "after it was carried out": {"drop_reply": True, "apply": True},
    "with 503": {"status": 503},
    "with 500 after it was carried out": {"status": 500, "apply": True},
    "with 500": {"status": 500},
}
lost = pytest.mark.parametrize("how", LOST)


def all_of_tier_1(town: Town, number: str, ticket: int) -> None:
    """Everything that entering tier 1 brings is there, once."""
    assert town.status(ticket) == "Tier 1: assignment message"
    assert len(town.messages(number)) == 1
    assert len(town.said(ticket)) == 1
    assert len([note for note in town.notes(ticket) if "What we know about this escalation" in note]) == 1


@lost
def test_a_message_whose_reply_is_lost_is_there_once(town: Town, how: str):
    number = town.assignment()
    town.sandbox.faults.next(*NOTE, **LOST[how])
    ticket = town.submit(number)
    town.for_(minutes=3)
    all_of_tier_1(town, number, ticket)


@lost
def test_an_update_whose_reply_is_lost_is_there_once(town: Town, how: str):
    number = town.assignment()
    town.sandbox.faults.next(*UPDATE, times=2, **LOST[how])
    ticket = town.submit(number)
    town.for_(minutes=10)
    all_of_tier_1(town, number, ticket)


@lost
def test_a_side_conversation_whose_reply_is_lost_is_there_once(town: Town, how: str):
    _, ticket = town.begun()
    town.sandbox.faults.next(*MAIL, **LOST[how])
    town.until(ny("2026-03-04 10:05"))
    assert town.status(ticket) == "Tier 2: direct contact"
    assert town.mails(ticket) == [MANAGER]
    assert len(town.said(ticket)) == 2


def test_a_lost_reply_is_settled_by_reading_before_the_tier_begins(town: Town):
    number = town.assignment()
    town.sandbox.faults.next(*NOTE, drop_reply=True, apply=True)
    ticket = town.submit(number)
    town.for_(seconds=30)
    assert town.said(ticket) == []
    town.for_(seconds=60)
    all_of_tier_1(town, number, ticket)


def test_a_message_that_shows_late_is_found_within_the_settle_time(town: Town):
    number = town.assignment()
    town.workmarket.note_lag = timedelta(seconds=45)
    town.sandbox.faults.next(*NOTE, drop_reply=True, apply=True)
    ticket = town.submit(number)
    town.for_(minutes=5)
    all_of_tier_1(town, number, ticket)


def test_two_messages_of_one_reference_go_to_a_person_with_both_texts(town: Town):
    number = town.assignment()
    town.sandbox.faults.next(*NOTE, drop_reply=True, apply=True)
    ticket = town.submit(number)
    town.workmarket.message(number, town.workmarket.api_user, town.messages(number)[0])
    town.for_(minutes=3)
    note = next(note for note in town.notes(ticket) if "We can't tell whether our message reached" in note)
    assert note.count("This message comes from the WorkMarket escalations desk") == 3
    town.for_(hours=30)
    assert len(town.messages(number)) == 2


def test_a_message_that_can_not_be_read_back_for_long_is_told_to_a_person_and_never_sent_twice(open_town: OpenTown):
    town = open_town(unreadable_hours=6)
    number = town.assignment()
    town.sandbox.faults.next(*NOTE, drop_reply=True, apply=True)
    ticket = town.submit(number)
    town.sandbox.faults.outage("workmarket")
    town.for_(hours=5)
    assert not any("have not been able to read" in note for note in town.notes(ticket))
    town.for_(hours=2)
    assert [("have not been able to read" in note) for note in town.notes(ticket)].count(True) == 1
    town.sandbox.faults.restore("workmarket")
    town.for_(minutes=15)
    all_of_tier_1(town, number, ticket)


@pytest.mark.parametrize("service", ["zendesk", "workmarket"])
@pytest.mark.parametrize("refuse", [False, True])
def test_an_outage_on_arrival_delays_the_case_and_nothing_else(town: Town, service: str, refuse: bool):
    number = town.assignment()
    ticket = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    town.sandbox.faults.outage(service, refuse=refuse)
    town.for_(hours=1)
    assert town.messages(number) == []
    town.sandbox.faults.restore(service)
    town.for_(minutes=15)
    all_of_tier_1(town, number, ticket)


def test_workmarket_down_at_a_timer_waits_and_goes_on(town: Town):
    number, ticket = town.begun()
    town.until(ny("2026-03-04 09:00"))
    town.sandbox.faults.outage("workmarket")
    town.until(ny("2026-03-04 12:00"))
    assert town.status(ticket) == "Tier 1: assignment message"
    assert len(town.said(ticket)) == 1
    town.sandbox.faults.restore("workmarket")
    town.until(ny("2026-03-04 12:15"))
    assert town.status(ticket) == "Tier 2: direct contact"
    assert len(town.said(ticket)) == 2
    assert len(town.messages(number)) == 1


def test_zendesk_down_over_two_updates_says_one(open_town: OpenTown):
    town = open_town(update_hours=24)
    ticket = town.submit(town.assignment(), requester_email="else@example.com")
    town.until(ny("2026-03-03 09:59"))
    town.sandbox.faults.outage("zendesk")
    town.until(ny("2026-03-04 10:30"))
    town.sandbox.faults.restore("zendesk")
    town.for_(hours=1)
    assert len(town.said(ticket)) == 2
    assert ny("2026-03-05 10:30") <= town.due(ticket, "next_update") <= ny("2026-03-05 11:30")


def test_an_answer_during_an_outage_at_a_timer_is_seen_before_the_next_tier(town: Town):
    number, ticket = town.begun()
    town.until(ny("2026-03-04 09:00"))
    town.sandbox.faults.outage("workmarket")
    town.until(ny("2026-03-04 11:00"))
    town.workmarket.message(number, "owner", "We are back.")
    town.sandbox.faults.restore("workmarket")
    town.until(ny("2026-03-04 11:30"))
    assert town.state(ticket) == "other_side_responded"
    assert town.mails(ticket) == []


def test_a_retry_after_of_zendesk_is_kept_by_everything_that_goes_there(town: Town):
    number = town.assignment()
    town.sandbox.faults.next(*UPDATE, status=429, retry_after="30")
    ticket = town.submit(number)
    town.sandbox.calls.clear()
    town.for_(seconds=29)
    assert town.calls("zendesk") == []
    town.for_(minutes=2)
    all_of_tier_1(town, number, ticket)


def test_a_retry_after_of_workmarket_is_kept(town: Town):
    number = town.assignment()
    town.sandbox.faults.next(*NOTE, status=429, retry_after="45")
    ticket = town.submit(number)
    town.for_(seconds=44)
    assert town.messages(number) == []
    town.for_(minutes=2)
    all_of_tier_1(town, number, ticket)


def when_our_message_lands(town: Town, act: Any, **later: float) -> None:
    """Somebody acts in Zendesk between our message on the assignment and our update of the ticket."""
    pending = [act]

    def policy(_: object) -> str:
        if pending:
            town.clock.move(timedelta(**later))
            pending.pop()()
        return "deliver"

    town.workmarket.webhook_policy = policy  # type: ignore[assignment]


def test_an_agents_edit_in_between_is_kept_and_our_update_follows(town: Town):
    number = town.assignment()
    ticket = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    edit = {"Account manager's e-mail": "marta@example.com"}
    when_our_message_lands(town, lambda: town.people.agent_update(ticket, fields=edit), seconds=3)
    town.live()
    town.for_(minutes=1)
    all_of_tier_1(town, number, ticket)
    assert town.shown(ticket, "Account manager's e-mail") == "marta@example.com"


def test_a_ticket_solved_in_between_stays_solved_and_says_nothing(town: Town):
    number = town.assignment()
    ticket = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    when_our_message_lands(town, lambda: town.people.solve(ticket), seconds=3)
    town.live()
    town.for_(minutes=1)
    assert (town.state(ticket), town.status(ticket)) == ("resolved", "Solved")
    assert town.said(ticket) == []


def test_an_agents_refusal_in_between_stands(town: Town):
    number = town.assignment()
    ticket = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    when_our_message_lands(town, lambda: town.people.agent_update(ticket, status="Not eligible"), seconds=3)
    town.live()
    town.for_(minutes=1)
    assert (town.state(ticket), town.status(ticket)) == ("not_eligible", "Not eligible")
    assert town.said(ticket) == []


def test_a_ticket_solved_in_the_second_of_our_update_is_solved_again(town: Town):
    number = town.assignment()
    ticket = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    when_our_message_lands(town, lambda: town.people.solve(ticket))
    town.live()
    town.for_(minutes=1)
    assert (town.state(ticket), town.status(ticket)) == ("resolved", "Resolved")
    assert len(town.said(ticket)) == 1


def test_an_agents_solving_during_an_outage_of_writing_stands(town: Town):
    _, ticket = town.begun()
    town.until(ny("2026-03-04 09:59"))
    town.sandbox.faults.next(*UPDATE, times=3, status=503)
    town.until(ny("2026-03-04 10:00"))
    town.people.solve(ticket)
    town.for_(hours=2)
    assert town.status(ticket) == "Solved"
    assert len(town.said(ticket)) == 1


def test_what_was_heard_before_an_agent_solved_still_reaches_the_agents(town: Town):
    number, ticket = town.begun()
    town.sandbox.faults.next(*UPDATE, times=3, status=503)
    town.message(number, "owner", "We have paid by cheque.")
    town.people.solve(ticket)
    town.for_(hours=2)
    assert [("We have paid by cheque." in note) for note in town.notes(ticket)].count(True) == 1
    assert (town.state(ticket), town.status(ticket)) == ("resolved", "Solved")
