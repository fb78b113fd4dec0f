"""Ends and exceptions: what ends by itself, what is merged, deleted, hidden, or comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from escalation.eligibility.outlooks import CAME_ABOUT, Outlook, clients_outlook, outlook
from escalation.eligibility.rules import VIOLATION
from escalation.engine.looking import nobody_has_answered, open_question
from escalation.engine.occasions import say_on
from escalation.engine.transitions import RUNNING
from escalation.engine.turn import Turn
from escalation.handlers.hearing import asked_in_a_tier
from escalation.handlers.reviews import keep, tell_agents
from escalation.handlers.verdicts import review
from escalation.language.status_words import status_in_words, status_key
from escalation.model.case import Case
from escalation.model.mappings import without
from escalation.model.plain import inline
from escalation.model.review import MESSAGE, UNREACHED, OpenReview
from escalation.model.tiers import TIERS, OnAssignment, Tier
from escalation.model.values import PAUSE_TAG, WAITS_TAG, Cause, EndedBy, Party, State, Timer
from escalation.model.views import Absent, AssignmentSeen, AssignmentView, MergeTarget, Update


def gone(turn: Turn) -> None:
    """The ticket is deleted or was marked as spam: the case closes and nothing is sent any more."""
    if turn.case.ended:
        return
    why = "The ticket was deleted or marked as spam."
    turn.move(Cause.CLOSED, why, "zendesk", ended_by=EndedBy.DELETED)
    turn.be_silent()


def closed(turn: Turn) -> None:
    """Zendesk has closed the ticket: nothing can be written on it any more."""
    if not turn.case.ended:
        turn.move(Cause.CLOSED, "Zendesk has closed the ticket.", "zendesk", ended_by=EndedBy.CLOSED)
    turn.be_silent()


def merged(turn: Turn, updates: tuple[Update, ...], target: MergeTarget | None) -> bool:
    """Move with a merge to the target ticket if that has the same requester and no case; else close."""
    into = next((u.merged_into for u in updates if u.merged_into), None)
    if turn.case.ended or turn.case.adopting or (into is None and target is None):
        return False
    if target is None:
        turn.look("ticket", merged_into=into)
        return True
    case = turn.case
    if target.requester_id == case.requester.id and not target.has_case:
        old, case.ticket_id = case.ticket_id, target.ticket_id
        case.adopting, case.shown_due = True, None
        keep_identity(turn)
        if case.paused:
            turn.add_tags.append(PAUSE_TAG)
        if case.requester_open:
            turn.add_tags.append(WAITS_TAG)
        turn.record(f"moved to ticket {target.ticket_id}", f"Ticket {old} was merged into it.", "zendesk")
        turn.note("note.merged", ticket_id=old)
        turn.status = None if case.state is State.CHECKING else case.state
        turn.look("assignment")
        return True
    why = f"The ticket was merged into {target.ticket_id}."
    turn.move(Cause.CLOSED, why, "zendesk", ended_by=EndedBy.MERGED)
    turn.be_silent()
    return True


def keep_identity(turn: Turn) -> None:
    """Write on a ticket that the case moves to what the case is about, and its tier."""
    case = turn.case
    said = {"assignment_id": case.assignment_id, "party": case.party, "reason": case.reason}
    turn.fields.update({key: str(value) for key, value in said.items() if value})
    if case.tier:
        turn.fields["tier"] = str(case.tier)


def invisible(turn: Turn, seen: AssignmentSeen) -> None:
    """Note it once when the assignment can no longer be seen; the clocks run on."""
    case = turn.case
    hidden = not isinstance(seen, AssignmentView)
    if case.begun and not case.ended and hidden != case.invisible:
        key = "note.invisible" if hidden else "note.visible_again"
        turn.note(key, assignment_id=seen.id)
        why = seen.why if isinstance(seen, Absent) else ""
        if why:
            turn.note("note.invisible_why", why=inline(why))
        turn.record("not visible" if hidden else "visible again", why or "WorkMarket says so.", "workmarket")
    if hidden != case.invisible:
        told = case.heard.told_unseen and hidden
        case.heard = replace(case.heard, unseen_since=turn.now if hidden else None, told_unseen=told)
    case.invisible = hidden
    if hidden:
        for tier in TIERS:
            if isinstance(tier.way_of(case.party).channel, OnAssignment):
                case.delivery = replace(case.delivery, unreached=without(case.delivery.unreached, tier.number))


def follow_status(turn: Turn, seen: AssignmentView) -> None:
    """Follow the end of the reason while a case runs, and news about it while one waits."""
    case = turn.case
    if _labelled(turn, seen) or not case.judgement.judged_status or seen.status == case.judgement.judged_status:
        return
    if not case.begun and not case.delivery.entering:
        _follow_before(turn, seen)
        return
    if not _follows(case):
        return
    found = _outlook(case, seen.status)
    why = _now(seen)
    case.judgement = replace(case.judgement, judged_status=seen.status).also_changed(turn.now, why)
    if found in CAME_ABOUT:
        _confirm(turn, found, why)
    elif found is Outlook.OTHER:
        known = f"ended_{status_key(seen.status)}"
        about = known if f"looking_at.{known}" in turn.policy.texts.templates else "ended"
        review(turn, Cause.OTHER_END, about, why, None)


def _follow_before(turn: Turn, seen: AssignmentView) -> None:
    """Before tier 1 a new status is judged anew. Where it is what a waiting requester hoped for, they are asked
    whether that settles it: they are not refused for it."""
    case, waits = turn.case, turn.case.state in (State.WAITING_ON_REQUESTER, State.WAITING_FOR_DATE)
    found = _outlook(case, seen.status) if waits and not case.muted else Outlook.OTHER
    recheck = case.judgement.recheck or (waits and found not in CAME_ABOUT)
    case.judgement = replace(case.judgement, recheck=recheck, judged_status=seen.status).also_changed(
        turn.now, _now(seen)
    )
    if found in CAME_ABOUT:
        _confirm(turn, found, _now(seen))


def _now(seen: AssignmentView) -> str:
    return f"The assignment is {status_in_words(seen.status)} now."


def _outlook(case: Case, status: str) -> Outlook:
    judged = case.judgement.judged_status
    if case.party is Party.CLIENT:
        return clients_outlook(case.fields.get("kind_of_outcome"), status, judged)
    return outlook(case.reason, status, judged)


def _follows(case: Case) -> bool:
    running = case.state in RUNNING | {State.CONFIRMING_OUTCOME} or asked_in_a_tier(case)
    return running or case.delivery.entering is not None


def _labelled(turn: Turn, seen: AssignmentView) -> bool:
    """A label that may mean a violation has come up in a tier: an agent has to say, once."""
    case = turn.case
    label = turn.policy.violation_label(seen.labels)
    if label is None or case.labelled or VIOLATION in case.judgement.passes or not _follows(case):
        return False
    case.labelled = True
    why = f"The assignment has the label “{label}”."
    review(turn, Cause.CHANGED, VIOLATION, why, None)
    return True


def _confirm(turn: Turn, found: Outlook, why: str) -> None:
    case = turn.case
    if case.state is State.CONFIRMING_OUTCOME:
        return
    turn.say(turn.public_text(f"confirming.{found.value}"), tells="next")
    turn.move(Cause.OUTCOME, why, "workmarket")


def ask_before_the_end(turn: Turn, tier: Tier | None, message_at: datetime | None) -> None:
    """Ask a person before the case ends: the month is over, and nobody could be asked in `tier`, or nobody has
    answered the requester's message of `message_at`. A review that waits already begins anew."""
    policy, about, looking_at = turn.policy, [], []
    if tier:
        about.append(f"nobody could be asked in tier {tier.number}")
        looking_at.append(UNREACHED)
    if message_at:
        about.append(nobody_has_answered(turn.label(message_at)))
        looking_at.append(MESSAGE)
    lead_at = turn.now if _went_up(turn, tier) else None
    why = f"the month is over, and {' and '.join(about)}"
    if turn.case.state is State.NEEDS_REVIEW:
        turn.case.judgement = replace(turn.case.judgement, review=OpenReview(turn.now))
        turn.arm_from(Timer.AGENT_REMINDER, turn.now)
        turn.record("asked the agents before the end", why)
    else:
        turn.move(Cause.UNREACHED, f"{why[0].upper()}{why[1:]}.")
    ends = policy.after_days(turn.now, policy.unreached_end_days)
    turn.arm_at(Timer.MONTH_ENDS, ends.due, f"Due {turn.label(ends.due)}: nobody has said how it goes on.")
    keep(turn, why, tuple(looking_at), message_at)
    _keep_besides(turn, lead_at, month_over=True)
    say_on(turn, "review_unreached" if tier else "review_unanswered", tells="next", date=message_at)
    tell_agents(turn, why)


