"""Agents are believed: statuses, ticks and changed fields."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.model.values import Role, State, Timer
from tests.unit.escalation.case_world import CaseWorld, in_tier


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("solved", State.RESOLVED),
        ("resolved", State.RESOLVED),
        ("not_eligible", State.NOT_ELIGIBLE),
        ("off_platform", State.OFF_PLATFORM),
        ("withdrawn", State.WITHDRAWN),
        ("closed", State.WITHDRAWN),
    ],
)
def test_an_agent_ends_a_case_and_no_text_of_ours_follows(status: str, state: State) -> None:
    world = in_tier()
    told = len(world.public())
    world.agent(changes={"status": status})
    world.pass_time(timedelta(days=60))
    assert world.state is state
    assert world.case.deadlines == {}
    assert len(world.public()) == told


def test_solved_before_tier_1_says_nothing_and_posts_nothing() -> None:
    world = CaseWorld()
    world.look()
    post = world.messages()[0]
    world.open.remove(post)
    world.agent(changes={"status": "solved"})
    assert world.state is State.RESOLVED
    assert world.public() == []


def test_an_agent_s_solving_in_the_same_look_as_a_tier_is_the_last_word() -> None:
    world = in_tier()
    world.update(changes={"tier": "2"})
    world.update(changes={"status": "solved"})
    world.look()
    world.settle()
    assert world.state is State.RESOLVED
    assert world.mails() == []


def test_needs_review_by_hand_says_what_a_person_looks_at_unless_the_agent_said_so() -> None:
    world = in_tier()
    world.agent(changes={"status": "needs_review"})
    assert "has been asked to look at your request" in world.said()[-1]
    other = in_tier()
    other.agent(comment=other.comment("I am looking at it."), changes={"status": "needs_review"})
    assert other.said() == ["tier_1"]
    assert other.state is State.NEEDS_REVIEW


def test_a_question_asked_by_hand_is_repeated_as_the_agent_s_and_its_answer_is_read_by_a_person() -> None:
    world = in_tier()
    world.agent(comment=world.comment("Which router?"), changes={"status": "waiting_on_requester"})
    world.pass_time(world.due(Timer.REMINDER))
    assert "the question in our last message" in world.said()[-1]
    world.requester("The big one.")
    assert world.state is State.NEEDS_REVIEW


def test_confirming_by_hand_tells_the_requester_unless_the_agent_did() -> None:
    world = in_tier()
    world.agent(changes={"status": "confirming_outcome"})
    assert "the matter is settled now" in world.said()[-1]
    assert Timer.CONFIRMATION in world.case.deadlines


def test_a_date_to_wait_for_can_t_be_set_by_hand() -> None:
    world = in_tier()
    world.agent(changes={"status": "waiting_for_date"})
    assert world.state is State.TIER_1
    assert world.ticket_updates()[-1].status is State.TIER_1
    assert any("no date to wait for" in note for note in world.notes())


def test_a_violation_ends_a_running_case_neutrally_and_unticked_it_needs_a_person() -> None:
    world = in_tier()
    world.agent(changes={"violation_reported": True})
    assert world.state is State.NOT_ELIGIBLE
    last = world.public()[-1]
    assert (
        last.say and "possibly not in line with the Terms of Service or the Community Guidelines" in last.say.text
    )
    assert not last.say.after
    told = len(world.public())
    world.agent(changes={"violation_reported": False})
    assert world.state is State.NEEDS_REVIEW
    assert len(world.public()) == told


@pytest.mark.parametrize(
    ("key", "value"), [("assignment_id", "880012"), ("party", "client"), ("reason", "payment_dispute")]
)
def test_a_changed_id_party_or_reason_in_a_tier_needs_a_person(key: str, value: str) -> None:
    world = in_tier()
    world.agent(changes={key: value})
    assert world.state is State.NEEDS_REVIEW
    assert "the details of your request (they were changed" in world.said()[-1]


def test_another_assignment_s_messages_are_no_answer() -> None:
    world = in_tier()
    world.agent(changes={"assignment_id": "880012"})
    told = len(world.notes())
    world.assigned(id="880012")
    assert world.state is State.NEEDS_REVIEW
    assert len(world.notes()) == told


def test_an_average_filled_in_during_a_tier_changes_nothing() -> None:
    world = in_tier()
    world.agent(changes={"average_approval": "300"})
    assert world.state is State.TIER_1


def test_an_automation_s_public_comment_is_no_update_of_an_agent() -> None:
    world = in_tier()
    due = world.due(Timer.NEXT_UPDATE)
    world.now += timedelta(hours=1)
    world.update(Role.OTHER, comment=world.comment("Thank you for writing."))
    world.look({"ticket"})
    assert world.due(Timer.NEXT_UPDATE) == due


def test_our_own_update_moves_nothing() -> None:
    world = in_tier()
    world.update(ours="C-1.2", changes={"status": "tier_3", "tier": "3"}, comment=world.comment("Hello"))
    world.look({"ticket"})
    assert world.state is State.TIER_1
