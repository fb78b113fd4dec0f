"""Every event is answered in every state, and what holds of every decision holds."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest

from escalation.decide import decide
from escalation.model.values import State
from tests.unit.escalation.corpus import (
    CLIENTS_STATES,
    OPEN_STATES,
    STATES,
    check_decision,
    check_out_of_hours,
    events,
    world_in,
)

# A merge in two looks, and what happens once only.


MOVING = ("a follow-up", "a merge", "merged")


def test_the_corpus_has_every_state() -> None:
    assert {world_in(name).state for name in STATES} == set(State)


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize(
    "later", [timedelta(0), timedelta(hours=12), timedelta(days=60)], ids=["now", "at night", "after an outage"]
)
def test_every_event_is_answered_coherently(name: str, later: timedelta) -> None:
    world = world_in(name)
    world.now += later
    before = deepcopy(world.case)
    for what, event in events(world):
        decision = decide(world.case, event, world.now, world.policy)
        try:
            check_decision(before, decision, world.now)
            if not world.policy.writes_at(world.now):
                check_out_of_hours(before, event, decision)
            assert world.case == before, "The case handed in was changed."
            if not later:
                assert decide(world.case, event, world.now, world.policy) == decision, (
                    "It depends on something else."
                )
        except AssertionError as error:
            error.add_note(f"{name}: {what}")
            raise


@pytest.mark.parametrize("name", [*OPEN_STATES, *CLIENTS_STATES])
def test_every_case_comes_to_rest_after_every_event(name: str) -> None:
    for what, event in events(world_in(name)):
        world = world_in(name)
        try:
            world.tell(event)
            world.settle()
            world.pass_time(timedelta(days=3))
        except AssertionError as error:
            error.add_note(f"{name}: {what}")
            raise
        # A new case has no deadline before its first look: that look is what it waits for.
        waits = world.case.deadlines or world.state is State.CHECKING
        assert world.case.ended or waits, (what, world.journal)


@pytest.mark.parametrize("name", STATES)
def test_the_same_observation_twice_is_as_good_as_once(name: str) -> None:
    for what, event in events(world_in(name)):
        if event.type != "observed" or event.gone or event.candidates or what.startswith(MOVING):
            continue
        world = world_in(name)
        world.tell(event)
        state, told = world.state, len(world.public()) + len(world.messages()) + len(world.mails())
        world.tell(event)
        assert len(world.public()) + len(world.messages()) + len(world.mails()) == told, (what, world.journal)
        assert world.state is state, (what, world.journal)
