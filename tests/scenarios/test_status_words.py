"""A status is read by its requester: what it says is true by every way that leads into it."""

from __future__ import annotations

from sync.operator.case_requests import ask_close
from tests.scenarios.town import Town, ny


def words(town: Town, ticket: int) -> str:
    shown = town.shown_status(ticket)
    return f"{shown['end_user_label']}. {shown['end_user_description']}"


def test_tier_1_claims_no_message_where_none_could_be_sent(town: Town):
    number = town.assignment()
    town.workmarket.hide(number)
    ticket = town.submit(number, requester_email="else@example.com", name="Eve Else")
    town.agent(ticket, tier=1)
    town.for_(minutes=1)
    assert town.state(ticket) == "tier_1"
    assert "could not be sent" in "".join(town.notes(ticket))
    assert "have left" not in words(town, ticket)
    assert "have asked" not in words(town, ticket)


def test_tier_2_claims_no_letter_where_there_is_nobody_to_write_to(town: Town):
    _, ticket = town.begun(support_contact=None)
    town.until(town.due(ticket, "tier_ends"))
    town.for_(minutes=1)
    assert (town.state(ticket), town.mails(ticket)) == ("tier_2", [])
    assert "have written" not in words(town, ticket)


def test_an_outcome_that_an_agent_names_claims_no_change_of_the_assignment(town: Town):
    _, ticket = town.begun()
    town.agent(ticket, status="Confirming outcome")
    assert town.state(ticket) == "confirming_outcome"
    assert "assignment has changed" not in words(town, ticket)


def test_an_end_off_the_platform_set_by_hand_claims_neither_silence_nor_a_last_message(town: Town):
    number, ticket = town.begun()
    town.message(number, "owner", "We will not pay.")
    town.agent(ticket, status="Closed: off platform")
    assert town.state(ticket) == "off_platform"
    assert "no answer" not in words(town, ticket)
    assert "not answered" not in words(town, ticket)
    assert "Our last message" not in words(town, ticket)


def test_a_request_closed_for_want_of_a_reply_is_not_said_to_be_taken_back(town: Town):
    ticket = town.submit("99")
    assert town.requesters_word(ticket) == "Waiting for you"
    town.until(ny("2026-03-30 12:00"))
    assert town.state(ticket) == "withdrawn"
    assert "we have not heard from you" in words(town, ticket)
    assert "request is withdrawn" not in words(town, ticket)


def test_a_case_closed_by_hand_is_not_said_to_be_settled(town: Town):
    _, ticket = town.begun()
    ask_close(town.house.store, town.case(ticket).id, "somebody", town.clock())
    town.live()
    assert (town.state(ticket), town.status(ticket)) == ("resolved", "Resolved")
    assert "settled" not in words(town, ticket).lower()
