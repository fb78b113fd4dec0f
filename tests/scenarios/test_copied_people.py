"""People who are copied in: what they write moves nothing, and leaves no wrong status."""

import pytest

from tests.scenarios.town import Town, ny

CARL = "carl@example.com"


def copied(town: Town, ticket: int, text: str = "I was there too.", *, public: bool = True) -> int:
    """Carl, who was copied in, answers."""
    written = town.people.copied_reply(ticket, CARL, text, "Carl Copied", public=public)
    town.live()
    return written


@pytest.mark.parametrize("public", [True, False])
def test_a_copied_persons_reply_moves_nothing_and_the_status_is_put_back(town: Town, public: bool):
    _, ticket = town.begun()
    before = town.told(ticket)["deadlines"]
    copied(town, ticket, public=public)
    assert (town.state(ticket), town.status(ticket)) == ("tier_1", "Tier 1: assignment message")
    assert town.told(ticket)["deadlines"] == before
    note = town.notes(ticket)[-1]
    assert "Carl Copied was copied in and has written" in note
    assert "I was there too." in note


def test_a_copied_persons_reply_leaves_open_what_the_requester_opened(town: Town):
    _, ticket = town.begun()
    town.reply(ticket, "Any news?")
    copied(town, ticket)
    assert town.status(ticket) == "Open"
    town.agent(ticket, comment="Not yet, sorry.")
    assert town.status(ticket) == "Tier 1: assignment message"


def test_a_copied_persons_reply_answers_no_question(town: Town):
    number = town.assignment()
    ticket = town.call()
    copied(town, ticket, f"It is {number}.")
    assert (town.state(ticket), town.status(ticket)) == ("waiting_on_requester", "Waiting on requester")
    assert town.messages(number) == []


def test_a_copied_persons_reply_is_no_objection(town: Town):
    number, ticket = town.begun()
    town.workmarket.approve(number)
    town.live()
    copied(town, ticket, "That is too little.")
    assert (town.state(ticket), town.status(ticket)) == ("confirming_outcome", "Confirming outcome")
    town.until(town.due(ticket, "confirmation"))
    town.for_(minutes=1)
    assert town.state(ticket) == "resolved"


@pytest.mark.parametrize("end", ["Not eligible", "Closed: off platform", "Withdrawn"])
def test_a_copied_persons_reply_after_the_end_leaves_it_ended(town: Town, end: str):
    _, ticket = town.begun()
    town.people.solve(ticket, status=end)
    town.live()
    said = town.said(ticket)
    state = town.state(ticket)
    copied(town, ticket, public=False)
    assert (town.state(ticket), town.status(ticket)) == (state, end)
    town.until(ny("2026-04-10 10:00"))
    assert (town.state(ticket), town.status(ticket)) == (state, end)
    assert town.said(ticket) == said


def test_the_requester_after_the_copied_person_still_brings_an_ended_case_back(town: Town):
    _, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    town.people.copied_reply(ticket, CARL, "Thank you!", "Carl Copied")
    town.people.reply(ticket, "It is not settled.")
    town.live()
    assert (town.state(ticket), town.status(ticket)) == ("needs_review", "Needs review")


def test_what_a_copied_person_writes_to_a_closed_ticket_brings_its_case_not_back(town: Town):
    """Zendesk makes a follow-up of theirs, which is a request of its own."""
    _, ticket = town.begun()
    town.people.solve(ticket, status="Withdrawn")
    town.live()
    town.people.close(ticket)
    town.live()
    follow_up = copied(town, ticket)
    assert town.case(ticket).state.value == "withdrawn"
    assert town.case(follow_up).id != town.case(ticket).id
    assert town.state(follow_up) == "needs_review"


def test_what_a_copied_person_writes_is_posted_nowhere(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, add_tags=["escalation_post_to_assignment"])
    copied(town, ticket, "Post this!")
    assert len(town.messages(number)) == 1
