"""Accounts that lack something: the same process, shown by what Zendesk has there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from escalation.policies.policy import Policy
from sandbox.zendesk.behaviour import requests_of
from sandbox.zendesk.behaviour.ticket_engine import WEB
from tests.desk import MANAGER, NOT_ELIGIBLE, TIER_1, TIER_2, TRIED_FOR_AN_HOUR, Addresses, Desk, OpenDesk, ny

NO_STATUSES, NO_HOLD, NEITHER = ("custom_statuses",), ("on_hold",), ("custom_statuses", "on_hold")
WITHOUT = [NO_STATUSES, NO_HOLD, NEITHER]
OFF_PLATFORM = "Escalation::Off platform"
WAITS = {NO_STATUSES: "On-hold", NO_HOLD: "Open", NEITHER: "Open"}

Without = Callable[..., Desk]


@pytest.fixture
def desk_without(place: Addresses, policy: Policy) -> Iterator[Without]:
    """Opens a desk whose account lacks features: `desk_without("on_hold")`."""
    opened: list[Desk] = []

    def build(*features: str) -> Desk:
        opened.append(Desk(place, policy, without=features))
        return opened[-1]

    yield build
    for desk in opened:
        desk.close()


@pytest.fixture(params=WITHOUT, ids=" and ".join)
def lesser(request: pytest.FixtureRequest, desk_without: Without) -> tuple[Desk, str]:
    """A desk without one or both of them, and the status in which its tickets wait for the other side."""
    return desk_without(*request.param), WAITS[request.param]


def test_a_silent_client_takes_it_through_every_tier_and_off_the_platform(lesser: tuple[Desk, str]):
    desk, waiting = lesser
    number, ticket = desk.begun()
    assert (desk.status(ticket), desk.requesters_word(ticket)) == (waiting, waiting)
    assert desk.shown(ticket, "Escalation tier") == "escalation_tier_1"
    desk.until(ny("2026-03-04 10:01"))
    assert (desk.state(ticket), desk.status(ticket)) == ("tier_2", waiting)
    desk.until(ny("2026-03-06 10:01"))
    assert (desk.state(ticket), desk.status(ticket)) == ("tier_3", waiting)
    assert desk.shown(ticket, "Escalation tier") == "escalation_tier_3"
    desk.until(ny("2026-04-02 11:00"))
    assert desk.state(ticket) == "off_platform"
    assert desk.zendesk.ticket(ticket)["status"] == "solved"
    assert "adr.org" in desk.said(ticket)[-1]
    assert len(desk.messages(number)) == 1
    assert desk.zendesk.account.tickets[ticket].assignee_id is not None


def test_an_answer_opens_the_ticket_and_a_macro_takes_it_back_to_the_tier_it_was_in(
    lesser: tuple[Desk, str],
):
    """The tier field does not change here, so it is the macro's tag that says where to."""
    desk, waiting = lesser
    number, ticket = desk.begun()
    desk.message(number, "owner", "We are looking into it.")
    assert desk.state(ticket) == "other_side_responded"
    assert desk.zendesk.ticket(ticket)["status"] == "open"
    assert desk.shown(ticket, "Other side responded") is True
    for _ in range(2):
        desk.agent(ticket, macro=TIER_1)
        desk.for_(minutes=1)
        assert (desk.state(ticket), desk.status(ticket)) == ("tier_1", waiting)
        assert desk.shown(ticket, "Other side responded") is False
        desk.agent(ticket, fields={"Other side responded": True})
        assert desk.state(ticket) == "other_side_responded"
    assert len(desk.messages(number)) == 1


def test_an_agents_macro_moves_the_case_to_the_next_tier_and_writes_to_the_manager(
    lesser: tuple[Desk, str],
):
    desk, waiting = lesser
    _, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    desk.agent(ticket, macro=TIER_2)
    desk.for_(minutes=1)
    assert (desk.state(ticket), desk.status(ticket)) == ("tier_2", waiting)
    assert desk.mails(ticket) == [MANAGER]
    assert len(desk.said(ticket)) == 2
    assert desk.due(ticket, "tier_ends") == ny("2026-03-05 10:00")


