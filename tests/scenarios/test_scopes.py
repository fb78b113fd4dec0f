"""The calls of a whole case are made with tokens that cover them; every scenario runs on such tokens."""

from __future__ import annotations

import copy

from connector.zendesk.access.scopes import CALLS, SETS, TICKETS, call_of
from connector.zendesk.account.once import Once
from parley.inspection.rights import right_lines
from tests.desk import Desk


def test_a_case_that_goes_through_every_tier_calls_nothing_that_is_not_listed(desk: Desk):
    _, ticket = desk.begun(3)
    desk.hand_in(desk.assignment())
    desk.reconcile()
    desk.app.zendesk.whoami()
    made = {call_of(*call.split(" ", 1)) for call in desk.calls("zendesk")}
    listed = {call for calls in CALLS.values() for call in calls}
    assert made <= listed
    assert set(desk.zendesk.gate.minted) <= {one.asked for one in SETS}
    assert desk.state(ticket) == "tier_3"


def test_audits_are_read_with_the_blanket_scope_and_no_call_is_refused_on_the_way(desk: Desk):
    _, ticket = desk.begun()
    audits = [call for call in desk.sandbox.calls if call.path.endswith("/audits")]
    assert audits
    assert {call.status for call in desk.sandbox.calls if call.service == "zendesk"} <= {200, 201}
    assert desk.state(ticket) == "tier_1"


def test_scopes_that_are_taken_from_the_client_hold_cases_up_until_they_are_back(desk: Desk):
    _, ticket = desk.begun()
    desk.zendesk.credentials.oauth_scopes = frozenset({"read"})
    desk.zendesk.gate.revoke_all()
    desk.agent(ticket, tier=2)
    desk.for_(minutes=1)
    assert desk.state(ticket) == "tier_1"
    waits = desk.app.store.read(lambda tx: [row.error or "" for row in tx.outbox.unfinished()])
    assert any("may not have the scopes" in error for error in waits)
    desk.zendesk.credentials.oauth_scopes = None
    desk.for_(minutes=15)
    assert desk.state(ticket) == "tier_2"
    assert TICKETS.asked in desk.zendesk.gate.minted


def test_a_client_that_has_the_blanket_scopes_only_works_a_case_all_the_same(desk: Desk):
    desk.zendesk.credentials.oauth_scopes = frozenset({"read", "write"})
    desk.zendesk.gate.revoke_all()
    _, ticket = desk.begun()
    desk.agent(ticket, tier=2)
    desk.for_(minutes=1)
    assert desk.state(ticket) == "tier_2"


def test_trying_what_we_may_do_changes_nothing(desk: Desk):
    _, ticket = desk.begun()
    before = copy.deepcopy(desk.zendesk.account.tickets), len(desk.zendesk.mails)
    lines = list(right_lines(desk.app, Once(desk.app.zendesk.channel)))
    assert [(what, grade) for what, grade, _ in lines] == [("calls", "ok")]
    assert f"PUT /api/v2/tickets/{ticket}" in desk.calls("zendesk")
    assert (desk.zendesk.account.tickets, len(desk.zendesk.mails)) == before
