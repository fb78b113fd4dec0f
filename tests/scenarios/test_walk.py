"""A worker's request walks the tiers."""

from datetime import UTC, datetime

from escalation.model.values import Party
from tests.desk import Desk, OpenDesk, both_parties


@both_parties
def test_an_eligible_request_goes_to_tier_1(desk: Desk):
    number = desk.assignment()
    ticket = desk.escalate(number)
    assert desk.state(ticket) == "tier_1"
    assert desk.status(ticket) == "Tier 1: assignment message"
    assert len(desk.messages(number)) == 1
    assert len(desk.said(ticket)) == 1


def test_straight_to_tier_1_costs_five_calls_of_zendesk_and_two_of_workmarket(desk: Desk):
    number = desk.assignment()
    desk.without_echoes()
    desk.submit(number)
    assert len(desk.calls("zendesk")) == 5
    assert desk.calls("workmarket") == [
        "POST /v1/employer/authorization/request",
        "GET /v1/employer/assignments/get",
        "POST /v1/employer/assignments/add_note",
    ]


def test_a_later_update_costs_three_calls_of_zendesk(open_desk: OpenDesk):
    desk = open_desk(tier_1_hours=480)
    number = desk.assignment()
    desk.without_echoes()
    ticket = desk.submit(number)
    desk.until(datetime(2026, 3, 9, 14, 0, tzinfo=UTC))
    desk.sandbox.calls.clear()
    desk.until(datetime(2026, 3, 10, 14, 30, tzinfo=UTC))
    assert len(desk.said(ticket)) == 4
    assert len(desk.calls("zendesk")) == 3


@both_parties
def test_a_silent_other_side_takes_it_through_every_tier_and_off_the_platform(desk: Desk):
    number = desk.assignment()
    ticket = desk.escalate(number)
    desk.until(datetime(2026, 3, 4, 15, 10, tzinfo=UTC))
    assert desk.state(ticket) == "tier_2"
    desk.until(datetime(2026, 3, 6, 15, 10, tzinfo=UTC))
    assert desk.state(ticket) == "tier_3"
    desk.until(datetime(2026, 4, 2, 16, 0, tzinfo=UTC))
    assert desk.state(ticket) == "off_platform"
    assert ("adr.org" in desk.said(ticket)[-1]) == (desk.party is Party.WORKER)
    assert len(desk.messages(number)) == 1
    assert desk.mails(ticket) == [desk.their_address]
