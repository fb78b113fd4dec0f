"""Zendesk refuses, in any language: what that means is read off its structure and the ticket, never off words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.zendesk.records.tongues import LANGUAGES
from sync.operator.dead import NotPossible, dead_letters, replay
from tests.scenarios.town import TIER_2, WANDA, Town, ny

FIELD = "Cost centre"
OVER = ny("2026-04-03 12:00")


@pytest.fixture(params=LANGUAGES, autouse=True)
def language(request: pytest.FixtureRequest, town: Town) -> str:
    """What the account answers in."""
    town.zendesk.account.language = request.param
    return str(request.param)


def over(town: Town, ticket: int) -> None:
    """Let the month pass without an answer, up to just before its end."""
    town.until(town.due(ticket, "month_ends") - timedelta(minutes=1))


def notes_that_name(town: Town, ticket: int, words: str) -> list[str]:
    return [note for note in town.notes(ticket) if words in note]


def test_a_ticket_that_was_closed_gets_its_last_text_on_a_follow_up(town: Town):
    ticket = closed_under_its_last_text(town)
    follow_up = max(town.tickets())
    assert follow_up != ticket
    assert "we take it that the matter is settled" in town.zendesk.public_comments(follow_up)[0]
    assert (town.state(follow_up), town.status(follow_up)) == ("resolved", "Resolved")


def closed_under_its_last_text(town: Town, field: str = "") -> int:
    """Zendesk closes the ticket between the case's last text, which meets an outage, and its repetition."""
    number, ticket = town.begun()
    town.workmarket.approve(number)
    town.live()
    town.sandbox.faults.next("zendesk", "PUT", rf"tickets/{ticket}$", status=503)
    town.until(town.due(ticket, "confirmation"))
    town.people.close(ticket)
    if field:
        town.require(field)
    town.for_(minutes=5)
    return ticket


def test_a_follow_up_that_can_not_be_solved_says_its_text_and_needs_a_person(town: Town):
    ticket = closed_under_its_last_text(town, FIELD)
    follow_up = max(town.tickets())
    assert len(town.tickets()) == 2
    assert "we take it that the matter is settled" in town.zendesk.public_comments(follow_up)[0]
    assert (town.state(follow_up), town.status(follow_up)) == ("needs_review", "Needs review")
    assert not any("the matter is settled" in said for said in town.said(ticket))


def test_a_status_that_was_switched_off_waits_for_apply_and_loses_nothing(town: Town):
    _, ticket = town.begun()
    status = town.people.status_id("Tier 2: direct contact")
    town.zendesk.account.statuses[status]["active"] = False
    town.until(ny("2026-03-04 10:20"))
    assert len(town.said(ticket)) == 1
    town.set_up_again()
    town.for_(minutes=6)
    assert (town.state(ticket), town.status(ticket)) == ("tier_2", "Tier 2: direct contact")
    assert len(town.said(ticket)) == 2


def test_a_text_for_a_suspended_requester_is_refused_for_good_and_names_why(town: Town):
    _, ticket = town.begun()
    user = town.zendesk.account.user_by_email(WANDA)
    assert user is not None
    user.suspended = True
    town.until(ny("2026-03-04 10:20"))
    assert "could not be done: suspended" in town.journal(ticket)
    user.suspended = False
    town.until(ny("2026-03-06 10:20"))
    assert len(town.said(ticket)) == 2


def test_a_request_whose_answer_was_lost_is_one_ticket(town: Town):
    number = town.assignment()
    town.sandbox.faults.next("zendesk", "POST", "tickets$", drop_reply=True, apply=True)
    town.hand_in(number)
    town.for_(minutes=5)
    assert len(town.tickets()) == 1
    assert len(town.messages(number)) == 1


def test_an_agents_edit_in_between_is_a_conflict_and_the_update_follows(town: Town):
    _, ticket = town.begun()
    town.until(ny("2026-03-04 09:59"))
    town.sandbox.faults.next("zendesk", "PUT", r"tickets/\d+$", status=409)
    town.until(ny("2026-03-04 10:05"))
    assert town.status(ticket) == "Tier 2: direct contact"
    assert len(town.said(ticket)) == 2


def test_a_required_field_keeps_nothing_from_the_requester_and_agents_are_told_its_name(town: Town):
    _, ticket = town.begun()
    over(town, ticket)
    before = len(town.said(ticket))
    town.require(FIELD)
    town.until(OVER)
    said = town.said(ticket)
    assert len(said) == before + 1
    assert "adr.org" in said[-1]
    assert len(notes_that_name(town, ticket, f"“{FIELD}”")) == 1


