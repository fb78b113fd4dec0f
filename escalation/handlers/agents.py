"""Agents act in Zendesk and are believed: comments, statuses, the tier field, ticks and tags."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from escalation.eligibility.outcomes import named
from escalation.eligibility.rules import VIOLATION, ruled, violation_reported
from escalation.engine.asserted import NOW
from escalation.engine.filled_in import IDENTITY, TYPED, note_typed, what_changed
from escalation.engine.journaled import AGENT_TOLD, rule_passed
from escalation.engine.occasions import say_on
from escalation.engine.timers import derive
from escalation.engine.transitions import BEFORE
from escalation.engine.turn import Turn
from escalation.handlers.between import is_told
from escalation.handlers.hearing import answered, taken_back, ticked_again
from escalation.handlers.pausing import pause, resume, resume_to_move
from escalation.handlers.requester import come_back, take_assignment_id, take_party
from escalation.handlers.reviews import filled_in_a_way, follow_tick, looked, message_seen_to
from escalation.handlers.verdicts import refuse, review
from escalation.model.case import Pause, WantedTier
from escalation.model.plain import inline
from escalation.model.spoken import AgentsWord
from escalation.model.tiers import NAMED, TIERS
from escalation.model.values import (
    COMPANY_FIELD,
    PARTIES,
    PAUSE_TAG,
    REACHED_FIELD,
    REASONS,
    WAITS_TAG,
    Cause,
    EndedBy,
    Party,
    Reason,
    Role,
    State,
    Timer,
)
from escalation.model.verdict import Outcome
from escalation.model.views import Update

RECHECKED = (
    *("assignment_id", "party", "reason", "average_approval", "justification", "violation_reported"),
    *("outcome", "kind_of_outcome", COMPANY_FIELD),
)
JUST_NOW: Final = timedelta(minutes=15)
"""An agent who did something within so long is at work: what follows from it goes out at any hour."""
WORDS_KEPT = 40


def agent_update(turn: Turn, update: Update) -> None:
    """Follow one update made by an agent, or by an automation of the account."""
    actor = turn.by = update.author.name or "an automation"
    turn.by_agent = turn.by_agent or (update.role is Role.AGENT and turn.now - update.at <= JUST_NOW)
    tier = _tier_of(update)
    spoke = bool(update.comment and update.comment.public and update.role is Role.AGENT)
    if update.comment and update.role is Role.AGENT:
        _answered_us(turn, update)
    if spoke:
        _spoke(turn, update, actor)
    _changed(turn, update, actor, moves=bool(tier), silent=spoke)
    note_typed(turn, (key for key in TYPED if key in update.changes))
    if "tier" in update.changes and not update.changes["tier"]:
        _cleared_tier(turn, actor)
    if update.role is Role.AGENT and any(update.changes.get(recipient.field) for recipient in NAMED):
        filled_in_a_way(turn, update.at, actor)
    if (reached := update.changes.get(REACHED_FIELD)) is not None:
        follow_tick(turn, bool(reached), update.at, actor)
    if update.changes.get("violation_reported") is not None:
        _ticked_violation(turn, update, actor)
    if update.changes.get("violation_reported") is not True:
        _moves(turn, update, actor, tier, silent=spoke)
    _tags(turn, update, actor)


def _tier_of(update: Update) -> int | None:
    """The tier that an update puts the case in. The field wins over the status."""
    for tier in TIERS:
        if update.changes.get("tier") == str(tier.number):
            return tier.number
    status = update.changes.get("status")
    return next((tier.number for tier in TIERS if tier.state == status), None)


def _answered_us(turn: Turn, update: Update) -> None:
    """An agent who was asked how it goes on has said something, to the requester or to colleagues."""
    looked(turn, update.at, update.author.name or "an agent")
    if Timer.SILENCE_UNANSWERED in turn.case.deadlines:
        turn.disarm(Timer.SILENCE_UNANSWERED)
        turn.arm_from(Timer.SILENCE, update.at)


def _spoke(turn: Turn, update: Update, actor: str) -> None:
    """A public comment of an agent is the update that was due, and answers the requester."""
    case = turn.case
    turn.record(AGENT_TOLD, "A public comment counts as the update that was due.", actor)
    turn.agent_spoke = True
    told = (*case.heard.agents_told, AgentsWord(update.at, actor))[-WORDS_KEPT:]
    case.heard = replace(case.heard, agent_spoke_at=update.at, agents_told=told)
    case.delivery = replace(case.delivery, held_back=None)
    turn.heard_publicly(update.at)
    deadline = case.deadlines.get(Timer.NEXT_UPDATE)
    if deadline and deadline.derivation is None:
        turn.arm_from(Timer.NEXT_UPDATE, update.at)
    if case.requester_open and not case.ended:
        case.requester_open = False
        message_seen_to(turn, update.at, answered=True)
        if Timer.CONFIRMATION in case.deadlines:
            turn.arm_from(Timer.CONFIRMATION, update.at)
        turn.status = case.state if case.state is not State.CHECKING else None


def _changed(turn: Turn, update: Update, actor: str, *, moves: bool, silent: bool) -> None:
    """Check again before tier 1; from then on a changed id, party or reason needs a person."""
    case = turn.case
    keys = [key for key in RECHECKED if key in update.changes]
    identity = [key for key in keys if key in IDENTITY]
    if identity:
        turn.leave_entry()
    changed = what_changed(turn, update, keys)
    _take_identity(turn, update)
    if not keys or case.ended:
        return
    case.judgement = case.judgement.also_changed(update.at, f"{actor} changed: {changed}.")
    if not case.begun:
        judged = case.state in BEFORE and not case.muted and not case.delivery.entering
        case.judgement = replace(case.judgement, recheck=case.judgement.recheck or judged)
    elif COMPANY_FIELD in keys:
        turn.look("assignment")
    if case.begun and identity:
        if moves or case.state is State.NEEDS_REVIEW:
            turn.note("note.changed_fields", actor=inline(actor), fields=changed)
        else:
            why = f"{inline(actor)} changed while the case was under way: {changed}."
            review(turn, Cause.CHANGED, "changed", why, None, silent=silent, actor=actor)


def _take_identity(turn: Turn, update: Update) -> None:
    case, changes = turn.case, update.changes
    party, reason, number = changes.get("party"), changes.get("reason"), changes.get("assignment_id")
    if party in PARTIES:
        take_party(turn, Party(str(party)))
    case.reason = Reason(str(reason)) if reason in REASONS else case.reason
    if COMPANY_FIELD in changes:
        case.company = ""
    if isinstance(number, str) and number.strip():
        case.judgement = replace(case.judgement, overrode="")
        take_assignment_id(turn, number.strip())


def _tags(turn: Turn, update: Update, actor: str) -> None:
    if PAUSE_TAG in update.tags_added and not turn.case.ended:
        until = derive(Timer.PAUSE_ENDS, update.at, turn.case, turn.policy).due
        if until > turn.now:
            pause(turn, Pause(until, "the tag escalation_pause", actor))
    elif PAUSE_TAG in update.tags_removed:
        resume(turn, actor, "The tag was taken off.")
    if WAITS_TAG in update.tags_removed and turn.case.requester_open:
        turn.case.requester_open = False
        message_seen_to(turn, update.at, answered=False)
        turn.record("the requester waits no more", "The tag was taken off.", actor)
        looked(turn, update.at, actor)


def _ticked_response(turn: Turn, update: Update, actor: str) -> None:
    case, ticked = turn.case, update.changes.get("other_side_responded")
    if ticked is False:
        if case.state is State.OTHER_SIDE_RESPONDED:
            want_tier(turn, case.tier or 1, actor, silent=True, says=taken_back(turn, update.at))
        return
    if case.ended or case.state is State.OTHER_SIDE_RESPONDED:
        return
    resume_to_move(turn, actor)
    if ticked_again(turn, update.at - JUST_NOW, actor):
        return
    if not is_told(case):
        case.heard = replace(case.heard, other_side_at=max(filter(None, (case.heard.other_side_at, update.at))))
        case.month_from = max(filter(None, (case.month_from, update.at))) if case.begun else case.month_from
    answered(turn, f"{actor} says that the other side has answered.", actor)


def _ticked_violation(turn: Turn, update: Update, actor: str) -> None:
    case = turn.case
    if update.changes["violation_reported"] is False:
        if case.ended and case.ended_by is EndedBy.VIOLATION:
            come_back(turn, "The violation was taken back.", actor)
        return
    case.delivery = replace(case.delivery, wanted=None)
    if case.ended or case.judgement.recheck:
        return
    resume_to_move(turn, actor)
    refuse(turn, (named(VIOLATION, violation_reported("A violation was reported.", actor)),), actor)


def _cleared_tier(turn: Turn, actor: str) -> None:
    if turn.case.tier and not turn.case.ended:
        turn.note_seldom("note.tier_field_cleared")
        turn.record("the tier field was cleared", "That is ignored.", actor)


def _moves(turn: Turn, update: Update, actor: str, tier: int | None, *, silent: bool) -> None:
    """Follow a tier, a status of ours or a tick, whichever of these comes first."""
    status = update.changes.get("status")
    if tier:
        want_tier(turn, tier, actor, silent=silent)
    elif status in ENDED_BY_STATUS or status in REOPENED:
        _status(turn, update, str(status), actor, silent=silent)
    elif update.changes.get("other_side_responded") is not None:
        _ticked_response(turn, update, actor)


def want_tier(turn: Turn, tier: int, actor: str, *, silent: bool, says: str = "") -> None:
    """Take an agent's word for a tier; it is entered when the assignment has been read for it."""
    case = turn.case
    verdict = case.judgement.verdict
    if verdict and not case.begun:
        passed = [finding for finding in verdict.findings if finding.outcome is not Outcome.PASS]
        passes = {**case.judgement.passes, **{finding.rule: actor for finding in passed}}
        for finding in passed:
            turn.record(rule_passed(actor, finding.rule), finding.fact, actor)
        ruling = ruled(verdict.findings, passes, verdict.at)
        case.judgement = replace(case.judgement, passes=passes, verdict=ruling)
        if passed:
            why = f"{actor} put it in tier {tier}, and so let pass what the check had left open."
            case.judgement = case.judgement.also_changed(turn.now, why)
    resume_to_move(turn, actor)
    if case.ended:
        case.muted = True
        turn.move(Cause.RETURNED, "An agent goes on with it.", actor)
        turn.status = None
    case.delivery = replace(case.delivery, wanted=WantedTier(tier, actor, silent, says))
    case.judgement = replace(case.judgement, recheck=False)


