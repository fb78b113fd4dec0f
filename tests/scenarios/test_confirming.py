"""The reason ends: approved or paid is confirmed with the requester, any other end is for a person."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.scenarios.town import MANAGER, Town, ny


def approved(town: Town) -> tuple[str, int]:
    """Approved on Tuesday 3 March at noon, in tier 1."""
    number, ticket = town.begun()
    town.until(ny("2026-03-03 12:00"))
    town.workmarket.approve(number)
    town.live()
    return number, ticket


def test_an_approval_is_told_once_and_waits_for_an_objection(town: Town):
    _, ticket = approved(town)
    assert town.status(ticket) == "Confirming outcome"
    assert len(town.said(ticket)) == 2
    assert "shows as approved" in town.said(ticket)[-1]
    assert town.due(ticket, "confirmation") == ny("2026-03-05 12:00")


def test_no_objection_for_two_business_days_resolves_it_with_a_last_text(town: Town):
    _, ticket = approved(town)
    town.until(ny("2026-03-05 11:59"))
    assert town.state(ticket) == "confirming_outcome"
    town.until(ny("2026-03-05 12:01"))
    assert (town.state(ticket), town.status(ticket)) == ("resolved", "Resolved")
    assert len(town.said(ticket)) == 3
    town.until(ny("2026-04-20 12:00"))
    assert len(town.said(ticket)) == 3


def test_an_objection_is_for_a_person(town: Town):
    _, ticket = approved(town)
    town.until(ny("2026-03-04 12:00"))
    town.reply(ticket, "They approved half of it.")
    assert (town.state(ticket), town.status(ticket)) == ("needs_review", "Needs review")
    town.until(ny("2026-03-05 13:00"))
    assert town.state(ticket) == "needs_review"


def test_an_agent_can_take_an_objection_up_again(town: Town):
    number, ticket = approved(town)
    town.reply(ticket, "They approved half of it.")
    town.agent(ticket, tier=2)
    town.for_(minutes=1)
    assert town.status(ticket) == "Tier 2: direct contact"
    assert town.mails(ticket) == [MANAGER]
    assert len(town.messages(number)) == 1


def test_paid_while_it_is_confirmed_says_nothing_more(town: Town):
    number, ticket = approved(town)
    town.workmarket.pay(number)
    town.live()
    assert town.state(ticket) == "confirming_outcome"
    assert len(town.said(ticket)) == 2


def test_the_payment_of_a_past_due_assignment_is_told(town: Town):
    due = town.clock() - timedelta(days=6)
    number = town.assignment(status="paymentPending", payment_due=due)
    ticket = town.submit(number, reason="payment_past_due")
    assert town.state(ticket) == "tier_1"
    town.workmarket.pay(number)
    town.live()
    assert town.state(ticket) == "confirming_outcome"
    assert "shows as paid" in town.said(ticket)[-1]


def test_an_approval_after_the_other_side_answered_is_confirmed_too(town: Town):
    number, ticket = town.begun()
    town.message(number, "owner", "Approving now.")
    town.workmarket.approve(number)
    town.live()
    assert town.status(ticket) == "Confirming outcome"


def test_an_approval_that_no_webhook_told_of_is_seen_before_the_next_tier(town: Town):
    number, ticket = town.begun()
    town.workmarket.webhook_policy = lambda _: "drop"
    town.workmarket.approve(number)
    town.until(ny("2026-03-04 10:01"))
    assert town.status(ticket) == "Confirming outcome"
    assert town.mails(ticket) == []
    assert len(town.said(ticket)) == 2


END = Callable[[Town, str], None]
OTHER_ENDS: dict[str, END] = {
    "sent back": lambda town, number: town.workmarket.send_back(number),
    "refunded": lambda town, number: town.workmarket.refund(number),
    "void": lambda town, number: town.workmarket.void(number),
    "cancelled": lambda town, number: town.workmarket.cancel(number),
}


@pytest.mark.parametrize("end", OTHER_ENDS)
def test_any_other_end_is_for_a_person(town: Town, end: str):
    number, ticket = town.begun()
    town.until(ny("2026-03-03 12:00"))
    OTHER_ENDS[end](town, number)
    town.reconcile()
    assert (town.state(ticket), town.status(ticket)) == ("needs_review", "Needs review")
    assert "what has changed on the assignment" in town.said(ticket)[-1]
    town.until(ny("2026-03-04 10:01"))
    assert town.mails(ticket) == []


def test_an_approval_taken_back_while_it_is_confirmed_is_for_a_person(town: Town):
    number, ticket = approved(town)
    town.workmarket.send_back(number)
    town.until(ny("2026-03-05 12:01"))
    assert town.state(ticket) == "needs_review"


def test_an_agent_confirms_the_outcome_by_the_status(town: Town):
    _, ticket = town.begun()
    town.until(ny("2026-03-03 12:00"))
    town.agent(ticket, status="Confirming outcome", comment="They have paid you in cash, I hear.")
    assert len(town.said(ticket)) == 2
    town.until(ny("2026-03-05 12:01"))
    assert town.status(ticket) == "Resolved"
