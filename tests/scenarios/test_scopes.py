"""The calls of a whole case are made with tokens that cover them; every scenario runs on such tokens."""

from __future__ import annotations

from connector.zendesk.scopes import CALLS, SETS, TICKETS, call_of
from tests.scenarios.town import Town

# What the blanket scopes are for while the desk runs; the rest of them is for setting the account up.
BLANKET = {
    "GET tickets/{id}/side_conversations",
    "GET tickets/{id}/side_conversations/{id}/events",
    "POST tickets/{id}/side_conversations",
}


def test_a_case_that_goes_through_every_tier_calls_nothing_that_is_not_listed(town: Town):
    _, ticket = town.begun(3)
    town.hand_in(town.assignment())
    town.reconcile()
    town.house.zendesk.whoami()
    made = {call_of(*call.split(" ", 1)) for call in town.calls("zendesk")}
    listed = {call for calls in CALLS.values() for call in calls}
    assert made <= listed | BLANKET
    assert set(town.zendesk.gate.minted) <= {one.asked for one in SETS}
    assert town.state(ticket) == "tier_3"


def test_a_scope_that_is_taken_from_the_client_holds_cases_up_until_it_is_back(town: Town):
    _, ticket = town.begun()
    town.zendesk.credentials.oauth_scopes = frozenset({"read", "write"})
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
