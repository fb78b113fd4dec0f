"""What a verdict leads to: the states before tier 1, each with its one text to the requester."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from escalation.eligibility.outcomes import filling, when_too_early
from escalation.eligibility.rules import IDENTITY, VIOLATION, EscalationRequest, judge
from escalation.engine.asserted import NUMBER_ASKED
from escalation.engine.looking import unanswered_since
from escalation.engine.news import wait_for_an_agent
from escalation.engine.occasions import nobody_answered, say_on
from escalation.engine.office import DESK
from escalation.engine.ours import is_ours
from escalation.engine.transitions import BEFORE
from escalation.engine.turn import Turn
from escalation.handlers.entering import enter
from escalation.handlers.facts_note import facts_note
from escalation.handlers.reviews import keep, tell_agents
from escalation.model.audience import NOTHING, Public
from escalation.model.effects import Note, UpdateTicket
from escalation.model.plain import quote
from escalation.model.values import Cause, EndedBy, Party, State, Timer
from escalation.model.verdict import Finding, Outcome, Ruling, Verdict
from escalation.model.views import AssignmentSeen, AssignmentView, Rival
from escalation.policies.readers import Reader

CLOSES: Final = {State.CONFIRMING_OUTCOME: Timer.CONFIRMATION, State.WAITING_ON_REQUESTER: Timer.WITHDRAWAL}
"""In these a requester was told on which date their request is closed without a word."""


def check(turn: Turn, seen: AssignmentSeen | None, rival: Rival | None) -> None:
    """Judge the request, where it has to be judged, and go where the verdict leads."""
    case = turn.case
    if case.begun or case.delivery.entering or case.muted or case.state not in BEFORE:
        return
    if not (case.state is State.CHECKING or case.judgement.recheck):
        return
    if seen is None and case.assignment_id:
        case.judgement = replace(case.judgement, recheck=True)
        turn.look("assignment")
        return
    replied = case.judgement.replied
    case.judgement = replace(case.judgement, recheck=False, replied=False)
    if rival and isinstance(seen, AssignmentView) and joined(turn, rival):
        return
    said = seen.messages if isinstance(seen, AssignmentView) else ()
    ours = frozenset(m.text for m in said if is_ours(turn.posted, m.text))
    verdict = judge(request_of(turn), seen, case.moments, turn.now, turn.policy, ours)
    case.judgement = case.judgement.judged(verdict)
    if case.party is None and any(f.rule == IDENTITY and f.outcome is Outcome.PASS for f in verdict.findings):
        case.party = Party.WORKER
    if isinstance(seen, AssignmentView):
        case.judgement = replace(case.judgement, judged_status=seen.status)
    if replied and verdict.ruling is Ruling.ASK and verdict.fingerprint in case.judgement.told_fingerprints:
        review(turn, Cause.UNKNOWN, "requester_spoke", "What was asked for is still missing.", seen)
        return
    if replied and case.state is State.NEEDS_REVIEW and verdict.ruling is Ruling.REVIEW:
        wait_for_an_agent(turn, "acknowledged")
    FOLLOW[verdict.ruling](turn, verdict, seen)


def request_of(turn: Turn) -> EscalationRequest:
    case = turn.case
    return EscalationRequest(
        case.party or Party.WORKER,
        case.reason,
        case.assignment_id,
        case.requester,
        case.signed_email,
        case.submitted,
        case.fields,
        case.description,
        case.judgement.passes,
        case.first_assignment_id not in ("", case.assignment_id),
    )


def joined(turn: Turn, rival: Rival) -> bool:
    """A second request: the same user's joins the first case, another user's waits for a person."""
    case = turn.case
    if rival.requester_id != case.requester.id:
        told = f"duplicate of {rival.case_id}"
        if told not in case.judgement.told_fingerprints:
            case.judgement = case.judgement.also_told(told)
            turn.note("note.duplicate_other_user", ticket_id=rival.ticket_id)
            review(turn, Cause.UNKNOWN, "duplicate", "Another user's case is open for this assignment.", None)
        return True
    copy = turn.internal_text("note.second_request", text=quote(case.description))
    turn.effects.append(UpdateTicket(turn.effect_id(), rival.ticket_id, Note(copy)))
    turn.say(turn.public_text("joined", ticket_id=rival.ticket_id))
    why = f"The same user's case is open on ticket {rival.ticket_id}."
    turn.move(Cause.JOINED, why, ended_by=EndedBy.JOINED)
    return True


def _eligible(turn: Turn, verdict: Verdict, seen: AssignmentSeen | None) -> None:
    enter(turn, 1, seen, actor="parley", why="Every rule passes.")


def _refuse(turn: Turn, verdict: Verdict, seen: AssignmentSeen | None) -> None:
    turn.notes.append(facts_note(turn, seen))
    refuse(turn, verdict.decisive)


def refuse(turn: Turn, findings: tuple[Finding, ...], actor: str = DESK) -> None:
    """End the case as not eligible; the reasons come first in the team's macro, which says it."""
    because = turn.requester.listed("causes", (turn.public_text(f.say, **filling(f)) for f in findings))
    violation = any(f.rule == VIOLATION for f in findings)
    why = turn.public_text("not_eligible.why", because=because)
    reasons = NOTHING if violation and turn.case.begun else why
    say_on(turn, "violation" if violation else "refusal", first=reasons, after=nobody_answered(turn))
    ended_by = EndedBy.VIOLATION if violation else EndedBy.VERDICT
    cause = Cause.REFUSED if actor == DESK else Cause.RULED_OUT
    turn.move(cause, " ".join(f.fact for f in findings), actor, ended_by=ended_by)


