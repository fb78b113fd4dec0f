"""The page at `/docs`: what the doors take and answer, without script and without another site."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from parley.pages.reference.operations import operations_of
from parley.pages.reference.reference_page import add_reference_page
from tests.visitor import Visitor
from webhooks.docs import webhook_paths, webhook_schemas

DOCUMENT = {"paths": webhook_paths(), "components": {"schemas": webhook_schemas()}}


@pytest.fixture(scope="module")
def text() -> str:
    web = FastAPI(docs_url=None, redoc_url=None)
    web.openapi = lambda: DOCUMENT  # type: ignore[method-assign]
    add_reference_page(web)
    with Visitor(web, "http://desk.test") as visitor:
        answer = visitor.get("/docs")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    return answer.text


def test_it_names_each_path_and_loads_nothing(text: str) -> None:
    for path in webhook_paths():
        assert f"{path}</code></h2>" in text
    assert "<script" not in text
    assert "src=" not in text
    assert "://" not in text


def test_a_request_s_fields_are_told_with_what_they_may_be() -> None:
    (request,) = [one for one in operations_of(DOCUMENT) if one.path == "/webhooks/requests"]
    (fields,) = request.bodies
    told = {one.name: one for one in fields}
    assert told["requester.email"].needed
    assert told["party"].about == "one of worker, client"
    assert told["contact_attempts"].about == "a list, each one of message, email, phone"
    assert not told["reason"].needed
    assert "payment_past_due" in told["reason"].about


def test_headers_and_answers_are_told() -> None:
    (door,) = [one for one in operations_of(DOCUMENT) if one.path == "/webhooks/zendesk"]
    assert "X-Zendesk-Webhook-Signature-Timestamp" in [one.name for one in door.given]
    assert len(door.bodies) == 2
    assert [status for status, _ in door.answers] == ["202", "400", "401", "404", "413", "415", "503"]
