"""Office hours: outside them the desk writes to nobody of its own accord, and goes on at the next opening."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from escalation.model.case import Case
from escalation.model.values import Timer
from escalation.policies.policy import Policy

DESK: Final = "parley"


class TurnAtHour(Protocol):
    """What it takes of a turn to know the hour, and to wait."""

    case: Case
    now: datetime
    policy: Policy
    by_agent: bool

    def arm_at(self, timer: Timer, due: datetime, why: str) -> None:
        """Set a deadline."""

    def label(self, at: datetime) -> str:
        """Write a moment for agents."""


def out_of_hours(turn: TurnAtHour) -> bool:
    """Whether nobody is written to now. What an agent asks for goes out at any hour: they are at work."""
    entering, wanted = turn.case.delivery.entering, turn.case.delivery.wanted
    asked = turn.by_agent or wanted is not None or (entering is not None and entering.actor != DESK)
    return not (asked or turn.policy.writes_at(turn.now))


def wait_for_opening(turn: TurnAtHour) -> None:
    """Go on when the office opens. A pause goes on by its own end.

    The deadline is that of a pause's end, with no pause on the case: a version of the desk that knows no office
    hours looks at the case then, and finds nothing to end.
    """
    if turn.case.paused or turn.case.ended:
        return
    opens, armed = turn.policy.opening_from(turn.now), turn.case.deadlines.get(Timer.PAUSE_ENDS)
    if armed is None or armed.due != opens:
        said = turn.label(opens)
        turn.arm_at(Timer.PAUSE_ENDS, opens, f"Due {said}: the office is closed, and people are written to then.")
