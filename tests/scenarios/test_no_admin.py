"""A user who may only work tickets: the export is refused, and what webhooks missed is found all the same."""

from __future__ import annotations

import pytest

from parley.health.readiness import Health
from sync.reconciling.listing import EXPORT_ASKED_EVERY
from tests.beginning import WANDA
from tests.desk import MANAGER, Desk

AGENT = "ada@example.com"
WORD = "We will look at it tomorrow."


@pytest.fixture(autouse=True)
def as_an_agent(desk: Desk) -> None:
    """The account was set up by an admin; the desk runs as somebody who is none."""
    desk.zendesk.credentials.owner = AGENT


def deaf(desk: Desk) -> None:
    """From now on no webhook arrives, and nothing of before is news of the assignment."""
    desk.patrol()
    desk.zendesk.webhook_policy = desk.workmarket.webhook_policy = lambda _: "drop"


def test_a_request_that_no_webhook_told_of_is_found_within_ten_minutes(desk: Desk):
    deaf(desk)
    number = desk.assignment()
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    desk.patrol()
    assert desk.state(ticket) == "tier_1"
    assert len(desk.messages(number)) == 1


def test_an_agents_move_that_no_webhook_told_of_is_found_within_ten_minutes(desk: Desk):
    _, ticket = desk.begun()
    deaf(desk)
    desk.people.agent_update(ticket, tier=2)
    desk.patrol()
    assert desk.mails(ticket) == [MANAGER]


@pytest.mark.parametrize("end", ["delete", "spam"])
def test_a_deleted_ticket_is_noticed_though_no_list_has_it(desk: Desk, end: str):
    _, ticket = desk.begun()
    deaf(desk)
    getattr(desk.people, end)(ticket)
    desk.patrol()
    assert desk.state(ticket) == "withdrawn"


def test_what_happened_while_the_desk_was_off_is_found(desk: Desk):
    desk.reconcile()
    deaf(desk)
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", desk.assignment(), reason="approval_overdue")
    desk.for_(hours=30)
    desk.reconcile()
    assert desk.state(ticket) == "tier_1"


def test_a_change_is_looked_at_once_however_many_rounds_list_it(desk: Desk):
    desk.begun()
    desk.patrol()
    desk.sandbox.calls.clear()
    desk.patrol()
    assert not [call for call in desk.calls("zendesk") if call.endswith("/audits")]


def test_the_export_is_asked_for_again_after_an_hour_only_and_used_once_it_is_allowed(desk: Desk):
    desk.reconcile()
    desk.sandbox.calls.clear()
    desk.patrol()
    exports = "GET /api/v2/incremental/tickets/cursor"
    assert exports not in desk.calls("zendesk")
    desk.zendesk.credentials.owner = ""
    desk.for_(seconds=EXPORT_ASKED_EVERY.total_seconds())
    deaf(desk)
    ticket = desk.people.submit_request(WANDA, "Wanda Worker", desk.assignment(), reason="approval_overdue")
    desk.patrol()
    assert exports in desk.calls("zendesk")
    assert desk.state(ticket) == "tier_1"
    assert troubles(desk) == []


def test_readiness_says_how_lost_webhooks_are_found_and_for_whom_it_is_not_by_the_export(desk: Desk):
    assert troubles(desk) == []
    desk.reconcile()
    (said,) = troubles(desk)
    assert said == (
        "Our Zendesk user may not read the export of changed tickets, which takes an admin: what webhooks missed "
        "is found by listing tickets, which is slower and sees less."
    )


def test_readiness_says_since_when_and_why_lost_webhooks_are_not_found(desk: Desk):
    desk.zendesk.credentials.owner = ""
    desk.reconcile()
    since = desk.clock()
    for _ in range(6):
        desk.for_(minutes=5)
        desk.sandbox.faults.next("zendesk", "GET", "incremental", status=500, times=3)
        desk.reconcile()
    (said,) = troubles(desk)
    assert said == (
        f"What webhooks missed of tickets is not found since {since:%Y-%m-%d %H:%M} UTC: Zendesk answered 500."
    )
    desk.reconcile()
    assert troubles(desk) == []


def troubles(desk: Desk) -> list[str]:
    desk.app.tick()
    desk.live()
    health = Health(desk.app.store, desk.app.queue, desk.clock, kept_s=0)
    said: list[str] = health()["troubles"]
    return said


def test_each_part_has_a_heartbeat_of_its_own(desk: Desk):
    desk.zendesk.credentials.owner = ""
    for _ in range(7):
        desk.for_(minutes=5)
        desk.sandbox.faults.next("workmarket", "GET", "assignments/list", status=500, times=3)
        desk.reconcile()
    (said,) = troubles(desk)
    assert said.startswith("What webhooks missed of assignments is not found since ")
