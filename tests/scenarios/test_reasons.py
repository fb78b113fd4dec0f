"""The five reasons of a worker, with each answer they can get."""

from datetime import timedelta

import pytest

from tests.scenarios.town import OpenTown, Town, ny

CANCELLATIONS = ("cancelled_unexplained", "cancelled_after_work")


def invoiced(town: Town, *, due: timedelta, said: float | None = None, paid: bool = False) -> str:
    """An assignment approved eight days ago, its payment due that long ago; the worker wrote `said` days ago."""
    number = town.assignment(said=False)
    town.past(lambda: town.workmarket.approve(number, terms=timedelta(days=8) - due), days=8)
    if said is not None:
        town.past(lambda: town.workmarket.message(number, "worker", "Where is the payment?"), days=said)
    if paid:
        town.past(lambda: town.workmarket.pay(number), days=1)
    return number


def cancelled(town: Town, *, days: float = 3, **parts: object) -> str:
    """An assignment that was cancelled so many days ago; the worker has written since."""
    number = town.assignment(**{"said": False, "status": "inprogress", **parts})
    town.past(lambda: town.workmarket.cancel(number), days=days)
    town.past(lambda: town.workmarket.message(number, "worker", "Why was this cancelled?"), days=days - 1)
    return number


# Approval overdue


def test_approval_is_overdue_after_the_average_and_48_hours(town: Town):
    ticket = town.submit(town.assignment(ago=timedelta(hours=72 + 48)))
    assert town.findings(ticket)["reason"] == "pass"
    assert town.state(ticket) == "tier_1"


def test_approval_is_not_overdue_a_second_before(town: Town):
    ticket = town.submit(town.assignment(ago=timedelta(hours=72 + 48, seconds=-1)))
    assert town.findings(ticket)["reason"] == "not_yet"
    assert town.status(ticket) == "Waiting for date"


def test_an_assumed_average_is_said_to_be_assumed(town: Town):
    ticket = town.submit(town.assignment())
    assert "we have assumed 72 hours" in town.said(ticket)[0]
    assert "72 hours (assumed" in town.notes(ticket)[0]


@pytest.mark.parametrize(("given", "hours"), [("3 d", 72), ("36", 36), ("1,5 days", 36), ("100 h", 100)])
def test_the_agents_average_decides_when_approval_is_overdue(town: Town, given: str, hours: int):
    ticket = town.submit(town.assignment(ago=timedelta(hours=10)))
    town.agent(ticket, fields={"Client's average approval time": given})
    completed = town.clock() - timedelta(hours=10)
    assert town.due(ticket, "date_reached") == completed + timedelta(hours=hours + 48)


def test_an_average_from_the_field_is_not_called_assumed(town: Town):
    ticket = town.submit(town.assignment(ago=timedelta(hours=100)))
    town.agent(ticket, fields={"Client's average approval time": "50 hours"})
    assert town.state(ticket) == "tier_1"
    assert "assumed" not in town.said(ticket)[-1]
    assert "50 hours (from the ticket's field)" in "".join(town.notes(ticket))


@pytest.mark.parametrize(("typed", "hours"), [("2 weeks", 336), ("3d 4h", 76), ("72 hrs.", 72), ("1,5 d", 36)])
def test_an_average_is_read_as_people_type_it(town: Town, typed: str, hours: int):
    ticket = town.submit(town.assignment(ago=timedelta(hours=10)))
    town.agent(ticket, fields={"Client's average approval time": typed})
    assert town.due(ticket, "date_reached") == town.clock() + timedelta(hours=hours + 48 - 10)


def test_an_average_that_nobody_can_read_is_for_a_person_and_nothing_is_assumed(town: Town):
    ticket = town.submit(town.assignment(ago=timedelta(hours=10)))
    town.agent(ticket, fields={"Client's average approval time": "a while"})
    assert (town.state(ticket), town.findings(ticket)["reason"]) == ("needs_review", "unknown")
    notes = "".join(town.notes(ticket))
    assert "can't read “a while” in the field Client's average approval time" in notes
    assert "assumed" not in town.notes(ticket)[-1]
    town.agent(ticket, fields={"Client's average approval time": "4 d"})
    assert town.due(ticket, "date_reached") == town.clock() + timedelta(hours=96 + 48 - 10)


