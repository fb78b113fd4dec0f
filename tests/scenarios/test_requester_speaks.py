"""The requester speaks: a reply moves neither tier nor timers, but is never left lying."""

import pytest

from tests.scenarios.town import MANAGER, Town, ny


def test_a_reply_in_a_tier_moves_neither_tier_nor_timers(town: Town):
    _, ticket = town.begun()
    before = town.told(ticket)["deadlines"]
    town.until(ny("2026-03-03 10:00"))
    town.reply(ticket, "Any news?")
    assert town.state(ticket) == "tier_1"
    assert town.told(ticket)["deadlines"] == before
    assert len(town.said(ticket)) == 2  # the first text, and the reply itself


def test_a_reply_leaves_the_ticket_open_for_an_agent(town: Town):
    _, ticket = town.begun()
    town.reply(ticket, "Any news?")
    town.for_(hours=5)
    assert town.status(ticket) == "Open"


def test_an_agents_public_answer_gives_the_ticket_its_states_status_back(town: Town):
    _, ticket = town.begun()
    town.reply(ticket, "Any news?")
    town.agent(ticket, comment="Not yet, sorry.")
    assert town.status(ticket) == "Tier 1: assignment message"


def test_an_internal_note_leaves_the_reply_open(town: Town):
    _, ticket = town.begun()
    town.reply(ticket, "Any news?")
    town.agent(ticket, comment="Will answer later.", public=False)
    assert town.status(ticket) == "Open"


def test_the_desks_own_update_leaves_the_reply_open(town: Town):
    _, ticket = town.begun(3)
    town.reply(ticket, "Any news?")
    town.until(ny("2026-03-10 10:30"))
    assert "A short update" in town.said(ticket)[-1]
    assert town.status(ticket) == "Open"


def test_the_next_tier_gives_the_ticket_its_status(town: Town):
    _, ticket = town.begun()
    town.until(ny("2026-03-03 10:00"))
    town.reply(ticket, "Any news?")
    town.until(ny("2026-03-04 10:01"))
    assert town.status(ticket) == "Tier 2: direct contact"
    assert town.mails(ticket) == [MANAGER]


def test_a_reply_while_a_person_is_looking_stays_with_that_person(town: Town):
    ticket = town.submit(town.assignment(), requester_email="else@example.com", name="Wanda Worker")
    assert town.state(ticket) == "needs_review"
    said = len(town.said(ticket))
    town.reply(ticket, "It is me, from another address.")
    assert (town.state(ticket), town.status(ticket)) == ("needs_review", "Needs review")
    assert len(town.said(ticket)) == said + 1


def test_a_reply_after_the_other_side_answered_stays_open_for_the_agent(town: Town):
    number, ticket = town.begun()
    town.message(number, "owner", "We are on it.")
    town.reply(ticket, "They say nothing of use.")
    assert town.state(ticket) == "other_side_responded"
    assert town.zendesk.ticket(ticket)["status"] == "open"


@pytest.mark.parametrize("end", ["Solved", "Not eligible", "Closed: off platform", "Resolved"])
def test_a_reply_after_solving_is_for_a_person_and_nothing_is_sent(town: Town, end: str):
    number, ticket = town.begun()
    town.people.solve(ticket, status=end)
    town.live()
    said = len(town.said(ticket))
    town.reply(ticket, "I am not done.")
    assert (town.state(ticket), town.status(ticket)) == ("needs_review", "Needs review")
    town.until(ny("2026-04-20 10:00"))
    assert len(town.said(ticket)) == said + 1
    assert len(town.messages(number)) == 1
    assert town.mails(ticket) == []


def test_after_a_reply_to_a_solved_ticket_an_agent_can_put_it_in_a_tier(town: Town):
    _, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    town.until(ny("2026-03-09 10:00"))
    town.reply(ticket, "I am not done.")
    town.agent(ticket, tier=2)
    town.for_(minutes=1)
    assert town.status(ticket) == "Tier 2: direct contact"
    assert town.mails(ticket) == [MANAGER]
    assert town.due(ticket, "next_update") == ny("2026-03-11 10:00")


def test_agents_are_reminded_of_a_case_that_came_back(town: Town):
    _, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    town.until(ny("2026-03-03 10:00"))
    town.reply(ticket, "I am not done.")
    town.until(ny("2026-03-05 10:01"))
    assert "still waiting for a person" in town.notes(ticket)[-1]


def test_a_thank_you_after_the_end_is_read_by_a_person_too(town: Town):
    number, ticket = town.begun()
    town.workmarket.approve(number)
    town.live()
    town.until(town.due(ticket, "confirmation"))
    town.for_(minutes=1)
    assert town.state(ticket) == "resolved"
    town.reply(ticket, "Thank you!")
    assert town.state(ticket) == "needs_review"


def test_marking_the_request_solved_withdraws_it_without_a_text(town: Town):
    number, ticket = town.begun()
    town.agent(ticket, assignee="Ada Agent")
    town.people.mark_solved(ticket)
    town.live()
    assert town.state(ticket) == "withdrawn"
    assert town.zendesk.ticket(ticket)["status"] == "solved"
    town.until(ny("2026-04-20 10:00"))
    assert len(town.said(ticket)) == 1
    assert len(town.messages(number)) == 1


# Posted for the requester by somebody else


def test_a_reply_that_an_integration_posts_is_the_requesters(town: Town):
    _, ticket = town.begun()
    town.until(ny("2026-03-03 10:00"))
    due = town.due(ticket, "next_update")
    town.people.reply_by_messenger(ticket, "Any news?")
    town.live()
    assert "the requester wrote" in town.journal(ticket)
    assert town.due(ticket, "next_update") == due


def test_the_number_in_a_reply_that_an_integration_posts_becomes_the_assignment(town: Town):
    ticket = town.submit("9999999")
    right = town.assignment()
    town.people.reply_by_messenger(ticket, f"Sorry, it is {right}.")
    town.live()
    assert town.state(ticket) == "tier_1"
    assert town.case(ticket).assignment_id == right


def test_words_that_an_integration_posts_for_the_requester_with_the_tag_on_are_not_posted(town: Town):
    number, ticket = town.begun()
    town.zendesk.webhook_policy = lambda _: "drop"
    town.people.agent_update(ticket, add_tags=["escalation_post_to_assignment"])
    town.for_(seconds=1)
    town.zendesk.webhook_policy = lambda _: "deliver"
    town.people.reply_by_messenger(ticket, "Please tell them they are awful.")
    town.live()
    assert len(town.messages(number)) == 1


def test_a_reply_that_an_integration_posts_after_solving_is_for_a_person(town: Town):
    _, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    town.people.reply_by_messenger(ticket, "I am not done.")
    town.live()
    assert town.state(ticket) == "needs_review"
