"""The requester speaks: a reply moves neither tier nor timers, but is never left lying."""

import pytest

from tests.desk import Desk, both_parties, ny

TAG = "escalation_requester_waits"
COME = "Your message has reached us, and a person at the desk has been asked to read it."


def waits(desk: Desk, ticket: int) -> bool:
    return TAG in desk.zendesk.ticket(ticket)["tags"]


@both_parties
def test_a_reply_in_a_tier_moves_neither_tier_nor_timers_but_the_next_update(desk: Desk):
    _, ticket = desk.begun()
    before = [desk.due(ticket, timer) for timer in ("tier_ends", "month_ends")]
    desk.until(ny("2026-03-03 10:00"))
    desk.reply(ticket, "Any news?")
    assert desk.state(ticket) == "tier_1"
    assert [desk.due(ticket, timer) for timer in ("tier_ends", "month_ends")] == before
    assert desk.due(ticket, "next_update") == ny("2026-03-05 10:00")


@both_parties
def test_a_reply_is_acknowledged_and_the_status_says_where_the_case_stands(desk: Desk):
    _, ticket = desk.begun()
    desk.reply(ticket, "Any news?")
    acknowledged = desk.said(ticket)[-1]
    assert len(desk.said(ticket)) == 3  # the first text, the reply itself, and that it has come
    assert COME in acknowledged
    desk.for_(hours=5)
    assert (desk.status(ticket), waits(desk, ticket)) == ("Tier 1: assignment message", True)
    assert any("The requester has written and waits for an agent." in note for note in desk.notes(ticket))


@both_parties
def test_an_agents_public_answer_ends_the_wait(desk: Desk):
    _, ticket = desk.begun()
    desk.reply(ticket, "Any news?")
    desk.agent(ticket, comment="Not yet, sorry.")
    assert (desk.status(ticket), waits(desk, ticket)) == ("Tier 1: assignment message", False)


def test_an_internal_note_leaves_the_requester_waiting(desk: Desk):
    _, ticket = desk.begun()
    desk.reply(ticket, "Any news?")
    desk.agent(ticket, comment="Will answer later.", public=False)
    assert waits(desk, ticket)


def test_a_machine_that_answers_our_acknowledgement_is_not_answered(desk: Desk):
    _, ticket = desk.begun()
    desk.reply(ticket, "Any news?")
    said = len(desk.said(ticket))
    for _ in range(3):
        desk.reply(ticket, "We have got your mail, and will come back to you.")
    assert len(desk.said(ticket)) == said + 3
    assert desk.status(ticket) == "Tier 1: assignment message"


def test_the_desks_own_update_leaves_the_requester_waiting(desk: Desk):
    _, ticket = desk.begun(3)
    desk.reply(ticket, "Any news?")
    desk.until(ny("2026-03-10 10:30"))
    assert "A short update" in desk.said(ticket)[-1]
    assert waits(desk, ticket)


