"""People who are copied in: what they write moves nothing, and leaves no wrong status."""

import pytest

from tests.desk import Desk, both_parties, ny

CARL = "carl@example.com"


def copied(desk: Desk, ticket: int, text: str = "I was there too.", *, public: bool = True) -> int:
    """Carl, who was copied in, answers."""
    written = desk.people.copied_reply(ticket, CARL, text, "Carl Copied", public=public)
    desk.live()
    return written


@pytest.mark.parametrize("public", [True, False])
@both_parties
def test_a_copied_persons_reply_moves_nothing_and_the_status_is_put_back(desk: Desk, public: bool):
    _, ticket = desk.begun()
    before = desk.told(ticket)["deadlines"]
    copied(desk, ticket, public=public)
    assert (desk.state(ticket), desk.status(ticket)) == ("tier_1", "Tier 1: assignment message")
    assert desk.told(ticket)["deadlines"] == before
    note = desk.notes(ticket)[-1]
    assert "Carl Copied was copied in and has written" in note
    assert "I was there too." in note


def test_a_copied_persons_reply_leaves_the_requester_waiting_and_is_not_acknowledged(desk: Desk):
    _, ticket = desk.begun()
    desk.reply(ticket, "Any news?")
    said = desk.said(ticket)
    copied(desk, ticket, public=False)
    assert (desk.status(ticket), desk.said(ticket)) == ("Tier 1: assignment message", said)
    assert "escalation_requester_waits" in desk.zendesk.ticket(ticket)["tags"]


@both_parties
def test_a_copied_persons_reply_answers_no_question(desk: Desk):
    number = desk.assignment()
    ticket = desk.call()
    copied(desk, ticket, f"It is {number}.")
    assert (desk.state(ticket), desk.status(ticket)) == ("waiting_on_requester", "Waiting on requester")
    assert desk.messages(number) == []


@both_parties
def test_a_copied_persons_reply_is_no_objection(desk: Desk):
    number, ticket = desk.begun()
    desk.workmarket.approve(number)
    desk.live()
    copied(desk, ticket, "That is too little.")
    assert (desk.state(ticket), desk.status(ticket)) == ("confirming_outcome", "Confirming outcome")
    desk.until(desk.due(ticket, "confirmation"))
    desk.for_(minutes=1)
    assert desk.state(ticket) == "resolved"


@pytest.mark.parametrize("end", ["Not eligible", "Closed: off platform", "Withdrawn"])
def test_a_copied_persons_reply_after_the_end_leaves_it_ended(desk: Desk, end: str):
    _, ticket = desk.begun()
    desk.people.solve(ticket, status=end)
    desk.live()
    said = desk.said(ticket)
    state = desk.state(ticket)
    copied(desk, ticket, public=False)
    assert (desk.state(ticket), desk.status(ticket)) == (state, end)
    desk.until(ny("2026-04-10 10:00"))
    assert (desk.state(ticket), desk.status(ticket)) == (state, end)
    assert desk.said(ticket) == said


@both_parties
def test_the_requester_after_the_copied_person_still_brings_an_ended_case_back(desk: Desk):
    _, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    desk.people.copied_reply(ticket, CARL, "Thank you!", "Carl Copied")
    desk.people.reply(ticket, "It is not settled.")
    desk.live()
    assert (desk.state(ticket), desk.status(ticket)) == ("needs_review", "Needs review")


@both_parties
def test_what_a_copied_person_writes_to_a_closed_ticket_brings_its_case_not_back(desk: Desk):
    """Zendesk makes a follow-up of theirs, which is a request of its own."""
    _, ticket = desk.begun()
    desk.people.solve(ticket, status="Withdrawn")
    desk.live()
    desk.people.close(ticket)
    desk.live()
    follow_up = copied(desk, ticket)
    assert desk.case(ticket).state.value == "withdrawn"
    assert desk.case(follow_up).id != desk.case(ticket).id
    assert desk.state(follow_up) == "needs_review"


@both_parties
def test_what_a_copied_person_writes_is_posted_nowhere(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, add_tags=["escalation_post_to_assignment"])
    copied(desk, ticket, "Post this!")
    assert len(desk.messages(number)) == 1
