"""A case is told to a machine by the contract, and to a layman in sentences."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.explain import case_json, explain, moment
from escalation.model.case import JournalEntry
from escalation.model.events import PauseAsked, PostAsked
from escalation.model.values import State
from tests.unit.escalation.case_world import START, CaseWorld, in_tier
from tests.unit.escalation.corpus import STATES, world_in


def told(world: CaseWorld) -> str:
    return explain(
        world.case, world.policy.calendar, [JournalEntry(START, "parley", "looked", "It was asked for.")]
    )


def test_the_json_has_the_keys_of_the_contract() -> None:
    world = in_tier()
    said = case_json(world.case, [JournalEntry(START, "parley", "looked", "It was asked for.")])
    assert list(said) == [
        "id", "ticket_id", "assignment_id", "party", "requester", "crossed_with", "state", "tier",
        "paused_until", "opened", "verdict", "deadlines", "journal", "company", "files", "language",
        "month_from", "checked_at", "changed_since", "held",
    ]  # fmt: skip
    assert list(said["verdict"][0]) == ["rule", "outcome", "fact", "source", "remedy", "earliest"]
    assert list(said["deadlines"][0]) == ["kind", "due", "why"]
    assert said["journal"] == [
        {"at": "2026-03-02T15:00:00Z", "actor": "parley", "what": "looked", "why": "It was asked for."}
    ]
    assert (said["state"], said["tier"], said["opened"]) == ("tier_1", 1, "2026-03-02T15:00:00Z")


def test_no_moment_is_none() -> None:
    assert moment(None) is None


def test_every_deadline_says_in_a_sentence_how_it_was_derived() -> None:
    text = told(in_tier())
    assert "the tier ends, unless the other side answers." in text
    assert "Due Wed 4 Mar 2026, 10:00 EST: 2 business days after Mon 2 Mar 2026, 10:00 EST" in text
    assert "Due Thu 2 Apr 2026, 10:00 EDT: 1 calendar month after Mon 2 Mar 2026, 10:00 EST" in text


def test_every_rule_is_a_question_with_an_answer_a_fact_and_where_it_is_from() -> None:
    text = told(in_tier())
    assert "Is the requester on the assignment? Passes." in text
    assert "From: Zendesk." in text


def test_a_pause_says_who_and_why() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now + timedelta(days=1), "holidays", "Ada Agent"))
    assert "paused until Tue 3 Mar 2026, 10:00 EST by Ada Agent (holidays)" in told(world)


def test_during_a_pause_what_it_holds_is_told_without_the_dates_that_it_does_not_keep() -> None:
    world = in_tier()
    world.tell(PauseAsked(world.now + timedelta(days=7), "holidays", "Ada Agent"))
    world.tell(PostAsked("Bring a ladder."))
    text, said = told(world), case_json(world.case)
    assert "Wed 4 Mar 2026" not in text
    assert "Held until Mon 9 Mar 2026, 11:00 EDT:\n  The requester hears from us.\n" in text
    assert "A message goes to the assignment: “Bring a ladder.”" in text
    assert [one["kind"] for one in said["deadlines"]] == ["pause_ends", "month_ends"]
    assert [one["kind"] for one in said["held"]] == ["next_update", "tier_ends", "post"]
    assert {one["until"] for one in said["held"]} == {"2026-03-09T15:00:00Z"}


def test_what_is_on_its_way_and_what_is_held_back_is_told() -> None:
    assert "Tier 1 begins once its message" in told(world_in("entering tier 1"))
    assert "Ada Agent put it in tier 2" in told(world_in("put in a tier by an agent"))
    assert "nothing is sent to anyone until" in told(world_in("back from its end, mute"))
    assert "The message of tier 3 could not be sent" in told(world_in("tier 3, unsent"))


@pytest.mark.parametrize("name", STATES)
def test_every_state_is_told_in_words_and_never_as_an_internal_name(name: str) -> None:
    world = world_in(name)
    text = told(world)
    assert not any(state.value in text for state in State if "_" in state.value)
    assert all(line == line.rstrip() for line in text.splitlines())
    assert case_json(world.case)["state"] == world.state.value