def test_an_unknown_moment_of_completion_is_for_a_person_to_find(town: Town):
    number = town.assignment(status="complete")
    ticket = town.submit(number)
    assert town.findings(ticket)["reason"] == "unknown"
    assert town.findings(ticket)["contacted"] == "unknown"
    assert town.status(ticket) == "Needs review"


def test_the_last_check_out_stands_in_for_the_completion(town: Town):
    number = town.assignment(status="complete", checked_out=town.clock() - timedelta(days=10))
    assert town.state(town.submit(number)) == "tier_1"


def test_our_record_of_the_completion_is_believed_before_the_history(town: Town):
    number = town.assignment(ago=timedelta(days=10))
    town.workmarket.send_back(number)
    town.workmarket.complete(number)
    town.live()
    town.for_(hours=30)
    town.message(number, "worker", "It is handed in again.")
    ticket = town.submit(number)
    assert town.due(ticket, "date_reached") == ny("2026-03-02 10:00") + timedelta(hours=72 + 48)


def test_approved_but_not_paid_needs_another_reason(town: Town):
    ticket = town.submit(invoiced(town, due=timedelta(days=2), said=1))
    assert town.findings(ticket)["reason"] == "unknown"
    assert town.status(ticket) == "Needs review"
    assert "which reason for an escalation fits your assignment" in town.said(ticket)[0]


# Payment past due


def test_payment_is_past_due_48_hours_after_the_workers_message(town: Town):
    ticket = town.submit(invoiced(town, due=timedelta(days=4), said=2), reason="payment_past_due")
    assert town.findings(ticket)["reason"] == "pass"
    assert town.state(ticket) == "tier_1"


def test_the_other_side_has_48_hours_to_answer_before_the_desk_steps_in(town: Town):
    ticket = town.submit(invoiced(town, due=timedelta(days=4), said=1.5), reason="payment_past_due")
    assert town.status(ticket) == "Waiting for date"
    assert town.due(ticket, "date_reached") == town.clock() + timedelta(hours=12)
    assert "your message on the assignment is recent" in town.said(ticket)[0]


def test_a_payment_that_is_not_due_yet_has_a_date_and_no_message_since_it(town: Town):
    ticket = town.submit(invoiced(town, due=timedelta(days=-3), said=1), reason="payment_past_due")
    reason = next(found for found in town.told(ticket)["verdict"] if found["rule"] == "reason")
    assert (reason["outcome"], reason["earliest"]) == ("not_yet", "2026-03-05T15:00:00Z")
    assert town.findings(ticket)["contacted"] == "unknown"
    assert town.status(ticket) == "Needs review"


def test_a_payment_that_was_made_is_a_lasting_fail_with_what_was_seen(town: Town):
    ticket = town.submit(invoiced(town, due=timedelta(days=4), said=3, paid=True), reason="payment_past_due")
    assert town.status(ticket) == "Not eligible"
    assert "already shows as settled: paid on Sun 1 Mar 2026, 10:00 EST" in town.said(ticket)[0]


def test_a_payment_of_work_not_yet_approved_needs_another_reason(town: Town):
    ticket = town.submit(town.assignment(), reason="payment_past_due")
    assert town.findings(ticket)["reason"] == "unknown"
    assert town.status(ticket) == "Needs review"


# Payment dispute


def test_a_dispute_holds_because_the_worker_says_so(town: Town):
    ticket = town.submit(town.assignment(), reason="payment_dispute")
    assert town.findings(ticket)["reason"] == "pass"
    assert town.state(ticket) == "tier_1"


def test_a_dispute_arose_with_the_workers_first_message(town: Town):
    number = town.assignment()
    town.past(lambda: town.workmarket.message(number, "owner", "Please be on time."), days=6)
    assert town.findings(town.submit(number, reason="payment_dispute"))["unanswered"] == "pass"


