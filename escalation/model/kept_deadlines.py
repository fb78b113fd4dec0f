"""What a pause holds: deadlines that will not be kept are told to nobody."""

from __future__ import annotations

from datetime import datetime

from escalation.model.case import Case, Deadline
from escalation.model.values import Timer

Deadlines = list[tuple[Timer, Deadline]]


def kept_deadlines(case: Case) -> Deadlines:
    """Return the deadlines of a case that are acted on when they say, the next one first.

    Of a paused case these are the pause's end and what comes after it: what falls due before waits for that end.
    """
    return [(timer, one) for timer, one in _sorted(case) if held_until(case, timer) is None]


def held_deadlines(case: Case) -> Deadlines:
    """Return the deadlines that wait for the end of a pause, in the order in which they would have come."""
    return [(timer, one) for timer, one in _sorted(case) if held_until(case, timer) is not None]


def held_until(case: Case, timer: Timer) -> datetime | None:
    """Until when a pause holds one of a case's deadlines; None where it holds none or there is no such deadline."""
    deadline, pause = case.deadlines.get(timer), case.deadlines.get(Timer.PAUSE_ENDS)
    if case.paused is None or deadline is None or pause is None or deadline is pause:
        return None
    return pause.due if deadline.due <= pause.due else None


def _sorted(case: Case) -> Deadlines:
    return sorted(case.deadlines.items(), key=lambda item: item[1].due)
