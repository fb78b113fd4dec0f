"""A requester corrected by an agent: judged again before tier 1; later, further texts wait for a person's word."""

import pytest

from tests.scenarios.town import MANAGER, TIER_1, WANDA, Town, ny

EVE = {"requester_email": "eve@example.com", "name": "Eve Else"}


def give_to(
    town: Town, ticket: int, email: str = WANDA, name: str = "Wanda Worker", *, verified: bool = True
) -> None:
    town.people.give_to(ticket, email, name, verified=verified)
    town.live()


def test_before_tier_1_the_request_is_judged_by_its_new_requester(town: Town):
    number = town.assignment()
    ticket = town.submit(number, **EVE)
    assert (town.state(ticket), town.findings(ticket)["identity"]) == ("needs_review", "unknown")
    give_to(town, ticket)
    assert (town.state(ticket), town.findings(ticket)["identity"]) == ("tier_1", "pass")
    assert len(town.messages(number)) == 1
    assert "it meets the conditions" in town.said(ticket)[-1]


def test_a_request_that_waits_is_not_its_new_requesters_by_right(town: Town):
    ticket = town.submit(town.assignment(said=False))
    assert town.state(ticket) == "waiting_on_requester"
    give_to(town, ticket, "eve@example.com", "Eve Else")
    assert town.findings(ticket)["identity"] == "unknown"
    town.message(town.case(ticket).assignment_id or "", "worker", "Could you approve this?")
    assert (town.state(ticket), town.findings(ticket)["identity"]) == ("needs_review", "unknown")


def test_a_new_requester_is_asked_what_the_one_before_was_asked(town: Town):
    ticket = town.submit("4711")
    give_to(town, ticket, "eve@example.com", "Eve Else")
    assert town.state(ticket) == "waiting_on_requester"
    assert [("4711" in text) for text in town.said(ticket)] == [True, True]


def test_a_signed_request_says_nothing_of_whom_an_agent_gives_it_to(town: Town):
    number = town.assignment(said=False)
    town.hand_in(number)
    ticket = town.tickets()[-1]
    assert town.findings(ticket)["identity"] == "pass"
    give_to(town, ticket, "eve@example.com", "Eve Else")
    assert town.findings(ticket)["identity"] == "unknown"


def test_an_agents_word_for_one_requester_is_none_for_another(town: Town):
    number = town.assignment(said=False)
    ticket = town.submit(number, **EVE)
    give_to(town, ticket, "otto@example.com", "Otto Other")
    assert town.findings(ticket)["identity"] == "unknown"
    assert town.state(ticket) != "tier_1"


@pytest.mark.parametrize("state", ["tier_1", "other_side_responded", "confirming_outcome"])
def test_changed_in_a_tier_agents_are_told_and_nothing_is_sent_to_anyone(town: Town, state: str):
    number, ticket = town.begun()
    if state == "other_side_responded":
        town.message(number, "owner", "We are on it.")
    elif state == "confirming_outcome":
        town.workmarket.approve(number)
        town.live()
    assert town.state(ticket) == state
    said = town.said(ticket)
    give_to(town, ticket, "eve@example.com", "Eve Else")
    assert (town.state(ticket), town.status(ticket)) == ("needs_review", "Needs review")
    assert "This ticket's requester is now Eve Else" in town.notes(ticket)[-1]
    assert town.shown(ticket, "Next update due") is None
    town.until(ny("2026-04-20 10:00"))
    assert town.said(ticket) == said
    assert (len(town.messages(number)), town.mails(ticket)) == (1, [])
    assert "still waiting for a person" in "".join(town.notes(ticket))


def test_an_agent_who_puts_it_in_a_tier_lets_it_go_on_for_the_new_requester(town: Town):
    _, ticket = town.begun()
    give_to(town, ticket, "eve@example.com", "Eve Else")
    town.agent(ticket, tier=2)
    town.for_(minutes=1)
    assert (town.state(ticket), town.mails(ticket)) == ("tier_2", [MANAGER])
    assert len(town.said(ticket)) == 2
    assert town.due(ticket, "next_update") == ny("2026-03-04 10:00")
    town.reply(ticket, "Thank you.")
    assert town.status(ticket) == "Open"


def test_the_former_requesters_reply_moves_nothing(town: Town):
    _, ticket = town.begun()
    give_to(town, ticket, "eve@example.com", "Eve Else")
    town.agent(ticket, macro=TIER_1)
    town.for_(minutes=1)
    town.people.copied_reply(ticket, WANDA, "And I?")
    town.live()
    assert (town.state(ticket), town.status(ticket)) == ("tier_1", "Tier 1: assignment message")


def test_a_pause_that_ends_after_the_change_says_nothing_of_what_it_held_back(town: Town):
    _, ticket = town.begun()
    town.agent(ticket, add_tags=["escalation_pause"])
    town.until(ny("2026-03-05 10:00"))
    give_to(town, ticket, "eve@example.com", "Eve Else")
    said = town.said(ticket)
    town.until(ny("2026-03-25 10:00"))
    assert town.said(ticket) == said
    assert town.state(ticket) == "needs_review"


def test_changed_after_the_end_nothing_happens(town: Town):
    _, ticket = town.begun()
    town.people.solve(ticket, status="Withdrawn")
    town.live()
    give_to(town, ticket, "eve@example.com", "Eve Else")
    assert (town.state(ticket), town.status(ticket)) == ("withdrawn", "Withdrawn")


def test_a_requester_who_changed_without_an_audit_is_noticed_too(town: Town):
    """Zendesk merges two users: the ticket's requester is another one, and no audit tells."""
    number, ticket = town.begun()
    with town.zendesk.lock:
        other = town.zendesk.account.add_user("Eve Else", "eve@example.com", verified=True)
        town.zendesk.account.tickets[ticket].requester_id = other.id
    town.agent(ticket, comment="Hm.", public=False)
    assert town.state(ticket) == "needs_review"
    assert "This ticket's requester is now Eve Else" in "".join(town.notes(ticket))
    assert len(town.messages(number)) == 1
