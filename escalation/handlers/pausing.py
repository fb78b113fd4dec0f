"""Pausing a case: nothing is sent until a moment, what happens is recorded, the month runs on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from escalation.engine.journaled import PAUSED, RESUMED
from escalation.engine.news import still_news
from escalation.engine.repeating import forget_updates
from escalation.engine.turn import Turn
from escalation.model.case import Pause
from escalation.model.kept_deadlines import held_until
from escalation.model.plain import inline
from escalation.model.values import PAUSE_TAG, Timer

TOLD_FROM: Final = timedelta(hours=1)
"""A pause that was shorter kept nobody waiting, and its requester is not told of it."""


def pause(turn: Turn, wanted: Pause) -> None:
    """Send nothing to the requester or the other side until a moment."""
    forget_updates(turn.case)
    since = turn.case.paused.since if turn.case.paused else turn.now
    turn.case.paused = replace(wanted, since=since)
    until = turn.label(wanted.until)
    turn.arm_at(Timer.PAUSE_ENDS, wanted.until, f"Due {until}: {wanted.actor} paused the case ({wanted.reason}).")
    key = "note.paused_running" if Timer.MONTH_ENDS in turn.case.deadlines else "note.paused"
    turn.note(key, until=until, actor=inline(wanted.actor), why=_in_a_clause(wanted.reason))
    _tell_held(turn)
    turn.record(f"{PAUSED}{until}", wanted.reason, wanted.actor)


def _tell_held(turn: Turn) -> None:
    """Tell agents of the two dates that people may count on: neither comes before the pause's end."""
    case = turn.case
    for timer, key in ((Timer.NEXT_UPDATE, "note.paused_update"), (Timer.MONTH_ENDS, "note.paused_month")):
        if held_until(case, timer):
            turn.note(key, due=turn.label(case.deadlines[timer].due))


def _in_a_clause(why: str) -> str:
    return inline(why).rstrip(".")


def resume(turn: Turn, actor: str, why: str) -> None:
    """End a pause; what is owed is said once what has happened meanwhile was seen."""
    case = turn.case
    if case.paused is None:
        return
    owed = _owes_a_word(turn)
    if case.paused.since and turn.now - case.paused.since >= TOLD_FROM:
        on_hold, held_plans = (case.paused.since, turn.now), _came_due(turn, Timer.TIER_ENDS)
        case.delivery = replace(case.delivery, on_hold=on_hold, held_plans=held_plans)
    case.paused = None
    turn.disarm(Timer.PAUSE_ENDS)
    turn.remove_tags.append(PAUSE_TAG)
    turn.note("note.resumed_owed" if owed else "note.resumed")
    turn.record(RESUMED, why, actor)


def resume_to_move(turn: Turn, actor: str) -> None:
    """End a pause because an agent moves the case: what was planned gives way to that."""
    resume(turn, actor, "An agent moved the case.")
    turn.case.delivery = replace(turn.case.delivery, held_plans=False)


TOLD_WHEN_DUE: Final = (
    *(Timer.NEXT_UPDATE, Timer.TIER_ENDS, Timer.MONTH_ENDS, Timer.DATE_REACHED),
    *(Timer.REMINDER, Timer.WITHDRAWAL, Timer.CONFIRMATION),
)
"""What the requester hears of when it comes."""


def _owes_a_word(turn: Turn) -> bool:
    """Whether the requester was to hear something while the case was paused."""
    return turn.case.delivery.held_back is not None or (
        not turn.case.muted and any(_came_due(turn, timer) for timer in TOLD_WHEN_DUE)
    )


def _came_due(turn: Turn, timer: Timer) -> bool:
    deadline = turn.case.deadlines.get(timer)
    return deadline is not None and deadline.due <= turn.now


def say_what_is_owed(turn: Turn) -> None:
    """Say what was held back, unless something newer is said now or on its way, or it is not so any more."""
    case = turn.case
    owed = case.delivery.held_back
    case.delivery = replace(case.delivery, held_back=None)
    if owed and not turn.public and not case.delivery.entering and not case.ended and still_news(turn, owed):
        # What a mute case holds back is the one thing that it says.
        turn.say_once(owed, though_muted=True)
