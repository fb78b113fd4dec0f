"""Zendesk refuses, in any language: what that means is read off its structure and the ticket, never off words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.zendesk.records.tongues import LANGUAGES
from sync.operator.dead import NotPossible, dead_letters, replay
from tests.beginning import WANDA
from tests.desk import TIER_2, Desk, ny
from tests.scale import NIGHTLY

FIELD = "Cost centre"
OVER = ny("2026-04-03 12:00")


# English is what most other scenarios are refused in; of Chinese none of our code could read a word.
SPOKEN = LANGUAGES if NIGHTLY else ("zh-CN",)


@pytest.fixture(params=SPOKEN, autouse=True)
def language(request: pytest.FixtureRequest, desk: Desk) -> str:
    """What the account answers in."""
    desk.zendesk.account.language = request.param
    return str(request.param)


def over(desk: Desk, ticket: int) -> None:
    """Let the month pass without an answer, up to just before its end."""
    desk.until(desk.due(ticket, "month_ends") - timedelta(minutes=1))


def notes_that_name(desk: Desk, ticket: int, words: str) -> list[str]:
    return [note for note in desk.notes(ticket) if words in note]


def test_a_ticket_that_was_closed_gets_its_last_text_on_a_follow_up(desk: Desk):
    ticket = closed_under_its_last_text(desk)
    follow_up = max(desk.tickets())
    assert follow_up != ticket
    assert "we take it that the matter is settled" in desk.zendesk.public_comments(follow_up)[0]
    assert (desk.state(follow_up), desk.status(follow_up)) == ("resolved", "Resolved")


def closed_under_its_last_text(desk: Desk, field: str = "") -> int:
    """Zendesk closes the ticket between the case's last text, which meets an outage, and its repetition."""
    number, ticket = desk.begun()
    desk.workmarket.approve(number)
    desk.live()
    desk.sandbox.faults.next("zendesk", "PUT", rf"tickets/{ticket}$", status=503)
    desk.until(desk.due(ticket, "confirmation"))
    desk.people.close(ticket)
    if field:
        desk.require(field)
    desk.for_(minutes=5)
    return ticket


def test_a_follow_up_that_can_not_be_solved_says_its_text_and_needs_a_person(desk: Desk):
    ticket = closed_under_its_last_text(desk, FIELD)
    follow_up = max(desk.tickets())
    assert len(desk.tickets()) == 2
    assert "we take it that the matter is settled" in desk.zendesk.public_comments(follow_up)[0]
    assert (desk.state(follow_up), desk.status(follow_up)) == ("needs_review", "Needs review")
    assert not any("take it that the matter is settled" in said for said in desk.said(ticket))


def test_a_status_that_was_switched_off_waits_for_apply_and_loses_nothing(desk: Desk):
    _, ticket = desk.begun()
    status = desk.people.status_id("Tier 2: direct contact")
    desk.zendesk.account.statuses[status]["active"] = False
    desk.until(ny("2026-03-04 10:20"))
    assert len(desk.said(ticket)) == 1
    desk.set_up_again()
    desk.for_(minutes=6)
    assert (desk.state(ticket), desk.status(ticket)) == ("tier_2", "Tier 2: direct contact")
    assert len(desk.said(ticket)) == 2


def test_a_text_for_a_suspended_requester_is_refused_for_good_and_names_why(desk: Desk):
    _, ticket = desk.begun()
    user = desk.zendesk.account.user_by_email(WANDA)
    assert user is not None
    user.suspended = True
    desk.until(ny("2026-03-04 10:20"))
    assert "could not be done: suspended" in desk.journal(ticket)
    user.suspended = False
    desk.until(ny("2026-03-06 10:20"))
    assert len(desk.said(ticket)) == 2


def test_a_request_whose_answer_was_lost_is_one_ticket(desk: Desk):
    number = desk.assignment()
    desk.sandbox.faults.next("zendesk", "POST", "tickets$", drop_reply=True, apply=True)
    desk.hand_in(number)
    desk.for_(minutes=5)
    assert len(desk.tickets()) == 1
    assert len(desk.messages(number)) == 1


