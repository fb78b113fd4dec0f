"""A pause: nothing is sent, what happens is recorded, the month runs on, and what is owed is one message."""

from datetime import datetime

import pytest

from escalation.explain import explain
from escalation.model.values import Party
from escalation.telling.progress_page import progress_page
from escalation.telling.stored import StoredCase
from sync.operator.case_requests import NotAsked, ask_pause, ask_resume
from tests.desk import TIER_2, Desk, both_parties, ny

TAG = "escalation_pause"


def pause(desk: Desk, ticket: int, until: datetime) -> None:
    """An operator's `parley case pause`."""
    ask_pause(desk.app.store, desk.case(ticket).id, until, "Holidays of the client.", "olga", desk.clock())
    desk.live()


def paused(desk: Desk) -> tuple[str, int]:
    """Tier 1 since Monday 2 March, paused on Tuesday until Monday 9 March at 10:00."""
    number, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    pause(desk, ticket, ny("2026-03-09 10:00"))
    return number, ticket


@both_parties
def test_the_tag_pauses_for_five_business_days(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    desk.agent(ticket, add_tags=[TAG])
    assert desk.told(ticket)["paused_until"] == "2026-03-10T14:00:00Z"
    assert "Paused until Tue 10 Mar 2026, 10:00 EDT" in desk.notes(ticket)[-1]


def test_the_command_pauses_until_its_moment_and_the_journal_has_the_reason(desk: Desk):
    _, ticket = paused(desk)
    assert desk.told(ticket)["paused_until"] == "2026-03-09T14:00:00Z"
    lines = desk.app.store.read(lambda tx: tx.journal.of_case(desk.case(ticket).id))
    assert ("olga", "Holidays of the client.") in [(line.actor, line.why) for line in lines]


@both_parties
def test_a_pause_is_told_as_held_on_the_ticket_in_the_note_on_the_page_and_in_explain(desk: Desk):
    _, ticket = paused(desk)
    until, due = "Mon 9 Mar 2026, 10:00 EDT", "Wed 4 Mar 2026, 10:00 EST"
    assert desk.shown(ticket, "Next update due") == f"held until {until}"
    assert f"The requester's next update, due {due}, is held until then." in desk.notes(ticket)[-1]
    explained = explain(desk.case(ticket), desk.app.policy.calendar)
    assert f"Held until {until}:" in explained
    assert due not in explained
    page = progress_page(StoredCase(desk.case(ticket)), desk.clock(), desk.app.policy)
    assert page is not None
    assert f"We have set your request aside until {until}." in page.view.state_said
    assert f"The update that was planned for {due} waits until then." in page.view.state_said
    assert {one.due_said for one in page.view.deadlines} <= {until, "Thu 2 Apr 2026, 10:00 EDT"}


@both_parties
def test_nothing_is_sent_to_anyone_during_a_pause(desk: Desk):
    number, ticket = paused(desk)
    desk.until(ny("2026-03-09 09:59"))
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.said(ticket)) == 1
    assert len(desk.messages(number)) == 1
    assert desk.mails(ticket) == []


@both_parties
def test_what_is_owed_after_a_pause_is_one_message(desk: Desk):
    _, ticket = paused(desk)
    desk.until(ny("2026-03-09 10:01"))
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert desk.mails(ticket) == [desk.their_address]
    assert len(desk.said(ticket)) == 2
    assert "writing to the other side directly" in desk.said(ticket)[-1]


def test_a_pause_without_anything_due_owes_nothing(desk: Desk):
    _, ticket = desk.begun()
    pause(desk, ticket, ny("2026-03-03 12:00"))
    desk.until(ny("2026-03-03 13:00"))
    assert desk.told(ticket)["paused_until"] is None
    assert len(desk.said(ticket)) == 1
    assert desk.due(ticket, "tier_ends") == ny("2026-03-04 10:00")


def test_the_tag_is_gone_after_the_pause(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, add_tags=[TAG])
    assert TAG in desk.zendesk.ticket(ticket)["tags"]
    desk.until(ny("2026-03-09 10:01"))
    assert TAG not in desk.zendesk.ticket(ticket)["tags"]


