"""What was public and is not any more: made internal, or words taken out of it, before the desk looked or after."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.test_posting import TAG, WORD, posted
from tests.scenarios.test_trouble import NOTE
from tests.scenarios.town import Town, ny

WAYS = ("made internal", "redacted")


def said_and_withdrawn(town: Town, ticket: int, way: str, **update: object) -> None:
    """An agent writes, thinks better of it, and only then the desk looks."""
    town.zendesk.webhook_policy = lambda _: "drop"
    town.people.agent_update(ticket, **update)  # type: ignore[arg-type]
    town.for_(seconds=20)
    withdraw(town, ticket, way)
    town.for_(seconds=20)
    town.zendesk.webhook_policy = lambda _: "deliver"


def withdraw(town: Town, ticket: int, way: str) -> None:
    last = town.zendesk.comments(ticket)[-1]
    if way == "redacted":
        town.people.redact(ticket, last["id"], last["body"])
    else:
        town.people.make_internal(ticket, last["id"])


def withdraw_words(town: Town, ticket: int, way: str) -> None:
    """The agent's comment, which need not be the ticket's last one."""
    said = next(row for row in town.zendesk.comments(ticket) if row["body"] == WORD)
    if way == "redacted":
        town.people.redact(ticket, said["id"], "Friday")
    else:
        town.people.make_internal(ticket, said["id"])


def looked(town: Town, ticket: int) -> None:
    town.hook(event="ticket.changed", ticket_id=str(ticket))


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_was_withdrawn_before_the_desk_looked_is_not_posted(town: Town, way: str):
    number, ticket = town.begun()
    said_and_withdrawn(town, ticket, way, comment=WORD, add_tags=[TAG])
    looked(town, ticket)
    assert posted(town, number) == []
    assert "Nothing was posted" in town.notes(ticket)[-1]


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_was_withdrawn_before_the_desk_looked_is_no_update_for_the_requester(town: Town, way: str):
    _, ticket = town.begun(3)
    due = town.due(ticket, "next_update")
    town.until(ny("2026-03-09 10:00"))
    said_and_withdrawn(town, ticket, way, comment="They will pay tomorrow.")
    looked(town, ticket)
    assert town.due(ticket, "next_update") == due


def test_a_reply_that_was_made_internal_is_heard_and_its_words_are_not_read(town: Town):
    ticket = town.submit("9999999")
    assert town.state(ticket) == "waiting_on_requester"
    right = town.assignment()
    town.zendesk.webhook_policy = lambda _: "drop"
    town.people.reply(ticket, f"It is {right}.")
    town.for_(seconds=20)
    withdraw(town, ticket, "made internal")
    town.zendesk.webhook_policy = lambda _: "deliver"
    looked(town, ticket)
    assert town.state(ticket) == "needs_review"
    assert town.case(ticket).assignment_id == "9999999"


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_is_held_back_by_a_pause_and_withdrawn_meanwhile_is_not_posted(town: Town, way: str):
    number, ticket = town.begun()
    town.agent(ticket, add_tags=["escalation_pause"])
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    town.for_(minutes=1)
    withdraw(town, ticket, way)
    looked(town, ticket)
    town.agent(ticket, remove_tags=["escalation_pause"])
    assert posted(town, number) == []
    assert "a held post was taken back" in town.journal(ticket)


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_was_posted_and_is_withdrawn_then_is_told_of(town: Town, way: str):
    number, ticket = town.begun()
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    town.for_(minutes=1)
    said = [row for row in town.zendesk.comments(ticket) if row["body"] == WORD]
    town.people.make_internal(ticket, said[0]["id"]) if way == WAYS[0] else town.people.redact(
        ticket, said[0]["id"], "Friday"
    )
    looked(town, ticket)
    looked(town, ticket)
    assert posted(town, number) == [WORD]
    assert town.journal(ticket).count("a posted comment was taken back") == 1
    assert "has been made internal since" in town.notes(ticket)[-1]


@pytest.mark.parametrize("how", [{"status": 503}, {"drop_reply": True}])
@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_waits_to_be_posted_and_is_withdrawn_meanwhile_is_not_posted(
    town: Town, way: str, how: dict[str, Any]
):
    number, ticket = town.begun()
    town.sandbox.faults.writes_fail("workmarket", **how)
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    town.for_(minutes=20)
    withdraw_words(town, ticket, way)
    looked(town, ticket)
    assert "is not posted" in town.notes(ticket)[-1]
    assert "stands as it was" not in town.pages_of(ticket)
    town.sandbox.faults.restore("workmarket")
    town.for_(hours=2)
    assert posted(town, number) == []
    assert town.dead() == []
    assert "a waiting post was taken back" in town.journal(ticket)


@pytest.mark.parametrize("way", WAYS)
def test_a_comment_that_had_left_unnoticed_when_it_was_withdrawn_is_told_of_once_it_is_found(town: Town, way: str):
    number, ticket = town.begun()
    town.sandbox.faults.next(*NOTE, drop_reply=True, apply=True)
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    withdraw_words(town, ticket, way)
    looked(town, ticket)
    town.for_(minutes=5)
    assert posted(town, number) == [WORD]
    assert "stands as it was" in town.notes(ticket)[-1]


def test_no_webhook_tells_of_it_nor_does_updated_at_and_it_is_found_within_ten_minutes(town: Town):
    _, ticket = town.begun()
    town.agent(ticket, comment=WORD, add_tags=[TAG])
    town.for_(minutes=1)
    town.for_(minutes=5)
    town.reconcile()
    before = town.zendesk.ticket(ticket)["updated_at"]
    said = next(row for row in town.zendesk.comments(ticket) if row["body"] == WORD)
    town.people.make_internal(ticket, said["id"])
    assert town.zendesk.ticket(ticket)["updated_at"] == before
    for _ in range(2):
        town.for_(minutes=5)
        town.reconcile()
    assert "a posted comment was taken back" in town.journal(ticket)
