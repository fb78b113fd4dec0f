"""Office hours: outside them the desk writes to nobody of its own accord, and goes on at the next opening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from escalation.model.values import Timer

if TYPE_CHECKING:
    from escalation.engine.turn import Turn

DESK: Final = "parley"


def out_of_hours(turn: Turn) -> bool:
    """Whether nobody is written to now. What an agent asks for goes out at any hour: they are at work."""
    entering, wanted = turn.case.delivery.entering, turn.case.delivery.wanted
    asked = turn.by_agent or wanted is not None or (entering is not None and entering.actor != DESK)
    return not (asked or turn.policy.writes_at(turn.now))


def wait_for_opening(turn: Turn) -> None:
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