def hold_the_confirmation(turn: Turn, message_at: datetime) -> None:
    """Ask a person before an outcome is taken for settled: nobody has answered the requester's message of
    `message_at`, which may be an objection. It does not end by itself any more, as after any objection."""
    why = f"the outcome was to be confirmed, and {nobody_has_answered(turn.label(message_at))}"
    lead_at = turn.now if _went_up(turn, None) else None
    turn.move(Cause.OBJECTED, f"{why[0].upper()}{why[1:]}.")
    keep(turn, why, (MESSAGE,), message_at)
    _keep_besides(turn, lead_at, month_over=False)
    say_on(turn, "review_held", tells="next", date=message_at)
    tell_agents(turn, why)


def _went_up(turn: Turn, tier: Tier | None) -> bool:
    """Whether the lead was called over what a person is asked about now: they stay the one who is reminded."""
    question, review = open_question(turn.case), turn.case.judgement.review
    over_tier = tier is not None and tier.number in turn.case.delivery.handed_up
    return over_tier or bool(question and question.lead_at) or bool(review and review.lead_at)


def _keep_besides(turn: Turn, lead_at: datetime | None, *, month_over: bool) -> None:
    if review := turn.case.judgement.review:
        kept = replace(review, lead_at=lead_at, month_over=month_over)
        turn.case.judgement = replace(turn.case.judgement, review=kept)
