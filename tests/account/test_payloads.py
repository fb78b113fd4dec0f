"""Every payload that `apply` sends, against Zendesk's OpenAPI document where it has a schema for the request.

The document is kept outside (it has no licence); without it these tests are skipped and say so.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from tests.account.test_languages import speak
from tests.account.workspace import Workspace
from tests.integration.sandbox.test_openapi_shapes import DOCUMENT, document, errors_of, loosened

pytestmark = pytest.mark.skipif(
    not DOCUMENT.exists(), reason="Zendesk's OpenAPI document is not beside the project (shared/reference/zendesk)"
)


@cache
def schema_for(method: str, path: str) -> Any:
    """The request's schema; None where the document has none for this call."""
    for template, operations in document()["paths"].items():
        if not re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path):
            continue
        content = operations.get(method.lower(), {}).get("requestBody", {}).get("content", {})
        if found := content.get("application/json", {}).get("schema"):
            return {**found, "components": {"schemas": loosened()}}
    return None


class SentPayloads:
    """What a run sends, kept as it leaves."""

    def __init__(self, workspace: Workspace) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        send = workspace.channel.send

        def kept(method: str, path: str, body: Any) -> Any:
            self.calls.append((method, f"/api/v2/{path}", json.loads(json.dumps(body))))
            return send(method, path, body)

        workspace.channel.send = kept  # type: ignore[method-assign]

    def wrong(self) -> list[str]:
        found = []
        for method, path, body in self.calls:
            schema = schema_for(method, path)
            if schema is not None:
                errors = errors_of(schema, body)
                found += [f"{method} {path}: {error.json_path}: {error.message[:200]}" for error in errors]
        return found

    def judged(self) -> set[str]:
        return {re.sub(r"\d+", "{id}", f"{m} {p}") for m, p, _ in self.calls if schema_for(m, p) is not None}


def test_what_creates_an_account_has_the_documented_shapes(workspace: Workspace) -> None:
    sent = SentPayloads(workspace)
    workspace.apply()
    assert sent.wrong() == []
    assert sent.judged() >= {
        "POST /api/v{id}/triggers",
        "POST /api/v{id}/macros",
        "POST /api/v{id}/custom_statuses",
    }


def test_what_repairs_an_account_has_the_documented_shapes(ready: Workspace) -> None:
    for kind, key in (
        ("macro", "tier_1"),
        ("trigger", "ticket_changed"),
        ("status", "tier_1"),
        ("field", "reason"),
        ("form", "it"),
        ("view", "by_tier"),
        ("automation", "silent"),
    ):
        ready.row(kind, key)["active"] = False  # type: ignore[arg-type]
    ready.row("macro", "tier_2")["actions"] = []
    ready.row("trigger", "request_submitted")["conditions"] = {"all": [], "any": []}
    kept = {"id": "x", "ticket_form_id": ready.ids.form, "custom_status_id": ready.ids.statuses["resolved"]}
    ready.account.form_statuses[ready.ids.form] = [kept]
    sent = SentPayloads(ready)
    ready.apply()
    assert len(sent.calls) == 10
    assert sent.wrong() == []
    assert len(sent.judged()) >= 4


def test_what_translates_an_account_has_the_documented_shapes(ready: Workspace) -> None:
    speak(ready, "en", "de")
    sent = SentPayloads(ready)
    ready.apply()
    assert sent.wrong() == []


def test_a_wrong_payload_would_be_noticed(workspace: Workspace) -> None:
    sent = SentPayloads(workspace)
    sent.calls.append(("POST", "/api/v2/custom_statuses", {"custom_status": {"status_category": 7}}))
    assert len(sent.wrong()) == 1