def test_a_ticket_that_could_not_be_solved_shows_that_it_needs_a_person(town: Town):
    _, ticket = town.begun()
    over(town, ticket)
    town.require(FIELD)
    town.until(OVER)
    assert (town.state(ticket), town.status(ticket)) == ("needs_review", "Needs review")
    assert not town.shown(ticket, "Next update due")


def test_nothing_more_is_said_while_a_ticket_waits_to_be_solved_by_hand(town: Town):
    _, ticket = town.begun()
    over(town, ticket)
    town.require(FIELD)
    town.until(OVER)
    before = len(town.said(ticket))
    town.for_(days=10)
    assert len(town.said(ticket)) == before
    assert notes_that_name(town, ticket, "still waiting for a person")


def test_once_the_field_is_filled_in_an_agent_solves_the_ticket_and_the_case_ends(town: Town):
    _, ticket = town.begun()
    over(town, ticket)
    town.require(FIELD)
    town.until(OVER)
    before = len(town.said(ticket))
    town.agent(ticket, fields={FIELD: "4711"}, status="Closed: off platform")
    assert (town.state(ticket), town.status(ticket)) == ("off_platform", "Closed: off platform")
    town.for_(days=3)
    assert len(town.said(ticket)) == before


def test_the_refused_update_is_a_dead_letter_that_can_not_be_sent_a_second_time(town: Town):
    _, ticket = town.begun()
    over(town, ticket)
    town.require(FIELD)
    town.until(OVER)
    (letter,) = dead_letters(town.house.store)
    assert FIELD in letter.error
    with pytest.raises(NotPossible):
        replay(town.house.store, letter.id, town.clock())


def test_a_verdict_reaches_the_requester_though_the_ticket_can_not_be_solved(town: Town):
    town.require(FIELD)
    ticket = town.submit(town.assignment(ago=timedelta(days=300)))
    (said,) = town.said(ticket)
    assert "In this case: the assignment ended more than 6 months before you wrote to us" in said
    assert town.status(ticket) == "Needs review"
    assert len(notes_that_name(town, ticket, f"“{FIELD}”")) == 1


@pytest.mark.parametrize("trouble", [{"drop_reply": True, "apply": True}, {"drop_reply": True}, {"status": 503}])
def test_a_text_that_is_said_without_solving_is_said_once_whatever_happens_to_the_answer(
    town: Town, trouble: dict[str, Any]
):
    _, ticket = town.begun()
    over(town, ticket)
    town.require(FIELD)
    # The note goes first, and then the text.
    town.sandbox.faults.next("zendesk", "PUT", rf"tickets/{ticket}$", delay=0.001)
    town.sandbox.faults.next("zendesk", "PUT", rf"tickets/{ticket}$", **trouble)
    town.sandbox.faults.next("zendesk", "PUT", rf"tickets/{ticket}$", **trouble)
    town.until(OVER)
    town.for_(minutes=10)
    assert sum("adr.org" in said for said in town.said(ticket)) == 1
    assert len(notes_that_name(town, ticket, f"“{FIELD}”")) == 1
    assert town.status(ticket) == "Needs review"


def test_the_teams_words_are_said_though_the_ticket_can_not_be_solved(town: Town):
    town.rewrite("Escalation::Off platform", "The team's own farewell.")
    _, ticket = town.begun()
    over(town, ticket)
    town.require(FIELD)
    town.until(OVER)
    assert town.said(ticket)[-1] == "The team's own farewell."


def test_a_ticket_whose_assignee_was_taken_away_is_solved_all_the_same(town: Town):
    _, ticket = town.begun()
    town.agent(ticket, assignee="Ada Agent")
    over(town, ticket)
    town.zendesk.account.tickets[ticket].assignee_id = None
    town.until(OVER)
    assert (town.state(ticket), town.zendesk.ticket(ticket)["status"]) == ("off_platform", "solved")


def test_a_case_that_an_agent_took_up_meanwhile_gets_no_text_of_its_end(town: Town):
    _, ticket = town.begun(tier=2)
    over(town, ticket)
    town.require(FIELD)
    town.until(OVER)
    town.agent(ticket, macro=TIER_2)
    assert town.state(ticket) == "tier_2"
    assert sum("adr.org" in said for said in town.said(ticket)) == 1