ENDED_BY_STATUS = {
    State.NOT_ELIGIBLE: Cause.RULED_OUT,
    State.OFF_PLATFORM: Cause.MONTH_OVER,
    State.WITHDRAWN: Cause.TAKEN_BACK,
    State.RESOLVED: Cause.SOLVED,
    State.JOINED: Cause.JOINED,
    "solved": Cause.SOLVED,
    "closed": Cause.CLOSED,
}
MOVED_BY_STATUS = {
    State.NEEDS_REVIEW: Cause.AGENT_REVIEWS,
    State.WAITING_ON_REQUESTER: Cause.AGENT_ASKS,
    State.CONFIRMING_OUTCOME: Cause.AGENT_CONFIRMS,
}
REOPENED = frozenset({State.OTHER_SIDE_RESPONDED, State.WAITING_FOR_DATE, *MOVED_BY_STATUS})


def _status(turn: Turn, update: Update, status: str, actor: str, *, silent: bool) -> None:
    """Follow a status set by hand. Zendesk's own statuses move nothing, except that solved ends the case."""
    case = turn.case
    if status in ENDED_BY_STATUS and not case.ended:
        ended_by = EndedBy.CLOSED if status == "closed" else EndedBy.AGENT
        turn.move(ENDED_BY_STATUS[status], "Solved in Zendesk.", actor, ended_by=ended_by)
        turn.status = turn.public = None
    elif status in REOPENED and case.ended:
        come_back(turn, "An agent opened it again.", actor)
    elif status == State.OTHER_SIDE_RESPONDED:
        _ticked_response(turn, update, actor)
    elif status == State.WAITING_ON_REQUESTER and case.state != status and not _asked(turn, silent=silent):
        turn.status = case.state if case.state is not State.CHECKING else None
        turn.note_seldom("note.no_question")
        turn.record("ignored: waiting on requester", "Nobody has asked the requester anything.", actor)
    elif status in MOVED_BY_STATUS and case.state != status:
        resume_to_move(turn, actor)
        turn.move(MOVED_BY_STATUS[State(status)], "Set in Zendesk.", actor)
        looked(turn, update.at, actor)
        _tell_of_move(turn, State(status), silent=silent)
    elif status == State.WAITING_FOR_DATE and case.state != status:
        turn.status = case.state if case.state is not State.CHECKING else None
        turn.note("note.no_date")
        turn.record("ignored: waiting for date", "There is no date to wait for.", actor)


def _asked(turn: Turn, *, silent: bool) -> bool:
    """Whether an agent has asked the requester something: with the status, or just before and unanswered since."""
    heard = turn.case.heard
    spoke, replied = heard.agent_spoke_at, heard.requester_at
    if silent or spoke is None:
        return silent
    return turn.now - spoke <= NOW and (replied is None or replied <= spoke)


def _tell_of_move(turn: Turn, state: State, *, silent: bool) -> None:
    if state is State.WAITING_ON_REQUESTER:
        turn.case.judgement = replace(turn.case.judgement, questions=turn.public_text("ask.agent"))
    elif state is State.NEEDS_REVIEW and not silent:
        say_on(turn, "needs_review")
    elif state is State.CONFIRMING_OUTCOME and not silent:
        turn.say(turn.public_text("confirming.agent"), tells="next")
