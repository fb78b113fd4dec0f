"""The answers of the webhook endpoints, made once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from starlette.types import Message, Send

RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True)
class WebhookResponse:
    """A status with its body, ready to be sent. `outcome` is how it is counted."""

    outcome: str
    status: int
    body: bytes
    start: Message = field(repr=False)

    async def send(self, send: Send) -> None:
        """Send it."""
        await send(self.start)
        await send({"type": "http.response.body", "body": self.body})


def _answer(
    outcome: str, status: int, content: Mapping[str, Any], headers: Sequence[tuple[bytes, bytes]] = ()
) -> WebhookResponse:
    body = json.dumps(content).encode()
    kind = b"application/json" if status < 400 else b"application/problem+json"
    start = {
        "type": "http.response.start",
        "status": status,
        "headers": [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *headers],
    }
    return WebhookResponse(outcome, status, body, start)


def _problem(
    outcome: str, status: int, detail: str, headers: Sequence[tuple[bytes, bytes]] = (), **more: Any
) -> WebhookResponse:
    title = HTTPStatus(status).phrase
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return _answer(outcome, status, content, headers)


# What is left of the body would be read as the next request otherwise.
_CLOSE = ((b"connection", b"close"),)
_LATER = ((b"retry-after", b"%d" % RETRY_AFTER_S),)

ACCEPTED = _answer("accepted", 202, {"status": "accepted"})
DUPLICATE = _answer("duplicate", 202, {"status": "accepted"})
DEAD_LETTER = _answer("dead_letter", 202, {"status": "accepted"})
NO_SECRET = _problem("no_secret", 404, "No secret is configured for this endpoint.", _CLOSE)
TOO_LARGE = _problem("too_large", 413, "The body is larger than 1 MiB.", _CLOSE)
UNAUTHORISED = _problem("unauthorised", 401, "The signature or token is missing, wrong or too old.")
NOT_JSON = _problem("not_json", 415, "Send application/json.")
UNAVAILABLE = _problem("unavailable", 503, "This could not be stored; send it again shortly.", _LATER)
CHANGING = _problem(
    "unavailable", 503, "The signing secret is being changed, and this may be the new one's; send it again.", _LATER
)
UNSURE = _problem(
    "unavailable", 503, "Whether this is too old is not known: our clock may be wrong. Send it again.", _LATER
)
TOO_SLOW = _problem("unavailable", 503, "The body took too long to arrive; send it again.", (*_LATER, *_CLOSE))
AMBIGUOUS = _problem("invalid", 400, "Content-Length and Transfer-Encoding exclude each other.", _CLOSE)

# What is read and shown to one reader is kept by nobody on the way.
_PRIVATE = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-robots-tag", b"noindex"),
)
NOT_THERE = _problem("not_there", 404, "There is nothing here.", _PRIVATE)
LIMITED = _problem("limited", 429, "Too many requests; ask again shortly.", (*_LATER, *_PRIVATE))
UNREAD = _problem("unavailable", 503, "It can't be read just now; ask again shortly.", (*_LATER, *_PRIVATE))


def of_another_time(signed_at: datetime, now: datetime) -> WebhookResponse:
    """401 for whoever has the secret, and a clock that is not ours."""
    yours, ours = (f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for moment in (signed_at, now))
    detail = f"The signature is right, but of another time: signed at {yours}, our clock says {ours}."
    return _problem("unauthorised", 401, detail)


def shown(body: bytes) -> WebhookResponse:
    """200 with JSON that nobody may keep."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *_PRIVATE]
    return WebhookResponse("shown", 200, body, {"type": "http.response.start", "status": 200, "headers": headers})


def invalid(errors: Sequence[tuple[str, str]]) -> WebhookResponse:
    """422 for (field, what is wrong with it), at least one."""
    listed = [{"field": name, "detail": detail} for name, detail in errors]
    return _problem("invalid", 422, "; ".join(f"{name}: {detail}" for name, detail in errors), errors=listed)
