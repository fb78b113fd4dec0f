"""Both sides have escalated one assignment: two cases, each with its tiers, whose agents know of each other."""

from __future__ import annotations

from datetime import datetime

from escalation.engine.turn import Turn
from escalation.model.audience import Internal
from escalation.model.effects import Note, UpdateTicket
from escalation.model.views import CrossedCase


def meet(turn: Turn, other: CrossedCase | None) -> None:
    """Take in whether the other side has an open case; agents of both are told once, by the one that came later.

    From then on each move of either is a line on the other one's ticket. Requesters are told nothing of it.
    """
    case = turn.case
    case.crossed_open = other is not None
    if other is None or case.ended or case.crossed_with == other.ticket_id:
        return
    case.crossed_with = other.ticket_id
    turn.record(f"crossed with ticket {other.ticket_id}", "The other side has escalated this assignment too.")
    if (case.submitted, case.ticket_id) < (other.submitted, other.ticket_id):
        return
    lines = (_line(turn, other.ticket_id, at, what) for at, what in other.so_far)
    so_far = "\n".join(f"- {line}" for line in lines) or "–"
    turn.note("note.crossed", ticket_id=other.ticket_id, so_far=so_far)
    turn.for_crossed.append(turn.internal_text("note.crossed_begun", ticket_id=case.ticket_id))


def tell_crossed(turn: Turn) -> None:
    """Write what this turn has moved on the other case's ticket, while that case is open."""
    case = turn.case
    if not (case.crossed_open and case.crossed_with):
        return
    lines = [*turn.for_crossed, *(_line(turn, case.ticket_id, turn.now, what) for what in turn.moves)]
    if lines:
        note = Note(Internal("\n\n".join(lines)))
        turn.effects.append(UpdateTicket(turn.effect_id(), case.crossed_with, note))


def _line(turn: Turn, ticket_id: str, at: datetime, what: str) -> Internal:
    """A line of the time that both cases share."""
    words = what.replace("_", " ")
    return turn.internal_text("note.crossed_moved", at=turn.label(at), ticket_id=ticket_id, what=words)
