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
    town.sandbox.zendesk.webhook_policy = lambda d: "deliver" if b"request.submitted" in d.body else "drop"
    town.submit(number)
    assert len(town.calls("zendesk")) == 5, town.calls("zendesk")
    assert [c for c in town.calls("workmarket") if "authorization" not in c].__len__() == 2, town.calls(
        "workmarket"
    )


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
    
