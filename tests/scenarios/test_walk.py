"""A worker's request walks the tiers."""

from datetime import UTC, datetime

from tests.scenarios.town import Town


def test_an_eligible_request_goes_to_tier_1(town: Town):
    number = town.assignment()
    ticket = town.submit(number)
    assert town.state(ticket) == "tier_1"
    assert town.status(ticket) == "Tier 1: assignment message"
    assert len(town.messages(number)) == 1
    assert len(town.said(ticket)) == 1


def test_straight_to_tier_1_costs_five_calls_of_zendesk_and_two_of_workmarket(town: Town):
    number = town.assignment()
    town.without_echoes()
    town.submit(number)
    assert len(town.calls("zendesk")) == 5
    assert town.calls("workmarket") == [
        "POST /v1/employer/authorization/request",
        "GET /v1/employer/assignments/get",
        "POST /v1/employer/assignments/add_note",
    ]


def test_a_later_update_costs_three_calls_of_zendesk(town: Town):
    number = town.assignment()
    town.without_echoes()
    ticket = town.submit(number)
    town.until(datetime(2026, 3, 9, 14, 0, tzinfo=UTC))
    town.sandbox.calls.clear()
    town.until(datetime(2026, 3, 10, 14, 30, tzinfo=UTC))
    assert len(town.said(ticket)) == 4
    assert len(town.calls("zendesk")) == 3


def test_a_silent_client_takes_it_through_every_tier_and_off_the_platform(town: Town):
    number = town.assignment()
    ticket = town.submit(number)
    town.until(datetime(2026, 3, 4, 15, 10, tzinfo=UTC))
    assert town.state(ticket) == "tier_2"
    town.until(datetime(2026, 3, 6, 15, 10, tzinfo=UTC))
    assert town.state(ticket) == "tier_3"
    town.until(datetime(2026, 4, 2, 16, 0, tzinfo=UTC))
    assert town.state(ticket) == "off_platform"
    assert "adr.org" in town.said(ticket)[-1]
