"""Whether a worker's reason holds, and what has become of it since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from escalation.eligibility.facts import APPROVED, CANCELLED, COMPLETED, Facts, Speaker
from escalation.language.typed import Unread
from escalation.model.case import Finding, Outcome
from escalation.model.values import CANCELLATIONS, Reason

RULE = "reason"
STARTED = frozenset({"sent", "active", "inprogress"})


def holds(reason: Reason | None, facts: Facts, now: datetime) -> Finding:
    """Return what the reason rule answers for a worker's request."""
    if reason is None:
        return _unknown("The request names no reason.", "the request", "An agent chooses the reason.")
    return HOLDS[reason](facts, now)


def _unknown(fact: str, source: str, remedy: str) -> Finding:
    return Finding(RULE, Outcome.UNKNOWN, fact, source, remedy, say="looking_at.reason")


def _who_wrote() -> Finding:
    fact = "There is a message by somebody who is neither surely the worker nor surely the client."
    return _unknown(fact, "the assignment's messages", "An agent reads who wrote it.")


def _pass(fact: str, source: str = "WorkMarket") -> Finding:
    return Finding(RULE, Outcome.PASS, fact, source)


def _not_yet(fact: str, source: str, earliest: datetime, say: str) -> Finding:
    return Finding(RULE, Outcome.NOT_YET, fact, source, "Wait for that moment.", earliest, say=say)


def _does_not_hold(facts: Facts, needs: str) -> Finding:
    status = facts.assignment.status
    if status == "paid":
        paid = facts.assignment.paid_on
        seen = f"paid on {facts.policy.calendar.label(paid)}" if paid else "paid"
        return Finding(
            RULE,
            Outcome.FAIL,
            f"WorkMarket shows the assignment as approved and {seen}.",
            "WorkMarket",
            say="because.paid",
            values=(("seen", seen),),
        )
    fact = f"The assignment is {status or 'without a status'}, not {needs}; another reason might hold."
    return _unknown(fact, "WorkMarket", "An agent corrects the reason, or accepts the case.")


def approval_overdue(facts: Facts, now: datetime) -> Finding:
    if facts.assignment.status not in COMPLETED:
        return _does_not_hold(facts, "waiting for approval")
    done, source = facts.completed()
    if done is None:
        return _unknown("When it was completed is not known.", source, "An agent finds the moment.")
    average, assumed = facts.average_approval()
    if isinstance(average, Unread):
        fact = f"The field Client's average approval time reads “{average.typed}”, which is no length of time."
        return _unknown(fact, "the ticket", "An agent writes hours (36) or days (3 d) there, or empties it.")
    due = done + average + timedelta(hours=facts.policy.approval_extra_hours)
    hours = f"{average / timedelta(hours=1):g} hours{', assumed' if assumed else ''}"
    label = facts.policy.calendar.label
    fact = f"Completed {label(done)}; the client's average approval time is {hours}."
    if now >= due:
        return _pass(f"{fact} Approval was due by {label(due)}.", source)
    return _not_yet(f"{fact} It is overdue after {label(due)}.", source, due, "not_yet.approval_overdue")


def payment_past_due(facts: Facts, now: datetime) -> Finding:
    if facts.assignment.status not in APPROVED:
        return _does_not_hold(facts, "invoiced")
    due, label = facts.assignment.payment_due, facts.policy.calendar.label
    if due is None:
        return _unknown("The assignment has no payment due date.", "WorkMarket", "An agent finds the date.")
    if now < due:
        return _not_yet(f"Payment is due on {label(due)}.", "WorkMarket", due, "not_yet.payment_past_due")
    said = [m for m in facts.said_by(Speaker.WORKER) if m.at >= due]
    if not said:
        fact = f"Payment was due on {label(due)}; the worker has not written since."
        return _unknown(fact, "the assignment's messages", "The worker writes to the client there.")
    patience = said[0].at + timedelta(hours=facts.policy.message_answer_hours)
    fact = f"Payment was due on {label(due)}; the worker wrote on {label(said[0].at)}."
    if now < patience:
        return _not_yet(fact, "WorkMarket", patience, "not_yet.no_answer_yet")
    return _pass(fact)


def payment_dispute(facts: Facts, now: datetime) -> Finding:
    return _pass("The worker says so.", "the request")


def cancelled_unexplained(facts: Facts, now: datetime) -> Finding:
    if facts.assignment.status not in CANCELLED:
        return _does_not_hold(facts, "cancelled")
    said, (at, source) = facts.said_by(Speaker.CLIENT), facts.cancelled()
    before = at - timedelta(hours=facts.policy.cancellation_message_hours) if at else None
    if facts.unplaced(before):
        return _who_wrote()
    if not said:
        return _pass("It is cancelled and the client's side wrote nothing.")
    if at is None or before is None:
        return _unknown("When it was cancelled is not known.", source, "An agent reads the messages.")
    if said[-1].at >= before:
        return _unknown(
            f"The client wrote on {facts.policy.calendar.label(said[-1].at)}, around the cancellation.",
            "the assignment's messages",
            "An agent reads whether it explains the cancellation.",
        )
    return _pass(f"Cancelled {facts.policy.calendar.label(at)}, without a message by the client.", source)


def cancelled_after_work(facts: Facts, now: datetime) -> Finding:
    if facts.assignment.status not in CANCELLED:
        return _does_not_hold(facts, "cancelled")
    at, source = facts.cancelled()
    worked = [m for m in (facts.assignment.checked_in, facts.completed()[0]) if m is not None]
    before = [moment for moment in worked if at is None or moment <= at]
    if not before:
        return _unknown("No check-in or completion is known.", "WorkMarket", "An agent accepts or corrects it.")
    said = facts.said_by(Speaker.CLIENT)
    if said and said[-1].at >= max(before):
        return _unknown(
            f"The client wrote on {facts.policy.calendar.label(said[-1].at)}.",
            "the assignment's messages",
            "An agent reads whether it speaks of the work's quality.",
        )
    if facts.unplaced(max(before)):
        return _who_wrote()
    return _pass("Work was done, then it was cancelled without a word since.", source)


HOLDS: dict[Reason, Callable[[Facts, datetime], Finding]] = {
    Reason.APPROVAL_OVERDUE: approval_overdue,
    Reason.PAYMENT_PAST_DUE: payment_past_due,
    Reason.PAYMENT_DISPUTE: payment_dispute,
    Reason.CANCELLED_UNEXPLAINED: cancelled_unexplained,
    Reason.CANCELLED_AFTER_WORK: cancelled_after_work,
}


class Outlook(StrEnum):
    """What has become of a reason while its case runs."""

    HOLDS = "holds"
    APPROVED = "approved"
    PAID = "paid"
    OTHER = "other"


def outlook(reason: Reason | None, status: str, judged: str) -> Outlook:
    """Compare an assignment's status with the one the case was last judged by; the same status changes nothing."""
    if status == judged:
        return Outlook.HOLDS
    if status == "paid":
        return Outlook.PAID
    if status in APPROVED and reason is not Reason.PAYMENT_PAST_DUE:
        return Outlook.APPROVED
    return Outlook.HOLDS if _still(reason, status, judged) else Outlook.OTHER


def _still(reason: Reason | None, status: str, judged: str) -> bool:
    if reason is Reason.APPROVAL_OVERDUE:
        return status in COMPLETED
    if reason is Reason.PAYMENT_PAST_DUE:
        return status in APPROVED
    if reason in CANCELLATIONS:
        return status in CANCELLED
    sent_back = judged in COMPLETED | APPROVED and status in STARTED
    return not sent_back and status in COMPLETED | STARTED
