"""A client's case: what it hopes for, what ends it by itself, and how it is known to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalation.model.values import Party
from tests.desk import WANDA, Desk, ny

GROUP = "Escalations team"
pytestmark = pytest.mark.parametrize("party", [Party.CLIENT], ids=str, indirect=True)


def hoping(desk: Desk, kind: str) -> tuple[str, int]:
    """A client's case in tier 1, with a kind of outcome."""
    number = desk.assignment()
    return number, desk.escalate(number, kind_of_outcome=kind)


def test_a_signed_kind_of_outcome_stands_on_the_ticket_and_word_for_word_in_what_the_worker_reads(desk: Desk):
    number, ticket = hoping(desk, "redo")
    assert desk.shown(ticket, "Kind of outcome") == "escalation_outcome_redo"
    assert "“The work is finished or done again”" in desk.messages(number)[0]
    desk.until(desk.due(ticket, "tier_ends"))
    desk.for_(minutes=1)
    assert desk.mails(ticket) == [WANDA]
    (conversation,) = desk.zendesk.conversations(ticket)
    assert "“The work is finished or done again”" in str(conversation)


def test_in_tier_3_the_group_gets_the_ticket_and_nothing_leaves_the_house(desk: Desk):
    number, ticket = desk.begun(3)
    groups = {row["id"]: row["name"] for row in desk.zendesk.account.groups.values()}
    assert groups[desk.zendesk.ticket(ticket)["group_id"]] == GROUP
    assert any(
        f"{GROUP}: please try to reach the worker of assignment {number}" in one for one in desk.notes(ticket)
    )
    assert (len(desk.messages(number)), desk.mails(ticket)) == (1, [WANDA])
    assert "that we ask a person at the desk to reach" in desk.said(ticket)[-1]
    desk.until(ny("2026-04-02 10:10"))
    assert desk.status(ticket) == "Closed: off platform"
    assert "rbitration" not in "".join(desk.said(ticket))


@pytest.mark.parametrize(
    ("kind", "end", "told"),
    [("cancel", "cancel", "now shows as cancelled"), ("redo", "send_back", "now shows as in progress again")],
)
def test_what_a_client_hopes_for_ends_the_case_by_itself(desk: Desk, kind: str, end: str, told: str):
    number, ticket = hoping(desk, kind)
    getattr(desk.workmarket, end)(number)
    desk.patrol()
    assert (desk.status(ticket), told in desk.said(ticket)[-1]) == ("Confirming outcome", True)
    desk.until(desk.due(ticket, "confirmation"))
    desk.for_(minutes=1)
    assert desk.status(ticket) == "Resolved"


@pytest.mark.parametrize("end", ["approve", "pay", "void"])
def test_at_another_amount_or_otherwise_a_person_says(desk: Desk, end: str):
    number, ticket = hoping(desk, "other_amount")
    getattr(desk.workmarket, end)(number)
    desk.patrol()
    assert desk.status(ticket) == "Needs review"


def test_a_client_in_the_help_center_waits_for_an_agent_and_then_goes_its_way(desk: Desk):
    number = desk.assignment()
    ticket = desk.submit(
        number, requester_email="olaf@example.com", name="Olaf Owner", party="client", reason=None,
        outcome="To hear from them.", kind_of_outcome="explain",
    )  # fmt: skip
    assert (desk.status(ticket), desk.findings(ticket)["identity"]) == ("Needs review", "unknown")
    desk.agent(ticket, macro="Escalation::Tier 1: assignment message")
    assert desk.state(ticket) == "tier_1"
    assert "“An explanation”" in desk.messages(number)[0]


def test_a_client_is_late_after_60_days(desk: Desk):
    for days, state in ((59, "tier_1"), (61, "not_eligible")):
        end = desk.clock() - timedelta(days=days)
        number = desk.assignment(scheduled_start=end, scheduled_end=end)
        assert desk.state(desk.escalate(number)) == state