def test_what_the_client_wrote_after_a_dispute_arose_is_for_a_person(town: Town):
    number = town.assignment()
    town.past(lambda: town.workmarket.message(number, "owner", "We see it differently."), days=4)
    assert town.findings(town.submit(number, reason="payment_dispute"))["unanswered"] == "unknown"


# Cancellations


@pytest.mark.parametrize("reason", CANCELLATIONS)
def test_a_cancellation_without_a_word_of_the_client_holds(town: Town, reason: str):
    number = cancelled(town, checked_out=town.clock() - timedelta(days=5))
    assert town.state(town.submit(number, reason=reason)) == "tier_1"


@pytest.mark.parametrize("reason", CANCELLATIONS)
def test_a_voided_assignment_is_a_cancelled_one(town: Town, reason: str):
    number = town.assignment(said=False, ago=timedelta(days=10))
    town.past(lambda: town.workmarket.void(number), days=3)
    town.past(lambda: town.workmarket.message(number, "worker", "Why?"), days=2)
    assert town.findings(town.submit(number, reason=reason))["reason"] == "pass"


@pytest.mark.parametrize("reason", CANCELLATIONS)
def test_an_assignment_that_is_not_cancelled_needs_another_reason(town: Town, reason: str):
    ticket = town.submit(town.assignment(), reason=reason)
    assert town.findings(ticket)["reason"] == "unknown"
    assert town.status(ticket) == "Needs review"


@pytest.mark.parametrize(("hours", "outcome"), [(24, "unknown"), (24.1, "pass")])
def test_a_client_message_in_the_day_before_a_cancellation_may_explain_it(town: Town, hours: float, outcome: str):
    number = cancelled(town)
    town.past(lambda: town.workmarket.message(number, "owner", "The site is closed."), days=3, hours=hours)
    assert town.findings(town.submit(number, reason="cancelled_unexplained"))["reason"] == outcome


def test_a_client_message_after_a_cancellation_may_explain_it(town: Town):
    number = cancelled(town)
    town.past(lambda: town.workmarket.message(number, "owner", "The site is closed."), days=1)
    found = town.findings(town.submit(number, reason="cancelled_unexplained"))
    assert (found["reason"], found["unanswered"]) == ("unknown", "unknown")


def test_cancelled_after_the_work_needs_a_check_in_or_a_completion(town: Town):
    ticket = town.submit(cancelled(town), reason="cancelled_after_work")
    assert town.findings(ticket)["reason"] == "unknown"
    assert "No check-in or completion is known." in "".join(town.notes(ticket))


@pytest.mark.parametrize(("days", "outcome"), [(6, "pass"), (4, "unknown"), (1, "unknown")])
def test_a_client_message_since_the_work_may_speak_of_its_quality(town: Town, days: int, outcome: str):
    number = cancelled(town, checked_out=town.clock() - timedelta(days=5))
    town.past(lambda: town.workmarket.message(number, "owner", "About the work."), days=days)
    assert town.findings(town.submit(number, reason="cancelled_after_work"))["reason"] == outcome


def test_work_begun_after_the_cancellation_is_no_work_before_it(town: Town):
    number = cancelled(town, days=5)
    town.past(lambda: town.workmarket.check_in(number), days=3)
    town.workmarket.assignments[number].status = "cancelled"
    assert town.findings(town.submit(number, reason="cancelled_after_work"))["reason"] == "unknown"


def test_a_request_without_a_reason_is_for_a_person(town: Town):
    ticket = town.submit(town.assignment(), reason=None)
    assert town.findings(ticket)["reason"] == "unknown"
    town.agent(ticket, fields={"What is the escalation about?": "escalation_reason_approval_overdue"})
    assert town.state(ticket) == "tier_1"


def test_a_short_hours_policy_is_followed(open_town: OpenTown):
    town = open_town(average_approval_hours=1.0, approval_extra_hours=1.0)
    assert town.state(town.submit(town.assignment(ago=timedelta(hours=2)))) == "tier_1"
