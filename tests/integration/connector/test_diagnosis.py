"""Why an update was refused: told by the structure of the refusal and by reading, whatever language it speaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connector.errors import Misconfigured, Permanent, Transient
from connector.zendesk import ZendeskClient
from escalation.model.audience import Public
from escalation.model.effects import CreateTicket, Say, UpdateTicket
from escalation.model.values import State
from tests.integration.connector.conftest import IDS, NOW
from tests.integration.connector.records import GONE, ticket, updated
from tests.integration.connector.stub_server import Reply, StubServer

PUT = "/api/v2/tickets/35"
FIELDS, FORM = "/api/v2/ticket_fields", "/api/v2/ticket_forms/7"
STATUSES, SETTINGS = "/api/v2/custom_statuses", "/api/v2/account/settings"
USERS, POST = "/api/v2/users/show_many", "/api/v2/tickets"
SAYS = UpdateTicket("e1", "35", Say(Public("Hello")))
SOLVES = UpdateTicket("e1", "35", Say(Public("Bye")), State.RESOLVED)
ENTERS = UpdateTicket("e1", "35", Say(Public("Hello")), State.TIER_1)
PLAIN = replace(IDS, statuses={}, plain={"tier_1": "hold"})
WORDS = {
    "English": "Status: closed prevents ticket update",
    "Portuguese": "Status: fechado impede a atualização do ticket",
    "Chinese": "状态：已关闭，无法更新工单",
    "none": "",
}


def refuse(stub: StubServer, details: Any, has: dict[str, Any] | None = None, words: str = "Não.") -> None:
    """The update is refused; the ticket is as `has` says."""
    body = {"error": "RecordInvalid", "description": words, "details": details}
    stub.on("PUT", PUT, Reply(422, body))
    stub.on("GET", PUT, {"ticket": ticket(assignee_id=600, **(has or {}))})


def refusal(zendesk: ZendeskClient, update: UpdateTicket) -> Permanent:
    with pytest.raises(Permanent) as caught:
        zendesk.write(update, stamp=NOW)
    return caught.value


def puts(stub: StubServer) -> list[dict[str, Any]]:
    return [one.json["ticket"] for one in stub.asked if one.method == "PUT"]


@pytest.mark.parametrize("key", ["status", "base", "状态："])
@pytest.mark.parametrize("words", WORDS)
def test_a_closed_ticket_is_told_by_reading_it(
    stub: StubServer, zendesk: ZendeskClient, words: str, key: str
) -> None:
    refuse(stub, {key: [{"description": WORDS[words]}]}, {"status": "closed"})
    assert refusal(zendesk, SAYS).code == "closed"


def test_words_that_speak_of_a_closed_ticket_close_none(stub: StubServer, zendesk: ZendeskClient) -> None:
    refuse(stub, {"base": [{"description": "Status: closed prevents ticket update"}]})
    assert refusal(zendesk, SAYS).code == "invalid"


def test_a_ticket_that_is_gone_meanwhile_is_gone(stub: StubServer, zendesk: ZendeskClient) -> None:
    refuse(stub, {})
    stub.on("GET", PUT, Reply(404, GONE))
    assert refusal(zendesk, SAYS).code == "gone"


def test_a_suspended_requester_is_told_by_reading_them(stub: StubServer, zendesk: ZendeskClient) -> None:
    refuse(stub, {"请求者：": [{"description": "请求者：Wanda 已被停用。"}]})
    stub.on("GET", USERS, {"users": [{"id": 500, "suspended": True}]})
    assert refusal(zendesk, SAYS).code == "suspended"


def test_a_name_that_holds_a_telling_word_tells_nothing(stub: StubServer, zendesk: ZendeskClient) -> None:
    refuse(stub, {"requester": [{"description": "Requester: Sue Suspended is not valid"}]})
    stub.on("GET", USERS, {"users": [{"id": 500, "suspended": False}]})
    assert refusal(zendesk, SAYS).code == "invalid"


def test_required_fields_are_told_by_their_ids_and_named_by_their_titles(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    rows = [
        {"description": "x", "error": None, "ticket_field_id": 77, "ticket_field_type": "FieldTagger"},
        {"description": "y", "error": None, "ticket_field_id": 78, "ticket_field_type": "FieldInteger"},
    ]
    refuse(stub, {"base": rows})
    stub.on("GET", FIELDS, {"ticket_fields": [{"id": 77, "title": "Kostenstelle"}], "meta": {"has_more": False}})
    found = refusal(zendesk, SOLVES)
    assert (found.code, found.lacking) == ("required", ("Kostenstelle", "78"))
    assert "“Kostenstelle”" in found.reason


def test_a_field_that_a_condition_requires_in_any_status_is_told_too(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    refuse(stub, {"base": [{"ticket_field_id": 77, "ticket_field_type": "FieldTagger"}]})
    stub.on("GET", FIELDS, {"ticket_fields": [{"id": 77, "title": "Kostenstelle"}]})
    assert refusal(zendesk, ENTERS).code == "required"


def test_where_no_field_is_named_the_form_is_read_for_what_is_required_and_empty(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    refuse(stub, {"base": [{"description": "Kostenstelle: wird benötigt"}]}, {"type": None, "priority": "high"})
    stub.on("GET", FORM, {"ticket_form": {"id": 7, "ticket_field_ids": [101, 103, 77, 1, 2, 3]}})
    rows = [
        {"id": 101, "title": "There", "type": "text", "required": True},
        {"id": 103, "title": "Not on the ticket", "type": "tagger", "required": True},
        {"id": 104, "title": "Not on the form", "type": "text", "required": True},
        {"id": 77, "title": "Not active", "type": "text", "required": True, "active": False},
        {"id": 1, "title": "Tipo", "type": "tickettype", "required": True},
        {"id": 2, "title": "Prioridade", "type": "priority", "required": True},
        {"id": 3, "title": "Atribuído", "type": "assignee", "required": False},
        {"id": 107, "title": "Unticked", "type": "checkbox", "required": False},
    ]
    stub.on("GET", FIELDS, {"ticket_fields": rows})
    assert refusal(zendesk, SOLVES).lacking == ("Tipo",)


def test_a_ticket_that_nobody_has_is_given_to_our_user_and_solved(stub: StubServer, zendesk: ZendeskClient) -> None:
    row = {"description": "x", "error": None, "ticket_field_id": 3, "ticket_field_type": "FieldAssignee"}
    stub.on("PUT", PUT, Reply(422, {"error": "RecordInvalid", "details": {"base": [row]}}), updated(77))
    stub.on("GET", PUT, {"ticket": ticket(assignee_id=None)})
    zendesk.write(SOLVES, stamp=NOW)
    first, second = puts(stub)
    assert "assignee_id" not in first
    assert second == {**first, "assignee_id": 900}


def test_it_is_given_to_somebody_once_only(stub: StubServer, zendesk: ZendeskClient) -> None:
    row = {"ticket_field_id": 3, "ticket_field_type": "FieldAssignee"}
    stub.on("PUT", PUT, Reply(422, {"error": "RecordInvalid", "details": {"base": [row]}}))
    stub.on("GET", PUT, {"ticket": ticket(assignee_id=None)})
    stub.on("GET", STATUSES, {"custom_statuses": [{"id": 203, "active": True}]})
    assert refusal(zendesk, SOLVES).code == "invalid"
    assert len(puts(stub)) == 2


@pytest.mark.parametrize("key", ["custom_status_id", "自定义状态：", "base"])
@pytest.mark.parametrize(
    "statuses",
    [
        Reply(200, {"custom_statuses": [{"id": 202, "active": False}, {"id": 203, "active": True}]}),
        Reply(200, {"custom_statuses": [{"id": 203, "active": True}]}),
        Reply(403, {"error": {"title": "Proibido", "message": "Não."}}),
    ],
    ids=["switched off", "deleted", "no custom statuses any more"],
)
def test_a_status_that_was_taken_away_waits_for_apply(
    stub: StubServer, zendesk: ZendeskClient, statuses: Reply, key: str
) -> None:
    refuse(stub, {key: [{"description": "202 é inválido"}]})
    stub.on("GET", STATUSES, statuses)
    with pytest.raises(Misconfigured, match="Run `parley zendesk apply`") as caught:
        zendesk.write(ENTERS, stamp=NOW)
    assert caught.value.service == "zendesk"


@pytest.mark.parametrize(
    "settings", [{"active_features": {"on_hold_status": False}}, {"tickets": {"status_hold": False}}]
)
def test_zendesks_own_hold_that_was_switched_off_waits_for_apply(
    stub: StubServer, zendesk_at: Callable[..., ZendeskClient], settings: dict[str, Any]
) -> None:
    refuse(stub, {"base": [{"description": "x"}]})
    stub.on("GET", SETTINGS, {"settings": settings})
    with pytest.raises(Misconfigured, match="apply"):
        zendesk_at(stub.url, ids=lambda: PLAIN).write(ENTERS, stamp=NOW)


@pytest.mark.parametrize("words", ["Custom status: 202 is invalid", "Payment status: is required when solving"])
def test_another_refusal_is_one_for_good_whatever_it_says(
    stub: StubServer, zendesk: ZendeskClient, words: str
) -> None:
    refuse(stub, {"base": [{"description": words}]})
    stub.on("GET", STATUSES, {"custom_statuses": [{"id": 202, "active": True}]})
    assert refusal(zendesk, ENTERS).code == "invalid"


def test_what_can_not_be_read_just_then_is_asked_again_later_for_nothing_was_done(
    stub: StubServer, zendesk: ZendeskClient
) -> None:
    refuse(stub, {})
    stub.on("GET", PUT, Reply(503))
    with pytest.raises(Transient):
        zendesk.write(SAYS, stamp=NOW)


def test_what_may_not_be_read_leaves_the_refusal_as_it_is(stub: StubServer, zendesk: ZendeskClient) -> None:
    refuse(stub, {}, words="Não.")
    stub.on("GET", PUT, Reply(403, {"error": {"title": "Proibido", "message": "Não."}}))
    assert "Não." in refusal(zendesk, SAYS).reason


def test_a_new_ticket_for_a_suspended_requester_says_so(stub: StubServer, zendesk: ZendeskClient) -> None:
    stub.on("POST", POST, Reply(422, {"error": "RecordInvalid", "details": {"requester": [{}]}}))
    stub.on("GET", USERS, {"users": [{"id": 500, "suspended": True}]})
    with pytest.raises(Permanent) as caught:
        zendesk.create_ticket(
            CreateTicket("e2", Public("S"), Say(Public("Owed")), requester_id="500", followup_of="12")
        )
    assert caught.value.code == "suspended"
