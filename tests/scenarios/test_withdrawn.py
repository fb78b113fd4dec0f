"""What was public and is not any more: made internal, or words taken out of it, before the desk looked or after."""

from __future__ import annotations

from typing import Any

import pytest

from tests.desk import Desk, ny
from tests.scenarios.test_posting import TAG, WORD, posted
from tests.scenarios.test_trouble import NOTE

WAYS = ("made internal", "redacted")


def said_and_withdrawn(desk: Desk, ticket: int, way: str, **update: object) -> None:
    """An agent writes, thinks better of it, and only then the desk looks."""
    desk.zendesk.webhook_policy = lambda _: "drop"
    desk.people.agent_update(ticket, **update)  # type: ignore[arg-type]
    desk.for_(seconds=20)
    withdraw(desk, ticket, way)
    desk.for_(seconds=20)
    desk.zendesk.webhook_policy = lambda _: "deliver"


def withdraw(desk: Desk, ticket: int, way: str) -> None:
    last = desk.zendesk.comments(ticket)[-1]
    if way == "redacted":
        desk.people.redact(ticket, last["id"], last["body"])
    else:
        desk.people.make_internal(ticket, last["id"])


def withdraw_words(desk: Desk, ticket: int, way: str) -> None:
    """The agent's comment, which need not be the ticket's last one."""
    said = next(row for row in desk.zendesk.comments(ticket) if row["body"] == WORD)
    if way == "redacted":
        desk.people.redact(ticket, said["id"], "Friday")
    else:
        desk.people.make_internal(ticket, said["id"])


def looked(desk: Desk, ticket: int) -> None:
    desk.hook(event="ticket.changed", ticket_id=str(ticket))


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_was_withdrawn_before_the_desk_looked_is_not_posted(desk: Desk, way: str):
    number, ticket = desk.begun()
    said_and_withdrawn(desk, ticket, way, comment=WORD, add_tags=[TAG])
    looked(desk, ticket)
    assert posted(desk, number) == []
    assert "Nothing was posted" in desk.notes(ticket)[-1]


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_was_withdrawn_before_the_desk_looked_is_no_update_for_the_requester(desk: Desk, way: str):
    _, ticket = desk.begun(3)
    due = desk.due(ticket, "next_update")
    desk.until(ny("2026-03-09 10:00"))
    said_and_withdrawn(desk, ticket, way, comment="They will pay tomorrow.")
    looked(desk, ticket)
    assert desk.due(ticket, "next_update") == due


def test_a_reply_that_was_made_internal_is_heard_and_its_words_are_not_read(desk: Desk):
    ticket = desk.submit("9999999")
    assert desk.state(ticket) == "waiting_on_requester"
    right = desk.assignment()
    desk.zendesk.webhook_policy = lambda _: "drop"
    desk.people.reply(ticket, f"It is {right}.")
    desk.for_(seconds=20)
    withdraw(desk, ticket, "made internal")
    desk.zendesk.webhook_policy = lambda _: "deliver"
    looked(desk, ticket)
    assert desk.state(ticket) == "needs_review"
    assert desk.case(ticket).assignment_id == "9999999"


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_is_held_back_by_a_pause_and_withdrawn_meanwhile_is_not_posted(desk: Desk, way: str):
    number, ticket = desk.begun()
    desk.agent(ticket, add_tags=["escalation_pause"])
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    desk.for_(minutes=1)
    withdraw_words(desk, ticket, way)
    looked(desk, ticket)
    desk.agent(ticket, remove_tags=["escalation_pause"])
    assert posted(desk, number) == []
    assert "a held post was taken back" in desk.journal(ticket)


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_was_posted_and_is_withdrawn_then_is_told_of(desk: Desk, way: str):
    number, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    desk.for_(minutes=1)
    said = [row for row in desk.zendesk.comments(ticket) if row["body"] == WORD]
    desk.people.make_internal(ticket, said[0]["id"]) if way == WAYS[0] else desk.people.redact(
        ticket, said[0]["id"], "Friday"
    )
    looked(desk, ticket)
    looked(desk, ticket)
    assert posted(desk, number) == [WORD]
    assert desk.journal(ticket).count("a posted comment was taken back") == 1
    assert "has been made internal since" in desk.notes(ticket)[-1]


@pytest.mark.parametrize("how", [{"status": 503}, {"drop_reply": True}])
@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_waits_to_be_posted_and_is_withdrawn_meanwhile_is_not_posted(
    desk: Desk, way: str, how: dict[str, Any]
):
    number, ticket = desk.begun()
    desk.sandbox.faults.writes_fail("workmarket", **how)
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    desk.for_(minutes=20)
    withdraw_words(desk, ticket, way)
    looked(desk, ticket)
    assert "is not posted" in desk.notes(ticket)[-1]
    assert "stands as it was" not in desk.pages_of(ticket)
    desk.sandbox.faults.restore("workmarket")
    desk.for_(hours=2)
    assert posted(desk, number) == []
    assert desk.dead() == []
    assert "a waiting post was taken back" in desk.journal(ticket)


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_had_left_unnoticed_when_it_was_withdrawn_is_told_of_once_it_is_found(desk: Desk, way: str):
    number, ticket = desk.begun()
    desk.sandbox.faults.next(*NOTE, drop_reply=True, apply=True)
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    withdraw_words(desk, ticket, way)
    looked(desk, ticket)
    desk.for_(minutes=5)
    assert posted(desk, number) == [WORD]
    assert "stands as it was" in desk.notes(ticket)[-1]


def test_no_webhook_tells_of_it_nor_does_updated_at_and_it_is_found_within_ten_minutes(desk: Desk):
    _, ticket = desk.begun()
    desk.agent(ticket, comment=WORD, add_tags=[TAG])
    desk.for_(minutes=1)
    desk.for_(minutes=5)
    desk.reconcile()
    before = desk.zendesk.ticket(ticket)["updated_at"]
    said = next(row for row in desk.zendesk.comments(ticket) if row["body"] == WORD)
    desk.people.make_internal(ticket, said["id"])
    assert desk.zendesk.ticket(ticket)["updated_at"] == before
    for _ in range(2):
        desk.for_(minutes=5)
        desk.reconcile()
    assert "a posted comment was taken back" in desk.journal(ticket)
