"""The five reasons of a worker, with each answer they can get."""

from datetime import datetime, timedelta

import pytest

from escalation.explain import explain
from tests.desk import Desk, OpenDesk, ny

CANCELLATIONS = ("cancelled_unexplained", "cancelled_after_work")


def from_when(desk: Desk, ticket: int) -> datetime:
    """From when the reason holds: the desk looks again then, or when the office opens after it."""
    found = next(one for one in desk.told(ticket)["verdict"] if one["rule"] == "reason")
    return datetime.fromisoformat(found["earliest"].replace("Z", "+00:00"))


def invoiced(desk: Desk, *, due: timedelta, said: float | None = None, paid: bool = False) -> str:
    """An assignment approved eight days ago, its payment due that long ago; the worker wrote `said` days ago."""
    number = desk.assignment(said=False)
    desk.past(lambda: desk.workmarket.approve(number, terms=timedelta(days=8) - due), days=8)
    if said is not None:
        desk.past(lambda: desk.workmarket.message(number, "worker", "Where is the payment?"), days=said)
    if paid:
        desk.past(lambda: desk.workmarket.pay(number), days=1)
    return number


def cancelled(desk: Desk, *, days: float = 3, **parts: object) -> str:
    """An assignment that was cancelled so many days ago; the worker has written since."""
    number = desk.assignment(**{"said": False, "status": "inprogress", **parts})
    desk.past(lambda: desk.workmarket.cancel(number), days=days)
    desk.past(lambda: desk.workmarket.message(number, "worker", "Why was this cancelled?"), days=days - 1)
    return number


# Approval overdue


def test_approval_is_overdue_after_the_average_and_48_hours(desk: Desk):
    ticket = desk.submit(desk.assignment(ago=timedelta(hours=72 + 48)))
    assert desk.findings(ticket)["reason"] == "pass"
    assert desk.state(ticket) == "tier_1"


def test_approval_is_not_overdue_a_second_before(desk: Desk):
    ticket = desk.submit(desk.assignment(ago=timedelta(hours=72 + 48, seconds=-1)))
    assert desk.findings(ticket)["reason"] == "not_yet"
    assert desk.status(ticket) == "Waiting for date"


def test_an_assumed_average_is_said_to_be_assumed(desk: Desk):
    ticket = desk.submit(desk.assignment())
    assert "we have assumed 72 hours" in desk.said(ticket)[0]
    assert "72 hours (assumed" in desk.notes(ticket)[0]


def test_what_was_assumed_can_be_added_up_in_the_text_in_the_note_and_in_explain(desk: Desk):
    ticket = desk.submit(desk.assignment())
    told = desk.said(ticket)[0]
    assert "finished on Fri 20 Feb 2026, 10:00 EST." in told
    assert (
        "assumed 72 hours, and we allow 48 hours more: the approval was to be expected by Wed 25 Feb 2026" in told
    )
    parts = "the client's 72 hours that are assumed + 48 hours beyond it = Wed 25 Feb 2026, 10:00 EST"
    explained = explain(desk.case(ticket), desk.app.policy.calendar)
    for text in (desk.notes(ticket)[0], explained):
        assert f"Completed Fri 20 Feb 2026, 10:00 EST + {parts}" in text
        assert "The check of Mon 2 Mar 2026, 10:00 EST" in text
    assert "Its first tier began on Mon 2 Mar 2026, 10:00 EST, from which the month counts." in explained


@pytest.mark.parametrize(("given", "hours"), [("3 d", 72), ("36", 36), ("1,5 days", 36), ("100 h", 100)])
def test_the_agents_average_decides_when_approval_is_overdue(desk: Desk, given: str, hours: int):
    ticket = desk.submit(desk.assignment(ago=timedelta(hours=10)))
    desk.agent(ticket, fields={"Client's average approval time": given})
    completed = desk.clock() - timedelta(hours=10)
    assert from_when(desk, ticket) == completed + timedelta(hours=hours + 48)


def test_an_average_from_the_field_is_not_called_assumed(desk: Desk):
    ticket = desk.submit(desk.assignment(ago=timedelta(hours=100)))
    desk.agent(ticket, fields={"Client's average approval time": "50 hours"})
    assert desk.state(ticket) == "tier_1"
    assert "assumed" not in desk.said(ticket)[-1]
    assert "50 hours (from the ticket's field)" in "".join(desk.notes(ticket))


