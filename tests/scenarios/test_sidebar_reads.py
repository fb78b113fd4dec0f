"""The sidebar reads the case of its ticket with a key that stands on that ticket, and nowhere else."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from escalation.model.values import POST_TAG
from parley.case_view.case_keys import key_of
from tests.desk import Desk

SECRET, NEXT = "n" * 32, "m" * 32
FIELD = "Case key"


@pytest.fixture
def keyed(desk: Desk) -> Desk:
    """A desk with the sidebar's secret."""
    desk.app.values = replace(desk.app.values, sidebar_secrets=(SECRET,))
    return desk


def stands(desk: Desk, ticket: int) -> str | None:
    """What stands in the ticket's field."""
    number = desk.app.account.ids().fields["case_key"]
    fields = desk.zendesk.ticket(ticket)["custom_fields"]
    found: str | None = next(one["value"] for one in fields if one["id"] == number)
    return found


def read(desk: Desk, ticket: int, key: str | None, secret: str = SECRET) -> httpx.Response:
    headers = {"X-Parley-Installation": secret, "X-Parley-Capability": key or ""}
    return desk.http.get(f"/api/sidebar/cases/{ticket}", headers=headers)


def test_the_key_comes_with_an_update_that_is_made_anyway_and_opens_the_case_of_its_ticket(keyed: Desk) -> None:
    _, ticket = keyed.begun()
    calls = [call for call in keyed.sandbox.calls if call.service == "zendesk" and "oauth" not in call.path]
    assert stands(keyed, ticket) == key_of(SECRET, str(ticket))
    told = read(keyed, ticket, stands(keyed, ticket)).json()
    assert (told["audience"], told["ticket_id"], told["state"]) == ("agent", str(ticket), "tier_1")
    assert [one["key"] for one in told["moves"]][:2] == ["tier_2", "update"]
    assert {one["kind"] for one in told["sent"]} == {"post_message", "update_ticket"}
    assert len([call for call in calls if call.method == "PUT"]) == 2
    assert SECRET not in json.dumps(told) and stands(keyed, ticket) not in json.dumps(told)


def test_another_tickets_key_opens_nothing(keyed: Desk) -> None:
    _, one = keyed.begun()
    other = keyed.submit(keyed.assignment())
    assert read(keyed, one, stands(keyed, other)).status_code == 404
    assert read(keyed, other, stands(keyed, other)).status_code == 200


def test_a_new_secret_comes_to_a_ticket_with_its_next_update(keyed: Desk) -> None:
    _, ticket = keyed.begun()
    old = stands(keyed, ticket)
    keyed.app.values = replace(keyed.app.values, sidebar_secrets=(NEXT, SECRET))
    assert read(keyed, ticket, old, NEXT).status_code == 200
    keyed.until(keyed.due(ticket, "next_update"))
    keyed.for_(minutes=1)
    assert stands(keyed, ticket) == key_of(NEXT, str(ticket)) != old
    keyed.app.values = replace(keyed.app.values, sidebar_secrets=(NEXT,))
    assert read(keyed, ticket, old, NEXT).status_code == 404
    assert read(keyed, ticket, stands(keyed, ticket), NEXT).status_code == 200


def test_an_agent_overrules_in_the_ticket_and_the_sidebar_shows_where_the_case_is_now(keyed: Desk) -> None:
    _, ticket = keyed.begun()
    keyed.agent(ticket, fields={"Other side responded": True})
    told = read(keyed, ticket, stands(keyed, ticket)).json()
    assert (told["state"], told["whose_turn"]) == ("other_side_responded", "agents")
    assert "not_responded" in [one["key"] for one in told["moves"]]


def test_without_a_secret_nothing_is_written_and_nothing_is_found(desk: Desk) -> None:
    _, ticket = desk.begun()
    assert stands(desk, ticket) is None
    assert read(desk, ticket, key_of(SECRET, str(ticket))).status_code == 404


def everything_said(desk: Desk, ticket: int, number: str, webhooks: list[Any]) -> dict[str, str]:
    """All that is kept, or goes anywhere but into the ticket's own field."""
    with sqlite3.connect(str(desk.url).removeprefix("sqlite:///")) as database:
        kept = "\n".join(database.iterdump())
    return {
        "the database": kept,
        "the assignment": str([note.text for note in desk.workmarket.notes(number)]),
        "side conversations": str(desk.zendesk.conversations(ticket)),
        "comments": str(desk.zendesk.public_comments(ticket)) + str(desk.zendesk.notes(ticket)),
        "mails": str(desk.zendesk.mails),
        "calls to WorkMarket": str([call for call in desk.sandbox.calls if call.service != "zendesk"]),
        "webhooks": str(webhooks),
        "metrics": desk.http.get("/metrics").text + desk.http.get("/readyz").text,
    }


def test_the_key_is_in_no_text_no_row_and_no_log_whatever_happens_to_a_case(
    keyed: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as logged, caplog.at_level("INFO"):
        key, said = lived(keyed)
    said["logs"] = f"{logged} {caplog.text} and that is all of it"
    assert [where for where, text in said.items() if key in text or SECRET in text] == []
    assert [where for where, text in said.items() if len(text) < 20] == []


def lived(keyed: Desk) -> tuple[str, dict[str, str]]:
    """A case to which all sorts of things happen; its key, and all that was said of it."""
    number, ticket = keyed.begun(2)
    key, webhooks = stands(keyed, ticket), keyed.sandbox.outgoing.delivered
    keyed.agent(ticket, comment="Please have a look.", add_tags=[POST_TAG])
    keyed.reply(ticket, "Thank you.")
    keyed.agent(ticket, fields={FIELD: "an agent typed here"})
    keyed.workmarket.message(number, "owner", "We look into it.")
    keyed.patrol()
    assert read(keyed, ticket, key).status_code == 200
    assert read(keyed, ticket, f"{key}x").status_code == 404
    assert key
    return key, everything_said(keyed, ticket, number, webhooks)


def test_the_field_is_for_agents_alone(keyed: Desk) -> None:
    number = keyed.app.account.ids().fields["case_key"]
    field = keyed.zendesk.account.fields[number]
    assert (field["visible_in_portal"], field["editable_in_portal"]) == (False, False)
