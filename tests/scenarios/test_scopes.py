"""The calls of a whole case are made with tokens that cover them; every scenario runs on such tokens."""

from __future__ import annotations

import copy

from connector.zendesk.access.scopes import CALLS, SETS, TICKETS, call_of
from connector.zendesk.account.once import Once
from parley.inspection.rights import right_lines
from tests.scenarios.town import Town


def test_a_case_that_goes_through_every_tier_calls_nothing_that_is_not_listed(town: Town):
    _, ticket = town.begun(3)
    town.hand_in(town.assignment())
    town.reconcile()
    town.house.zendesk.whoami()
    made = {call_of(*call.split(" ", 1)) for call in town.calls("zendesk")}
    listed = {call for calls in CALLS.values() for call in calls}
    assert made <= listed
    assert set(town.zendesk.gate.minted) <= {one.asked for one in SETS}
    assert town.state(ticket) == "tier_3"


def test_audits_are_read_with_the_blanket_scope_and_no_call_is_refused_on_the_way(town: Town):
    _, ticket = town.begun()
    audits = [call for call in town.sandbox.calls if call.path.endswith("/audits")]
    assert audits
    assert {call.status for call in town.sandbox.calls if call.service == "zendesk"} <= {200, 201}
    assert town.state(ticket) == "tier_1"


def test_scopes_that_are_taken_from_the_client_hold_cases_up_until_they_are_back(town: Town):
    _, ticket = town.begun()
    town.zendesk.credentials.oauth_scopes = frozenset({"read"})
    town.zendesk.gate.revoke_all()
    town.agent(ticket, tier=2)
    town.for_(minutes=1)
    assert town.state(ticket) == "tier_1"
    waits = town.house.store.read(lambda tx: [row.error or "" for row in tx.outbox.unfinished()])
    assert any("may not have the scopes" in error for error in waits)
    town.zendesk.credentials.oauth_scopes = None
    town.for_(minutes=15)
    assert town.state(ticket) == "tier_2"
    assert TICKETS.asked in town.zendesk.gate.minted


def test_a_client_that_has_the_blanket_scopes_only_works_a_case_all_the_same(town: Town):
    town.zendesk.credentials.oauth_scopes = frozenset({"read", "write"})
    town.zendesk.gate.revoke_all()
    _, ticket = town.begun()
    town.agent(ticket, tier=2)
    town.for_(minutes=1)
    assert town.state(ticket) == "tier_2"


def test_trying_what_we_may_do_changes_nothing(town: Town):
    _, ticket = town.begun()
    before = copy.deepcopy(town.zendesk.account.tickets), len(town.zendesk.mails)
    lines = list(right_lines(town.house, Once(town.house.zendesk.channel)))
    assert [(what, grade) for what, grade, _ in lines] == [("calls", "ok")]
    assert f"PUT /api/v2/tickets/{ticket}" in town.calls("zendesk")
    assert (town.zendesk.account.tickets, len(town.zendesk.mails)) == before
