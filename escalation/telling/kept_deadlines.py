"""What a pause holds: deadlines that will not be kept are told to nobody."""

from __future__ import annotations

from escalation.model.case import Case, Deadline
from escalation.model.values import Timer


def kept_deadlines(case: Case) -> list[tuple[Timer, Deadline]]:
    """Return the deadlines of a case that are acted on when they say, the next one first.

    Of a paused case these are the pause's end and what comes after it: what falls due before waits for that end.
    """
    pause = case.deadlines.get(Timer.PAUSE_ENDS) if case.paused else None
    found = (
        (timer, one)
        for timer, one in case.deadlines.items()
        if pause is None or one is pause or one.due > pause.due
    )
    return sorted(found, key=lambda item: item[1].due)
