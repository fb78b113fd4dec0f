"""Our own OpenAPI document against our doors: what it promises holds, and nothing answers that it does not name."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store import Store
from tests.in_process import Sent, as_headers, ask
from tests.integration.webhooks.receiving_desk import NOW, TOKEN, ReceivingDesk
from tests.migrated import migrated
from tests.scale import scaled, tell
from tests.signed import intake_headers, zendesk_headers
from tests.system.attack.inside import ask_all
from webhooks import create_app

KEYED = ("GET", "/api/sidebar/cases/{ticket_id}")
OPERATIONS = [
    ("POST", "/webhooks/zendesk"),
    ("POST", "/webhooks/workmarket"),
    ("POST", "/webhooks/requests"),
    KEYED,
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
]
LONGEST, SHORTER = '"maxLength": 60000', '"maxLength": 600'
UNLISTED = {"/openapi.json"}
PROMISES = [
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "status_code_conformance",
    "unsupported_method",
]


class Signing:
    """Signs whatever is sent, as somebody could who holds every secret."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        ours = self._headers(body)
        kept = [(name, value) for name, value in scope["headers"] if name not in dict(ours)]

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app({**scope, "headers": [*kept, *ours]}, again, send)

    def _headers(self, body: bytes) -> list[tuple[bytes, bytes]]:
        named = {**zendesk_headers(body, NOW), **intake_headers(body, f"m{next(self._numbers)}", NOW)}
        return as_headers({**named, "authorization": f"Bearer {TOKEN}"})


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Any]:
    url = migrated(tmp_path / "parley.db")
    with Store.open(url, now=lambda: NOW) as store:
        yield create_app(ReceivingDesk(url, store).doors())


@cache
def keeps_promises() -> Callable[[Any], Any]:
    """Asks and checks the answer. The library is imported here alone: that takes as long as a hundred tests."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    promises = [not_a_server_error, *(getattr(checks, name) for name in PROMISES)]
    return lambda case: case.call_and_validate(checks=promises)


async def document_of(app: ASGIApp) -> Any:
    got = await ask(app, Sent("/openapi.json", b"", method="GET"))
    return json.loads(got.body)


def for_each_case(app: ASGIApp, method: str, path: str, look: Callable[[Any], None], examples: int) -> None:
    import schemathesis

    # For a pattern that may come 60,000 times the library takes half a gigabyte, and keeps it; 600 are as good.
    written = json.dumps(asyncio.run(document_of(app)))
    assert LONGEST in written
    schema = schemathesis.openapi.from_dict(json.loads(written.replace(LONGEST, SHORTER)))
    schema.app, schema.location = app, "/openapi.json"
    operation = schema[path][method]

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        look(case)

    run()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_what_the_document_says_of_an_address_holds(app: Any, method: str, path: str) -> None:
    many = scaled(commit=15, nightly=1500) if method == "POST" else scaled(commit=5, nightly=100)
    for_each_case(app, method, path, keeps_promises(), many)


@pytest.mark.parametrize("path", [path for method, path in OPERATIONS if method == "POST"])
def test_what_the_document_allows_is_accepted_where_it_is_signed(app: Any, path: str) -> None:
    many = scaled(commit=80, nightly=4000)
    statuses: list[int] = []

    def look(case: Any) -> None:
        answer = keeps_promises()(case)
        statuses.append(answer.status_code)

    for_each_case(Signing(app), "POST", path, look, many)
    assert set(statuses) == {202}
    tell(f"openapi_{path.rsplit('/')[-1]}", examples=len(statuses), failures=0)


def test_the_document_names_every_address_that_answers(app: Any) -> None:
    named = set(app.openapi()["paths"])
    assert named == {path for _, path in OPERATIONS}
    assert {route.path for route in app.routes} == named | UNLISTED


GUESSES = [
    f"{start}{name}{end}"
    for start in ("/", "/webhooks/", "/api/", "/admin/", "//", "/./", "/webhooks/zendesk/")
    for name in (
        "",
        "admin",
        "debug",
        "health",
        "status",
        "redoc",
        "graphql",
        ".env",
        ".git/config",
        "zendesk",
        "metrics",
    )
    for end in ("", "/", "%00", ".json", "/..", ";x", "%2f", "?x")
]


def test_no_other_address_answers_and_none_to_another_method(app: Any) -> None:
    known = {path: method for method, path in OPERATIONS} | dict.fromkeys(UNLISTED, "GET")
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "CONNECT", "get", "X")
    asked = [Sent(path, b"{}", (), method) for path in {*GUESSES, *known} for method in methods]
    found = {
        (sent.method, sent.path): got.status
        for sent, got in asyncio.run(ask_all(app, asked))
        if got.status not in (404, 405)
    }
    heads = {("HEAD", path) for path in UNLISTED}
    # Where no key is shown there is nothing, whatever is asked for.
    assert set(found) == ({(method, path) for path, method in known.items()} | heads) - {KEYED}
