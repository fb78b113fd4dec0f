"""Zendesk's and WorkMarket's records as tests need them, with every essential there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from escalation.model.seen import Seen

# The moment of every audit below that says no other, and the first two of them as a case has seen them.
THEN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SEEN = Seen(THEN, {9: THEN, 10: THEN})

GONE = {"error": "RecordNotFound", "description": "Not found"}


def ticket(**changes: Any) -> dict[str, Any]:
    return {
        "id": 35,
        "status": "open",
        "custom_status_id": 201,
        "requester_id": 500,
        "created_at": "2026-03-02T14:00:00Z",
        "updated_at": "2026-03-02T15:00:00Z",
        "subject": "Not paid",
        "description": "Please help",
        "assignee_id": None,
        "ticket_form_id": 7,
        "tags": ["escalation_party_worker"],
        "custom_fields": [
            {"id": 101, "value": "4711"},
            {"id": 102, "value": "escalation_party_worker"},
            {"id": 104, "value": ["escalation_attempt_phone", "escalation_attempt_email"]},
            {"id": 107, "value": False},
            {"id": 999, "value": "another app's"},
        ],
        "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
        **changes,
    }


USERS = [
    {"id": 500, "name": "Wanda Worker", "email": "wanda@example.com", "role": "end-user", "verified": True},
    {"id": 600, "name": "Ada Agent", "email": "ada@example.com", "role": "agent", "verified": True},
    {"id": 900, "name": "Parley", "email": "parley@example.com", "role": "admin", "verified": True},
    {"id": 700, "name": "Somebody", "email": "some@example.com", "role": "end-user", "verified": False},
]


def shown(**changes: Any) -> dict[str, Any]:
    return {"ticket": ticket(**changes), "users": USERS[:1]}


def audit(
    number: int, *events: dict[str, Any], author: int = 600, ours: str | None = None, **more: Any
) -> dict[str, Any]:
    custom = {"parley": ours} if ours else {}
    return {
        "id": number,
        "ticket_id": 35,
        "created_at": "2026-03-02T15:00:00Z",
        "author_id": author,
        "via": {"channel": "web", "source": {}},
        "metadata": {"system": {}, "custom": custom},
        "events": list(events),
        **more,
    }


def said(text: str, public: bool = True) -> dict[str, Any]:
    return {
        "id": 9,
        "type": "Comment",
        "body": text,
        "html_body": f"<p>{text}</p>",
        "plain_body": text,
        "public": public,
    }


def change(name: str, value: Any, before: Any = None, **more: Any) -> dict[str, Any]:
    return {"id": 8, "type": "Change", "field_name": name, "value": value, "previous_value": before, **more}


def audits(*some: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Newest first, as they are asked for."""
    newest = sorted(some, key=lambda one: -one["id"])
    return {"audits": newest, "users": USERS, "meta": {"has_more": False, "after_cursor": None}, **more}


def updated(number: int = 77, **changes: Any) -> dict[str, Any]:
    return {"ticket": ticket(updated_at="2026-03-02T15:00:05Z", **changes), "audit": audit(number, ours="e1")}