def _ask(turn: Turn, verdict: Verdict, seen: AssignmentSeen | None) -> None:
    case = turn.case
    if verdict.fingerprint in case.judgement.told_fingerprints:
        if case.state is not State.WAITING_ON_REQUESTER:
            review(turn, Cause.UNKNOWN, "requester_spoke", "What was asked for is still missing.", seen)
        return
    case.judgement = case.judgement.also_told(verdict.fingerprint)
    case.judgement = replace(case.judgement, questions=questions_of(turn, verdict), thanked=True)
    turn.say(turn.public_text("ask", questions=case.judgement.questions), tells="next")
    turn.move(Cause.ASKED, " ".join(f.fact for f in verdict.decisive))
    reminder, withdrawal = (turn.label(case.deadlines[t].due) for t in (Timer.REMINDER, Timer.WITHDRAWAL))
    follows = turn.internal_text("note.next.asked", reminder=reminder, withdrawal=withdrawal)
    turn.notes.append(facts_note(turn, seen, follows))


def questions_of(turn: Turn, verdict: Verdict) -> Public:
    """What a verdict asks of the requester."""
    return Public.joined((turn.public_text(f.say, **filling(f)) for f in verdict.decisive), "\n\n")


MISSING: Final = {
    "ask.assignment_missing": "missing.number",
    "ask.assignment_wrong": "missing.number",
    "ask.not_contacted": "missing.message",
}
"""What is missing while a question is open, by the text that asks it."""


def what_is_missing(turn: Turn) -> Public:
    """What a requester was asked for, in the middle of a sentence: by a verdict, else by an agent."""
    verdict, asked = turn.case.judgement.verdict, turn.case.judgement.questions
    by_verdict = verdict is not None and verdict.ruling is Ruling.ASK and asked != turn.public_text("ask.agent")
    keys = [MISSING.get(f.say, "missing.answer") for f in verdict.decisive] if verdict and by_verdict else []
    return turn.requester.listed("clauses", map(turn.public_text, dict.fromkeys(keys or ["missing.answer"])))


def reword_questions(turn: Turn, before: Reader) -> None:
    """Put what was asked, and is not answered yet, in the requester's new language."""
    case, verdict = turn.case, turn.case.judgement.verdict
    asked = case.judgement.questions
    if asked and asked == before.text("ask.agent"):
        case.judgement = replace(case.judgement, questions=turn.public_text("ask.agent"))
    elif asked and verdict is not None and verdict.ruling is Ruling.ASK:
        case.judgement = replace(case.judgement, questions=questions_of(turn, verdict))


def _review(turn: Turn, verdict: Verdict, seen: AssignmentSeen | None) -> None:
    says = tuple(dict.fromkeys(f.say for f in verdict.decisive if f.say))
    why = " ".join(dict.fromkeys(f.fact for f in verdict.decisive))
    fresh = verdict.fingerprint not in turn.case.judgement.told_fingerprints
    if turn.case.state is State.NEEDS_REVIEW:
        keep(turn, _open_rules(turn), says)
        turn.notes.append(facts_note(turn, seen))
        return
    turn.case.judgement = turn.case.judgement.also_told(verdict.fingerprint)
    review(turn, Cause.UNKNOWN, None, why, seen, says=says, silent=not fresh)