@pytest.mark.parametrize(("typed", "hours"), [("2 weeks", 336), ("3d 4h", 76), ("72 hrs.", 72), ("1,5 d", 36)])
def test_an_average_is_read_as_people_type_it(desk: Desk, typed: str, hours: int):
    ticket = desk.submit(desk.assignment(ago=timedelta(hours=10)))
    desk.agent(ticket, fields={"Client's average approval time": typed})
    assert from_when(desk, ticket) == desk.clock() + timedelta(hours=hours + 48 - 10)


def test_an_average_that_nobody_can_read_is_for_a_person_and_nothing_is_assumed(desk: Desk):
    ticket = desk.submit(desk.assignment(ago=timedelta(hours=10)))
    desk.agent(ticket, fields={"Client's average approval time": "a while"})
    assert (desk.state(ticket), desk.findings(ticket)["reason"]) == ("needs_review", "unknown")
    notes = "".join(desk.notes(ticket))
    assert "can't read “a while” in the field Client's average approval time" in notes
    assert "assumed" not in desk.notes(ticket)[-1]
    desk.agent(ticket, fields={"Client's average approval time": "4 d"})
    assert from_when(desk, ticket) == desk.clock() + timedelta(hours=96 + 48 - 10)


def test_an_unknown_moment_of_completion_is_for_a_person_to_find(desk: Desk):
    number = desk.assignment(status="complete")
    ticket = desk.submit(number)
    assert desk.findings(ticket)["reason"] == "unknown"
    assert desk.findings(ticket)["contacted"] == "unknown"
    assert desk.status(ticket) == "Needs review"


def test_the_last_check_out_stands_in_for_the_completion(desk: Desk):
    number = desk.assignment(status="complete", checked_out=desk.clock() - timedelta(days=10))
    assert desk.state(desk.submit(number)) == "tier_1"


def test_our_record_of_the_completion_is_believed_before_the_history(desk: Desk):
    number = desk.assignment(ago=timedelta(days=10))
    desk.workmarket.send_back(number)
    desk.workmarket.complete(number)
    desk.live()
    desk.for_(hours=30)
    desk.message(number, "worker", "It is handed in again.")
    ticket = desk.submit(number)
    assert from_when(desk, ticket) == ny("2026-03-02 10:00") + timedelta(hours=72 + 48)


def test_approved_but_not_paid_needs_another_reason(desk: Desk):
    ticket = desk.submit(invoiced(desk, due=timedelta(days=2), said=1))
    assert desk.findings(ticket)["reason"] == "unknown"
    assert desk.status(ticket) == "Needs review"
    assert "which reason for an escalation fits your assignment" in desk.said(ticket)[0]


# Payment past due


def test_payment_is_past_due_48_hours_after_the_workers_message(desk: Desk):
    ticket = desk.submit(invoiced(desk, due=timedelta(days=4), said=2), reason="payment_past_due")
    assert desk.findings(ticket)["reason"] == "pass"
    assert desk.state(ticket) == "tier_1"


def test_the_other_side_has_48_hours_to_answer_before_the_desk_steps_in(desk: Desk):
    ticket = desk.submit(invoiced(desk, due=timedelta(days=4), said=1.5), reason="payment_past_due")
    assert desk.status(ticket) == "Waiting for date"
    assert from_when(desk, ticket) == desk.clock() + timedelta(hours=12)
    assert "your message on the assignment is recent" in desk.said(ticket)[0]


def test_a_payment_that_is_not_due_yet_has_a_date_and_no_message_since_it(desk: Desk):
    ticket = desk.submit(invoiced(desk, due=timedelta(days=-3), said=1), reason="payment_past_due")
    reason = next(found for found in desk.told(ticket)["verdict"] if found["rule"] == "reason")
    assert (reason["outcome"], reason["earliest"]) == ("not_yet", "2026-03-05T15:00:00Z")
    assert desk.findings(ticket)["contacted"] == "unknown"
    assert desk.status(ticket) == "Needs review"


def test_a_payment_that_was_made_is_a_lasting_fail_with_what_was_seen(desk: Desk):
    ticket = desk.submit(invoiced(desk, due=timedelta(days=4), said=3, paid=True), reason="payment_past_due")
    assert desk.status(ticket) == "Not eligible"
    assert "already shows as settled: paid on Sun 1 Mar 2026, 10:00 EST" in desk.said(ticket)[0]


def test_a_payment_of_work_not_yet_approved_needs_another_reason(desk: Desk):
    ticket = desk.submit(desk.assignment(), reason="payment_past_due")
    assert desk.findings(ticket)["reason"] == "unknown"
    assert desk.status(ticket) == "Needs review"


# Payment dispute


