"""Sentences and titles come in a language that is chosen; what programs go by does not change."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import sandbox
from sandbox import MovableClock, Sandbox
from sandbox.zendesk.records import tongues
from sandbox.zendesk.records.tongues import ENGLISH, LANGUAGES
from tests.integration.sandbox.conftest import Api

OTHERS = [one for one in LANGUAGES if one != ENGLISH]
SENTENCE = "Status: closed prevents ticket update"


def refused(box: Sandbox, zd: Api, language: str, **change: Any) -> dict[str, Any]:
    box.zendesk.account.language = language
    ticket = max(box.zendesk.account.tickets)
    body: dict[str, Any] = zd.put(f"tickets/{ticket}.json", {"ticket": change}, status=422)
    return body


def test_an_account_speaks_another_language_than_english_unless_asked(clock: MovableClock) -> None:
    assert Sandbox(clock).zendesk.account.language != ENGLISH


@pytest.mark.parametrize("language", OTHERS)
def test_a_refusal_is_in_the_accounts_language_and_its_code_is_not(
    box: Sandbox, zd: Api, ticket: int, language: str
) -> None:
    box.zendesk.people.close(ticket)
    body = refused(box, zd, language, tags=["x"])
    (rows,) = body["details"].values()
    assert body["error"] == "RecordInvalid"
    assert body["description"] == tongues.sentence(language, "Record validation errors")
    assert rows[0]["description"] == tongues.sentence(language, SENTENCE) != SENTENCE


def test_one_language_has_the_keys_of_the_details_translated_too(box: Sandbox, zd: Api, ticket: int) -> None:
    box.zendesk.people.close(ticket)
    assert list(refused(box, zd, "pt-BR", tags=["x"])["details"]) == ["status"]
    assert list(refused(box, zd, "zh-CN", tags=["x"])["details"]) == ["状态："]


@pytest.mark.parametrize("language", LANGUAGES)
def test_required_fields_are_all_told_at_once_by_their_ids(
    box: Sandbox, zd: Api, ticket: int, language: str
) -> None:
    account = box.zendesk.account
    wanted = {"type": "text", "title": "Cost centre", "required": True}
    field = zd.post("ticket_fields.json", {"ticket_field": wanted})["ticket_field"]
    account.forms[account.tickets[ticket].form_id]["ticket_field_ids"].append(field["id"])
    rows = refused(box, zd, language, status="solved")["details"]["base"]
    assert [row["ticket_field_type"] for row in rows] == ["FieldAssignee", "FieldText"]
    assert rows[1]["ticket_field_id"] == field["id"]
    assert [row["error"] for row in rows] == [None, None]
    assert rows[1]["description"].startswith("Cost centre")


@pytest.mark.parametrize("kind", ["tickettype", "priority"])
def test_zendesks_own_fields_may_be_required_too(box: Sandbox, zd: Api, ticket: int, kind: str) -> None:
    field = next(row for row in box.zendesk.account.fields.values() if row["type"] == kind)
    field["required"] = True
    admin = box.zendesk.account.admin.id
    rows = refused(box, zd, ENGLISH, status="solved", assignee_id=admin)["details"]["base"]
    assert [row["ticket_field_id"] for row in rows] == [field["id"]]


def test_a_condition_of_the_form_requires_a_field_in_the_statuses_that_it_names(
    box: Sandbox, zd: Api, ticket: int
) -> None:
    account = box.zendesk.account
    parent, child = (
        zd.post("ticket_fields.json", {"ticket_field": {"type": "text", "title": title}})["ticket_field"]["id"]
        for title in ("Parent", "Child")
    )
    on = {"type": "SOME_STATUSES", "statuses": ["pending"]}
    form = account.forms[account.tickets[ticket].form_id]
    form["ticket_field_ids"] += [parent, child]
    form["agent_conditions"] = [
        {
            "parent_field_id": parent,
            "value": "yes",
            "child_fields": [{"id": child, "is_required": True, "required_on_statuses": on}],
        }
    ]
    zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "pending"}})
    zd.put(f"tickets/{ticket}.json", {"ticket": {"status": "open"}})
    asked = {"status": "pending", "custom_fields": [{"id": parent, "value": "yes"}]}
    rows = refused(box, zd, ENGLISH, **asked)["details"]["base"]
    assert [row["ticket_field_id"] for row in rows] == [child]


@pytest.mark.parametrize("language", OTHERS)
def test_titles_of_what_every_account_has_are_translated_and_those_of_people_are_not(
    box: Sandbox, zd: Api, language: str
) -> None:
    zd.post("ticket_fields.json", {"ticket_field": {"type": "text", "title": "Status of ours"}})
    box.zendesk.account.language = language
    titles = {row["type"]: row["title"] for row in zd.get("ticket_fields.json")["ticket_fields"]}
    assert titles["subject"] == tongues.title(language, "Subject") != "Subject"
    assert titles["text"] == "Status of ours"
    told = zd.get("triggers/definitions.json")["definitions"]["conditions_all"]
    status = next(row for row in told if row["subject"] == "status")
    assert status["title"] == tongues.title(language, "Status")
    assert status["operators"][0] == {"value": "is", "title": tongues.title(language, "Is"), "terminal": False}


@pytest.mark.parametrize("language", OTHERS)
def test_the_statuses_of_zendesk_are_labelled_in_the_accounts_language(
    box: Sandbox, zd: Api, language: str
) -> None:
    box.zendesk.account.language = language
    labels = {
        row["status_category"]: row["agent_label"] for row in zd.get("custom_statuses.json")["custom_statuses"]
    }
    assert labels["solved"] == tongues.title(language, "Solved") != "Solved"


@pytest.mark.parametrize("language", OTHERS)
def test_the_scopes_of_a_refusal_stand_in_every_language(language: str) -> None:
    said = tongues.sentence(language, "You are missing the following required scopes: tickets:read, read")
    assert "missing" not in said
    assert said.endswith("tickets:read, read")


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_is_left_of_a_sentence_that_nobody_has_translated(language: str) -> None:
    body = {"error": {"title": "Forbidden", "message": "Something nobody thought of."}}
    assert "nobody" not in str(tongues.refusal(language, body))


def test_every_sentence_about_a_ticket_is_translated() -> None:
    """Those of settings may be the general one; what the running desk meets is not."""
    place = Path(sandbox.__file__).parent / "zendesk" / "behaviour" / "writing.py"
    found = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.args[1].values)
        if isinstance(node.args[1], ast.JoinedStr)
        else ast.literal_eval(node.args[1])
        for node in ast.walk(ast.parse(place.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "invalid"
    ]
    general = tongues.sentence("pt-BR", "Something nobody thought of.")
    assert len(found) > 5
    assert [one for one in found if tongues.sentence("pt-BR", one) == general] == []
