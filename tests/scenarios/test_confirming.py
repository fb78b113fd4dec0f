"""The reason ends: approved or paid is confirmed with the requester, any other end is for a person."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.desk import Desk, both_parties, ny


def approved(desk: Desk) -> tuple[str, int]:
    """Approved on Tuesday 3 March at noon, in tier 1."""
    number, ticket = desk.begun()
    desk.until(ny("2026-03-03 12:00"))
    desk.workmarket.approve(number)
    desk.live()
    return number, ticket


@both_parties
def test_an_approval_is_told_once_and_waits_for_an_objection(desk: Desk):
    _, ticket = approved(desk)
    assert desk.status(ticket) == "Confirming outcome"
    assert len(desk.said(ticket)) == 2
    assert "shows as approved" in desk.said(ticket)[-1]
    assert desk.due(ticket, "confirmation") == ny("2026-03-05 12:00")


@both_parties
def test_no_objection_for_two_business_days_resolves_it_with_a_last_text(desk: Desk):
    _, ticket = approved(desk)
    desk.until(ny("2026-03-05 11:59"))
    assert desk.state(ticket) == "confirming_outcome"
    desk.until(ny("2026-03-05 12:01"))
    assert (desk.state(ticket), desk.status(ticket)) == ("resolved", "Resolved")
    assert len(desk.said(ticket)) == 3
    desk.until(ny("2026-04-20 12:00"))
    assert len(desk.said(ticket)) == 3


@both_parties
def test_an_objection_is_for_a_person(desk: Desk):
    _, ticket = approved(desk)
    desk.until(ny("2026-03-04 12:00"))
    desk.reply(ticket, "They approved half of it.")
    assert (desk.state(ticket), desk.status(ticket)) == ("needs_review", "Needs review")
    desk.until(ny("2026-03-05 13:00"))
    assert desk.state(ticket) == "needs_review"


@both_parties
def test_an_agent_can_take_an_objection_up_again(desk: Desk):
    number, ticket = approved(desk)
    desk.reply(ticket, "They approved half of it.")
    desk.agent(ticket, tier=2)
    desk.for_(minutes=1)
    assert desk.status(ticket) == "Tier 2: direct contact"
    assert desk.mails(ticket) == [desk.their_address]
    assert len(desk.messages(number)) == 1


@both_parties
def test_paid_while_it_is_confirmed_says_nothing_more(desk: Desk):
    number, ticket = approved(desk)
    desk.workmarket.pay(number)
    desk.live()
    assert desk.state(ticket) == "confirming_outcome"
    assert len(desk.said(ticket)) == 2


def test_the_payment_of_a_past_due_assignment_is_told(desk: Desk):
    due = desk.clock() - timedelta(days=6)
    number = desk.assignment(status="paymentPending", payment_due=due)
    ticket = desk.submit(number, reason="payment_past_due")
    assert desk.state(ticket) == "tier_1"
    desk.workmarket.pay(number)
    desk.live()
    assert desk.state(ticket) == "confirming_outcome"
    assert "shows as paid" in desk.said(ticket)[-1]


@both_parties
def test_an_approval_after_the_other_side_answered_is_confirmed_too(desk: Desk):
    number, ticket = desk.begun()
    desk.message(number, desk.other, "Approving now.")
    desk.workmarket.approve(number)
    desk.live()
    assert desk.status(ticket) == "Confirming outcome"


@both_parties
def test_an_approval_that_no_webhook_told_of_is_seen_before_the_next_tier(desk: Desk):
    number, ticket = desk.begun()
    desk.workmarket.webhook_policy = lambda _: "drop"
    desk.workmarket.approve(number)
    desk.until(ny("2026-03-04 10:01"))
    assert desk.status(ticket) == "Confirming outcome"
    assert desk.mails(ticket) == []
    assert len(desk.said(ticket)) == 2


END = Callable[[Desk, str], None]
OTHER_ENDS: dict[str, END] = {
    "sent back": lambda desk, number: desk.workmarket.send_back(number),
    "refunded": lambda desk, number: desk.workmarket.refund(number),
    "void": lambda desk, number: desk.workmarket.void(number),
    "cancelled": lambda desk, number: desk.workmarket.cancel(number),
}


@pytest.mark.parametrize("end", OTHER_ENDS)
@both_parties
def test_any_other_end_is_for_a_person(desk: Desk, end: str):
    number, ticket = desk.begun()
    desk.until(ny("2026-03-03 12:00"))
    OTHER_ENDS[end](desk, number)
    desk.reconcile()
    assert (desk.state(ticket), desk.status(ticket)) == ("needs_review", "Needs review")
    assert "what has changed on the assignment" in desk.said(ticket)[-1]
    desk.until(ny("2026-03-04 10:01"))
    assert desk.mails(ticket) == []


@both_parties
def test_an_approval_taken_back_while_it_is_confirmed_is_for_a_person(desk: Desk):
    number, ticket = approved(desk)
    desk.workmarket.send_back(number)
    desk.until(ny("2026-03-05 12:01"))
    assert desk.state(ticket) == "needs_review"


@both_parties
def test_an_agent_confirms_the_outcome_by_the_status(desk: Desk):
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 12:00"))
    desk.agent(ticket, status="Confirming outcome", comment="They have paid you in cash, I hear.")
    assert len(desk.said(ticket)) == 2
    desk.until(ny("2026-03-05 12:01"))
    assert desk.status(ticket) == "Resolved"
