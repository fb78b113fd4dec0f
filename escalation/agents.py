"""Agents act in Zendesk and are believed: comments, statuses, the tier field, ticks and tags."""

from __future__ import annotations

from collections.abc import Callable

from escalation.case import Finding, Outcome, Pause, Wanted
from escalation.hearing import answered
from escalation.posting import Posts
from escalation.requester import come_back
from escalation.timers import derive
from escalation.transitions import BEFORE, Cause
from escalation.turn import Turn
from escalation.values import PAUSE_TAG, TIER_OF, TIER_STATES, Role, State, Timer
from escalation.verdicts import refuse
from escalation.views import FieldValue, Update

RECHECKED = ("assignment_id", "party", "reason", "average_approval", "justification", "violation_reported")
IDENTITY = ("assignment_id", "party", "reason")


def agent_update(turn: Turn, update: Update, posts: Posts) -> None:
    """Follow one update made by an agent, or by an automation of the account."""
    case = turn.case
    actor = update.author.name or "an automation"
    spoke = bool(update.comment and update.comment.public and update.role is Role.AGENT)
    if spoke:
        _spoke(turn, update)
    posts.note(update)
    _tags(turn, update, actor)
    for key, follow in FOLLOWED.items():
        if key in update.changes:
            follow(turn, update.changes[key], actor)
    changed = [key for key in RECHECKED if key in update.changes]
    if changed and not case.begun and case.state in BEFORE:
        case.recheck = True
    elif any(key in IDENTITY for key in changed) and case.begun and not case.ended:
        turn.note("note.changed_fields", fields=", ".join(key.replace("_", " ") for key in changed))
        turn.move(Cause.CHANGED, "Assignment, party or reason was changed during a tier.", actor)
    _moves(turn, update, actor, silent=spoke)


def _spoke(turn: Turn, update: Update) -> None:
    case = turn.case
    case.last_public = update.at
    if Timer.NEXT_UPDATE in case.deadlines:
        turn.arm_from(Timer.NEXT_UPDATE, update.at)
    if Timer.SILENCE_UNANSWERED in case.deadlines:
        turn.disarm(Timer.SILENCE_UNANSWERED)
        turn.arm_from(Timer.SILENCE, update.at)
    if case.requester_open and not case.ended:
        case.requester_open = False
        turn.status = case.state if case.state is not State.CHECKING else None


def _tags(turn: Turn, update: Update, actor: str) -> None:
    if PAUSE_TAG in update.tags_added and not turn.case.ended:
        until = derive(Timer.PAUSE_ENDS, update.at, turn.case, turn.policy).due
        pause(turn, Pause(until, "the tag escalation_pause", actor))
    elif PAUSE_TAG in update.tags_removed and turn.case.paused:
        resume(turn, actor, "The tag was taken off.")


def pause(turn: Turn, wanted: Pause) -> None:
    """Send nothing until a moment; what happens is recorded, the month runs on."""
    turn.case.paused = wanted
    turn.arm_at(Timer.PAUSE_ENDS, wanted.until, f"Paused by {wanted.actor}: {wanted.reason}")
    turn.note("note.paused", until=turn.label(wanted.until))
    turn.record(f"paused until {turn.label(wanted.until)}", wanted.reason, wanted.actor)


def resume(turn: Turn, actor: str, why: str) -> None:
    if turn.case.paused is None:
        return
    turn.case.paused = None
    turn.disarm(Timer.PAUSE_ENDS)
    turn.remove_tags.append(PAUSE_TAG)
    turn.note("note.resumed")
    turn.record("resumed", why, actor)


def _ticked_response(turn: Turn, value: FieldValue, actor: str) -> None:
    case = turn.case
    if value is True and not case.ended and case.state is not State.OTHER_SIDE_RESPONDED:
        case.heard = turn.now
        if case.begun:
            case.month_from = turn.now
        answered(turn, f"{actor} ticked Other side responded.", actor)
    elif value is False and case.state is State.OTHER_SIDE_RESPONDED:
        want_tier(turn, case.tier or 1, actor, silent=True)


def _ticked_violation(turn: Turn, value: FieldValue, actor: str) -> None:
    case = turn.case
    if value is True and case.begun and not case.ended:
        refuse(
            turn, (Finding("violation", Outcome.FAIL, "A violation was reported.", actor, say="because.violation"),)
        )
    elif value is False and case.ended and case.ended_by == "violation":
        come_back(turn, "The violation was taken back.", actor)


FOLLOWED: dict[str, Callable[[Turn, FieldValue, str], None]] = {
    "other_side_responded": _ticked_response,
    "violation_reported": _ticked_violation,
}


def _moves(turn: Turn, update: Update, actor: str, *, silent: bool) -> None:
    """Follow a tier field or a status. The field wins over the status; a cleared field moves nothing."""
    status = update.changes.get("status")
    tier = update.changes.get("tier", "")
    if "tier" in update.changes and not tier and not turn.case.ended and turn.case.tier:
        turn.note("note.tier_field_cleared")
        turn.record("the tier field was cleared", "That is ignored.", actor)
    if tier in ("1", "2", "3"):
        want_tier(turn, int(str(tier)), actor, silent=silent)
    elif status in TIER_STATES.values():
        want_tier(turn, TIER_OF[State(str(status))], actor, silent=silent)
    elif isinstance(status, str):
        _status(turn, status, actor, silent=silent)


def want_tier(turn: Turn, tier: int, actor: str, *, silent: bool) -> None:
    """Take an agent's word for a tier; it is entered when the assignment has been read for it."""
    case = turn.case
    for finding in case.verdict.findings if case.verdict and not case.begun else ():
        if finding.outcome.value != "pass":
            case.passes[finding.rule] = actor
            turn.record(f"passed by {actor}: {finding.rule}", finding.fact, actor)
    resume(turn, actor, "An agent moved the case.")
    case.wanted = Wanted(tier, actor, silent)
    case.recheck = False


ENDED_BY_STATUS = {
    State.NOT_ELIGIBLE: Cause.RULED_OUT,
    State.OFF_PLATFORM: Cause.MONTH_OVER,
    State.WITHDRAWN: Cause.TAKEN_BACK,
    State.RESOLVED: Cause.SOLVED,
    "solved": Cause.SOLVED,
    "closed": Cause.CLOSED,
}
MOVED_BY_STATUS = {
    State.NEEDS_REVIEW: Cause.AGENT_REVIEWS,
    State.WAITING_ON_REQUESTER: Cause.AGENT_ASKS,
    State.CONFIRMING_OUTCOME: Cause.AGENT_CONFIRMS,
}


def _status(turn: Turn, status: str, actor: str, *, silent: bool) -> None:
    """Follow a status set by hand. Zendesk's own statuses move nothing, except that solved ends the case."""
    case = turn.case
    if status in ENDED_BY_STATUS and not case.ended:
        case.ended_by = "agent"
        turn.move(ENDED_BY_STATUS[status], "Solved in Zendesk.", actor)
        turn.status = None
        turn.public = None
    elif status == State.NEEDS_REVIEW and case.ended:
        come_back(turn, "An agent opened it again.", actor)
    elif status == State.OTHER_SIDE_RESPONDED and not case.ended and case.state != status:
        _ticked_response(turn, True, actor)
    elif status in MOVED_BY_STATUS and not case.ended and case.state != status:
        turn.move(MOVED_BY_STATUS[State(status)], "Set in Zendesk.", actor)
        if status == State.NEEDS_REVIEW and not silent:
            turn.say(turn.text("needs_review", looking_at=turn.text("looking_at.other")))
