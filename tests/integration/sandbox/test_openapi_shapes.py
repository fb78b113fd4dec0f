"""The stand-in's answers against Zendesk's own OpenAPI document, where that lies beside the project.

The document is kept outside (it has no licence); without it these tests are skipped and say so.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox
from tests.integration.sandbox.conftest import Api, make_ticket
from tests.integration.sandbox.set_up import SetUp, set_up
from tests.json_schemas import jsonschema

DOCUMENT = Path(__file__).parents[3].parent / "shared" / "reference" / "zendesk" / "support-openapi.json"
pytestmark = pytest.mark.skipif(
    not DOCUMENT.exists(), reason="Zendesk's OpenAPI document is not beside the project (shared/reference/zendesk)"
)


@cache
def document() -> Any:
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


def schema_of(path: str, method: str) -> Any:
    """The schema of the successful answer, in plain JSON Schema with its references inside."""
    answers = document()["paths"][path][method.lower()]["responses"]
    success = next(answers[code] for code in ("200", "201", "202") if code in answers)
    return {**success["content"]["application/json"]["schema"], "components": {"schemas": loosened()}}


def _plain(schema: Any) -> Any:
    """`nullable` becomes a type. The document's examples hold null for much that it calls a string or an
    integer (assignee_id, external_id, due_at), and live answers do: what is not required may be null."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _plain(value) for key, value in schema.items() if key not in ("nullable", "example", "examples")}
    if isinstance(found.get("properties"), dict):
        required = found.get("required", [])
        found["properties"] = {
            name: value if name in required else {"anyOf": [value, {"type": "null"}]}
            for name, value in found["properties"].items()
        }
    if schema.get("nullable"):
        return {"anyOf": [found, {"type": "null"}]}
    return found


# What the document says of a value and its own examples, or the facts on live answers, contradict.
LOOSER: list[tuple[str, list[str]]] = [
    # One object in the schema, a list where there are several fields.
    ("MacroApplyTicketResponse", ["result", "ticket", "fields"]),
    # Tags change as lists; the schema knows strings and integers.
    ("AuditObject", ["events", "*", "value"]),
    # Values of several choices and check boxes are no strings.
    ("TicketObject", ["custom_fields", "*", "value"]),
    ("RequestObject", ["custom_fields", "*", "value"]),
    # The export shows deleted tickets as "deleted", which is not in the list of statuses.
    ("TicketObject", ["status"]),
    # The document caps the list at one.
    ("TicketFormStatusesResponse", ["ticket_form_statuses", "maxItems"]),
    # An action of a trigger may have a list; the general one is called a string.
    ("ActionObject", ["value"]),
]


@cache
def loosened() -> Any:
    components = _plain(document()["components"]["schemas"])
    for name, way in LOOSER:
        _loosen(components[name], way)
    return components


def _loosen(schema: Any, way: list[str]) -> None:
    for option in schema.get("anyOf", []):
        if isinstance(option, dict):
            _loosen(option, way)
    head, rest = way[0], way[1:]
    if head == "*":
        if "items" in schema:
            _loosen(schema["items"], rest)
    elif head == "maxItems":
        schema.pop("maxItems", None)
    elif head in schema.get("properties", {}):
        if rest:
            _loosen(schema["properties"][head], rest)
        else:
            schema["properties"][head] = {}


def errors_of(schema: Any, body: Any) -> list[Any]:
    return list(jsonschema.Draft202012Validator(schema).iter_errors(body))


def problems(path: str, method: str, body: Any) -> list[str]:
    found = errors_of(schema_of(path, method), body)
    return [f"{'/'.join(str(part) for part in error.absolute_path)}: {error.message[:200]}" for error in found]


@pytest.fixture
def made(zd: Api) -> SetUp:
    return set_up(zd)


@pytest.fixture
def rich(box: Sandbox, zd: Api, made: SetUp) -> int:
    """A ticket of the form on which much has happened."""
    ticket = box.zendesk.people.submit_request(
        "wanda@example.com", "Wanda Worker", "3000000017", reason="approval_overdue", attempts=["message", "email"]
    )
    box.zendesk.people.agent_update(ticket, comment="On it", tier=1, assignee="Ada Agent")
    box.zendesk.people.reply(ticket, "Thanks")
    return ticket


