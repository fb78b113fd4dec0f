"""Where an account can't have a status of ours: what is written instead, and what a macro's tag says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connector.errors import Misconfigured
from connector.zendesk import AccountIds, ZendeskClient
from connector.zendesk.tickets.audits import audits_of, updates_of
from connector.zendesk.tickets.parse import ticket_view, users_of
from escalation.model.effects import UpdateTicket
from escalation.model.values import State
from escalation.model.views import Update
from tests.integration.connector.conftest import IDS, NOW
from tests.integration.connector.records import USERS, audit, change, shown, updated
from tests.integration.connector.stub_server import StubServer

PUT = "/api/v2/tickets/35"
PLAIN = {"needs_review": "open", "tier_1": "hold", "tier_2": "hold", "not_eligible": "solved"}
LESSER = replace(IDS, statuses={}, categories={}, plain=PLAIN)
WAITS_OPEN = replace(LESSER, plain={**PLAIN, "tier_1": "open", "tier_2": "open"})


@pytest.fixture
def zendesk(stub: StubServer, zendesk_at: Callable[..., ZendeskClient]) -> ZendeskClient:
    return zendesk_at(stub.url, ids=lambda: LESSER)


def told(raw: dict[str, Any], ids: AccountIds = LESSER) -> Update:
    (one,) = audits_of({"audits": [raw]}, "35")
    (update,) = updates_of(one, ticket_view(shown(), "35", ids), users_of({"users": USERS}), ids)
    return update


def tagged(*tags: str, before: tuple[str, ...] = ()) -> dict[str, Any]:
    return change("tags", [*before, *(f"escalation_state_{tag}" for tag in tags)], list(before))


def sent(stub: StubServer, zendesk: ZendeskClient, **parts: Any) -> dict[str, Any]:
    stub.on("PUT", PUT, updated())
    zendesk.write(UpdateTicket("e1", "35", **parts), stamp=NOW)
    body: dict[str, Any] = stub.asked[-1].json["ticket"]
    return body


def test_a_state_without_a_custom_status_is_set_by_zendesks_own(stub: StubServer, zendesk: ZendeskClient) -> None:
    body = sent(stub, zendesk, status=State.TIER_1)
    assert body["status"] == "hold"
    assert "custom_status_id" not in body


def test_setting_a_status_takes_the_macros_tags_off_so_that_they_can_be_added_again(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    body = sent(stub, zendesk, status=State.TIER_1, remove_tags=("a",))
    assert body["remove_tags"] == ["a", *(f"escalation_state_{state}" for state in PLAIN)]


def test_an_update_without_a_status_leaves_the_tags(stub: StubServer, zendesk: ZendeskClient) -> None:
    assert "remove_tags" not in sent(stub, zendesk, add_tags=("a",))


def test_a_state_that_is_known_in_neither_way_waits_for_apply(zendesk: ZendeskClient) -> None:
    with pytest.raises(Misconfigured, match="apply"):
        zendesk.write(UpdateTicket("e1", "35", status=State.WITHDRAWN), stamp=NOW)


def test_a_macros_tag_says_which_state_is_meant() -> None:
    update = told(audit(1, change("status", "solved", "hold"), tagged("not_eligible", before=("x",))))
    assert update.changes == {"status": "not_eligible"}


def test_a_category_without_a_tag_is_told_as_it_is() -> None:
    assert told(audit(1, change("status", "hold", "open"))).changes == {"status": "hold"}


def test_another_status_chosen_beside_the_macro_is_what_counts() -> None:
    assert told(audit(1, change("status", "solved", "open"), tagged("tier_1"))).changes == {"status": "solved"}


def test_a_tag_that_moves_nothing_says_nothing() -> None:
    assert told(audit(1, tagged("tier_1"))).changes == {}


def test_where_waiting_is_open_a_tag_says_it_alone() -> None:
    assert told(audit(1, tagged("tier_1")), WAITS_OPEN).changes == {"status": "tier_1"}


def test_two_states_at_once_are_none() -> None:
    update = told(audit(1, change("status", "hold", "open"), tagged("tier_1", "tier_2")))
    assert update.changes == {"status": "hold"}


def test_a_tag_that_was_there_before_says_nothing() -> None:
    before = ("escalation_state_tier_1",)
    update = told(audit(1, change("status", "hold", "open"), change("tags", [*before, "x"], list(before))))
    assert update.changes == {"status": "hold"}


def test_a_tag_that_a_rule_adds_in_the_requesters_update_is_not_the_requesters_doing() -> None:
    by_rule = {"via": {"channel": "rule", "source": {"rel": "trigger"}}}
    raw = audit(
        1, {**change("status", "solved", "hold"), **by_rule}, {**tagged("not_eligible"), **by_rule}, author=500
    )
    assert told(raw).changes == {}


def test_a_custom_status_of_ours_goes_before_a_tag() -> None:
    ids = replace(IDS, plain={"tier_2": "open"})
    update = told(audit(1, change("custom_status_id", "201", "299"), tagged("tier_2")), ids)
    assert update.changes == {"status": "needs_review"}


def test_what_is_known_survives_being_stored() -> None:
    assert AccountIds.from_json(LESSER.to_json()) == LESSER
    assert AccountIds.from_json({"form": 7}).plain == {}