def review(
    turn: Turn,
    cause: Cause,
    about: str | None,
    why: str,
    seen: AssignmentSeen | None,
    *,
    says: tuple[str, ...] = (),
    silent: bool = False,
    actor: str = DESK,
) -> None:
    """Hand the case to a person and tell the requester what that person will look at.

    `about` names the one thing, by its text `looking_at.…`; without it `says` has the keys of all. Agents are told
    of the rules that are open where it is these.
    """
    rules = _open_rules(turn) if cause is Cause.UNKNOWN and about in (None, "requester_spoke") else ""
    end_off = end_that_was_named(turn)
    if turn.move(cause, why, actor):
        turn.case.judgement = turn.case.judgement.without_end(end_off)
        keep(turn, rules or why, (f"looking_at.{about}",) if about else says)
        if not silent:
            say_on(turn, "review_reply" if about == "requester_spoke" else "needs_review", tells="next")
    if seen is not None:
        turn.notes.append(facts_note(turn, seen))
    tell_agents(turn, rules or why)


def end_that_was_named(turn: Turn) -> datetime | None:
    """The date on which the requester was told that their request closes; None where that has come, where a message
    of theirs was to be read before it, or where an agent has asked them, and the desk has not reminded them yet."""
    case = turn.case
    deadline = case.deadlines.get(CLOSES.get(case.state, Timer.DATE_REACHED))
    if deadline is None or case.state not in CLOSES or deadline.due <= turn.now:
        return None
    is_held = case.state is State.CONFIRMING_OUTCOME and unanswered_since(case) is not None
    by_an_agent = case.state is State.WAITING_ON_REQUESTER and case.begun and Timer.REMINDER in case.deadlines
    return None if is_held or by_an_agent else deadline.due


def _open_rules(turn: Turn) -> str:
    """What agents are told that a verdict leaves open: of an assignment that is missing, its number."""
    verdict = turn.case.judgement.verdict
    still_open = verdict.still_open if verdict else ()
    if any(f.mendable and f.say in NUMBER_ASKED for f in still_open):
        return turn.internal_text("note.review_about.number")
    return ", ".join(turn.internal_text(f"rule.{f.rule}") for f in still_open)


def _wait(turn: Turn, verdict: Verdict, seen: AssignmentSeen | None) -> None:
    case = turn.case
    until = verdict.earliest
    if until is None or until < turn.now:
        review(turn, Cause.UNKNOWN, "other", "The date to wait for can't be told.", seen)
        return
    if verdict.fingerprint in case.judgement.told_fingerprints:
        if case.state is not State.WAITING_FOR_DATE:
            review(turn, Cause.UNKNOWN, "other", "It is still too early; that was said before.", seen)
        else:
            _await_date(turn, verdict, until)
        return
    case.judgement = case.judgement.also_told(verdict.fingerprint)
    too_early = (turn.public_text(f.text or "not_yet.other", **when_too_early(f, until)) for f in verdict.decisive)
    why = turn.requester.listed("sentences", too_early)
    again = turn.policy.opening_from(until)
    turn.notes.append(facts_note(turn, seen, turn.internal_text("note.next.waiting", date=turn.label(again))))
    turn.say(turn.public_text("waiting_for_date", date=again, why=why))
    case.judgement = replace(case.judgement, thanked=True)
    turn.move(Cause.NOT_YET, _why(verdict))
    _await_date(turn, verdict, until)


def _await_date(turn: Turn, verdict: Verdict, until: datetime) -> None:
    again = turn.policy.opening_from(until)
    turn.arm_at(Timer.DATE_REACHED, again, f"Due {turn.label(again)}: {_why(verdict)}")


def _why(verdict: Verdict) -> str:
    return " ".join(f.fact for f in verdict.decisive)


FOLLOW = {
    Ruling.ELIGIBLE: _eligible,
    Ruling.NOT_ELIGIBLE: _refuse,
    Ruling.ASK: _ask,
    Ruling.REVIEW: _review,
    Ruling.WAIT: _wait,
}
