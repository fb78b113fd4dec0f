"""What one case comes to in a week, read off its journal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.engine.transitions import in_words, move_in
from escalation.model.values import State
from escalation.policies.policy import Policy
from parley.report.facts import BROUGHT_BACK, RULED_OUT, TierStay
from tests.unit.report.journals import facts, ny

WALK = """
03-02 10:00 parley | checking → tier_1
03-02 10:01 parley | told the requester
03-04 10:00 parley | tier_1 → tier_2
03-04 10:01 parley | told the requester
03-05 16:00 the other side | tier_2 → other_side_responded
03-06 12:00 Ada Agent | other_side_responded → resolved
"""


def test_a_case_is_opened_and_ended_where_its_first_line_and_its_last_move_are(policy: Policy) -> None:
    found = facts(WALK, policy)
    assert found.opened == ny("2026-03-02 10:00")
    assert found.ending is not None
    assert (found.ending.state, found.ending.by_desk) == (State.RESOLVED, False)
    assert found.ending.after == timedelta(days=4, hours=2)
    assert (found.is_open, found.tier) == (False, 2)


def test_tiers_are_left_by_an_answer_or_without_one_and_the_first_answer_counts_from_the_first_tier(
    policy: Policy,
) -> None:
    found = facts(WALK, policy)
    assert found.stays == (TierStay(1, answered=False), TierStay(2, answered=True))
    assert found.first_answer == timedelta(days=3, hours=6)


def test_a_tier_that_is_entered_once_more_is_one_stay(policy: Policy) -> None:
    assert facts("03-02 10:00 parley | checking → tier_1\n03-03 10:00 Ada | tier_1 → tier_1", policy).stays == ()


def test_open_time_is_counted_by_what_each_state_waits_for(policy: Policy) -> None:
    assert facts(WALK, policy).waited == {
        "the other side": timedelta(days=3, hours=6),
        "the two sides": timedelta(hours=20),
    }


def test_a_pause_is_what_is_waited_for_while_it_lasts_and_ends_with_the_case(policy: Policy) -> None:
    paused = """
    03-02 10:00 parley | checking → tier_1
    03-02 12:00 Ada Agent | paused until Tue 10 Mar 2026, 12:00 EDT
    03-02 18:00 Ada Agent | resumed
    03-02 20:00 Ada Agent | paused until Tue 10 Mar 2026, 20:00 EDT
    03-03 10:00 Ada Agent | tier_1 → resolved
    03-03 11:00 the requester | resolved → needs_review
    03-03 12:00 Ada Agent | needs_review → resolved
    """
    assert facts(paused, policy).waited == {
        "the other side": timedelta(hours=4),
        "the end of a pause": timedelta(hours=20),
        "an agent": timedelta(hours=1),
    }


def test_what_lies_before_the_week_and_after_it_is_not_counted(policy: Policy) -> None:
    long = """
    02-23 10:00 parley | checking → tier_1
    03-05 10:00 the other side | tier_1 → other_side_responded
    03-10 10:00 parley | other_side_responded → tier_1
    """
    found = facts(long, policy)
    assert (found.opened, found.ending, found.is_open) == (None, None, True)
    assert found.waited == {
        "the other side": timedelta(days=3, hours=10),
        # Clocks go forward at the end of that Sunday's first hours.
        "the two sides": timedelta(days=3, hours=13),
    }


def test_a_case_that_came_back_has_not_ended(policy: Policy) -> None:
    came_back = WALK + "03-07 09:00 the requester | resolved → needs_review"
    found = facts(came_back, policy)
    assert (found.ending, found.is_open) == (None, True)


def test_what_agents_did_against_the_desks_verdict_is_counted_by_kind(policy: Policy) -> None:
    overruled = """
    03-02 10:00 parley | checking → not_eligible
    03-02 11:00 Ada: Agent | passed by Ada: Agent: identity
    03-02 11:00 Ada: Agent | not_eligible → needs_review
    03-02 11:01 Ada: Agent | needs_review → tier_1
    03-02 12:00 Ada: Agent | tier_1 → not_eligible
    03-02 13:00 the requester | not_eligible → needs_review
    """
    assert facts(overruled, policy).overrules == ("identity", BROUGHT_BACK, RULED_OUT)


@pytest.mark.parametrize(
    "quoted",
    [
        "copying a file to the ticket: tier_1 → resolved",
        "a file is on the ticket: told the requester",
        "entering tier 1",
        "ignored: resolved",
        "tier_1 → Resolved",
        " tier_1 → resolved",
    ],
)
def test_what_a_line_quotes_is_no_move(quoted: str, policy: Policy) -> None:
    found = facts(f"03-02 10:00 parley | checking → tier_1\n03-03 10:00 parley | {quoted}", policy)
    assert (found.is_open, found.tier, found.died, found.ending) == (True, 1, 0, None)


@pytest.mark.parametrize("source", list(State))
def test_every_move_is_read_as_it_is_written(source: State) -> None:
    assert [move_in(in_words(source, target)) for target in State] == [(source, target) for target in State]


IN_TIER = "03-02 10:00 parley | checking → tier_1\n03-02 10:01 parley | told the requester\n"


@pytest.mark.parametrize(
    ("more", "lateness"),
    [
        ("03-04 10:01 parley | told the requester", 0),
        ("03-04 10:20 parley | told the requester", 19),
        ("03-04 13:01 parley | told the requester", 180),
        ("03-03 09:00 Ada Agent | an agent told the requester\n03-05 09:00 parley | told the requester", 0),
    ],
)
def test_a_word_is_as_late_as_it_comes_after_48_business_hours(policy: Policy, more: str, lateness: int) -> None:
    end = "\n03-05 10:00 parley | tier_1 → confirming_outcome"
    late = facts(IN_TIER + more + end, policy).lateness
    assert max(late) == timedelta(minutes=lateness)


@pytest.mark.parametrize(
    "more",
    [
        "03-03 10:00 Ada | paused until Tue 10 Mar 2026, 12:00 EDT",
        "03-03 10:00 Ada | tier_1 → waiting_on_requester",
        "03-03 10:00 parley | tier_1 → off_platform",
        "03-03 10:00 zendesk | the requester is another user\n03-03 10:00 zendesk | tier_1 → needs_review",
        "03-03 10:00 Ada | tier_1 → resolved\n03-03 11:00 the requester | resolved → needs_review",
    ],
)
def test_while_the_desk_is_silent_by_its_rules_no_word_is_owed(policy: Policy, more: str) -> None:
    assert max(facts(IN_TIER + more, policy).lateness) <= timedelta(minutes=1)


def test_a_word_that_does_not_come_is_late_at_the_end_and_where_it_is_owed_no_more(policy: Policy) -> None:
    missing = facts(IN_TIER, policy)
    assert max(missing.lateness) == timedelta(days=4, hours=12, minutes=59)  # clocks went forward
    too_late = facts(IN_TIER + "03-04 12:01 parley | tier_1 → confirming_outcome", policy)
    assert max(too_late.lateness) == timedelta(hours=2)


def test_what_is_owed_after_a_pause_counts_from_its_end(policy: Policy) -> None:
    resumed = IN_TIER + (
        "03-03 10:00 Ada | paused until later\n03-06 10:00 Ada | resumed\n03-06 10:02 parley | told the requester"
    )
    assert max(facts(resumed, policy).lateness) <= timedelta(minutes=2)


def test_dead_letters_and_what_people_did_about_them_are_counted_where_they_stand(policy: Policy) -> None:
    dead = IN_TIER + (
        "03-02 10:05 parley | became a dead letter\n03-03 09:00 Olga (command) | replayed a dead letter\n"
        "03-03 09:05 parley | became a dead letter\n03-04 09:00 Olga (command) | discarded a dead letter"
    )
    found = facts(dead, policy)
    assert (found.died, found.settled) == (2, 2)
