"""What the requester hears at once: the one line of a turn in which nothing else is said to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from escalation.engine.asserted import CaseToTell, hold
from escalation.engine.budget import ACKNOWLEDGED_A_DAY, within_day
from escalation.engine.occasions import say_on
from escalation.engine.turn import Turn
from escalation.model.effects import Say
from escalation.model.review import WaitingWord
from escalation.model.values import State, Timer

ANSWERED: Final = "answered"
ENDED: Final = "acknowledged_ended"
LASTING: Final = frozenset({"answered", "answer_taken_back", "requester_waits"})
"""Facts that a text which was held back needs still, when it can be said."""


def wait_for_an_agent(turn: Turn, news: str = "") -> None:
    """What the requester wrote waits for an agent's word. Of all that they write until then agents are told once.

    So is the requester, where `news` says how: that it has come. What the first look finds is part of the request;
    what comes while it is still being checked, over a weekend, waits, and the first text names it.
    """
    case = turn.case
    if turn.first_look:
        return
    if not case.requester_open:
        case.requester_open = True
        since = case.heard.requester_at or turn.now
        case.heard = replace(case.heard, question=WaitingWord(since, turn.now))
        if Timer.AGENT_REMINDER not in case.deadlines:
            turn.arm_from(Timer.AGENT_REMINDER, turn.now)
        turn.note_seldom("note.requester_waits")
        turn.news = turn.news or news
    put_status_back(turn)


def put_status_back(turn: Turn) -> None:
    """Put the case's status back: Zendesk opens the ticket on a reply, and “Open” tells its requester nothing."""
    if turn.case.state is not State.CHECKING:
        turn.status = turn.case.state


def tell_news(turn: Turn) -> None:
    """Say what is news, unless something else is said now.

    What the other side wrote stays with the agents, who pass it on; where one of them has just spoken, nothing is
    added. What the requester wrote is acknowledged a few times a day at most: a machine may be writing.
    """
    case, news = turn.case, turn.news
    turn.news = ""
    if not news or turn.public is not None or case.ended:
        return
    if news == ANSWERED:
        if case.heard.answered_at and not turn.agent_spoke:
            say_on(turn, news, tells="all")
    elif case.requester_open and not case.delivery.held_back and _may_acknowledge(turn):
        asserts = turn.policy.texts.asserts[news]
        said = Say(turn.public_text(news), language=turn.requester.texts.language, asserts=asserts)
        turn.say_once(said, though_muted=news == ENDED)


def still_news(turn: Turn, owed: Say) -> bool:
    """Whether what was held back is to be said: nobody answered its requester, or took an answer back."""
    lasting = [name for name in owed.asserts if name in LASTING]
    return hold(lasting, CaseToTell(turn.case, turn.now))


def _may_acknowledge(turn: Turn) -> bool:
    pacing, key = turn.case.pacing, "acknowledged"
    before = within_day(pacing.notes.get(key, ()), turn.now)
    if len(before) < ACKNOWLEDGED_A_DAY:
        turn.case.pacing = replace(pacing, notes={**pacing.notes, key: (*before, turn.now)})
        return True
    return False
