"""A trigger answers what the desk writes with a webhook that makes it write: that ends, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from escalation.engine.budget import HOUR, POSTS_AN_HOUR, UPDATES_AN_HOUR, one_more
from escalation.model.events import PostAsked
from escalation.model.values import POST_TAG, Role
from tests.desk import Desk
from tests.unit.escalation.case_world import START, CaseWorld, in_tier, texts

ANY_CHANGE = [{"field": "update_type", "operator": "is", "value": "Change"}]


def wire(desk: Desk, body: dict[str, Any], *, conditions: list[dict[str, Any]] | None = None) -> None:
    """An administrator makes a trigger that tells Parley's webhook something at every update of any ticket."""
    account = desk.zendesk.account
    webhook = next(key for key, row in account.webhooks.items() if row["name"] == "Parley")
    model = next(iter(account.triggers.values()))
    account.triggers[999_001] = {
        **model,
        "id": 999_001,
        "title": "Echo",
        "active": True,
        "position": 99,
        "conditions": {"all": conditions or ANY_CHANGE, "any": []},
        "actions": [{"field": "notification_webhook", "value": [webhook, json.dumps(body)]}],
    }


def audits(desk: Desk, ticket: int) -> int:
    return len(desk.zendesk.account.tickets[ticket].audits)


POST = {"event": "assignment.post", "ticket_id": "{{ticket.id}}"}


def test_a_trigger_that_reports_every_update_makes_the_desk_write_nothing_more(desk: Desk) -> None:
    wire(desk, {"event": "ticket.changed", "ticket_id": "{{ticket.id}}"})
    number, ticket = desk.begun()
    before = audits(desk, ticket)
    desk.agent(ticket, comment="For my colleagues.", public=False)
    assert audits(desk, ticket) == before + 1
    assert len(desk.messages(number)) == 1


def test_a_trigger_that_posts_the_same_at_every_update_posts_once(desk: Desk) -> None:
    number, ticket = desk.begun()
    wire(desk, {**POST, "text": "Please look at your assignment."})
    desk.agent(ticket, comment="For my colleagues.", public=False)
    assert len(desk.messages(number)) == 2


def hops(desk: Desk, ticket: int, ask: Callable[[int], str], most: int = 15) -> int:
    """Something answers each of the desk's updates with a post; how often the desk wrote on the ticket."""
    wrote = 0
    for number in range(most):
        before = audits(desk, ticket)
        desk.hook(event="assignment.post", ticket_id=str(ticket), text=ask(number))
        if audits(desk, ticket) == before:
            return wrote
        wrote += 1
    return wrote


def test_what_answers_each_note_with_that_note_never_gets_it_posted_and_ends_within_two_hops(
    desk: Desk,
) -> None:
    number, ticket = desk.begun()
    desk.message(number, "Somebody Unknown", "I know a secret.")
    assert "secret" in desk.notes(ticket)[-1]
    assert hops(desk, ticket, lambda n: f"{n}: {desk.notes(ticket)[-1]}") <= 2
    assert len(desk.messages(number)) == 1


def test_what_answers_each_refusal_on_a_closed_case_is_told_so_once(desk: Desk) -> None:
    number, ticket = desk.begun()
    desk.agent(ticket, status="Resolved")
    assert hops(desk, ticket, lambda n: f"Thanks, {n}.") == 1
    assert len(desk.messages(number)) == 1


def test_what_answers_each_refusal_on_a_case_without_an_assignment_ends_within_two_hops(
    desk: Desk,
) -> None:
    desk.begun()
    ticket = desk.people.open_for("wanda@example.com", "Wanda Worker", "Something else.")
    desk.live()
    assert hops(desk, ticket, lambda n: f"Thanks, {n}.") <= 2


def test_what_answers_each_refusal_on_a_case_that_came_back_ends_within_two_hops(desk: Desk) -> None:
    number, ticket = desk.begun()
    desk.agent(ticket, status="Resolved")
    desk.reply(ticket, "No, it is not settled.")
    assert hops(desk, ticket, lambda n: f"Thanks, {n}.") <= 2
    assert len(desk.messages(number)) == 1


def test_something_that_sets_the_tag_again_and_again_is_answered_twice_an_hour() -> None:
    world = in_tier()
    world.forget()
    for _ in range(20):
        world.update(Role.OTHER, tags_added=frozenset({POST_TAG}))
        world.look({"ticket"})
        world.settle()
    assert len([note for note in world.notes() if "Nothing was posted" in note]) == 2


def busy(world: CaseWorld, posts: int) -> None:
    for number in range(posts):
        world.tell(PostAsked(f"Message number {number}."))
        world.settle()


def test_posts_beyond_the_hours_budget_wait_in_order_and_none_is_lost() -> None:
    world = in_tier()
    world.now += 2 * HOUR
    world.forget()
    busy(world, POSTS_AN_HOUR + 3)
    sent = world.messages()
    assert len(sent) == POSTS_AN_HOUR + 3
    assert [one.not_before for one in sent[:POSTS_AN_HOUR]] == [None] * POSTS_AN_HOUR
    assert [one.not_before for one in sent[POSTS_AN_HOUR:]] == [world.now + HOUR] * 3
    assert len([note for note in world.notes() if "posted" in note]) == 2


def test_updates_beyond_the_hours_budget_wait_and_the_agents_are_told_once() -> None:
    world = in_tier()
    world.now += 2 * HOUR
    world.forget()
    for number in range(UPDATES_AN_HOUR + 5):
        world.message("Somebody Unknown", f"Message number {number}.")
    updates = world.ticket_updates()
    assert len([note for note in world.notes() if "Message number" in note]) == UPDATES_AN_HOUR + 5
    at_once = [one for one in updates if one.not_before is None]
    assert len(at_once) == UPDATES_AN_HOUR
    assert all(one.not_before and one.not_before >= world.now for one in updates[UPDATES_AN_HOUR:])
    told = [note for note in world.notes() if "nothing is lost" in note]
    assert len(told) == 1
    assert told[0] in [one.say.text for one in at_once if one.say]


def test_an_hour_later_there_is_room_again() -> None:
    world = in_tier()
    world.now += 2 * HOUR
    busy(world, POSTS_AN_HOUR)
    world.now += HOUR
    world.forget()
    world.tell(PostAsked("One more."))
    assert world.messages()[0].not_before is None


def test_no_hour_has_more_than_the_budget_however_they_come() -> None:
    past: tuple[Any, ...] = ()
    left = []
    now = START
    for step in range(300):
        now += timedelta(minutes=step % 3)
        past = one_more(past, now, 10)
        left.append(past[-1])
    assert left == sorted(left)
    assert all(late - early >= HOUR for early, late in zip(left, left[10:], strict=False))


def test_what_waits_for_the_hour_is_sent_after_it_once_each(desk: Desk) -> None:
    number, ticket = desk.begun()
    for one in range(POSTS_AN_HOUR + 2):
        desk.hook(event="assignment.post", ticket_id=str(ticket), text=f"Message number {one}.")
    assert len(desk.messages(number)) == POSTS_AN_HOUR
    desk.for_(minutes=62)
    posted = [said.split("\n")[0] for said in desk.messages(number)]
    assert posted[1:] == [f"Message number {one}." for one in range(POSTS_AN_HOUR + 2)]


def test_a_text_of_an_automation_that_holds_a_note_is_known_however_it_is_dressed() -> None:
    note = texts().render("note.message_seen", author="A", at="now", text="> x")
    assert texts().holds_agents_words(f"---- Ada, 3 March\n**{note.upper()}**")
    assert not texts().holds_agents_words("Please look at your assignment and answer there.")
