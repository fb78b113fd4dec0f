"""The OpenAPI of the webhook endpoints, which FastAPI can't see since they are bare ASGI."""

from __future__ import annotations

from typing import Any

from escalation.model.messages import MessageOrigin, names_from
from webhooks.intake import RequestBody

_PLACE = "#/components/schemas/{model}"
_ANSWERS = {
    "202": "Stored, or known already.",
    "400": "`Content-Length` and `Transfer-Encoding` at once, or no HTTP.",
    "401": "Signature or token missing, wrong or of another time; whoever has the secret is told by which clock.",
    "404": "No secret is configured for this endpoint.",
    "413": "The body is larger than 1 MiB.",
    "415": "The content type is not JSON.",
    "503": "Could not be stored, or the signing secret is being changed; `Retry-After` says when to send it again.",
}
_ACCEPTED = {
    "type": "object",
    "required": ["status"],
    "additionalProperties": False,
    "properties": {"status": {"const": "accepted"}},
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_TRIGGER = {
    "type": "object",
    "required": ["event", "ticket_id"],
    "properties": {
        "event": {"enum": list(names_from(MessageOrigin.TRIGGER))},
        "ticket_id": {"type": "string", "pattern": "^[1-9][0-9]*$"},
        "text": {"type": "string", "description": "What to post, with `assignment.post`."},
    },
}
_EVENT = {
    "type": "object",
    "required": ["type", "id"],
    "properties": {
        "type": {"type": "string", "pattern": "^zen:event-type:ticket\\."},
        "id": {"type": "string"},
        "subject": {"type": "string"},
        "detail": {"type": "object"},
        "event": {"type": "object"},
    },
}
_WORKMARKET = {
    "type": "object",
    "required": ["event", "assignment_id"],
    "properties": {
        "event": {"type": "string", "examples": ["note_added", "completed", "paid"]},
        "assignment_id": {"type": "string", "pattern": "^[1-9][0-9]*$"},
        "status": {"type": "string"},
        "now": {"type": "string"},
    },
}


def _header(name: str, meaning: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "description": meaning, "schema": {"type": "string"}}


def _operation(
    summary: str, schema: dict[str, Any], headers: list[dict[str, Any]], more: dict[str, str] | None = None
) -> dict[str, Any]:
    described = {**_ANSWERS, **(more or {})}
    return {
        "summary": summary,
        "parameters": headers,
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {status: _response(status, text) for status, text in sorted(described.items())},
    }


def _response(status: str, text: str) -> dict[str, Any]:
    kind, name = ("application/json", "Accepted") if status < "400" else ("application/problem+json", "Problem")
    return {"description": text, "content": {kind: {"schema": {"$ref": _PLACE.format(model=name)}}}}


_SIDEBAR = {
    "summary": "The case of a ticket, for the app beside it",
    "parameters": [
        {
            "name": "ticket_id",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": "^[1-9][0-9]{0,19}$"},
        },
        _header("X-Parley-Installation", "the secure setting of the app, which Zendesk's proxy fills in"),
        _header("X-Parley-Capability", "what stands in the ticket's field “Case key”"),
    ],
    "responses": {
        "200": {
            "description": "The case as agents see it.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        "404": _response("404", "A key is wrong, or there is no case: which of them, nobody is told."),
        "429": _response("429", "Too many requests; `Retry-After` says when to ask again."),
        "503": _response("503", "It can't be read just now; `Retry-After` says when to ask again."),
    },
}


def webhook_schemas() -> dict[str, Any]:
    """The `components.schemas` that the paths point to."""
    request = RequestBody.model_json_schema(ref_template=_PLACE)
    inner = request.pop("$defs")
    return {"Accepted": _ACCEPTED, "Problem": _PROBLEM, "Request": request, **inner}


def webhook_paths() -> dict[str, Any]:
    """The `paths` of the endpoints that FastAPI can't see."""
    zendesk = _operation(
        "Zendesk's triggers, automations and event subscriptions",
        {"oneOf": [_TRIGGER, _EVENT]},
        [
            _header("X-Zendesk-Webhook-Signature", "base64(HMAC-SHA256(secret, timestamp + body))"),
            _header("X-Zendesk-Webhook-Signature-Timestamp", "e.g. 2026-11-20T10:00:00Z"),
        ],
    )
    workmarket = _operation(
        "WorkMarket's webhooks", _WORKMARKET, [_header("Authorization", "Bearer and the token")]
    )
    requests = _operation(
        "A request that starts outside the help center",
        {"$ref": _PLACE.format(model="Request")},
        [
            _header("webhook-id", "makes the request one ticket, however often it is sent"),
            _header("webhook-timestamp", "Unix seconds, at most 5 minutes off"),
            _header("webhook-signature", "Standard Webhooks, `v1,` + base64"),
        ],
        {"422": "A field is missing or wrong; problem+json names it."},
    )
    return {
        "/api/sidebar/cases/{ticket_id}": {"get": _SIDEBAR},
        "/webhooks/zendesk": {"post": zendesk},
        "/webhooks/workmarket": {"post": workmarket},
        "/webhooks/requests": {"post": requests},
    }