def test_an_agents_edit_in_between_is_a_conflict_and_the_update_follows(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-04 09:59"))
    desk.sandbox.faults.next("zendesk", "PUT", r"tickets/\d+$", status=409)
    desk.until(ny("2026-03-04 10:05"))
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert len(desk.said(ticket)) == 2


def test_a_required_field_keeps_nothing_from_the_requester_and_agents_are_told_its_name(desk: Desk):
    _, ticket = desk.begun()
    over(desk, ticket)
    before = len(desk.said(ticket))
    desk.require(FIELD)
    desk.until(OVER)
    said = desk.said(ticket)
    assert len(said) == before + 1
    assert "adr.org" in said[-1]
    assert len(notes_that_name(desk, ticket, f"“{FIELD}”")) == 1


def test_a_ticket_that_could_not_be_solved_shows_that_it_needs_a_person(desk: Desk):
    _, ticket = desk.begun()
    over(desk, ticket)
    desk.require(FIELD)
    desk.until(OVER)
    assert (desk.state(ticket), desk.status(ticket)) == ("needs_review", "Needs review")
    assert not desk.shown(ticket, "Next update due")


def test_nothing_more_is_said_while_a_ticket_waits_to_be_solved_by_hand(desk: Desk):
    _, ticket = desk.begun()
    over(desk, ticket)
    desk.require(FIELD)
    desk.until(OVER)
    before = len(desk.said(ticket))
    desk.for_(days=10)
    assert len(desk.said(ticket)) == before
    assert notes_that_name(desk, ticket, "still waiting for a person")


def test_once_the_field_is_filled_in_an_agent_solves_the_ticket_and_the_case_ends(desk: Desk):
    _, ticket = desk.begun()
    over(desk, ticket)
    desk.require(FIELD)
    desk.until(OVER)
    before = len(desk.said(ticket))
    desk.agent(ticket, fields={FIELD: "4711"}, status="Closed: off platform")
    assert (desk.state(ticket), desk.status(ticket)) == ("off_platform", "Closed: off platform")
    desk.for_(days=3)
    assert len(desk.said(ticket)) == before


def test_the_refused_update_is_a_dead_letter_that_can_not_be_sent_a_second_time(desk: Desk):
    _, ticket = desk.begun()
    over(desk, ticket)
    desk.require(FIELD)
    desk.until(OVER)
    (letter,) = dead_letters(desk.app.store)
    assert FIELD in letter.error
    with pytest.raises(NotPossible):
        replay(desk.app.store, letter.id, desk.clock())


def test_a_verdict_reaches_the_requester_though_the_ticket_can_not_be_solved(desk: Desk):
    desk.require(FIELD)
    ticket = desk.submit(desk.assignment(ago=timedelta(days=300)))
    (said,) = desk.said(ticket)
    assert "in the way of your request: the assignment's date was more than 6 months before you wrote to us" in said
    assert desk.status(ticket) == "Needs review"
    assert len(notes_that_name(desk, ticket, f"“{FIELD}”")) == 1


@pytest.mark.parametrize("trouble", [{"drop_reply": True, "apply": True}, {"drop_reply": True}, {"status": 503}])
def test_a_text_that_is_said_without_solving_is_said_once_whatever_happens_to_the_answer(
    desk: Desk, trouble: dict[str, Any]
):
    _, ticket = desk.begun()
    over(desk, ticket)
    desk.require(FIELD)
    # The note goes first, and then the text.
    desk.sandbox.faults.next("zendesk", "PUT", rf"tickets/{ticket}$", delay=0.001)
    desk.sandbox.faults.next("zendesk", "PUT", rf"tickets/{ticket}$", **trouble)
    desk.sandbox.faults.next("zendesk", "PUT", rf"tickets/{ticket}$", **trouble)
    desk.until(OVER)
    desk.for_(minutes=10)
    assert sum("adr.org" in said for said in desk.said(ticket)) == 1
    assert len(notes_that_name(desk, ticket, f"“{FIELD}”")) == 1
    assert desk.status(ticket) == "Needs review"


def test_the_teams_words_are_said_though_the_ticket_can_not_be_solved(desk: Desk):
    desk.rewrite("Escalation::Off platform", "The team's own farewell.")
    _, ticket = desk.begun()
    over(desk, ticket)
    desk.require(FIELD)
    desk.until(OVER)
    assert desk.said(ticket)[-1].startswith(
        "The team's own farewell.\n\nWe left a message for the other side on the assignment"
    )


def test_a_ticket_whose_assignee_was_taken_away_is_solved_all_the_same(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, assignee="Ada Agent")
    over(desk, ticket)
    desk.zendesk.account.tickets[ticket].assignee_id = None
    desk.until(OVER)
    assert (desk.state(ticket), desk.zendesk.ticket(ticket)["status"]) == ("off_platform", "solved")


def test_a_case_that_an_agent_took_up_meanwhile_gets_no_text_of_its_end(desk: Desk):
    _, ticket = desk.begun(tier=2)
    over(desk, ticket)
    desk.require(FIELD)
    desk.until(OVER)
    desk.agent(ticket, macro=TIER_2)
    assert desk.state(ticket) == "tier_2"
    assert sum("adr.org" in said for said in desk.said(ticket)) == 1
