"""A pause: nothing is sent, what happens is recorded, the month runs on, and what is owed is one message."""

from datetime import datetime

from sync.operator.case_requests import ask_pause, ask_resume
from tests.scenarios.town import MANAGER, TIER_2, Town, ny

TAG = "escalation_pause"


def pause(town: Town, ticket: int, until: datetime) -> None:
    """An operator's `parley case pause`."""
    ask_pause(town.house.store, town.case(ticket).id, until, "Holidays of the client.", "olga", town.clock())
    town.live()


def paused(town: Town) -> tuple[str, int]:
    """Tier 1 since Monday 2 March, paused on Tuesday until Monday 9 March at 10:00."""
    number, ticket = town.begun()
    town.until(ny("2026-03-03 10:00"))
    pause(town, ticket, ny("2026-03-09 10:00"))
    return number, ticket


def test_the_tag_pauses_for_five_business_days(town: Town):
    _, ticket = town.begun()
    town.until(ny("2026-03-03 10:00"))
    town.agent(ticket, add_tags=[TAG])
    assert town.told(ticket)["paused_until"] == "2026-03-10T14:00:00Z"
    assert "Paused until Tue 10 Mar 2026, 10:00 EDT" in town.notes(ticket)[-1]


def test_the_command_pauses_until_its_moment_and_the_journal_has_the_reason(town: Town):
    _, ticket = paused(town)
    assert town.told(ticket)["paused_until"] == "2026-03-09T14:00:00Z"
    lines = town.house.store.read(lambda tx: tx.journal.of_case(town.case(ticket).id))
    assert ("olga", "Holidays of the client.") in [(line.actor, line.why) for line in lines]


def test_nothing_is_sent_to_anyone_during_a_pause(town: Town):
    number, ticket = paused(town)
    town.until(ny("2026-03-09 09:59"))
    assert town.status(ticket) == "Tier 1: assignment message"
    assert len(town.said(ticket)) == 1
    assert len(town.messages(number)) == 1
    assert town.mails(ticket) == []


def test_what_is_owed_after_a_pause_is_one_message(town: Town):
    _, ticket = paused(town)
    town.until(ny("2026-03-09 10:01"))
    assert town.status(ticket) == "Tier 2: direct contact"
    assert town.mails(ticket) == [MANAGER]
    assert len(town.said(ticket)) == 2
    assert "writing to the other side directly" in town.said(ticket)[-1]


def test_a_pause_without_anything_due_owes_nothing(town: Town):
    _, ticket = town.begun()
    pause(town, ticket, ny("2026-03-03 12:00"))
    town.until(ny("2026-03-03 13:00"))
    assert town.told(ticket)["paused_until"] is None
    assert len(town.said(ticket)) == 1
    assert town.due(ticket, "tier_ends") == ny("2026-03-04 10:00")


def test_the_tag_is_gone_after_the_pause(town: Town):
    _, ticket = town.begun()
    town.agent(ticket, add_tags=[TAG])
    assert TAG in town.zendesk.ticket(ticket)["tags"]
    town.until(ny("2026-03-09 10:01"))
    assert TAG not in town.zendesk.ticket(ticket)["tags"]


def test_taking_the_tag_off_ends_the_pause(town: Town):
    _, ticket = town.begun()
    town.agent(ticket, add_tags=[TAG])
    town.until(ny("2026-03-03 10:00"))
    town.agent(ticket, remove_tags=[TAG])
    assert town.told(ticket)["paused_until"] is None
    town.until(ny("2026-03-04 10:01"))
    assert town.state(ticket) == "tier_2"


def test_the_command_ends_a_pause(town: Town):
    _, ticket = paused(town)
    town.until(ny("2026-03-05 10:00"))
    ask_resume(town.house.store, town.case(ticket).id, "olga", town.clock())
    town.live()
    town.for_(minutes=1)
    assert town.state(ticket) == "tier_2"
    assert len(town.said(ticket)) == 2


def test_an_agents_move_ends_a_pause(town: Town):
    _, ticket = paused(town)
    town.agent(ticket, macro=TIER_2)
    town.for_(minutes=1)
    assert town.told(ticket)["paused_until"] is None
    assert town.mails(ticket) == [MANAGER]


def test_an_answer_during_a_pause_is_recorded_and_the_update_after_it_says_so(town: Town):
    number, ticket = paused(town)
    town.until(ny("2026-03-04 12:00"))
    town.message(number, "owner", "We will pay.")
    assert town.state(ticket) == "other_side_responded"
    assert any("We will pay." in note for note in town.notes(ticket))
    town.until(ny("2026-03-09 10:01"))
    assert len(town.said(ticket)) == 2
    assert "there has been contact" in town.said(ticket)[-1]


def test_an_approval_during_a_pause_is_told_once_after_it(town: Town):
    number, ticket = paused(town)
    town.until(ny("2026-03-04 12:00"))
    town.workmarket.approve(number)
    town.live()
    assert len(town.said(ticket)) == 1
    town.until(ny("2026-03-09 10:01"))
    assert town.status(ticket) == "Confirming outcome"
    assert len(town.said(ticket)) == 2
    assert "shows as approved" in town.said(ticket)[-1]


def test_the_month_runs_on_during_a_pause(town: Town):
    _, ticket = town.begun(3)
    town.until(ny("2026-03-20 10:00"))
    pause(town, ticket, ny("2026-04-08 10:00"))
    assert town.due(ticket, "month_ends") == ny("2026-04-02 10:00")
    town.until(ny("2026-04-08 09:59"))
    said = len(town.said(ticket))
    town.until(ny("2026-04-08 10:01"))
    assert town.status(ticket) == "Closed: off platform"
    assert len(town.said(ticket)) == said + 1
    assert "adr.org" in town.said(ticket)[-1]


def test_a_request_paused_before_its_verdict_says_it_at_the_end(town: Town):
    ticket = town.submit(town.assignment(), requester_email="else@example.com")
    pause(town, ticket, ny("2026-03-04 10:00"))
    town.agent(ticket, fields={"Client's average approval time": "3 d"})
    town.until(ny("2026-03-04 10:01"))
    assert town.state(ticket) == "needs_review"
    assert len(town.said(ticket)) == 2


def test_a_post_asked_for_during_a_pause_goes_out_after_it(town: Town):
    number, ticket = paused(town)
    town.hook(event="assignment.post", ticket_id=str(ticket), text="The desk will be back on Monday.")
    assert len(town.messages(number)) == 1
    town.until(ny("2026-03-09 10:01"))
    assert sum("back on Monday" in text for text in town.messages(number)) == 1


def test_an_ended_case_can_not_be_paused(town: Town):
    _, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    pause(town, ticket, ny("2026-03-09 10:00"))
    assert town.told(ticket)["paused_until"] is None
    assert "a pause was ignored" in town.journal(ticket)