def test_a_dispute_holds_because_the_worker_says_so(desk: Desk):
    ticket = desk.submit(desk.assignment(), reason="payment_dispute")
    assert desk.findings(ticket)["reason"] == "pass"
    assert desk.state(ticket) == "tier_1"


def test_a_dispute_arose_with_the_workers_first_message(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "owner", "Please be on time."), days=6)
    assert desk.findings(desk.submit(number, reason="payment_dispute"))["unanswered"] == "pass"


def test_what_the_client_wrote_after_a_dispute_arose_is_for_a_person(desk: Desk):
    number = desk.assignment()
    desk.past(lambda: desk.workmarket.message(number, "owner", "We see it differently."), days=4)
    assert desk.findings(desk.submit(number, reason="payment_dispute"))["unanswered"] == "unknown"


# Cancellations


@pytest.mark.parametrize("reason", CANCELLATIONS)
def test_a_cancellation_without_a_word_of_the_client_holds(desk: Desk, reason: str):
    number = cancelled(desk, checked_out=desk.clock() - timedelta(days=5))
    assert desk.state(desk.submit(number, reason=reason)) == "tier_1"


@pytest.mark.parametrize("reason", CANCELLATIONS)
def test_a_voided_assignment_is_a_cancelled_one(desk: Desk, reason: str):
    number = desk.assignment(said=False, ago=timedelta(days=10))
    desk.past(lambda: desk.workmarket.void(number), days=3)
    desk.past(lambda: desk.workmarket.message(number, "worker", "Why?"), days=2)
    assert desk.findings(desk.submit(number, reason=reason))["reason"] == "pass"


@pytest.mark.parametrize("reason", CANCELLATIONS)
def test_an_assignment_that_is_not_cancelled_needs_another_reason(desk: Desk, reason: str):
    ticket = desk.submit(desk.assignment(), reason=reason)
    assert desk.findings(ticket)["reason"] == "unknown"
    assert desk.status(ticket) == "Needs review"


@pytest.mark.parametrize(("hours", "outcome"), [(24, "unknown"), (24.1, "pass")])
def test_a_client_message_in_the_day_before_a_cancellation_may_explain_it(desk: Desk, hours: float, outcome: str):
    number = cancelled(desk)
    desk.past(lambda: desk.workmarket.message(number, "owner", "The site is closed."), days=3, hours=hours)
    assert desk.findings(desk.submit(number, reason="cancelled_unexplained"))["reason"] == outcome


def test_a_client_message_after_a_cancellation_may_explain_it(desk: Desk):
    number = cancelled(desk)
    desk.past(lambda: desk.workmarket.message(number, "owner", "The site is closed."), days=1)
    found = desk.findings(desk.submit(number, reason="cancelled_unexplained"))
    assert (found["reason"], found["unanswered"]) == ("unknown", "unknown")


def test_cancelled_after_the_work_needs_a_check_in_or_a_completion(desk: Desk):
    ticket = desk.submit(cancelled(desk), reason="cancelled_after_work")
    assert desk.findings(ticket)["reason"] == "unknown"
    assert "No check-in or completion is known." in "".join(desk.notes(ticket))


@pytest.mark.parametrize(("days", "outcome"), [(6, "pass"), (4, "unknown"), (1, "unknown")])
def test_a_client_message_since_the_work_may_speak_of_its_quality(desk: Desk, days: int, outcome: str):
    number = cancelled(desk, checked_out=desk.clock() - timedelta(days=5))
    desk.past(lambda: desk.workmarket.message(number, "owner", "About the work."), days=days)
    assert desk.findings(desk.submit(number, reason="cancelled_after_work"))["reason"] == outcome


def test_work_begun_after_the_cancellation_is_no_work_before_it(desk: Desk):
    number = cancelled(desk, days=5)
    desk.past(lambda: desk.workmarket.check_in(number), days=3)
    desk.workmarket.assignments[number].status = "cancelled"
    assert desk.findings(desk.submit(number, reason="cancelled_after_work"))["reason"] == "unknown"


def test_a_request_without_a_reason_is_for_a_person(desk: Desk):
    ticket = desk.submit(desk.assignment(), reason=None)
    assert desk.findings(ticket)["reason"] == "unknown"
    desk.agent(ticket, fields={"What is the escalation about?": "escalation_reason_approval_overdue"})
    assert desk.state(ticket) == "tier_1"


def test_a_short_hours_policy_is_followed(open_desk: OpenDesk):
    desk = open_desk(average_approval_hours=1.0, approval_extra_hours=1.0)
    assert desk.state(desk.submit(desk.assignment(ago=timedelta(hours=2)))) == "tier_1"
