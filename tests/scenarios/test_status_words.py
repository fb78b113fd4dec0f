"""A status is read by its requester: what it says is true by every way that leads into it."""

from __future__ import annotations

from sync.operator.case_requests import ask_close
from tests.desk import Desk, ny


def words(desk: Desk, ticket: int) -> str:
    shown = desk.shown_status(ticket)
    return f"{shown['end_user_label']}. {shown['end_user_description']}"


def test_tier_1_claims_no_message_where_none_could_be_sent(desk: Desk):
    number = desk.assignment()
    desk.workmarket.hide(number)
    ticket = desk.submit(number, requester_email="else@example.com", name="Eve Else")
    desk.agent(ticket, tier=1)
    desk.for_(minutes=1)
    assert desk.state(ticket) == "tier_1"
    assert "could not be sent" in "".join(desk.notes(ticket))
    assert "have left" not in words(desk, ticket)
    assert "have asked" not in words(desk, ticket)


def test_tier_2_claims_no_letter_where_there_is_nobody_to_write_to(desk: Desk):
    _, ticket = desk.begun(support_contact=None)
    desk.until(desk.due(ticket, "tier_ends"))
    desk.for_(minutes=1)
    assert (desk.state(ticket), desk.mails(ticket)) == ("tier_2", [])
    assert "have written" not in words(desk, ticket)


def test_tier_3_claims_nobody_asked_where_there_is_nobody_to_ask(desk: Desk):
    ticket = desk.submit(desk.assignment())
    desk.until(ny("2026-03-06 10:30"))
    assert (desk.state(ticket), desk.mails(ticket)) == ("tier_3", [desk.their_address])
    assert "have asked" not in words(desk, ticket)
    assert "asked to" not in words(desk, ticket)


def test_an_outcome_that_an_agent_names_claims_no_change_of_the_assignment(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, status="Confirming outcome")
    assert desk.state(ticket) == "confirming_outcome"
    assert "assignment has changed" not in words(desk, ticket)


def test_an_end_off_the_platform_set_by_hand_claims_neither_silence_nor_a_last_message(desk: Desk):
    number, ticket = desk.begun()
    desk.message(number, "owner", "We will not pay.")
    desk.agent(ticket, status="Closed: off platform")
    assert desk.state(ticket) == "off_platform"
    assert "no answer" not in words(desk, ticket)
    assert "not answered" not in words(desk, ticket)
    assert "Our last message" not in words(desk, ticket)


def test_a_request_closed_for_want_of_a_reply_is_not_said_to_be_taken_back(desk: Desk):
    ticket = desk.submit("99")
    assert desk.requesters_word(ticket) == "Waiting for you"
    desk.until(ny("2026-03-30 12:00"))
    assert desk.state(ticket) == "withdrawn"
    assert "you no longer need our help" in words(desk, ticket)
    assert "request is withdrawn" not in words(desk, ticket)


def test_a_case_closed_by_hand_is_not_said_to_be_settled(desk: Desk):
    _, ticket = desk.begun()
    ask_close(desk.app.store, desk.case(ticket).id, "somebody", desk.clock())
    desk.live()
    assert (desk.state(ticket), desk.status(ticket)) == ("resolved", "Resolved")
    assert "settled" not in words(desk, ticket).lower()
