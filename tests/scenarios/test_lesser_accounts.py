"""Accounts that lack something: the same process, shown by what Zendesk has there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from escalation.policies.policy import Policy
from sandbox.zendesk.behaviour import requests_of
from sandbox.zendesk.behaviour.ticket_engine import WEB
from tests.scenarios.town import MANAGER, NOT_ELIGIBLE, TIER_1, TIER_2, Place, Town, ny

NO_STATUSES, NO_HOLD, NEITHER = ("custom_statuses",), ("on_hold",), ("custom_statuses", "on_hold")
WITHOUT = [NO_STATUSES, NO_HOLD, NEITHER]
OFF_PLATFORM = "Escalation::Off platform"
WAITS = {NO_STATUSES: "On-hold", NO_HOLD: "Open", NEITHER: "Open"}

Without = Callable[..., Town]


@pytest.fixture
def town_without(place: Place, policy: Policy) -> Iterator[Without]:
    """Opens a town whose account lacks features: `town_without("on_hold")`."""
    opened: list[Town] = []

    def build(*features: str) -> Town:
        opened.append(Town(place, policy, without=features))
        return opened[-1]

    yield build
    for town in opened:
        town.close()


@pytest.fixture(params=WITHOUT, ids=" and ".join)
def lesser(request: pytest.FixtureRequest, town_without: Without) -> tuple[Town, str]:
    """A town without one or both of them, and the status in which its tickets wait for the other side."""
    return town_without(*request.param), WAITS[request.param]


def test_a_silent_client_takes_it_through_every_tier_and_off_the_platform(lesser: tuple[Town, str]):
    town, waiting = lesser
    number, ticket = town.begun()
    assert (town.status(ticket), town.requesters_word(ticket)) == (waiting, waiting)
    assert town.shown(ticket, "Escalation tier") == "escalation_tier_1"
    town.until(ny("2026-03-04 10:01"))
    assert (town.state(ticket), town.status(ticket)) == ("tier_2", waiting)
    town.until(ny("2026-03-06 10:01"))
    assert (town.state(ticket), town.status(ticket)) == ("tier_3", waiting)
    assert town.shown(ticket, "Escalation tier") == "escalation_tier_3"
    town.until(ny("2026-04-02 11:00"))
    assert town.state(ticket) == "off_platform"
    assert town.zendesk.ticket(ticket)["status"] == "solved"
    assert "adr.org" in town.said(ticket)[-1]
    assert len(town.messages(number)) == 1
    assert town.zendesk.account.tickets[ticket].assignee_id is not None


def test_an_answer_opens_the_ticket_and_a_macro_takes_it_back_to_the_tier_it_was_in(lesser: tuple[Town, str]):
    """The tier field does not change here, so it is the macro's tag that says where to."""
    town, waiting = lesser
    number, ticket = town.begun()
    town.message(number, "owner", "We are looking into it.")
    assert town.state(ticket) == "other_side_responded"
    assert town.zendesk.ticket(ticket)["status"] == "open"
    assert town.shown(ticket, "Other side responded") is True
    for _ in range(2):
        town.agent(ticket, macro=TIER_1)
        town.for_(minutes=1)
        assert (town.state(ticket), town.status(ticket)) == ("tier_1", waiting)
        assert town.shown(ticket, "Other side responded") is False
        town.agent(ticket, fields={"Other side responded": True})
        assert town.state(ticket) == "other_side_responded"
    assert len(town.messages(number)) == 1


def test_an_agents_macro_moves_the_case_to_the_next_tier_and_writes_to_the_manager(lesser: tuple[Town, str]):
    town, waiting = lesser
    _, ticket = town.begun()
    town.until(ny("2026-03-03 10:00"))
    town.agent(ticket, macro=TIER_2)
    town.for_(minutes=1)
    assert (town.state(ticket), town.status(ticket)) == ("tier_2", waiting)
    assert town.mails(ticket) == [MANAGER]
    assert len(town.said(ticket)) == 2
    assert town.due(ticket, "tier_ends") == ny("2026-03-05 10:00")


