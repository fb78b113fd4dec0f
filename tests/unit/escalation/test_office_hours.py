"""Office hours: people are written to while the office is open, and at its opening hear what came up before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.model.effects import PostMessage, UpdateTicket
from escalation.model.events import Done, Observed, PauseAsked
from escalation.model.values import WAITS_TAG, Role, State, Timer
from escalation.model.views import Absent, AssignmentSeen
from tests.unit.escalation.case_world import MANAGER, CaseWorld, assignment, in_tier, local, policy

FRIDAY_NIGHT = local(2026, 3, 6, 23, 30)
MONDAY = local(2026, 3, 9, 9)


def at_night(**changes: object) -> CaseWorld:
    """A worker's request that comes in on a Friday night."""
    world = CaseWorld(**changes)  # type: ignore[arg-type]
    world.now = FRIDAY_NIGHT
    world.arrive()
    return world


def outward(world: CaseWorld) -> int:
    return len(world.public()) + len(world.messages()) + len(world.mails())


def test_a_request_of_a_friday_night_moves_nobody_before_monday() -> None:
    world = at_night()
    world.pass_time(MONDAY - timedelta(minutes=1))
    assert outward(world) == 0
    assert world.state is State.CHECKING


def test_it_enters_tier_1_when_the_office_opens() -> None:
    world = at_night()
    world.pass_time(MONDAY)
    assert world.said() == ["tier_1"]
    assert len(world.messages()) == 1


def test_what_became_of_the_assignment_by_then_is_what_counts() -> None:
    world = at_night()
    world.assigned(status="paid")
    world.pass_time(MONDAY)
    assert not world.messages()
    assert world.state is State.NOT_ELIGIBLE


def test_what_its_requester_adds_before_the_opening_is_told_to_agents_and_not_lost() -> None:
    world = at_night()
    world.requester("My number has changed.")
    world.requester("And?")
    assert [note for note in world.notes() if "The requester has written and waits for an agent." in note]
    assert (outward(world), WAITS_TAG in world.ticket.tags) == (0, True)
    world.pass_time(MONDAY)
    assert world.said() == ["tier_1"]
    assert "Your message of Fri 6 Mar 2026, 23:30 EST has reached us" in world.public()[0].say.after
    assert WAITS_TAG in world.ticket.tags


def corrected_at_night(was: str, text: str, *found: AssignmentSeen) -> CaseWorld:
    """A request of a Friday night about no assignment that there is, whose requester writes in the same night."""
    world = CaseWorld(fields={"assignment_id": was})
    seen = Absent(was) if was else None
    world.now = FRIDAY_NIGHT
    world.look(assignment=seen)
    world.settle()
    world.update(Role.REQUESTER, comment=world.comment(text))
    world.look(assignment=seen)
    world.open = [one for one in world.open if one not in world.looks()]
    if found:
        world.tell(Observed(world.ticket, assignment=seen, candidates=found))
    world.settle()
    return world


@pytest.mark.parametrize("was", ["", "111111"])
def test_a_number_that_is_put_right_before_the_opening_is_the_one_that_is_checked(was: str) -> None:
    world = corrected_at_night(was, "Sorry, it is 880011.", assignment())
    assert world.looks()[-1].candidates == ("880011",)
    assert (outward(world), world.ticket.text("assignment_id")) == (0, "880011")
    world.pass_time(MONDAY)
    assert (world.said(), world.state) == (["tier_1"], State.TIER_1)
    assert "reached us" not in world.public()[0].say.after
    assert WAITS_TAG not in world.ticket.tags


def test_of_two_assignments_that_they_name_by_then_none_is_taken() -> None:
    world = corrected_at_night("111111", "880011 or 880012", assignment(), assignment(id="880012"))
    assert (world.case.assignment_id, WAITS_TAG in world.ticket.tags) == ("111111", True)


def test_a_number_in_what_they_add_is_looked_up_only_where_the_requests_own_is_none() -> None:
    world = at_night()
    world.requester("My telephone is 5551234 now.")
    assert not any(look.candidates for look in world.looks())


def test_it_says_what_it_waits_for() -> None:
    waits = at_night().case.deadlines[Timer.PAUSE_ENDS]
    assert (waits.due, waits.why) == (
        MONDAY,
        "Due Mon 9 Mar 2026, 09:00 EDT: the office is closed, and people are written to then.",
    )


