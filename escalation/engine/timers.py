"""Which deadlines a state has, and how each is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from escalation.engine.looking import open_question, tier_to_remind_of, word_to_pass_on
from escalation.engine.transitions import UPDATED
from escalation.model.case import Case, Deadline, DeadlineMove
from escalation.model.derivation import Derivation
from escalation.model.kept_deadlines import held_until
from escalation.model.tiers import TIER_OF
from escalation.model.values import State, Timer
from escalation.policies.policy import Policy

SHOWN_WITHIN: Final = timedelta(minutes=2)
"""Moments that are as near as this are one to people."""
MOVES_KEPT: Final = 5


def derive(timer: Timer, start: datetime, case: Case, policy: Policy) -> Derivation:
    """Count a timer from a moment, by the case's policy."""
    if timer is Timer.TIER_ENDS:
        return policy.after_hours(start, policy.tier_hours(TIER_OF[case.state]))
    hours = {Timer.NEXT_UPDATE: policy.update_hours, Timer.REMINDER: policy.reminder_hours}
    if timer in hours:
        return policy.after_hours(start, hours[timer])
    if timer is Timer.MONTH_ENDS:
        return policy.months_after(start, policy.months)
    days = {
        Timer.WITHDRAWAL: policy.withdrawal_days,
        Timer.SILENCE: policy.silence_days,
        Timer.SILENCE_UNANSWERED: policy.silence_unanswered_days,
        Timer.CONFIRMATION: policy.confirm_days,
        Timer.AGENT_REMINDER: policy.agent_reminder_days,
        Timer.PAUSE_ENDS: policy.pause_days,
    }
    return policy.after_days(start, days[timer])


def state_timers(case: Case, now: datetime) -> Iterator[tuple[Timer, datetime]]:
    """The deadlines of a state that is entered now, each with the moment it is counted from."""
    state = case.state
    if state in UPDATED and not case.muted:
        yield Timer.NEXT_UPDATE, case.last_public or now
    if tier := TIER_OF.get(state):
        if tier.hours:
            yield Timer.TIER_ENDS, now
        yield Timer.MONTH_ENDS, case.month_from or now
        if tier_to_remind_of(case):
            yield Timer.AGENT_REMINDER, now
            return
    elif state is State.NEEDS_REVIEW:
        yield Timer.AGENT_REMINDER, now
    elif state is State.WAITING_ON_REQUESTER:
        yield Timer.REMINDER, now
        yield Timer.WITHDRAWAL, now
    elif state is State.OTHER_SIDE_RESPONDED:
        yield Timer.SILENCE, case.heard.either_side_at or now
    elif state is State.CONFIRMING_OUTCOME:
        yield Timer.CONFIRMATION, now
    question = open_question(case) or word_to_pass_on(case)
    if question and state is not State.NEEDS_REVIEW:
        yield Timer.AGENT_REMINDER, question.told_at


class ShownDue(NamedTuple):
    """What the ticket's field tells of the next update: a moment, and whether it is the end of a pause."""

    due: datetime | None
    held: bool


def next_update_shown(case: Case) -> ShownDue | None:
    """What the field has to tell now; None where it does already, to within two minutes.

    A tier's text on its way is as good.
    """
    deadline, pause = case.deadlines.get(Timer.NEXT_UPDATE), held_until(case, Timer.NEXT_UPDATE)
    due, before = pause or (deadline.due if deadline else None), case.shown_due
    entering = case.delivery.entering is not None
    near = due == before or bool(due and before and (entering or abs(due - before) < SHOWN_WITHIN))
    held = pause is not None
    return None if near and held == case.shown_held else ShownDue(due, held)


def keep_moves(case: Case, before: Mapping[Timer, Deadline], now: datetime, by: str, *, said: bool) -> None:
    """Keep with each deadline of a case that stayed in its state what was due before, and by whose doing it moved.

    One whose moment had come, or that counts from what is `said` now, is not moved but begun; a tier's end is moved
    also then.
    """
    for timer, deadline in case.deadlines.items():
        was = before.get(timer)
        if was is None or was.generation == deadline.generation:
            continue
        begun = timer is not Timer.TIER_ENDS and (said or was.due <= now)
        moved = () if begun else was.moved
        if not begun and abs(deadline.due - was.due) >= SHOWN_WITHIN:
            moved = (*moved, DeadlineMove(now, was.due, by, deadline.why))[-MOVES_KEPT:]
        case.deadlines[timer] = replace(deadline, moved=moved)
