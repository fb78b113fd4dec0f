"""The desk's clock goes on whoever sets the machine's, and is set by what the services say twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sync.shared.steady import AFTER_WRONG_CLOCK, SteadyClock, seen_up_to
from tests.integration.sync.policy import START

HOUR = timedelta(hours=1)


class ClockedMachine:
    """A machine whose clock somebody sets; what can't jump goes on beside it."""

    def __init__(self, wrong: timedelta = timedelta(0)) -> None:
        self.gone = timedelta(0)
        self.wrong = wrong
        self.clock = SteadyClock(lambda: self.true() + self.wrong, lambda: self.gone.total_seconds())

    def true(self) -> datetime:
        return START + self.gone

    def goes_on(self, **span: float) -> None:
        self.gone += timedelta(**span)

    def looks(self) -> None:
        self.clock.follow(self.true() + self.wrong)

    def is_answered(self, service: str = "zendesk", *, wrong: timedelta = timedelta(0)) -> None:
        """A call takes two seconds, and its answer tells whole seconds."""
        asked = self.clock()
        self.goes_on(seconds=2)
        self.clock.heard(service, self.true().replace(microsecond=0) + wrong, asked)

    def off(self) -> timedelta:
        return self.clock() - self.true()


@pytest.mark.parametrize("step", [HOUR, -HOUR, timedelta(days=365), -timedelta(days=365)])
def test_a_step_of_the_machine_s_clock_moves_nothing_while_a_service_says_that_all_is_well(step: timedelta) -> None:
    machine = ClockedMachine()
    machine.is_answered()
    machine.wrong = step
    machine.looks()
    assert machine.off() == timedelta(0)
    assert machine.clock.apart == step
    assert machine.clock.ran_for() == timedelta(seconds=2)
    assert not machine.clock.is_doubtful()


def test_a_step_that_no_service_speaks_against_is_followed_and_nothing_is_sure_until_one_speaks() -> None:
    machine = ClockedMachine(HOUR)
    machine.goes_on(minutes=1)
    machine.wrong = timedelta(0)
    machine.looks()
    assert machine.off() == timedelta(0)
    assert machine.clock.is_doubtful() and not machine.clock.is_confirmed()
    assert machine.clock.ran_for() == timedelta(0)
    machine.is_answered()
    assert machine.clock.is_confirmed() and not machine.clock.is_doubtful()


@pytest.mark.parametrize("wrong", [HOUR, -HOUR, timedelta(days=365), timedelta(seconds=30)])
def test_a_clock_that_was_wrong_from_the_start_is_set_by_what_a_service_says_twice(wrong: timedelta) -> None:
    machine = ClockedMachine(wrong)
    machine.is_answered()
    assert machine.off() == wrong
    assert machine.clock.ran_for() == timedelta(0)
    machine.is_answered()
    assert abs(machine.off()) <= timedelta(seconds=3)
    machine.looks()
    assert abs(machine.off()) <= timedelta(seconds=3)
    assert abs(machine.clock.apart - wrong) <= timedelta(seconds=3)


def test_one_service_alone_with_a_wrong_clock_moves_nothing() -> None:
    machine = ClockedMachine()
    machine.is_answered("workmarket")
    for _ in range(3):
        machine.is_answered("zendesk", wrong=HOUR)
    assert machine.off() == timedelta(0)
    assert machine.clock.is_confirmed()


def test_a_clock_that_is_kept_right_by_small_steps_is_followed() -> None:
    machine = ClockedMachine()
    machine.wrong = timedelta(milliseconds=400)
    machine.looks()
    assert machine.off() == machine.wrong
    assert not machine.clock.is_doubtful()


def test_while_the_machine_sleeps_time_goes_on() -> None:
    machine = ClockedMachine()
    machine.is_answered()
    machine.goes_on(hours=5)
    machine.looks()
    assert machine.off() == timedelta(0)
    assert machine.clock.ran_for() > 5 * HOUR


def test_a_cursor_that_is_still_to_come_is_no_reason_to_pass_anything_over() -> None:
    assert seen_up_to(START - HOUR, START) == START - HOUR
    assert seen_up_to(START + HOUR, START) == START - AFTER_WRONG_CLOCK
