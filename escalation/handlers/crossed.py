"""Both sides have escalated one assignment: two cases, each with its tiers, whose agents know of each other."""

from __future__ import annotations

from escalation.engine.turn import Turn
from escalation.model.views import CrossedCase


def meet(turn: Turn, other: CrossedCase | None) -> None:
    """Take in whether the other side has an open case; agents of both are told once, by the one that came later.

    From then on each move of either is a line on the other one's ticket. Requesters are told nothing of it.
    """
    case = turn.case
    if other is None:
        turn.for_crossed.clear()
    case.crossed_open = other is not None and not case.ended
    if other is None or case.ended or case.crossed_with == other.ticket_id:
        return
    case.crossed_with = other.ticket_id
    turn.record(f"crossed with ticket {other.ticket_id}", "The other side has escalated this assignment too.")
    if (case.submitted, case.ticket_id) < (other.submitted, other.ticket_id):
        return
    lines = (
        turn.internal_text("note.crossed_moved", **{**turn.moved_line(at, what), "ticket_id": other.ticket_id})
        for at, what in other.so_far
    )
    so_far = "\n".join(f"- {line}" for line in lines) or "–"
    turn.note("note.crossed", ticket_id=other.ticket_id, so_far=so_far)
    turn.for_crossed.append(turn.internal_text("note.crossed_begun", ticket_id=case.ticket_id))
