"""Whether a worker's reason holds, and when its issue arose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from escalation.eligibility.facts import APPROVED, CANCELLED, COMPLETED, Facts, Speaker
from escalation.eligibility.outcomes import MESSAGES, failed, not_yet, passed, unknown, who_wrote
from escalation.language.status_words import status_in_words
from escalation.language.typed import Unread
from escalation.model.measures import Measure, Quantity
from escalation.model.values import Reason
from escalation.model.verdict import Finding

STARTED = frozenset({"sent", "active", "inprogress"})
FIELD = "the ticket's field “What is the escalation about?”"
"""By the title that it has in config/zendesk/fields.toml."""


def holds(reason: Reason | None, facts: Facts, now: datetime) -> Finding:
    """Return what the reason rule answers for a worker's request."""
    if reason is None:
        return unknown("The request names no reason.", "the request", f"An agent chooses the reason in {FIELD}.")
    ground = GROUND_OF[reason]
    if ground.needs and facts.assignment.status not in ground.statuses:
        return _does_not_hold(facts, ground.needs)
    return ground.check(facts, now)


def arose(reason: Reason | None, facts: Facts) -> datetime | None:
    """Return when the issue arose. While no reason is known it counts as a dispute."""
    return GROUND_OF[reason or Reason.PAYMENT_DISPUTE].arose(facts)


def _does_not_hold(facts: Facts, needs: str) -> Finding:
    status, paid = facts.assignment.status, facts.assignment.paid_on
    if status == "paid" and paid:
        fact = f"WorkMarket shows the assignment as approved and paid on {facts.policy.calendar.label(paid)}."
        return failed(fact, "WorkMarket", "because.paid_on", date=paid)
    if status == "paid":
        return failed("WorkMarket shows the assignment as approved and paid.", "WorkMarket", "because.paid")
    fact = f"The assignment is {status_in_words(status)}, not {needs}; another reason might hold."
    return unknown(fact, "WorkMarket", f"An agent corrects the reason in {FIELD}, or accepts the case.", "reason")


def approval_overdue(facts: Facts, now: datetime) -> Finding:
    done, source = facts.completed()
    if done is None:
        return unknown("When it was completed is not known.", source, "An agent finds the moment.")
    average, assumed = facts.average_approval()
    if isinstance(average, Unread):
        fact = f"The field Client's average approval time reads “{average.typed}”, which is no length of time."
        return unknown(
            fact, "the ticket", "An agent writes hours (36) or days (3 d) there, or empties it.", "average_approval"
        )
    extra = facts.policy.approval_extra_hours
    due = done + average + timedelta(hours=extra)
    hours = f"{average / timedelta(hours=1):g} hours {'that are assumed' if assumed else 'on average'}"
    label = facts.policy.calendar.label
    parts = f"Completed {label(done)} + the client's {hours} + {extra:g} hours beyond it = {label(due)}."
    counted: dict[str, Measure] = {
        "completed": done,
        "hours": Quantity(average / timedelta(hours=1), "hour"),
        "extra": Quantity(extra, "hour"),
    }
    if now >= due:
        return passed(f"Approval was due by then: {parts}", source, assumed=assumed, date=due, **counted)
    fact, say = f"It is overdue only then: {parts}", "not_yet.approval_overdue"
    return not_yet(fact, source, due, say, assumed=assumed, **counted)


def payment_past_due(facts: Facts, now: datetime) -> Finding:
    due, label = facts.assignment.payment_due, facts.policy.calendar.label
    if due is None:
        return unknown("The assignment has no payment due date.", "WorkMarket", "An agent finds the date.")
    if now < due:
        return not_yet(f"Payment is due on {label(due)}.", "WorkMarket", due, "not_yet.payment_past_due")
    said = [m for m in facts.said_by(Speaker.WORKER) if m.at >= due]
    if not said:
        fact = f"Payment was due on {label(due)}; the worker has not written since."
        return unknown(fact, MESSAGES, "The worker writes to the client there.")
    patience = said[0].at + timedelta(hours=facts.policy.message_answer_hours)
    fact = f"Payment was due on {label(due)}; the worker wrote on {label(said[0].at)}."
    if now < patience:
        return not_yet(fact, "WorkMarket", patience, "not_yet.no_answer_yet")
    return passed(fact, "WorkMarket")


def payment_dispute(facts: Facts, now: datetime) -> Finding:
    return passed("The worker says so.", "the request")


def cancelled_unexplained(facts: Facts, now: datetime) -> Finding:
    said, (at, source) = facts.said_by(Speaker.CLIENT), facts.cancelled()
    before = at - timedelta(hours=facts.policy.cancellation_message_hours) if at else None
    if facts.unplaced(before):
        return who_wrote()
    if not said:
        return passed("It is cancelled and the client's side wrote nothing.", "WorkMarket")
    if at is None or before is None:
        return unknown("When it was cancelled is not known.", source, "An agent reads the messages.")
    if said[-1].at >= before:
        return unknown(
            f"The client wrote on {facts.policy.calendar.label(said[-1].at)}, around the cancellation.",
            MESSAGES,
            "An agent reads whether it explains the cancellation.",
        )
    return passed(f"Cancelled {facts.policy.calendar.label(at)}, without a message by the client.", source)


def cancelled_after_work(facts: Facts, now: datetime) -> Finding:
    at, source = facts.cancelled()
    worked = [m for m in (facts.assignment.checked_in, facts.completed()[0]) if m is not None]
    before = [moment for moment in worked if at is None or moment <= at]
    if not before:
        return unknown("No check-in or completion is known.", "WorkMarket", "An agent accepts or corrects it.")
    said = facts.said_by(Speaker.CLIENT)
    if said and said[-1].at >= max(before):
        return unknown(
            f"The client wrote on {facts.policy.calendar.label(said[-1].at)}.",
            MESSAGES,
            "An agent reads whether it speaks of the work's quality.",
        )
    if facts.unplaced(max(before)):
        return who_wrote()
    return passed("Work was done, then it was cancelled without a word since.", source)


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason: the assignment's statuses in which it stands, when its issue arose, and whether it holds.

    `needs` says those statuses in words, where any other status speaks against the reason from the start.
    """

    reason: Reason
    statuses: frozenset[str]
    needs: str
    arose: Callable[[Facts], datetime | None]
    check: Callable[[Facts, datetime], Finding]


def _completed(facts: Facts) -> datetime | None:
    return facts.completed()[0]


def _payment_due(facts: Facts) -> datetime | None:
    return facts.assignment.payment_due


def _first_word(facts: Facts) -> datetime | None:
    return next((message.at for message in facts.said_by(Speaker.WORKER)), None)


def _cancelled(facts: Facts) -> datetime | None:
    return facts.cancelled()[0]


GROUNDS = (
    Ground(Reason.APPROVAL_OVERDUE, COMPLETED, "pending approval", _completed, approval_overdue),
    Ground(Reason.PAYMENT_DISPUTE, COMPLETED | STARTED, "", _first_word, payment_dispute),
    Ground(Reason.PAYMENT_PAST_DUE, APPROVED, "invoiced", _payment_due, payment_past_due),
    Ground(Reason.CANCELLED_UNEXPLAINED, CANCELLED, "cancelled", _cancelled, cancelled_unexplained),
    Ground(Reason.CANCELLED_AFTER_WORK, CANCELLED, "cancelled", _cancelled, cancelled_after_work),
)
GROUND_OF = {ground.reason: ground for ground in GROUNDS}