@both_parties
def test_the_next_tier_leaves_the_requester_waiting(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    desk.reply(ticket, "Any news?")
    desk.until(ny("2026-03-04 10:01"))
    assert (desk.status(ticket), waits(desk, ticket)) == ("Tier 2: direct contact", True)
    assert desk.mails(ticket) == [desk.their_address]


@both_parties
def test_a_reply_while_a_person_is_looking_stays_with_that_person(desk: Desk):
    ticket = desk.submit(desk.assignment(), requester_email="else@example.com", name="Wanda Worker")
    assert desk.state(ticket) == "needs_review"
    said = len(desk.said(ticket))
    desk.reply(ticket, "It is me, from another address.")
    assert (desk.state(ticket), desk.status(ticket)) == ("needs_review", "Needs review")
    assert len(desk.said(ticket)) == said + 2
    assert COME in desk.said(ticket)[-1]


@both_parties
def test_a_reply_after_the_other_side_answered_waits_for_the_agent(desk: Desk):
    number, ticket = desk.begun()
    desk.message(number, desk.other, "We are on it.")
    desk.reply(ticket, "They say nothing of use.")
    assert (desk.state(ticket), waits(desk, ticket)) == ("other_side_responded", True)
    assert desk.zendesk.ticket(ticket)["status"] == "open"
    assert COME in desk.said(ticket)[-1]


@pytest.mark.parametrize("end", ["Solved", "Not eligible", "Closed: off platform", "Resolved"])
@both_parties
def test_a_reply_after_solving_is_for_a_person_and_nothing_but_that_is_said(desk: Desk, end: str):
    number, ticket = desk.begun()
    desk.people.solve(ticket, status=end)
    desk.live()
    said = len(desk.said(ticket))
    desk.reply(ticket, "I am not done.")
    assert (desk.state(ticket), desk.status(ticket)) == ("needs_review", "Needs review")
    desk.until(ny("2026-04-20 10:00"))
    assert len(desk.said(ticket)) == said + 2
    assert "Your request had been closed. A person at the desk has been asked to look" in desk.said(ticket)[-1]
    assert len(desk.messages(number)) == 1
    assert desk.mails(ticket) == []


@both_parties
def test_after_a_reply_to_a_solved_ticket_an_agent_can_put_it_in_a_tier(desk: Desk):
    _, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    desk.until(ny("2026-03-09 10:00"))
    desk.reply(ticket, "I am not done.")
    desk.agent(ticket, tier=2)
    desk.for_(minutes=1)
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert desk.mails(ticket) == [desk.their_address]
    assert desk.due(ticket, "next_update") == ny("2026-03-11 10:00")


@both_parties
def test_agents_are_reminded_of_a_case_that_came_back(desk: Desk):
    _, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    desk.until(ny("2026-03-03 10:00"))
    desk.reply(ticket, "I am not done.")
    desk.until(ny("2026-03-05 10:01"))
    assert "still waiting for a person" in desk.notes(ticket)[-1]


def test_a_thank_you_after_the_end_is_read_by_a_person_too(desk: Desk):
    number, ticket = desk.begun()
    desk.workmarket.approve(number)
    desk.live()
    desk.until(desk.due(ticket, "confirmation"))
    desk.for_(minutes=1)
    assert desk.state(ticket) == "resolved"
    desk.reply(ticket, "Thank you!")
    assert desk.state(ticket) == "needs_review"


@both_parties
def test_marking_the_request_solved_withdraws_it_without_a_text(desk: Desk):
    number, ticket = desk.begun()
    desk.agent(ticket, assignee="Ada Agent")
    desk.people.mark_solved(ticket)
    desk.live()
    assert desk.state(ticket) == "withdrawn"
    assert desk.zendesk.ticket(ticket)["status"] == "solved"
    desk.until(ny("2026-04-20 10:00"))
    assert len(desk.said(ticket)) == 1
    assert len(desk.messages(number)) == 1


# Posted for the requester by somebody else


def test_a_reply_that_an_integration_posts_is_the_requesters(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    due = desk.due(ticket, "tier_ends")
    desk.people.reply_by_messenger(ticket, "Any news?")
    desk.live()
    assert "the requester wrote" in desk.journal(ticket)
    assert desk.due(ticket, "tier_ends") == due
    assert COME in desk.said(ticket)[-1]


def test_the_number_in_a_reply_that_an_integration_posts_becomes_the_assignment(desk: Desk):
    ticket = desk.submit("9999999")
    right = desk.assignment()
    desk.people.reply_by_messenger(ticket, f"Sorry, it is {right}.")
    desk.live()
    assert desk.state(ticket) == "tier_1"
    assert desk.case(ticket).assignment_id == right


def test_words_that_an_integration_posts_for_the_requester_with_the_tag_on_are_not_posted(desk: Desk):
    number, ticket = desk.begun()
    desk.zendesk.webhook_policy = lambda _: "drop"
    desk.people.agent_update(ticket, add_tags=["escalation_post_to_assignment"])
    desk.for_(seconds=1)
    desk.zendesk.webhook_policy = lambda _: "deliver"
    desk.people.reply_by_messenger(ticket, "Please tell them they are awful.")
    desk.live()
    assert len(desk.messages(number)) == 1


def test_a_reply_that_an_integration_posts_after_solving_is_for_a_person(desk: Desk):
    _, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    desk.people.reply_by_messenger(ticket, "I am not done.")
    desk.live()
    assert desk.state(ticket) == "needs_review"
