"""The two services fail in every way they know; nothing is lost, nothing is done twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import literal_column, update

from parley.health.readiness import DAMAGED, Health
from store.schema.tables import marks
from tests.beginning import WANDA
from tests.desk import MANAGER, Desk, OpenDesk, both_parties, ny

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


def all_of_tier_1(desk: Desk, number: str, ticket: int) -> None:
    """Everything that entering tier 1 brings is there, once."""
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == 1
    assert len(desk.said(ticket)) == 1
    assert len([note for note in desk.notes(ticket) if "What we know about this escalation" in note]) == 1


@lost
def test_a_message_whose_reply_is_lost_is_there_once(desk: Desk, how: str):
    number = desk.assignment()
    desk.sandbox.faults.next(*NOTE, **LOST[how])
    ticket = desk.submit(number)
    desk.for_(minutes=3)
    all_of_tier_1(desk, number, ticket)


@lost
def test_an_update_whose_reply_is_lost_is_there_once(desk: Desk, how: str):
    number = desk.assignment()
    desk.sandbox.faults.next(*UPDATE, times=2, **LOST[how])
    ticket = desk.submit(number)
    desk.for_(minutes=10)
    all_of_tier_1(desk, number, ticket)


@lost
def test_a_side_conversation_whose_reply_is_lost_is_there_once(desk: Desk, how: str):
    _, ticket = desk.begun()
    desk.sandbox.faults.next(*MAIL, **LOST[how])
    desk.until(ny("2026-03-04 10:05"))
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert desk.mails(ticket) == [MANAGER]
    assert len(desk.said(ticket)) == 2


@both_parties
def test_a_lost_reply_is_settled_by_reading_before_the_tier_begins(desk: Desk):
    number = desk.assignment()
    desk.sandbox.faults.next(*NOTE, drop_reply=True, apply=True)
    ticket = desk.escalate(number)
    desk.for_(seconds=30)
    assert desk.said(ticket) == []
    desk.for_(seconds=60)
    all_of_tier_1(desk, number, ticket)


def test_a_message_that_shows_late_is_found_within_the_settle_time(desk: Desk):
    number = desk.assignment()
    desk.workmarket.note_lag = timedelta(seconds=45)
    desk.sandbox.faults.next(*NOTE, drop_reply=True, apply=True)
    ticket = desk.submit(number)
    desk.for_(minutes=5)
    all_of_tier_1(desk, number, ticket)


def test_two_messages_of_one_reference_go_to_a_person_with_both_texts(desk: Desk):
    number = desk.assignment()
    desk.sandbox.faults.next(*NOTE, drop_reply=True, apply=True)
    ticket = desk.submit(number)
    desk.workmarket.message(number, desk.workmarket.api_user, desk.messages(number)[0])
    desk.for_(minutes=3)
    note = next(note for note in desk.notes(ticket) if "We can't tell whether our message reached" in note)
    assert note.count("This message comes from the WorkMarket escalations desk") == 3
    desk.for_(hours=30)
    assert len(desk.messages(number)) == 2


def test_a_message_that_can_not_be_read_back_for_long_is_told_to_a_person_and_never_sent_twice(open_desk: OpenDesk):
    desk = open_desk(unreadable_hours=6)
    number = desk.assignment()
    desk.sandbox.faults.next(*NOTE, drop_reply=True, apply=True)
    ticket = desk.submit(number)
    desk.sandbox.faults.outage("workmarket")
    desk.for_(hours=5)
    assert not any("have not been able to read" in note for note in desk.notes(ticket))
    desk.for_(hours=2)
    assert [("have not been able to read" in note) for note in desk.notes(ticket)].count(True) == 1
    desk.sandbox.faults.restore("workmarket")
    desk.for_(minutes=15)
    all_of_tier_1(desk, number, ticket)


@pytest.mark.parametrize("service", ["zendesk", "workmarket"])
@pytest.mark.parametrize("refuse", [False, True])
def test_an_outage_on_arrival_delays_the_case_and_nothing_else(desk: Desk, service: str, refuse: bool):
    number = desk.assignment()
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    desk.sandbox.faults.outage(service, refuse=refuse)
    desk.for_(hours=1)
    assert desk.messages(number) == []
    desk.sandbox.faults.restore(service)
    desk.for_(minutes=15)
    all_of_tier_1(desk, number, ticket)


def test_workmarket_down_at_a_timer_waits_and_goes_on(desk: Desk):
    number, ticket = desk.begun()
    desk.until(ny("2026-03-04 09:00"))
    desk.sandbox.faults.outage("workmarket")
    desk.until(ny("2026-03-04 12:00"))
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.said(ticket)) == 1
    desk.sandbox.faults.restore("workmarket")
    desk.until(ny("2026-03-04 12:15"))
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert len(desk.said(ticket)) == 2
    assert len(desk.messages(number)) == 1


def test_zendesk_down_over_two_updates_says_one(open_desk: OpenDesk):
    desk = open_desk(update_hours=24)
    ticket = desk.submit(desk.assignment(), requester_email="else@example.com")
    desk.until(ny("2026-03-03 09:59"))
    desk.sandbox.faults.outage("zendesk")
    desk.until(ny("2026-03-04 10:30"))
    desk.sandbox.faults.restore("zendesk")
    desk.for_(hours=1)
    assert len(desk.said(ticket)) == 2
    assert ny("2026-03-05 10:30") <= desk.due(ticket, "next_update") <= ny("2026-03-05 11:30")


def test_an_answer_during_an_outage_at_a_timer_is_seen_before_the_next_tier(desk: Desk):
    number, ticket = desk.begun()
    desk.until(ny("2026-03-04 09:00"))
    desk.sandbox.faults.outage("workmarket")
    desk.until(ny("2026-03-04 11:00"))
    desk.workmarket.message(number, "owner", "We are back.")
    desk.sandbox.faults.restore("workmarket")
    desk.until(ny("2026-03-04 11:30"))
    assert desk.state(ticket) == "other_side_responded"
    assert desk.mails(ticket) == []


def test_a_retry_after_of_zendesk_is_kept_by_everything_that_goes_there(desk: Desk):
    number = desk.assignment()
    desk.sandbox.faults.next(*UPDATE, status=429, retry_after="30")
    ticket = desk.submit(number)
    desk.sandbox.calls.clear()
    desk.for_(seconds=29)
    assert desk.calls("zendesk") == []
    desk.for_(minutes=2)
    all_of_tier_1(desk, number, ticket)


def test_a_retry_after_of_workmarket_is_kept(desk: Desk):
    number = desk.assignment()
    desk.sandbox.faults.next(*NOTE, status=429, retry_after="45")
    ticket = desk.submit(number)
    desk.for_(seconds=44)
    assert desk.messages(number) == []
    desk.for_(minutes=2)
    all_of_tier_1(desk, number, ticket)


def when_our_message_lands(desk: Desk, act: Any, **later: float) -> None:
    """Somebody acts in Zendesk between our message on the assignment and our update of the ticket."""
    pending = [act]

    def policy(_: object) -> str:
        if pending:
            desk.clock.move(timedelta(**later))
            pending.pop()()
        return "deliver"

    desk.workmarket.webhook_policy = policy  # type: ignore[assignment]


def test_an_agents_edit_in_between_is_kept_and_our_update_follows(desk: Desk):
    number = desk.assignment()
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    edit = {"Account manager's e-mail": "marta@example.com"}
    when_our_message_lands(desk, lambda: desk.people.agent_update(ticket, fields=edit), seconds=3)
    desk.live()
    desk.for_(minutes=1)
    all_of_tier_1(desk, number, ticket)
    assert desk.shown(ticket, "Account manager's e-mail") == "marta@example.com"


def test_a_ticket_solved_in_between_stays_solved_and_says_nothing(desk: Desk):
    number = desk.assignment()
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    when_our_message_lands(desk, lambda: desk.people.solve(ticket), seconds=3)
    desk.live()
    desk.for_(minutes=1)
    assert (desk.state(ticket), desk.status(ticket)) == ("resolved", "Solved")
    assert desk.said(ticket) == []


def test_an_agents_refusal_in_between_stands(desk: Desk):
    number = desk.assignment()
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    when_our_message_lands(desk, lambda: desk.people.agent_update(ticket, status="Not eligible"), seconds=3)
    desk.live()
    desk.for_(minutes=1)
    assert (desk.state(ticket), desk.status(ticket)) == ("not_eligible", "Not eligible")
    assert desk.said(ticket) == []


def test_a_ticket_solved_in_the_second_of_our_update_is_solved_again(desk: Desk):
    number = desk.assignment()
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    when_our_message_lands(desk, lambda: desk.people.solve(ticket))
    desk.live()
    desk.for_(minutes=1)
    assert (desk.state(ticket), desk.status(ticket)) == ("resolved", "Resolved")
    assert len(desk.said(ticket)) == 1


def test_an_agents_solving_during_an_outage_of_writing_stands(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-04 09:59"))
    desk.sandbox.faults.next(*UPDATE, times=3, status=503)
    desk.until(ny("2026-03-04 10:00"))
    desk.people.solve(ticket)
    desk.for_(hours=2)
    assert desk.status(ticket) == "Solved"
    assert len(desk.said(ticket)) == 1


def test_what_was_heard_before_an_agent_solved_still_reaches_the_agents(desk: Desk):
    number, ticket = desk.begun()
    desk.sandbox.faults.next(*UPDATE, times=3, status=503)
    desk.message(number, "owner", "We have paid by cheque.")
    desk.people.solve(ticket)
    desk.for_(hours=2)
    assert [("We have paid by cheque." in note) for note in desk.notes(ticket)].count(True) == 1
    assert (desk.state(ticket), desk.status(ticket)) == ("resolved", "Solved")


def test_what_is_damaged_is_not_called_slow_and_turns_no_webhook_away(desk: Desk):
    desk.app.tick()
    damaged = update(marks).values(at=literal_column("'soon'"))
    desk.app.store.write(lambda tx: tx.marks._connection.execute(damaged))
    said = Health(desk.app.store, desk.app.queue, desk.clock, kept_s=0)()
    assert (said["ready"], said["troubles"]) == (True, [DAMAGED.format(error="ValueError")])
