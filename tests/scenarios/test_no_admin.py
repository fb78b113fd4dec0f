"""A user who may only work tickets: the export is refused, and what webhooks missed is found all the same."""

from __future__ import annotations

import pytest

from parley.health.readiness import Health
from sync.reconciling.listing import EXPORT_ASKED_EVERY
from tests.scenarios.town import MANAGER, WANDA, Town

AGENT = "ada@example.com"
WORD = "We will look at it tomorrow."


@pytest.fixture(autouse=True)
def as_an_agent(town: Town) -> None:
    """The account was set up by an admin; the desk runs as somebody who is none."""
    town.zendesk.credentials.owner = AGENT


def deaf(town: Town) -> None:
    """From now on no webhook arrives, and nothing of before is news of the assignment."""
    town.patrol()
    town.zendesk.webhook_policy = town.workmarket.webhook_policy = lambda _: "drop"


def test_a_request_that_no_webhook_told_of_is_found_within_ten_minutes(town: Town):
    deaf(town)
    number = town.assignment()
    ticket = town.people.submit_request(WANDA, "Wanda Worker", number, reason="approval_overdue")
    town.patrol()
    assert town.state(ticket) == "tier_1"
    assert len(town.messages(number)) == 1


def test_an_agents_move_that_no_webhook_told_of_is_found_within_ten_minutes(town: Town):
    _, ticket = town.begun()
    deaf(town)
    town.people.agent_update(ticket, tier=2)
    town.patrol()
    assert town.mails(ticket) == [MANAGER]


@pytest.mark.parametrize("end", ["delete", "spam"])
def test_a_deleted_ticket_is_noticed_though_no_list_has_it(town: Town, end: str):
    _, ticket = town.begun()
    deaf(town)
    getattr(town.people, end)(ticket)
    town.patrol()
    assert town.state(ticket) == "withdrawn"


def test_what_happened_while_the_desk_was_off_is_found(town: Town):
    town.reconcile()
    deaf(town)
    ticket = town.people.submit_request(WANDA, "Wanda Worker", town.assignment(), reason="approval_overdue")
    town.for_(hours=30)
    town.reconcile()
    assert town.state(ticket) == "tier_1"


def test_a_change_is_looked_at_once_however_many_rounds_list_it(town: Town):
    town.begun()
    town.patrol()
    town.sandbox.calls.clear()
    town.patrol()
    assert not [call for call in town.calls("zendesk") if call.endswith("/audits")]


def test_the_export_is_asked_for_again_after_an_hour_only_and_used_once_it_is_allowed(town: Town):
    town.reconcile()
    town.sandbox.calls.clear()
    town.patrol()
    exports = "GET /api/v2/incremental/tickets/cursor"
    assert exports not in town.calls("zendesk")
    town.zendesk.credentials.owner = ""
    town.for_(seconds=EXPORT_ASKED_EVERY.total_seconds())
    deaf(town)
    ticket = town.people.submit_request(WANDA, "Wanda Worker", town.assignment(), reason="approval_overdue")
    town.patrol()
    assert exports in town.calls("zendesk")
    assert town.state(ticket) == "tier_1"
    assert troubles(town) == []


def test_readiness_says_how_lost_webhooks_are_found_and_for_whom_it_is_not_by_the_export(town: Town):
    assert troubles(town) == []
    town.reconcile()
    (said,) = troubles(town)
    assert said == (
        "Our Zendesk user may not read the export of changed tickets, which takes an admin: what webhooks missed "
        "is found by listing tickets, which is slower and sees less."
    )


def test_readiness_says_since_when_and_why_lost_webhooks_are_not_found(town: Town):
    town.zendesk.credentials.owner = ""
    town.reconcile()
    since = town.clock()
    for _ in range(6):
        town.for_(minutes=5)
        town.sandbox.faults.next("zendesk", "GET", "incremental", status=500, times=3)
        town.reconcile()
    (said,) = troubles(town)
    assert said == (
        f"What webhooks missed of tickets is not found since {since:%Y-%m-%d %H:%M} UTC: Zendesk answered 500."
    )
    town.reconcile()
    assert troubles(town) == []


def troubles(town: Town) -> list[str]:
    town.house.tick()
    town.live()
    health = Health(town.house.store, town.house.queue, town.clock, kept_s=0)
    said: list[str] = health()["troubles"]
    return said


def test_each_part_has_a_heartbeat_of_its_own(town: Town):
    town.zendesk.credentials.owner = ""
    for _ in range(7):
        town.for_(minutes=5)
        town.sandbox.faults.next("workmarket", "GET", "assignments/list", status=500, times=3)
        town.reconcile()
    (said,) = troubles(town)
    assert said.startswith("What webhooks missed of assignments is not found since ")
