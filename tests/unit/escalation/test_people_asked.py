"""A client's tier 3: the desk knows that it asked a person to reach the worker, and says no more than that."""

from __future__ import annotations

from datetime import timedelta

from escalation.model.effects import Say
from escalation.model.values import REACHED_FIELD, Party, State, Timer
from tests.unit.escalation.case_world import CaseWorld, in_tier

UNHEARD = "to reach the worker; nobody has told us yet that they got through."
WORKING = "working on getting you in contact"


def read(world: CaseWorld) -> list[str]:
    """All that the requester reads, text by text."""
    said = [effect.say for effect in world.public() if isinstance(effect.say, Say)]
    return [f"{one.text}\n{one.progress}\n{one.after}" for one in said]


def in_the_last_tier(*, answered: bool = False) -> CaseWorld:
    world = in_tier(2, Party.CLIENT, fields={REACHED_FIELD: False})
    if answered:
        world.message("Wanda Worker", "I will come back on Monday.")
        world.pass_time(timedelta(hours=1))
        world.agent(changes={"other_side_responded": False})
    world.pass_time(world.due(Timer.TIER_ENDS))
    assert world.state is State.TIER_3
    world.forget()
    return world


def test_updates_say_that_a_person_was_asked_and_not_that_anybody_is_working_on_it() -> None:
    for answered, first, later in (
        (False, "update_people", "update_again"),
        (True, "update_people_after_answer", "update_after_answer_again"),
    ):
        world = in_the_last_tier(answered=answered)
        world.pass_time(timedelta(days=7))
        assert world.keys()[:2] == [first, later]
        assert all(UNHEARD in one and WORKING not in one for one in read(world))


def test_the_end_says_it_too() -> None:
    world = in_the_last_tier()
    world.pass_time(timedelta(days=40))
    assert world.state is State.OFF_PLATFORM
    assert UNHEARD in read(world)[-1]


def test_once_somebody_got_through_that_is_said_instead() -> None:
    world = in_the_last_tier()
    world.agent(changes={REACHED_FIELD: True})
    world.pass_time(timedelta(days=40))
    assert not [one for one in read(world) if UNHEARD in one]
    assert "Our team got through to somebody" in read(world)[0]


def test_what_comes_next_is_that_a_person_is_asked() -> None:
    world = in_tier(2, Party.CLIENT)
    [*_, last] = read(world)
    assert "we ask a person at the desk to reach the worker" in last
