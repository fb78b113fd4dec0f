"""A requester corrected by an agent: judged again before tier 1; later, further texts wait for a person's word."""

import pytest

from tests.beginning import WANDA
from tests.desk import TIER_1, Desk, both_parties, ny

EVE = {"requester_email": "eve@example.com", "name": "Eve Else"}


def give_to(
    desk: Desk, ticket: int, email: str = WANDA, name: str = "Wanda Worker", *, verified: bool = True
) -> None:
    desk.people.give_to(ticket, email, name, verified=verified)
    desk.live()


def test_before_tier_1_the_request_is_judged_by_its_new_requester(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(number, **EVE)
    assert (desk.state(ticket), desk.findings(ticket)["identity"]) == ("needs_review", "unknown")
    give_to(desk, ticket)
    assert (desk.state(ticket), desk.findings(ticket)["identity"]) == ("tier_1", "pass")
    assert len(desk.messages(number)) == 1
    assert "the desk can take it up" in desk.said(ticket)[-1]


def test_a_request_that_waits_is_not_its_new_requesters_by_right(desk: Desk):
    ticket = desk.submit(desk.assignment(said=False))
    assert desk.state(ticket) == "waiting_on_requester"
    give_to(desk, ticket, "eve@example.com", "Eve Else")
    assert desk.findings(ticket)["identity"] == "unknown"
    desk.message(desk.case(ticket).assignment_id or "", "worker", "Could you approve this?")
    assert (desk.state(ticket), desk.findings(ticket)["identity"]) == ("needs_review", "unknown")


@both_parties
def test_a_new_requester_is_asked_what_the_one_before_was_asked(desk: Desk):
    ticket = desk.escalate("4711")
    give_to(desk, ticket, "eve@example.com", "Eve Else")
    assert desk.state(ticket) == "waiting_on_requester"
    assert [("4711" in text) for text in desk.said(ticket)] == [True, True]


def test_a_signed_request_says_nothing_of_whom_an_agent_gives_it_to(desk: Desk):
    number = desk.assignment(said=False)
    desk.hand_in(number)
    ticket = desk.tickets()[-1]
    assert desk.findings(ticket)["identity"] == "pass"
    give_to(desk, ticket, "eve@example.com", "Eve Else")
    assert desk.findings(ticket)["identity"] == "unknown"


def test_an_agents_word_for_one_requester_is_none_for_another(desk: Desk):
    number = desk.assignment(said=False)
    ticket = desk.submit(number, **EVE)
    give_to(desk, ticket, "otto@example.com", "Otto Other")
    assert desk.findings(ticket)["identity"] == "unknown"
    assert desk.state(ticket) != "tier_1"


@pytest.mark.parametrize("state", ["tier_1", "other_side_responded", "confirming_outcome"])
@both_parties
def test_changed_in_a_tier_agents_are_told_and_nothing_is_sent_to_anyone(desk: Desk, state: str):
    number, ticket = desk.begun()
    if state == "other_side_responded":
        desk.message(number, desk.other, "We are on it.")
    elif state == "confirming_outcome":
        desk.workmarket.approve(number)
        desk.live()
    assert desk.state(ticket) == state
    said = desk.said(ticket)
    give_to(desk, ticket, "eve@example.com", "Eve Else")
    assert (desk.state(ticket), desk.status(ticket)) == ("needs_review", "Needs review")
    assert "This ticket's requester is now Eve Else" in desk.notes(ticket)[-1]
    assert desk.shown(ticket, "Next update due") is None
    desk.until(ny("2026-04-20 10:00"))
    assert desk.said(ticket) == said
    assert (len(desk.messages(number)), desk.mails(ticket)) == (1, [])
    assert "still waiting for a person" in "".join(desk.notes(ticket))


@both_parties
def test_an_agent_who_puts_it_in_a_tier_lets_it_go_on_for_the_new_requester(desk: Desk):
    _, ticket = desk.begun()
    give_to(desk, ticket, "eve@example.com", "Eve Else")
    desk.agent(ticket, tier=2)
    desk.for_(minutes=1)
    assert (desk.state(ticket), desk.mails(ticket)) == ("tier_2", [desk.their_address])
    assert len(desk.said(ticket)) == 2
    assert desk.due(ticket, "next_update") == ny("2026-03-04 10:00")
    desk.reply(ticket, "Thank you.")
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert "Your message has reached us" in desk.said(ticket)[-1]


@both_parties
def test_the_former_requesters_reply_moves_nothing(desk: Desk):
    _, ticket = desk.begun()
    give_to(desk, ticket, "eve@example.com", "Eve Else")
    desk.agent(ticket, macro=TIER_1)
    desk.for_(minutes=1)
    desk.people.copied_reply(ticket, WANDA, "And I?")
    desk.live()
    assert (desk.state(ticket), desk.status(ticket)) == ("tier_1", "Tier 1: assignment message")


def test_a_pause_that_ends_after_the_change_says_nothing_of_what_it_held_back(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, add_tags=["escalation_pause"])
    desk.until(ny("2026-03-05 10:00"))
    give_to(desk, ticket, "eve@example.com", "Eve Else")
    said = desk.said(ticket)
    desk.until(ny("2026-03-25 10:00"))
    assert desk.said(ticket) == said
    assert desk.state(ticket) == "needs_review"


@both_parties
def test_changed_after_the_end_nothing_happens(desk: Desk):
    _, ticket = desk.begun()
    desk.people.solve(ticket, status="Withdrawn")
    desk.live()
    give_to(desk, ticket, "eve@example.com", "Eve Else")
    assert (desk.state(ticket), desk.status(ticket)) == ("withdrawn", "Withdrawn")


def test_a_requester_who_changed_without_an_audit_is_noticed_too(desk: Desk):
    """Zendesk merges two users: the ticket's requester is another one, and no audit tells."""
    number, ticket = desk.begun()
    with desk.zendesk.lock:
        other = desk.zendesk.account.add_user("Eve Else", "eve@example.com", verified=True)
        desk.zendesk.account.tickets[ticket].requester_id = other.id
    desk.agent(ticket, comment="Hm.", public=False)
    assert desk.state(ticket) == "needs_review"
    assert "This ticket's requester is now Eve Else" in "".join(desk.notes(ticket))
    assert len(desk.messages(number)) == 1
