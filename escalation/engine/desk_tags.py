"""The tags that tell how the desk stands to a ticket: overdue, paused, and that its requester waits."""

from __future__ import annotations

from escalation.model.case import Case
from escalation.model.values import PAUSE_TAG, WAITS_TAG


def outdated_tags(case: Case, *, waited: bool) -> tuple[str, ...]:
    """Take off, with an update that is made anyway, what is so no more: the desk is not silent then.

    What is not paused may be overdue. `waited`: the requester did when the turn began.
    """
    kept = {tag for tag, so in ((PAUSE_TAG, case.paused is not None), (WAITS_TAG, case.requester_open)) if so}
    shown = (*case.tagged, WAITS_TAG) if waited else case.tagged
    case.tagged = tuple(tag for tag in case.tagged if tag in kept)
    return tuple(dict.fromkeys(tag for tag in shown if tag not in kept))