SILENT = [
    {"field": "updated_at", "operator": "greater_than", "value": "144"},
    {"field": "status", "operator": "less_than", "value": "solved"},
    {"field": "current_tags", "operator": "not_includes", "value": "x"},
]


def _extras(zd: Api, made: SetUp) -> dict[str, Any]:
    tag = {"field": "current_tags", "value": "x"}
    created = {"field": "update_type", "operator": "is", "value": "Create"}
    field = {"field": f"custom_fields_{made.fields['Escalation tier']}", "value": "escalation_tier_1"}
    comment = {"field": "comment_value", "value": "Dear {{ticket.requester.name}}"}
    macro = zd.post("macros.json", {"macro": {"title": "M", "actions": [tag, field, comment]}})["macro"]
    trigger = {"title": "T", "conditions": {"all": [created]}, "actions": [tag]}
    automation = {"title": "A", "conditions": {"all": SILENT}, "actions": [tag]}
    variant = {"locale_id": 1, "content": "Hello"}
    item = {"name": "Greeting", "default_locale_id": 1, "variants": [variant]}
    return {
        "dynamic_content_item_id": zd.post("dynamic_content/items.json", {"item": item})["item"]["id"],
        "macro_id": macro["id"],
        "trigger_id": zd.post("triggers.json", {"trigger": trigger})["trigger"]["id"],
        "automation_id": zd.post("automations.json", {"automation": automation})["automation"]["id"],
        "view_id": zd.post("views.json", {"view": {"title": "V", "all": SILENT[1:2]}})["view"]["id"],
        "ticket_form_id": made.form,
        "ticket_field_id": made.fields["I am the"],
        "custom_status_id": made.statuses["Needs review"],
        "group_id": zd.get("groups.json")["groups"][0]["id"],
        "user_id": zd.get("users/me.json")["user"]["id"],
        "trigger_category_id": zd.get("trigger_categories")["trigger_categories"][0]["id"],
    }


READ = [
    "tickets",
    "tickets/{ticket_id}",
    "tickets/{ticket_id}/audits",
    "tickets/{ticket_id}/audits/{ticket_audit_id}",
    "tickets/{ticket_id}/comments",
    "tickets/{ticket_id}/tags",
    "tickets/{ticket_id}/macros/{macro_id}/apply",
    "tickets/show_many",
    "deleted_tickets",
    "macros",
    "macros/active",
    "macros/actions",
    "macros/definitions",
    "macros/{macro_id}",
    "macros/{macro_id}/apply",
    "custom_statuses",
    "custom_statuses/{custom_status_id}",
    "ticket_fields",
    "ticket_fields/{ticket_field_id}",
    "ticket_forms",
    "ticket_forms/{ticket_form_id}",
    "ticket_forms/{ticket_form_id}/ticket_form_statuses",
    "triggers",
    "triggers/definitions",
    "triggers/{trigger_id}",
    "trigger_categories",
    "trigger_categories/{trigger_category_id}",
    "automations",
    "automations/{automation_id}",
    "views",
    "views/{view_id}",
    "users",
    "users/me",
    "users/search",
    "users/show_many",
    "users/{user_id}",
    "groups",
    "groups/{group_id}",
    "requests",
    "requests/{request_id}",
    "incremental/tickets/cursor",
    "account/settings",
    "locales",
    "dynamic_content/items",
    "dynamic_content/items/{dynamic_content_item_id}",
    "dynamic_content/items/{dynamic_content_item_id}/variants",
    "search",
    "search/count",
]


def test_every_list_and_record_that_is_read_has_the_documented_shape(
    box: Sandbox, zd: Api, made: SetUp, rich: int
) -> None:
    ids = _extras(zd, made)
    ids |= {"ticket_id": rich, "request_id": rich, "ticket_audit_id": box.zendesk.audits(rich)[0]["id"]}
    statuses = f"ticket_forms/{made.form}/ticket_form_statuses"
    zd.post(statuses, {"ticket_form_status": [{"custom_status_id": ids["custom_status_id"]}]})
    zd.call("DELETE", f"tickets/{make_ticket(zd)}.json", status=204)
    box.zendesk.export_lag = -box.zendesk.export_lag
    query = {"ids": str(rich), "query": "Wanda", "start_time": "1500000000"}
    found = {}
    for path in READ:
        wanted = query if path.split("/")[-1] in ("show_many", "search", "cursor", "count") else {}
        if path == "users/show_many":
            wanted = {"ids": str(ids["user_id"])}
        wrong = problems(f"/api/v2/{path}", "GET", zd.get(path.format(**ids), params=wanted))
        if wrong:
            found[path] = wrong
    assert found == {}


