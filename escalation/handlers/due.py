"""Deadlines that have passed, acted on in the order that keeps it at one text."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from escalation.engine.asserted import CaseToTell
from escalation.engine.last_words import say_the_month_is_over
from escalation.engine.looking import (
    open_question,
    tier_to_remind_of,
    tier_without_anybody,
    unanswered_since,
    word_to_pass_on,
)
from escalation.engine.news import tell_news
from escalation.engine.occasions import not_passed_on, say_on
from escalation.engine.timers import derive
from escalation.engine.transitions import IN_TIER
from escalation.engine.turn import Turn
from escalation.handlers.ends import ask_before_the_end, hold_the_confirmation
from escalation.handlers.entering import enter
from escalation.handlers.outreach import quiet_until
from escalation.handlers.pausing import say_what_is_owed
from escalation.handlers.reviews import (
    ask_about_silence,
    call_off_the_end,
    remind_of_nobody,
    remind_of_question,
    remind_of_review,
    remind_of_word,
    silent_since,
)
from escalation.handlers.verdicts import review, what_is_missing
from escalation.model.case import Case
from escalation.model.tiers import tier_after
from escalation.model.values import Cause, EndedBy, State, Timer
from escalation.model.views import AssignmentSeen

# What ends the wait for an answer: the side conversations are read before it.
CONVERSING = frozenset({Timer.TIER_ENDS, Timer.MONTH_ENDS, Timer.SILENCE, Timer.SILENCE_UNANSWERED})
ENTERING = frozenset({Timer.MONTH_ENDS, Timer.NEXT_UPDATE})


def due_now(turn: Turn) -> frozenset[Timer]:
    """The timers that are due and mean something now: a tier on its way replaces those of the state before."""
    case = turn.case
    due = frozenset(timer for timer in case.deadlines if turn.is_due(timer))
    return due & ENTERING if case.delivery.entering else due


def scope_for(case: Case, due: frozenset[Timer]) -> frozenset[str]:
    """What has to be read anew before these timers are acted on; a mere update reads no conversations."""
    if case.heard.conversations and due & CONVERSING:
        return frozenset({"assignment", "conversations"})
    return frozenset({"assignment"})


def act(turn: Turn, seen: AssignmentSeen | None, *, conversations: bool) -> None:
    """Do what is due now, once everything it turns on was read anew.

    An entry in a tier, or an ending, says what the update would have said.
    """
    case = turn.case
    due = due_now(turn)
    if not due:
        return
    scope = scope_for(case, due)
    if (seen is None and case.assignment_id) or ("conversations" in scope and not conversations):
        turn.look(*scope)
        return
    for timer, follow in ORDER:
        if timer in due and turn.is_due(timer) and not turn.moved:
            follow(turn, seen)
    if case.delivery.held_back:
        say_what_is_owed(turn)
    tell_news(turn)
    if turn.is_due(Timer.NEXT_UPDATE) and turn.public is None:
        _update(turn)


def _month(turn: Turn, seen: AssignmentSeen | None) -> None:
    case = turn.case
    if case.state not in IN_TIER and not _is_unanswered_review(case):
        call_off_the_end(turn)
        return
    tier, review = tier_without_anybody(case), case.judgement.review
    message_at = None if review and review.message_at else unanswered_since(case)
    if turn.policy.ask_before_end and (tier or message_at):
        ask_before_the_end(turn, tier, message_at)
        return
    say_the_month_is_over(turn)
    why = "A month has passed without an answer of the other side."
    turn.move(Cause.MONTH_OVER, why, ended_by=EndedBy.MONTH)


def _is_unanswered_review(case: Case) -> bool:
    """Whether a person was asked before the end, and neither an agent nor the other side has said a word since."""
    review, heard = case.judgement.review, case.heard.other_side_at
    return review is not None and not review.looked_at and not (heard and heard >= review.since)


def _tier(turn: Turn, seen: AssignmentSeen | None) -> None:
    case, following = turn.case, tier_after(turn.case.tier)
    if following is None:
        return
    until = quiet_until(turn, following, seen)
    until = turn.policy.opening_from(until) if until else None
    if until is not None and not case.delivery.letter_waited:
        _wait(turn, following.number, until)
        return
    why = f"Tier {case.tier} is over without an answer."
    enter(turn, following.number, seen, actor="parley", why=why)


def _wait(turn: Turn, tier: int, until: datetime) -> None:
    """Leave the next tier's letter for later: its reader got one about another case."""
    hours = f"{turn.policy.digest_hours:g}"
    why = f"The reader of tier {tier}'s letter was just written to. What follows within {hours} hours goes as one."
    turn.case.delivery = replace(turn.case.delivery, letter_waited=True)
    turn.arm_at(Timer.TIER_ENDS, until, f"Due {turn.label(until)}: {why}")
    turn.record(f"tier {tier} waits until {turn.label(until)}", why)