def test_with_the_key_off_a_friday_night_is_like_any_other_moment() -> None:
    world = at_night(rules=replace(policy(), send_only_open=False))
    assert world.said() == ["tier_1"]


def test_a_tier_that_would_end_at_night_ends_when_the_office_opens() -> None:
    rules = replace(policy(), tier_1_hours=36)
    world = in_tier(rules=rules)
    assert world.due(Timer.TIER_ENDS) == local(2026, 3, 4, 9)


def test_its_derivation_tells_both_moments() -> None:
    rules = replace(policy(), tier_1_hours=36)
    assert in_tier(rules=rules).case.deadlines[Timer.TIER_ENDS].why == (
        "Due Wed 4 Mar 2026, 09:00 EST: 36 business hours after Mon 2 Mar 2026, 10:00 EST "
        "(a business day counts whole; used up on Tue 3 Mar 2026, 22:00 EST, when the office is closed)."
    )


def test_what_is_due_at_the_closing_goes_out_then() -> None:
    world = in_tier(rules=replace(policy(), tier_1_hours=31))
    assert world.due(Timer.TIER_ENDS) == local(2026, 3, 3, 17)
    world.forget()
    world.pass_time(local(2026, 3, 3, 17))
    assert len(world.mails()) == 1


def test_an_agent_who_moves_the_case_at_night_is_at_work() -> None:
    world = in_tier()
    world.pass_time(local(2026, 3, 3, 22))
    world.forget()
    world.agent(changes={"tier": "2"})
    assert len(world.mails()) == 1
    assert world.said() == ["tier_2"]


def test_an_answer_at_night_moves_the_case_at_once() -> None:
    world = in_tier(2)
    world.pass_time(local(2026, 3, 4, 22))
    world.reply(MANAGER)
    assert world.state is State.OTHER_SIDE_RESPONDED


def test_a_message_that_is_proved_sent_at_night_is_told_of_in_the_morning() -> None:
    world = CaseWorld()
    world.look()
    message = next(one for one in world.open if isinstance(one, PostMessage))
    world.open.remove(message)
    world.settle()
    world.now = local(2026, 3, 2, 23)
    world.tell(Done(message.id, world.now))
    world.settle()
    assert world.said() == []
    world.pass_time(local(2026, 3, 3, 9))
    assert world.said() == ["tier_1"]


def test_a_pause_that_ends_at_night_goes_on_in_the_morning() -> None:
    world = in_tier()
    world.tell(PauseAsked(local(2026, 3, 4, 22), "holidays", "Ada Agent"))
    world.settle()
    world.forget()
    world.pass_time(local(2026, 3, 4, 23))
    assert outward(world) == 0
    world.pass_time(local(2026, 3, 5, 9))
    assert world.said() == ["tier_2"]


def test_an_end_that_an_agent_brings_about_at_night_is_said_at_once() -> None:
    world = in_tier()
    world.pass_time(local(2026, 3, 3, 22))
    world.forget()
    world.agent(changes={"violation_reported": True})
    assert world.state is State.NOT_ELIGIBLE
    assert len(world.public()) == 1


@pytest.mark.parametrize("hours", [24, 36, 48, 60])
def test_no_promise_is_overrun_by_more_than_the_wait_for_the_opening(hours: float) -> None:
    rules = replace(policy(), update_hours=hours)
    due = in_tier(rules=rules).due(Timer.NEXT_UPDATE)
    exact = rules.calendar.after_hours(local(2026, 3, 2, 10), hours).due
    assert due == rules.calendar.opening_from(exact)


def test_every_text_of_a_silent_month_goes_out_in_office_hours() -> None:
    world = at_night()
    moments = []
    seen = 0
    for _ in range(40 * 24):
        world.pass_time(timedelta(hours=1))
        told = [one for one in world.asked if isinstance(one, UpdateTicket) and one.say and one.say.public]
        moments += [world.now] * (len(told) - seen)
        seen = len(told)
    assert moments
    assert all(world.policy.writes_at(at - timedelta(hours=1)) or world.policy.writes_at(at) for at in moments)
