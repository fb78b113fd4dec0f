"""A ticket's case key: written with each update, read never, and told by no error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from connector.errors import ConnectorError
from connector.zendesk import ZendeskClient
from escalation.model.effects import Look, UpdateTicket
from escalation.model.values import State
from tests.integration.connector.conftest import IDS, NOW
from tests.integration.connector.records import audit, audits, ticket, updated
from tests.integration.connector.stub_server import Reply, StubServer

KEY = "k3y-of-ticket-35"
PUT = "/api/v2/tickets/35"
KEYED = replace(IDS, fields={**IDS.fields, "case_key": 120})
UPDATE = UpdateTicket("e1", "35", status=State.TIER_1, fields={"tier": "1"})


@pytest.fixture
def zendesk(stub: StubServer, zendesk_at: Callable[..., ZendeskClient]) -> ZendeskClient:
    return zendesk_at(stub.url, ids=lambda: KEYED, case_key=lambda ticket_id: KEY if ticket_id == "35" else "other")


def test_it_goes_along_with_what_an_update_sets(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("PUT", PUT, updated())
    zendesk.write(UPDATE, stamp=NOW)
    fields = stub.asked[-1].json["ticket"]["custom_fields"]
    assert fields == [{"id": 106, "value": "escalation_tier_1"}, {"id": 120, "value": KEY}]


def test_an_account_that_has_no_field_for_it_is_written_to_as_before(
    stub: StubServer, zendesk_at: Callable[..., ZendeskClient]
) -> None:
    stub.on("PUT", PUT, updated())
    zendesk_at(stub.url, case_key=lambda _: KEY).write(UPDATE, stamp=NOW)
    assert KEY not in str(stub.asked[-1].json)


def test_no_look_brings_it_in_by_the_ticket_or_by_what_changed(stub: StubServer, zendesk: ZendeskClient) -> None:
    change = {"id": 1, "type": "Change", "field_name": "120", "value": KEY, "previous_value": None}
    fields = [{"id": 120, "value": KEY}, {"id": 106, "value": "escalation_tier_1"}]
    stub.on("GET", f"{PUT}/audits", audits({**audit(70), "events": [change]}))
    stub.on("GET", PUT, {"ticket": ticket(custom_fields=fields), "users": []})
    part = zendesk.look(Look("35", frozenset({"ticket"})))
    assert part.ticket is not None and part.ticket.fields == {"tier": "1"}
    assert part.updates and KEY not in repr(part)


def test_an_error_that_quotes_it_is_told_without_it(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", PUT, {"ticket": ticket(), "users": []})
    said = {"error": "RecordInvalid", "details": {"base": [{"description": f"Case key: {KEY} is too odd"}]}}
    stub.on("PUT", PUT, Reply(422, said))
    with pytest.raises(ConnectorError) as refused:
        zendesk.write(UPDATE, stamp=NOW)
    assert "is too odd" in refused.value.reason
    assert KEY not in refused.value.reason + str(refused.value)