def test_what_is_made_and_changed_is_answered_in_the_documented_shape(zd: Api, made: SetUp, rich: int) -> None:
    tag = {"field": "current_tags", "value": "x"}
    created = {"field": "update_type", "operator": "is", "value": "Create"}
    status = {"status_category": "open", "agent_label": "Other"}
    person = {"name": "Otto", "email": "otto@example.com"}
    rule = {"title": "R", "conditions": {"all": [created]}, "actions": [tag]}
    field = {"type": "text", "title": "F"}
    anybody = {"requester": person, "subject": "S", "comment": {"body": "B"}}
    writes = [
        ("POST", "tickets", {"ticket": {"subject": "S", "comment": {"body": "B"}}}),
        ("PUT", "tickets/{ticket_id}", {"ticket": {"comment": {"body": "B"}, "tags": ["a", "b"]}}),
        ("POST", "tickets/{ticket_id}/tags", {"tags": ["a"]}),
        ("PUT", "tickets/{ticket_id}/tags", {"tags": ["b"]}),
        ("POST", "tickets/{ticket_id}/merge", {"ids": [make_ticket(zd)]}),
        ("POST", "macros", {"macro": {"title": "M", "actions": [tag]}}),
        ("POST", "triggers", {"trigger": rule}),
        ("POST", "automations", {"automation": {**rule, "conditions": {"all": SILENT}}}),
        ("PUT", "automations/{automation_id}", {"automation": {"active": False}}),
        ("POST", "views", {"view": {"title": "W", "all": SILENT[1:2], "output": {"columns": ["status"]}}}),
        ("PUT", "views/{view_id}", {"view": {"active": False}}),
        ("PUT", "triggers/{trigger_id}", {"trigger": {"active": False}}),
        ("PUT", "macros/{macro_id}", {"macro": {"active": False}}),
        ("PUT", "groups/{group_id}", {"group": {"description": "D"}}),
        ("PATCH", "trigger_categories/{trigger_category_id}", {"trigger_category": {"name": "C2"}}),
        ("POST", "trigger_categories", {"trigger_category": {"name": "C"}}),
        ("POST", "custom_statuses", {"custom_status": status}),
        ("PUT", "custom_statuses/{custom_status_id}", {"custom_status": {"description": "D"}}),
        ("POST", "ticket_fields", {"ticket_field": field}),
        ("PUT", "ticket_fields/{ticket_field_id}", {"ticket_field": {"description": "D"}}),
        ("POST", "ticket_forms", {"ticket_form": {"name": "F"}}),
        ("PUT", "ticket_forms/{ticket_form_id}", {"ticket_form": {"display_name": "D"}}),
        ("POST", "users", {"user": person}),
        ("POST", "users/create_or_update", {"user": person}),
        ("POST", "groups", {"group": {"name": "G"}}),
        ("POST", "requests", {"request": anybody}),
    ]
    ids = _extras(zd, made) | {
        "ticket_id": rich,
        "custom_status_id": made.statuses["Needs review"],
        "ticket_field_id": made.fields["Outcome you hope for"],
        "ticket_form_id": made.form,
    }
    found = {}
    for method, path, body in writes:
        wrong = problems(f"/api/v2/{path}", method, zd.call(method, path.format(**ids), body))
        if wrong:
            found[f"{method} {path}"] = wrong
    assert found == {}


def test_a_minted_token_has_the_documented_shape(box: Sandbox, zd: Api) -> None:
    given = {"client_id": "parley", "client_secret": "sandbox-oauth-secret", "grant_type": "client_credentials"}
    answer = zd.http.post("/oauth/tokens", json=given)
    assert problems("/oauth/tokens", "POST", answer.json()) == []


def test_a_wrong_shape_would_be_noticed() -> None:
    assert problems("/api/v2/tickets/{ticket_id}", "GET", {"ticket": {"requester_id": "seven"}})
