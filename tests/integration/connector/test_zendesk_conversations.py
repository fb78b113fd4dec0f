"""Side conversations, which zenpy does not know."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import Permanent, Transient
from connector.zendesk import ZendeskClient
from escalation.model.audience import Public
from escalation.model.effects import Look, StartConversation
from tests.integration.connector.records import GONE, audits, shown
from tests.integration.connector.stub_server import Reply, StubServer

SIDE = "/api/v2/tickets/35/side_conversations"
LOOK = Look("35", frozenset({"ticket", "conversations"}))
START = StartConversation(
    "e3", "35", "pam@example.com", "Pam\nManager", Public("About 4711"), Public("Hello {{ticket.id}}")
)


def event(number: int, kind: str, sender: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"ev{number}",
        "side_conversation_id": "sc1",
        "type": kind,
        "created_at": f"2026-03-02T15:00:{number:02}Z",
        "message": {"body": text, "from": {"email": sender, "name": sender.title()}, **more},
    }


OURS = {"id": "sc1", "ticket_id": 35, "subject": "S", "external_ids": {"parley": "e3"}}
EVENTS = [
    event(1, "create", "Support@example.com", "Hello", external_ids={"parley": "e3"}),
    event(3, "reply", "Pam@example.com", "Yes"),
    {"id": "ev9", "side_conversation_id": "sc1", "type": "update", "created_at": "2026-03-02T15:00:09Z"},
]


@pytest.fixture(autouse=True)
def a_ticket(stub: StubServer) -> None:
    stub.on("GET", "/api/v2/tickets/35/audits", audits())
    stub.on("GET", "/api/v2/tickets/35", shown())


def test_conversations_come_with_their_messages(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", SIDE, {"side_conversations": [OURS], "events": EVENTS})
    held = zendesk.look(LOOK).conversations
    assert held is not None
    (one,) = held
    assert (one.id, one.effect_id) == ("sc1", "e3")
    assert [(m.author_email, m.text, m.ours) for m in one.messages] == [
        ("support@example.com", "Hello", True),
        ("pam@example.com", "Yes", False),
    ]


def test_events_that_were_not_sideloaded_are_asked_for(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", SIDE, {"side_conversations": [{**OURS, "external_ids": None}]})
    stub.on("GET", f"{SIDE}/sc1/events", {"events": [{**one, "side_conversation_id": None} for one in EVENTS]})
    (one,) = zendesk.look(LOOK).conversations or ()
    assert one.effect_id == "e3"
    assert len(one.messages) == 2


def test_an_agents_own_conversation_has_no_effect(stub: StubServer, zendesk: ZendeskClient) -> None:
    started = event(1, "create", "ada@example.com", "Hi")
    stub.on("GET", SIDE, {"side_conversations": [{**OURS, "external_ids": {}}], "events": [started]})
    (one,) = zendesk.look(LOOK).conversations or ()
    assert one.effect_id == ""
    assert not one.messages[0].ours


@pytest.mark.parametrize(
    "reply", [Reply(404, {"error": "InvalidEndpoint"}), Reply(403, {"error": "Forbidden"}), Reply(404, GONE)]
)
def test_an_account_without_the_feature_has_none(reply: Reply, stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", SIDE, reply)
    assert zendesk.look(LOOK).conversations == ()


def test_a_failed_reading_is_not_taken_for_none(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", SIDE, Reply(503))
    with pytest.raises(Transient):
        zendesk.look(LOOK)


def test_a_conversation_is_started_with_our_mark(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("POST", SIDE, Reply(201, {"side_conversation": {"id": "sc1"}}))
    assert zendesk.start_conversation(START) == "sc1"
    message = stub.asked[-1].json["message"]
    assert message["to"] == [{"email": "pam@example.com", "name": "Pam Manager"}]
    assert message["external_ids"] == {"parley": "e3"}
    assert message["body"] == "Hello {\u2060{ticket.id}\u2060}"
    assert message["html_body"] == "<p>Hello {\u2060{ticket.id}\u2060}</p>"


def test_a_conversation_is_found_by_its_mark(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("GET", SIDE, {"side_conversations": [OURS], "events": EVENTS})
    assert zendesk.find_conversation("35", "e3") == "sc1"
    assert zendesk.find_conversation("35", "e4") is None


def test_starting_without_the_feature_says_that_it_is_missing(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("POST", SIDE, Reply(404, {"error": "InvalidEndpoint"}))
    with pytest.raises(Permanent) as caught:
        zendesk.start_conversation(START)
    assert caught.value.code == "missing"


def test_starting_on_a_ticket_that_is_gone_says_so(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("POST", SIDE, Reply(404, GONE))
    with pytest.raises(Permanent) as caught:
        zendesk.start_conversation(START)
    assert caught.value.code == "gone"


def test_an_html_reply_is_read_in_its_words(stub: StubServer, zendesk: ZendeskClient) -> None:
    reply = event(2, "reply", "pam@example.com", "", html_body="<p>Paid &amp; done</p>")
    stub.on("GET", SIDE, {"side_conversations": [OURS], "events": [reply]})
    (one,) = zendesk.look(LOOK).conversations or ()
    assert one.messages[0].text == "Paid & done"


def test_a_conversation_that_cannot_be_read_does_not_make_the_ticket_gone(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    stub.on("GET", SIDE, {"side_conversations": [OURS]})
    stub.on("GET", f"{SIDE}/sc1/events", Reply(404, GONE))
    with pytest.raises(Transient):
        zendesk.look(LOOK)