@pytest.mark.parametrize(("macro", "state"), [(NOT_ELIGIBLE, "not_eligible"), (OFF_PLATFORM, "off_platform")])
def test_a_macro_that_ends_the_case_ends_it_in_its_own_state(lesser: tuple[Desk, str], macro: str, state: str):
    desk, _ = lesser
    _, ticket = desk.begun()
    desk.agent(ticket, macro=macro)
    assert (desk.state(ticket), desk.zendesk.ticket(ticket)["status"]) == (state, "solved")
    said = desk.said(ticket)
    desk.until(ny("2026-04-10 10:00"))
    assert desk.said(ticket) == said


@pytest.mark.parametrize("without", [NO_STATUSES, NO_HOLD])
def test_the_macro_of_the_tier_it_is_in_counts_as_an_update_and_no_more(desk_without: Without, without: tuple[str]):
    desk = desk_without(*without)
    number, ticket = desk.begun()
    desk.until(ny("2026-03-03 10:00"))
    for _ in range(2):
        desk.agent(ticket, macro=TIER_1)
        desk.for_(minutes=1)
    assert desk.due(ticket, "tier_ends") == ny("2026-03-04 10:00")
    assert len(desk.messages(number)) == 1


@pytest.mark.parametrize("status", ["Pending", "Open"])
def test_a_status_set_by_hand_moves_nothing(lesser: tuple[Desk, str], status: str):
    desk, _ = lesser
    _, ticket = desk.begun()
    desk.agent(ticket, status=status)
    assert desk.state(ticket) == "tier_1"
    assert desk.due(ticket, "tier_ends") == ny("2026-03-04 10:00")


def test_a_second_request_joins_the_first_and_is_solved(lesser: tuple[Desk, str]):
    desk, _ = lesser
    number, first = desk.begun()
    second = desk.submit(number)
    assert desk.state(second) == "joined"
    assert desk.zendesk.ticket(second)["status"] == "solved"
    assert f"#{first}" in desk.said(second)[-1]


def test_solved_by_hand_ends_the_case(lesser: tuple[Desk, str]):
    desk, _ = lesser
    _, ticket = desk.begun()
    desk.people.solve(ticket)
    desk.live()
    assert (desk.state(ticket), desk.status(ticket)) == ("resolved", "Solved")


def test_what_an_agent_chose_besides_the_macro_is_what_counts(desk_without: Without):
    desk = desk_without("custom_statuses")
    number, ticket = desk.begun()
    desk.message(number, "owner", "We are looking into it.")
    desk.agent(ticket, macro=TIER_1, status="Solved")
    assert desk.state(ticket) == "resolved"


def test_a_request_that_is_too_early_waits_and_goes_on_by_itself(lesser: tuple[Desk, str]):
    desk, waiting = lesser
    ticket = desk.submit(desk.assignment(ago=timedelta(days=4)))
    assert (desk.state(ticket), desk.status(ticket)) == ("waiting_for_date", waiting)
    desk.until(desk.due(ticket, "date_reached") + timedelta(minutes=1))
    assert (desk.state(ticket), desk.status(ticket)) == ("tier_1", waiting)


@pytest.mark.parametrize(
    ("before", "feature", "shown"),
    [((), "custom_statuses", "hold"), ((), "on_hold", "open"), (NO_STATUSES, "on_hold", "open")],
)
def test_after_a_feature_was_switched_off_an_update_waits_for_apply(
    desk_without: Without, before: tuple[str, ...], feature: str, shown: str
):
    desk = desk_without(*before)
    _, ticket = desk.begun()
    setattr(desk.zendesk.features, feature, False)
    desk.until(ny("2026-03-04 10:20"))
    assert len(desk.said(ticket)) == 1
    desk.set_up_again()
    desk.for_(minutes=6)
    assert (desk.state(ticket), desk.zendesk.ticket(ticket)["status"]) == ("tier_2", shown)
    assert desk.shown(ticket, "Escalation tier") == "escalation_tier_2"
    assert len(desk.said(ticket)) == 2