@both_parties
def test_taking_the_tag_off_ends_the_pause(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, add_tags=[TAG])
    desk.until(ny("2026-03-03 10:00"))
    desk.agent(ticket, remove_tags=[TAG])
    assert desk.told(ticket)["paused_until"] is None
    desk.until(ny("2026-03-04 10:01"))
    assert desk.state(ticket) == "tier_2"


@both_parties
def test_the_command_ends_a_pause(desk: Desk):
    _, ticket = paused(desk)
    desk.until(ny("2026-03-05 10:00"))
    ask_resume(desk.app.store, desk.case(ticket).id, "olga", desk.clock())
    desk.live()
    desk.for_(minutes=1)
    assert desk.state(ticket) == "tier_2"
    assert len(desk.said(ticket)) == 2


@both_parties
def test_an_agents_move_ends_a_pause(desk: Desk):
    _, ticket = paused(desk)
    desk.agent(ticket, macro=TIER_2)
    desk.for_(minutes=1)
    assert desk.told(ticket)["paused_until"] is None
    assert desk.mails(ticket) == [desk.their_address]


@both_parties
def test_an_answer_during_a_pause_is_recorded_and_told_once_after_it(desk: Desk):
    number, ticket = paused(desk)
    desk.until(ny("2026-03-04 12:00"))
    desk.message(number, desk.other, "We will pay.")
    assert desk.state(ticket) == "other_side_responded"
    assert any("We will pay." in note for note in desk.notes(ticket))
    desk.until(ny("2026-03-09 10:01"))
    assert len(desk.said(ticket)) == 2
    assert "There is word from the other side" in desk.said(ticket)[-1]


@both_parties
def test_an_approval_during_a_pause_is_told_once_after_it(desk: Desk):
    number, ticket = paused(desk)
    desk.until(ny("2026-03-04 12:00"))
    desk.workmarket.approve(number)
    desk.live()
    assert len(desk.said(ticket)) == 1
    desk.until(ny("2026-03-09 10:01"))
    assert desk.status(ticket) == "Confirming outcome"
    assert len(desk.said(ticket)) == 2
    assert "shows as approved" in desk.said(ticket)[-1]


@both_parties
def test_the_month_runs_on_during_a_pause(desk: Desk):
    _, ticket = desk.begun(3)
    desk.until(ny("2026-03-20 10:00"))
    pause(desk, ticket, ny("2026-04-08 10:00"))
    assert desk.due(ticket, "month_ends") == ny("2026-04-02 10:00")
    desk.until(ny("2026-04-08 09:59"))
    said = len(desk.said(ticket))
    desk.until(ny("2026-04-08 10:01"))
    assert desk.status(ticket) == "Closed: off platform"
    assert len(desk.said(ticket)) == said + 1
    assert ("adr.org" in desk.said(ticket)[-1]) == (desk.party is Party.WORKER)


@both_parties
def test_a_request_paused_before_its_verdict_says_it_at_the_end(desk: Desk):
    ticket = desk.submit(desk.assignment(), requester_email="else@example.com")
    pause(desk, ticket, ny("2026-03-04 10:00"))
    desk.agent(ticket, fields={"Client's average approval time": "3 d"})
    desk.until(ny("2026-03-04 10:01"))
    assert desk.state(ticket) == "needs_review"
    assert len(desk.said(ticket)) == 2


@both_parties
def test_a_post_asked_for_during_a_pause_goes_out_after_it(desk: Desk):
    number, ticket = paused(desk)
    desk.hook(event="assignment.post", ticket_id=str(ticket), text="The desk will be back on Monday.")
    assert len(desk.messages(number)) == 1
    desk.until(ny("2026-03-09 10:01"))
    assert sum("back on Monday" in text for text in desk.messages(number)) == 1


@both_parties
def test_an_ended_case_can_not_be_paused(desk: Desk):
    _, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    with pytest.raises(NotAsked, match="has ended already"):
        pause(desk, ticket, ny("2026-03-09 10:00"))
    desk.live()
    assert desk.told(ticket)["paused_until"] is None
