"""What the other side says while a person is asked, or an outcome is confirmed: an answer that moves nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from escalation.engine.journaled import ABOUT_THAT_NOW, WROTE_BETWEEN
from escalation.engine.looking import nobody_has_answered
from escalation.engine.news import ANSWERED
from escalation.engine.office import out_of_hours
from escalation.engine.turn import Turn
from escalation.handlers.reviews import call_off_the_end
from escalation.model.audience import Internal
from escalation.model.case import Case
from escalation.model.review import MESSAGE, UNREACHED
from escalation.model.values import State, Timer

WRITTEN: Final = "looking_at.written"
"""What a person is asked to look at once the other side has written after all."""
BETWEEN: Final = frozenset({State.NEEDS_REVIEW, State.CONFIRMING_OUTCOME})


def is_told(case: Case) -> bool:
    """Whether the case waits for a person, and its requester was told of words of the other side in that time."""
    review, answered = case.judgement.review, case.heard.answered_at
    return case.state is State.NEEDS_REVIEW and bool(review and answered and answered >= review.since)


def heard_between(turn: Turn, when: datetime) -> None:
    """Take in that the other side has written: no text says any more that there is no answer.

    In a review the requester hears of it, once, and agents are asked to pass it on; in a confirmation agents alone
    hear of it, as the case closes by itself.
    """
    case = turn.case
    if not case.begun or case.state not in BETWEEN:
        return
    told = is_told(case)
    case.heard = replace(case.heard, answered_at=case.heard.other_side_at)
    turn.record(WROTE_BETWEEN, "It moves nothing.", "the other side")
    if case.muted:
        return
    if case.state is State.CONFIRMING_OUTCOME:
        closes = turn.label(case.deadlines[Timer.CONFIRMATION].due)
        turn.notes.append(turn.internal_text("note.hears.confirming", date=closes))
        return
    hears = turn.internal_text("note.hears.nothing") if told else when_told(turn)
    turn.notes.append(turn.internal_text("note.hears.review", hears=hears))
    turn.news = turn.news if told else ANSWERED
    call_off_the_end(turn)
    _ask_about_it(turn, when)


def _ask_about_it(turn: Turn, when: datetime) -> None:
    """A review over a step that nobody did is one over what was written from now on."""
    review = turn.case.judgement.review
    if review is None or UNREACHED not in review.looking_at:
        return
    about = f"the month is over, and the other side has written on {turn.label(when)}"
    if review.message_at and MESSAGE in review.looking_at:
        about += f"; {nobody_has_answered(turn.label(review.message_at))}"
    looking_at = tuple(WRITTEN if one == UNREACHED else one for one in review.looking_at)
    anew = replace(review, since=when, about=about, looking_at=looking_at, looked_at=None)
    turn.case.judgement = replace(turn.case.judgement, review=anew)
    turn.record(ABOUT_THAT_NOW, about)


def when_told(turn: Turn) -> Internal:
    """When the requester hears of an answer from the desk, as agents are told it."""
    case = turn.case
    if case.muted:
        return turn.internal_text("note.hears.nothing")
    if case.state is State.OTHER_SIDE_RESPONDED:
        return turn.internal_text("note.hears.update")
    if case.paused:
        return turn.internal_text("note.hears.paused", date=turn.label(case.paused.until))
    if out_of_hours(turn):
        opens = turn.label(turn.policy.opening_from(turn.now))
        return turn.internal_text("note.hears.opening", date=opens)
    return turn.internal_text("note.hears.now")