def test_what_waits_for_apply_goes_on_by_itself_however_long_it_waited(open_desk: OpenDesk):
    desk = open_desk(retry_waits=TRIED_FOR_AN_HOUR)
    _, ticket = desk.begun()
    desk.zendesk.features.custom_statuses = False
    desk.until(ny("2026-03-04 14:00"))  # longer than anything is tried before it becomes a dead letter
    assert desk.dead() == []
    assert "Run `parley zendesk apply`." in desk.left()
    desk.set_up_again()
    desk.for_(minutes=6)
    assert (desk.state(ticket), desk.status(ticket)) == ("tier_2", "On-hold")
    assert len(desk.said(ticket)) == 2


def test_a_feature_that_is_switched_on_later_shows_the_states_from_the_next_move_on(desk_without: Without):
    desk = desk_without("custom_statuses", "on_hold")
    _, ticket = desk.begun()
    desk.zendesk.features.custom_statuses = desk.zendesk.features.on_hold = True
    desk.set_up_again()
    assert desk.status(ticket) == "Open"
    desk.until(ny("2026-03-04 10:01"))
    assert desk.status(ticket) == "Tier 2: direct contact"
    desk.agent(ticket, macro=TIER_1)
    desk.for_(minutes=1)
    assert (desk.state(ticket), desk.status(ticket)) == ("tier_1", "Tier 1: assignment message")


# One form


@pytest.fixture
def shared(desk_without: Without) -> Desk:
    """A desk whose Zendesk has one form for everything."""
    return desk_without("several_forms")


def test_on_the_only_form_a_request_goes_its_way(shared: Desk):
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


def other_ticket(desk: Desk) -> int:
    wanted = {"subject": "Login", "comment": {"body": "I can't log in."}}
    with desk.zendesk.lock:
        user = desk.zendesk.account.add_user("Otto Other", "otto@example.com", verified=True)
        ticket = requests_of.submit(desk.zendesk.engine, wanted, user, WEB).id
    desk.live()
    return ticket


def test_another_request_on_that_form_is_left_alone(shared: Desk):
    ticket = other_ticket(shared)
    audits = len(shared.zendesk.audits(ticket))
    shared.for_(minutes=10)
    shared.reconcile()
    assert shared.app.store.read(lambda tx: tx.cases.by_ticket(str(ticket))) is None
    assert len(shared.zendesk.audits(ticket)) == audits
    shared.clock.move(timedelta(days=7))
    assert shared.zendesk.run_automations() == []


def test_an_agent_makes_another_request_an_escalation_by_filling_the_field_in(shared: Desk):
    number, ticket = shared.assignment(), other_ticket(shared)
    fields = {"I am the": "escalation_party_worker", "WorkMarket assignment ID": number}
    shared.agent(ticket, fields=fields)
    assert shared.case(ticket).assignment_id == number


def test_a_request_without_the_assignments_number_is_asked_for_it(shared: Desk):
    ticket = shared.submit("", assignment_id=None)
    assert shared.status(ticket) == "Waiting on requester"


def test_a_request_from_elsewhere_is_told_by_its_field_too(shared: Desk):
    number = shared.assignment()
    assert shared.hand_in(number).status_code == 202
    (ticket,) = shared.tickets()
    assert shared.state(ticket) == "tier_1"


def test_what_no_webhook_told_is_found_on_the_only_form(shared: Desk):
    shared.zendesk.webhook_policy = lambda _: "drop"
    ticket = shared.submit(shared.assignment())
    shared.for_(minutes=10)
    shared.reconcile()
    assert shared.state(ticket) == "tier_1"


def test_with_a_form_of_our_own_later_open_cases_go_on(shared: Desk):
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
