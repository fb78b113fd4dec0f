"""An outcome is not taken for settled over a message of its requester that nobody at the desk has answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from escalation.model.values import WAITS_TAG, State, Timer
from tests.unit.escalation.case_world import CaseWorld, in_tier, local

WROTE = "Mon 2 Mar 2026, 10:00 EST"


def approved_over_a_message() -> CaseWorld:
    """A case whose requester has written, two hours before the assignment is approved."""
    world = in_tier()
    world.requester("They want to pay half only. I do not agree.")
    world.pass_time(timedelta(hours=2))
    world.assigned(status="paymentpending")
    assert world.state is State.CONFIRMING_OUTCOME
    return world


def test_nobody_is_told_that_silence_closes_it_whose_message_is_unread() -> None:
    said = approved_over_a_message().last_said()
    assert "without word from you" not in said.progress
    assert "Before we close your request" in said.progress
    assert "Wed 4 Mar 2026, 12:00 EST at the earliest" in said.progress


def test_on_the_date_a_person_is_asked_and_nothing_is_closed() -> None:
    world = approved_over_a_message()
    world.pass_time(local(2026, 3, 4, 13))
    assert world.state is State.NEEDS_REVIEW
    assert world.keys()[-1] == "needs_review_held"
    assert f"Nobody at the desk has answered your message of {WROTE} yet" in world.last_said().text
    assert "that no longer holds" not in world.last_said().after
    assert "Please answer the requester in a public comment" in world.notes()[-1]
    world.pass_time(timedelta(days=30))
    assert world.state is State.NEEDS_REVIEW


def test_a_policy_that_asks_nobody_before_a_month_s_end_holds_it_too() -> None:
    world = approved_over_a_message()
    world.policy = replace(world.policy, ask_before_end=False)
    world.pass_time(local(2026, 3, 4, 13))
    assert world.state is State.NEEDS_REVIEW


def test_once_an_agent_has_answered_it_is_asked_once_more_and_then_it_closes() -> None:
    world = approved_over_a_message()
    world.pass_time(local(2026, 3, 3, 15))
    world.agent(comment=world.comment("Half of it is what was agreed for one visit."))
    assert world.due(Timer.CONFIRMATION) == local(2026, 3, 5, 15)
    world.pass_time(local(2026, 3, 5, 16))
    assert (world.state, world.keys()[-1]) == (State.CONFIRMING_OUTCOME, "confirming.again")
    world.pass_time(local(2026, 3, 9, 16))
    assert (world.state, world.keys()[-1]) == (State.RESOLVED, "resolved")


def test_it_does_not_close_on_a_day_that_its_requester_was_not_told() -> None:
    world = approved_over_a_message()
    world.agent(comment=world.comment("I am asking the client about it."))
    world.pass_time(world.due(Timer.CONFIRMATION))
    assert "without word from you we close your request on Fri 6 Mar 2026" in world.last_said().progress
    world.requester("No, half is still missing.")
    assert world.state is State.NEEDS_REVIEW


def test_a_message_that_an_agent_says_needs_no_answer_holds_nothing() -> None:
    world = approved_over_a_message()
    world.agent(tags_removed=frozenset({WAITS_TAG}))
    world.pass_time(local(2026, 3, 4, 13))
    assert world.state is State.RESOLVED


def test_who_writes_once_more_is_not_told_that_a_close_is_off_which_was_not_named() -> None:
    world = approved_over_a_message()
    world.requester("Did you read it?")
    assert world.state is State.NEEDS_REVIEW
    assert "that no longer holds" not in world.last_said().after
