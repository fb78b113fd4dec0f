"""Each example answer in Zendesk's OpenAPI document, of an endpoint that the desk reads, is read without an error.

The document has no licence and stays outside the project; it lacks webhooks and side conversations.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connector.zendesk import ZendeskClient
from connector.zendesk.access.channel import Channel
from connector.zendesk.account.business_rules import BusinessRules
from connector.zendesk.account.setup import Setup
from connector.zendesk.tickets.audits import audits_of
from connector.zendesk.tickets.looking import show
from connector.zendesk.tickets.macros import Macros
from parley.zendesk.account.kinds import KINDS
from tests.integration.connector.conftest import NOW
from tests.integration.connector.stub_server import StubServer

DOCUMENT = Path(__file__).parents[3].parent / "shared" / "reference" / "zendesk" / "support-openapi.json"
pytestmark = pytest.mark.skipif(
    not DOCUMENT.exists(), reason="runs where Zendesk's OpenAPI document lies beside the project"
)
TICKET = "35436"
"""The ticket of the examples."""

Read = Callable[[ZendeskClient], object]


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


def examples(document: Any, path: str) -> list[Any]:
    """The bodies that the document gives for a read that succeeds."""
    content = document["paths"][f"/api/v2/{path}"]["get"]["responses"]["200"]["content"]["application/json"]
    given = [content["example"]] if "example" in content else []
    for one in content.get("examples", {}).values():
        pointed = document["components"]["examples"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        given.append(pointed["value"])
    return given


def of_kind(kind: str) -> Read:
    return lambda zendesk: Setup(zendesk.channel).all(KINDS[kind].resource)


def account(ask: Callable[[Channel], object]) -> Read:
    return lambda zendesk: ask(zendesk.channel)


READS: dict[str, tuple[str, Read]] = {
    "tickets": ("tickets", lambda zendesk: zendesk.listed_tickets(1).tickets),
    "tickets/show_many": ("tickets/show_many", lambda zendesk: zendesk.tickets_now([TICKET])),
    "tickets/{ticket_id}": (f"tickets/{TICKET}", lambda zendesk: zendesk.read_ticket(TICKET)),
    "tickets/{ticket_id}/macros/{macro_id}/apply": (
        f"tickets/{TICKET}/macros/25/apply",
        lambda zendesk: Macros(zendesk.channel, lambda _: False).preview(TICKET, 25),
    ),
    "incremental/tickets/cursor": (
        "incremental/tickets/cursor",
        lambda zendesk: zendesk.changed_tickets(None, NOW).tickets,
    ),
    "users/me": ("users/me", lambda zendesk: zendesk.whoami()),
    "users/search": ("users/search", account(lambda c: BusinessRules(c).agent("roger@example.org") is not None)),
    "users/{user_id}": ("users/35436", account(lambda c: BusinessRules(c).agent("35436") is not None)),
    "macros/{macro_id}": (
        "macros/25",
        lambda zendesk: Macros(zendesk.channel, lambda _: False).title(25) != "25",
    ),
    "ticket_forms/{ticket_form_id}/ticket_form_statuses": (
        "ticket_forms/1/ticket_form_statuses",
        account(lambda c: Setup(c).form_statuses("1")),
    ),
    "users/show_many": ("users/show_many", account(lambda c: BusinessRules(c).named("users", ["1"]))),
    "groups": ("groups", of_kind("group")),
    "brands": ("brands", account(lambda c: BusinessRules(c).brands())),
    "custom_statuses": ("custom_statuses", of_kind("status")),
    "ticket_fields": ("ticket_fields", of_kind("field")),
    "ticket_forms": ("ticket_forms", of_kind("form")),
    "macros": ("macros", of_kind("macro")),
    "macros/definitions": ("macros/definitions", account(lambda c: Setup(c).definitions(KINDS["macro"].resource))),
    "trigger_categories": ("trigger_categories", of_kind("category")),
    "triggers": ("triggers", of_kind("trigger")),
    "triggers/definitions": (
        "triggers/definitions",
        account(lambda c: Setup(c).definitions(KINDS["trigger"].resource).conditions),
    ),
    "automations": ("automations", of_kind("automation")),
    "views": ("views", of_kind("view")),
    "account/settings": ("account/settings", account(lambda c: Setup(c).features(()))),
    "search/count": ("search/count", account(lambda c: Setup(c).tickets_with("1") >= 0)),
}
"""The documented endpoints that the desk reads, where each is asked for, and how it is read."""


@pytest.mark.parametrize("path", READS)
def test_a_documented_example_is_read(path: str, document: Any, stub: StubServer, zendesk: ZendeskClient) -> None:
    where, read = READS[path]
    given = examples(document, path)
    if not given:
        pytest.skip("runs once the document gives an example of this answer")
    for body in given:
        # An example of a list may say that there are more pages: the next one is the last.
        last = [{**body, "meta": {"has_more": False}}] if "meta" in body else []
        stub.on("GET", f"/api/v2/{where}", body, *last)
        assert read(zendesk)


def test_a_documented_ticket_is_shown_with_all_that_the_desk_asks_of_it(
    document: Any, stub: StubServer, zendesk: ZendeskClient
) -> None:
    for body in examples(document, "tickets/{ticket_id}"):
        stub.on("GET", f"/api/v2/tickets/{TICKET}", body)
        assert show(zendesk.channel, TICKET).body == body


def test_the_documented_audits_are_read_for_the_ticket_they_are_of(document: Any) -> None:
    for body in examples(document, "tickets/{ticket_id}/audits"):
        assert audits_of(body, str(body["audits"][0]["ticket_id"]))