def _silence(turn: Turn, seen: AssignmentSeen | None) -> None:
    turn.disarm(Timer.SILENCE)
    turn.arm_from(Timer.SILENCE_UNANSWERED, turn.now)
    ask_about_silence(turn)
    turn.record("asked the agent", "Both sides have been silent.")


def _silence_unanswered(turn: Turn, seen: AssignmentSeen | None) -> None:
    turn.disarm(Timer.SILENCE_UNANSWERED)
    if turn.case.muted:
        turn.arm_from(Timer.SILENCE, turn.now)
        return
    turn.note("note.back_to_tier", since=turn.label(silent_since(turn)), tier=turn.case.tier or 1)
    heard = turn.case.heard.answered_at
    back_to_tier(turn, seen, "Nobody said how it goes on.")
    if heard:
        say_on(turn, "back_after_answer", tells="next", date=heard, after=not_passed_on(turn))


def back_to_tier(turn: Turn, seen: AssignmentSeen | None, why: str) -> None:
    """Go back to the tier without its text; its clock starts again."""
    enter(turn, turn.case.tier or 1, seen, actor="parley", why=why, silent=True)


def _confirmed(turn: Turn, seen: AssignmentSeen | None) -> None:
    if message_at := unanswered_since(turn.case):
        hold_the_confirmation(turn, message_at)
        return
    if _counts_from_an_answer(turn.case):
        turn.arm_from(Timer.CONFIRMATION, turn.now)
        turn.say(turn.public_text("confirming.again"), tells="next")
        turn.record("asked whether it is settled", "An agent had answered the requester.")
        return
    say_on(turn, "resolved")
    turn.move(Cause.CONFIRMED, "Nobody objected in time.", ended_by=EndedBy.CONFIRMED)


def _counts_from_an_answer(case: Case) -> bool:
    """Whether the days to object count from an agent's answer to what the requester had written: the requester has
    not been told of them."""
    deadline, question = case.deadlines.get(Timer.CONFIRMATION), case.heard.question
    start = deadline.derivation.start if deadline and deadline.derivation else None
    if question is None or start is None or start != case.heard.agent_spoke_at:
        return False
    return not any(question.since <= word.at < start for word in case.heard.agents_told)


def _withdraw(turn: Turn, seen: AssignmentSeen | None) -> None:
    if CaseToTell(turn.case, turn.now).spoken_since(Timer.WITHDRAWAL, other_side=False):
        why = "The requester has written, and what they were asked for is still missing."
        review(turn, Cause.OBJECTED, "requester_spoke", why, None)
        return
    turn.say(turn.public_text("withdrawn_unanswered", missing=what_is_missing(turn)))
    why = "The requester did not answer the question in time."
    turn.move(Cause.UNANSWERED, why, ended_by=EndedBy.UNANSWERED)


def _remind(turn: Turn, seen: AssignmentSeen | None) -> None:
    turn.disarm(Timer.REMINDER)
    withdrawal = turn.case.deadlines.get(Timer.WITHDRAWAL)
    date = withdrawal.due if withdrawal else derive(Timer.WITHDRAWAL, turn.now, turn.case, turn.policy).due
    say_on(turn, "remind", questions=turn.case.judgement.questions, date=date)
    turn.record("reminded the requester", "The question is still open.")


def _remind_agent(turn: Turn, seen: AssignmentSeen | None) -> None:
    tier, question = tier_to_remind_of(turn.case), open_question(turn.case)
    if turn.case.state is State.NEEDS_REVIEW:
        remind_of_review(turn)
        turn.record("reminded the agents", "The case still needs a person.")
        return
    turn.disarm(Timer.AGENT_REMINDER)
    if tier:
        remind_of_nobody(turn, tier)
        turn.record("reminded the agents", "Nobody is reached yet.")
    if question:
        remind_of_question(turn, question)
        turn.record("reminded the agents", "The requester waits for an answer.")
    if word := word_to_pass_on(turn.case):
        remind_of_word(turn, word)
        turn.record("reminded the agents", "The account manager's reply is not passed on yet.")


ORDER = (
    (Timer.MONTH_ENDS, _month),
    (Timer.TIER_ENDS, _tier),
    (Timer.SILENCE_UNANSWERED, _silence_unanswered),
    (Timer.SILENCE, _silence),
    (Timer.CONFIRMATION, _confirmed),
    (Timer.WITHDRAWAL, _withdraw),
    (Timer.REMINDER, _remind),
    (Timer.AGENT_REMINDER, _remind_agent),
)


def _update(turn: Turn) -> None:
    """Keep the requester informed; what was missed in an outage is one update."""
    case = turn.case
    turn.disarm(Timer.NEXT_UPDATE)
    if case.muted:
        return
    turn.arm_from(Timer.NEXT_UPDATE, turn.now)
    say_on(turn, "update", yields=True, tells="all")
    turn.record(
        "updated the requester",
        f"The last word to them was {turn.policy.calendar.in_words(turn.policy.update_hours)} ago.",
    )