@pytest.mark.parametrize(("macro", "state"), [(NOT_ELIGIBLE, "not_eligible"), (OFF_PLATFORM, "off_platform")])
def test_a_macro_that_ends_the_case_ends_it_in_its_own_state(lesser: tuple[Town, str], macro: str, state: str):
    town, _ = lesser
    _, ticket = town.begun()
    town.agent(ticket, macro=macro)
    assert (town.state(ticket), town.zendesk.ticket(ticket)["status"]) == (state, "solved")
    said = town.said(ticket)
    town.until(ny("2026-04-10 10:00"))
    assert town.said(ticket) == said


@pytest.mark.parametrize("without", [NO_STATUSES, NO_HOLD])
def test_the_macro_of_the_tier_it_is_in_counts_as_an_update_and_no_more(town_without: Without, without: tuple[str]):
    town = town_without(*without)
    number, ticket = town.begun()
    town.until(ny("2026-03-03 10:00"))
    for _ in range(2):
        town.agent(ticket, macro=TIER_1)
        town.for_(minutes=1)
    assert town.due(ticket, "tier_ends") == ny("2026-03-04 10:00")
    assert len(town.messages(number)) == 1


@pytest.mark.parametrize("status", ["Pending", "Open"])
def test_a_status_set_by_hand_moves_nothing(lesser: tuple[Town, str], status: str):
    town, _ = lesser
    _, ticket = town.begun()
    town.agent(ticket, status=status)
    assert town.state(ticket) == "tier_1"
    assert town.due(ticket, "tier_ends") == ny("2026-03-04 10:00")


def test_a_second_request_joins_the_first_and_is_solved(lesser: tuple[Town, str]):
    town, _ = lesser
    number, first = town.begun()
    second = town.submit(number)
    assert town.state(second) == "joined"
    assert town.zendesk.ticket(second)["status"] == "solved"
    assert f"#{first}" in town.said(second)[-1]


def test_solved_by_hand_ends_the_case(lesser: tuple[Town, str]):
    town, _ = lesser
    _, ticket = town.begun()
    town.people.solve(ticket)
    town.live()
    assert (town.state(ticket), town.status(ticket)) == ("resolved", "Solved")


def test_what_an_agent_chose_besides_the_macro_is_what_counts(town_without: Without):
    town = town_without("custom_statuses")
    number, ticket = town.begun()
    town.message(number, "owner", "We are looking into it.")
    town.agent(ticket, macro=TIER_1, status="Solved")
    assert town.state(ticket) == "resolved"


def test_a_request_that_is_too_early_waits_and_goes_on_by_itself(lesser: tuple[Town, str]):
    town, waiting = lesser
    ticket = town.submit(town.assignment(ago=timedelta(days=4)))
    assert (town.state(ticket), town.status(ticket)) == ("waiting_for_date", waiting)
    town.until(town.due(ticket, "date_reached") + timedelta(minutes=1))
    assert (town.state(ticket), town.status(ticket)) == ("tier_1", waiting)


@pytest.mark.parametrize(
    ("before", "feature", "shown"),
    [((), "custom_statuses", "hold"), ((), "on_hold", "open"), (NO_STATUSES, "on_hold", "open")],
)
def test_after_a_feature_was_switched_off_an_update_waits_for_apply(
    town_without: Without, before: tuple[str, ...], feature: str, shown: str
):
    town = town_without(*before)
    _, ticket = town.begun()
    setattr(town.zendesk.features, feature, False)
    town.until(ny("2026-03-04 10:20"))
    assert len(town.said(ticket)) == 1
    town.set_up_again()
    town.for_(minutes=6)
    assert (town.state(ticket), town.zendesk.ticket(ticket)["status"]) == ("tier_2", shown)
    assert town.shown(ticket, "Escalation tier") == "escalation_tier_2"
    assert len(town.said(ticket)) == 2


def test_what_waits_for_apply_goes_on_by_itself_however_long_it_waited(town: Town):
    _, ticket = town.begun()
    town.zendesk.features.custom_statuses = False
    town.until(ny("2026-03-08 14:00"))
    assert town.dead() == []
    assert "Run `parley zendesk apply`." in town.left()
    town.set_up_again()
    town.for_(minutes=6)
    assert (town.state(ticket), town.status(ticket)) == ("tier_2", "On-hold")
    assert len(town.said(ticket)) == 2


