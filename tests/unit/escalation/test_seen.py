"""What a case has seen of its ticket's updates, whose ids tell no order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from escalation.model.events import Hint, Observed
from escalation.model.seen import OVERLAP, UNSEEN
from escalation.model.values import Role
from escalation.model.views import Comment, Update
from sync.shared.codec import decode_case, encode_case
from tests.unit.escalation.case_world import AGENT, START, WORKER, CaseWorld, in_tier

MINUTE = timedelta(minutes=1)


def update(number: int, at: datetime, text: str = "", role: Role = Role.REQUESTER, **parts: object) -> Update:
    who = WORKER if role is Role.REQUESTER else AGENT
    comment = Comment(f"c{number}", text, True) if text else None
    return Update(number, at, who, role, comment=comment, **parts)  # type: ignore[arg-type]


def heard(world: CaseWorld, *updates: Update) -> int:
    """How often a look that brings these lets the case hear its requester."""
    before = len(world.journal)
    world.tell(Observed(world.ticket, updates=updates))
    return sum(line.startswith("the requester wrote") for line in world.journal[before:])


def test_a_reply_with_a_lower_id_than_what_was_seen_is_heard_once() -> None:
    world = in_tier()
    ours = update(9_000, world.now, role=Role.AGENT, ours="C-1.1")
    world.tell(Observed(updates=(ours,)))
    reply = update(800, world.now + 6 * MINUTE, "Any news?")
    world.now += 7 * MINUTE
    assert heard(world, reply) == 1
    assert heard(world, ours, reply) == 0


def test_a_reply_that_comes_to_be_listed_late_is_heard() -> None:
    world = in_tier()
    world.now += 30 * MINUTE
    world.tell(Observed(updates=(update(9_000, world.now, role=Role.AGENT, ours="C-1.1"),)))
    assert heard(world, update(9_001, world.now - 22 * MINUTE, "Any news?")) == 1


def test_of_what_is_older_than_an_hour_no_ids_are_remembered_and_nothing_is_heard_again() -> None:
    world = in_tier()
    first = update(9_000, world.now + MINUTE, "Any news?")
    world.now += timedelta(hours=3)
    assert heard(world, first) == 1
    later = update(100, world.now, "Hello?")
    assert heard(world, first, later) == 1
    assert set(world.case.heard.seen.updates) == {100}
    assert heard(world, first, later) == 0


def test_an_update_from_the_future_takes_nothing_for_seen() -> None:
    world = in_tier()
    world.tell(Observed(updates=(update(9_000, world.now + timedelta(days=400), role=Role.AGENT, ours="C-1.1"),)))
    assert heard(world, update(9_001, world.now, "Any news?")) == 1


def test_the_request_is_not_heard_as_a_reply_though_a_note_has_the_same_moment_and_a_lower_id() -> None:
    world = CaseWorld()
    note = update(3, START, "Just called.", Role.AGENT)
    assert heard(world, note, update(7, START, "Nobody answers.", begins=True)) == 0
    assert world.case.last_public == START


# Cases of the version before


def of_the_version_before(world: CaseWorld, mark: int) -> CaseWorld:
    """The case as that version had stored it."""
    body = encode_case(replace(world.case, heard=replace(world.case.heard, seen=UNSEEN, seen_update=mark)))
    del body["seen"]
    world.case = decode_case(body)
    return world


def test_a_case_stored_with_the_highest_id_asks_for_everything_once() -> None:
    world = of_the_version_before(in_tier(), 9_000)
    world.tell(Hint())
    assert world.looks()[-1].seen == UNSEEN
    seen = update(9_000, world.now, role=Role.AGENT, ours="C-1.1")
    world.tell(Observed(world.ticket, updates=(world.updates[0], seen)))
    assert world.case.heard.seen.until == world.now
    assert world.case.heard.seen_update == 0


def test_what_a_case_stored_with_the_highest_id_had_heard_is_not_heard_again() -> None:
    world = in_tier()
    reply = update(50, world.now - MINUTE, "Any news?")
    assert heard(world, reply) == 1
    of_the_version_before(world, 9_000)
    ours = update(9_000, world.now, role=Role.AGENT, ours="C-1.1")
    assert heard(world, world.updates[0], reply, ours) == 0


def test_a_reply_that_a_case_stored_with_the_highest_id_had_passed_over_is_heard() -> None:
    for minutes in (-20, 6):
        world = of_the_version_before(in_tier(), 9_000)
        ours = update(9_000, world.now, role=Role.AGENT, ours="C-1.1")
        lost = update(800, world.now + minutes * MINUTE, "Any news?")
        both = sorted((ours, lost), key=lambda one: one.at)
        assert heard(world, replace(world.updates[0], at=world.now - OVERLAP), *both) == 1
        assert heard(world, *both) == 0


def test_an_observation_that_the_version_before_had_asked_for_is_heard_and_leaves_the_rest_open() -> None:
    world = of_the_version_before(in_tier(), 9_000)
    assert heard(world, update(9_001, world.now, "Any news?")) == 1
    lost = update(800, world.now - 6 * MINUTE, "Hello?")
    assert heard(world, world.updates[0], lost, update(9_001, world.now, "Any news?")) == 0
    assert world.case.heard.seen_update == 0
