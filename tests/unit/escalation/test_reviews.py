"""A case that waits for a person: a text of its own for each kind, and notes that grow and never repeat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.model.values import Role, State, Timer
from escalation.model.views import ZendeskUser
from tests.unit.escalation.case_world import WORKER, CaseWorld, in_tier, local, policy

MONTH = timedelta(days=31)
STRANGER = replace(WORKER, verified=False)


def of_a_stranger() -> CaseWorld:
    world = CaseWorld(requester=STRANGER)
    world.arrive()
    return world


def labelled() -> CaseWorld:
    world = in_tier(rules=replace(policy(), violation_labels=("fraud",)))
    world.assigned(labels=("fraud",))
    return world


def ended_otherwise() -> CaseWorld:
    world = in_tier()
    world.assigned(status="void")
    return world


def changed() -> CaseWorld:
    world = in_tier()
    world.agent(changes={"reason": "payment_dispute"})
    return world


def objected() -> CaseWorld:
    world = in_tier()
    world.assigned(status="paid")
    world.requester("That is not what was agreed.")
    return world


def set_by_hand() -> CaseWorld:
    world = in_tier()
    world.agent(changes={"status": "needs_review"})
    return world


def come_back() -> CaseWorld:
    world = in_tier()
    world.agent(changes={"status": "solved"})
    world.requester("It is still open!")
    return world


KINDS: dict[str, tuple[Callable[[], CaseWorld], str]] = {
    "identity": (
        of_a_stranger,
        "how you are connected with the assignment (your e-mail address alone does not show us that)",
    ),
    "label": (labelled, "the details of the assignment"),
    "other end": (ended_otherwise, "what has changed on the assignment (it was set to “void”)"),
    "changed details": (changed, "the details of your request (they were changed after it had come in)"),
    "objection": (objected, "what you have written to us"),
    "an agent": (set_by_hand, "your request"),
}
kinds = pytest.mark.parametrize("kind", KINDS)


@kinds
def test_each_kind_of_review_has_its_own_text_at_first_and_in_each_update(kind: str) -> None:
    made, about = KINDS[kind]
    world = made()
    assert world.state is State.NEEDS_REVIEW
    assert f"asked to look at {about}." in world.said()[-1]
    told, since = len(world.said()), "Mon 2 Mar 2026, 10:00 EST"
    world.pass_time(MONTH)
    updates = world.said()[told:]
    assert len(updates) > 10
    assert all(f"look at {about}." in text or f"looking at {about}." in text for text in updates)
    assert all(f"since {since}" in text for text in updates)
    assert not any("still working on getting you in contact" in text for text in updates)


@kinds
def test_thanks_for_writing_are_said_where_the_requester_wrote(kind: str) -> None:
    world = KINDS[kind][0]()
    assert ("Thank you for writing" in world.said()[-1]) is (kind == "objection")


def test_in_mid_case_the_requester_reads_that_no_further_step_is_taken() -> None:
    world = labelled()
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert world.keys()[-2:] == ["needs_review_halts", "update_review_halts"]


@pytest.mark.parametrize("public", [True, False])
def test_once_an_agent_has_commented_nobody_is_told_that_no_person_has_looked(public: bool) -> None:
    world = of_a_stranger()
    world.agent(comment=world.comment("Who are you to this?", public=public))
    world.pass_time(world.due(Timer.NEXT_UPDATE))
    assert world.keys()[-1] == "update_review_seen"
    assert sum(line.startswith("an agent has looked at it") for line in world.journal) == 1


@pytest.mark.parametrize("made", [*(made for made, _ in KINDS.values()), come_back])
def test_all_notes_of_a_reviewed_month_differ_from_each_other(made: Callable[[], CaseWorld]) -> None:
    world = made()
    world.pass_time(MONTH)
    notes = world.notes()
    assert sum("still waiting for a person" in note for note in notes) > 9
    assert len(set(notes)) == len(notes)


def test_a_reminder_says_since_when_how_long_about_what_and_what_ends_it() -> None:
    world = of_a_stranger()
    world.pass_time(local(2026, 3, 6, 10))
    assert world.notes()[-1] == (
        "A reminder: this case is still waiting for a person. It has been waiting since Mon 2 Mar 2026, 10:00 EST, "
        "4 business days by now. It is about: On the assignment. Apply a tier's macro to accept the "
        "case, or Not eligible to end it."
    )


def test_a_review_that_waits_too_long_goes_up_to_the_lead_and_its_ticket_to_the_group_once() -> None:
    world = CaseWorld(requester=STRANGER, rules=replace(policy(), lead="Lea Lead"))
    world.arrive()
    world.pass_time(local(2026, 3, 6, 11))
    assert not any("Lea Lead" in note for note in world.notes())
    world.pass_time(local(2026, 3, 20, 11))
    named = [note for note in world.notes() if note.startswith("Lea Lead: ")]
    assert len(named) == 5
    assert "The ticket is given to the group Escalations team." in named[0]
    [given] = [update for update in world.ticket_updates() if update.to_group]
    assert given.status is State.NEEDS_REVIEW


def test_without_a_lead_the_group_is_named() -> None:
    world = of_a_stranger()
    world.pass_time(local(2026, 3, 10, 11))
    assert world.notes()[-1].startswith("Escalations team: this case is still waiting for a person")


def test_where_nothing_follows_by_itself_the_silence_of_both_sides_is_told_anew_each_time() -> None:
    world = in_tier()
    world.message("Sue Support", "We are on it.")
    world.update(Role.OTHER, changes={})
    world.ticket = replace(world.ticket, requester=ZendeskUser("777", "eve@example.com", "Eve Else", verified=True))
    world.look()
    world.settle()
    world.agent(changes={"other_side_responded": True, "status": "other_side_responded"})
    world.pass_time(MONTH)
    notes = [note for note in world.notes() if "oth sides have been silent" in note]
    assert len(set(notes)) == len(notes) >= 3
    assert notes[-1].startswith("Escalations team: both sides have been silent for ")


def test_whole_business_days_are_counted_as_they_are_added() -> None:
    calendar, start = policy().calendar, local(2026, 3, 6, 15)
    for days in range(12):
        due = calendar.after_days(start, days).due
        assert calendar.days_between(start, due) == days
        assert calendar.days_between(start, due - timedelta(seconds=1)) == max(0, days - 1)
    assert calendar.days_between(local(2026, 3, 7, 11), local(2026, 3, 9, 8)) == 0