def test_a_feature_that_is_switched_on_later_shows_the_states_from_the_next_move_on(town_without: Without):
    town = town_without("custom_statuses", "on_hold")
    _, ticket = town.begun()
    town.zendesk.features.custom_statuses = town.zendesk.features.on_hold = True
    town.set_up_again()
    assert town.status(ticket) == "Open"
    town.until(ny("2026-03-04 10:01"))
    assert town.status(ticket) == "Tier 2: direct contact"
    town.agent(ticket, macro=TIER_1)
    town.for_(minutes=1)
    assert (town.state(ticket), town.status(ticket)) == ("tier_1", "Tier 1: assignment message")


# One form


@pytest.fixture
def shared(town_without: Without) -> Town:
    """A town whose Zendesk has one form for everything."""
    return town_without("several_forms")


def test_on_the_only_form_a_request_goes_its_way(shared: Town):
    number = shared.assignment()
    ticket = shared.submit(number)
    assert (shared.state(ticket), shared.status(ticket)) == ("tier_1", "Tier 1: assignment message")
    shared.message(number, "owner", "We are looking into it.")
    assert shared.status(ticket) == "Other side responded"
    shared.agent(ticket, macro=TIER_2)
    shared.for_(minutes=1)
    assert shared.status(ticket) == "Tier 2: direct contact"
    shared.until(ny("2026-04-02 11:00"))
    assert shared.status(ticket) == "Closed: off platform"


def other_ticket(town: Town) -> int:
    wanted = {"subject": "Login", "comment": {"body": "I can't log in."}}
    with town.zendesk.lock:
        user = town.zendesk.account.add_user("Otto Other", "otto@example.com", verified=True)
        ticket = requests_of.submit(town.zendesk.engine, wanted, user, WEB).id
    town.live()
    return ticket


def test_another_request_on_that_form_is_left_alone(shared: Town):
    ticket = other_ticket(shared)
    audits = len(shared.zendesk.audits(ticket))
    shared.for_(minutes=10)
    shared.reconcile()
    assert shared.house.store.read(lambda tx: tx.cases.by_ticket(str(ticket))) is None
    assert len(shared.zendesk.audits(ticket)) == audits
    shared.clock.move(timedelta(days=7))
    assert shared.zendesk.run_automations() == []


def test_an_agent_makes_another_request_an_escalation_by_filling_the_field_in(shared: Town):
    number, ticket = shared.assignment(), other_ticket(shared)
    fields = {"I am the": "escalation_party_worker", "WorkMarket assignment ID": number}
    shared.agent(ticket, fields=fields)
    assert shared.case(ticket).assignment_id == number


def test_a_request_without_the_assignments_number_is_asked_for_it(shared: Town):
    ticket = shared.submit("", assignment_id=None)
    assert shared.status(ticket) == "Waiting on requester"


def test_a_request_from_elsewhere_is_told_by_its_field_too(shared: Town):
    number = shared.assignment()
    assert shared.hand_in(number).status_code == 202
    (ticket,) = shared.tickets()
    assert shared.state(ticket) == "tier_1"


def test_what_no_webhook_told_is_found_on_the_only_form(shared: Town):
    shared.zendesk.webhook_policy = lambda _: "drop"
    ticket = shared.submit(shared.assignment())
    shared.for_(minutes=10)
    shared.reconcile()
    assert shared.state(ticket) == "tier_1"


def test_with_a_form_of_our_own_later_open_cases_go_on(shared: Town):
    _, ticket = shared.begun()
    shared.zendesk.features.several_forms = True
    shared.set_up_again()
    shared.for_(minutes=10)
    shared.reconcile()
    shared.agent(ticket, tier=2)
    shared.for_(minutes=10)
    shared.reconcile()
    shared.for_(minutes=1)
    assert shared.status(ticket) == "Tier 2: direct contact"
    assert shared.state(shared.submit(shared.assignment())) == "tier_1"
