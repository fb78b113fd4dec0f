"""Zendesk's webhooks: their records and secrets, what is signed, when it is sent again, and what became of it."""

import base64
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.shared.outgoing import Delivery, DeliveryOutcome, DeliveryPolicy, WebhookQueue, always
from sandbox.zendesk.records.account import Account
from sandbox.zendesk.records.errors import bad_request
from sandbox.zendesk.records.records import Json, Ticket, User, stamp

TRIGGER_EVENTS = "conditional_ticket_events"
_CONTENT_TYPES = {
    "json": "application/json",
    "xml": "application/xml",
    "form_encoded": "application/x-www-form-urlencoded",
}
# Known second hand only: 409 three times, 429 and 503 with a short Retry-After three times, time-outs five times.
_SHORT_RETRY_AFTER = 60


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """base64(HMAC-SHA256(secret, timestamp + body)); https://developer.zendesk.com/documentation/webhooks/verifying/."""
    mac = hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()


@dataclass
class Webhooks:
    """Builds deliveries and keeps what became of them. `policy` may drop or double what leaves."""

    account: Account
    outgoing: WebhookQueue
    policy: DeliveryPolicy = always
    invocations: deque[Json] = field(default_factory=lambda: deque(maxlen=20_000))
    _secrets: dict[str, str] = field(default_factory=dict)
    _last_invocation: int = 8_350_000_000
    _sequence: int = 0

    def add(self, given: Json) -> Json:
        """Keep a new webhook. Raises 400 for a shape that Zendesk refuses."""
        for name in ("name", "endpoint", "http_method", "request_format", "status"):
            if not given.get(name):
                raise bad_request("InvalidWebhook", f"{name} is required")
        subscriptions = list(given.get("subscriptions") or [])
        if TRIGGER_EVENTS in subscriptions and len(subscriptions) > 1:
            raise bad_request("InvalidWebhook", f"{TRIGGER_EVENTS} can't be combined with event types")
        webhook_id = self.account.ulid()
        record: Json = {
            "id": webhook_id,
            "name": given["name"],
            "description": given.get("description") or "",
            "status": given["status"],
            "subscriptions": subscriptions,
            "endpoint": given["endpoint"],
            "http_method": given["http_method"],
            "request_format": given["request_format"],
            "authentication": given.get("authentication"),
            "custom_headers": given.get("custom_headers"),
            "created_by": str(self.account.admin.id),
            "updated_by": str(self.account.admin.id),
            **self.account.stamps(),
        }
        self.account.webhooks[webhook_id] = record
        self.reset_secret(webhook_id)
        return record

    def secret(self, webhook_id: str) -> str:
        return self._secrets[webhook_id]

    def reset_secret(self, webhook_id: str) -> str:
        secret = "".join(self.account.random.choices("ABCDEFabcdef0123456789-_", k=43)) + "="
        self._secrets[webhook_id] = secret
        return secret

    # What sets one off

    def from_trigger(self, webhook_id: str, body: str) -> None:
        """A trigger's notify action."""
        webhook = self.account.webhooks.get(webhook_id)
        if webhook is None or webhook["status"] != "active":
            return
        if webhook["http_method"] in ("GET", "DELETE"):
            body = ""
        self._send(webhook, body.encode(), "trigger")

    def publish(self, kind: str, ticket: Ticket, actor: User, event: Json) -> None:
        """Tell the webhooks that subscribed to this event type, e.g. zen:event-type:ticket.merged."""
        for webhook in list(self.account.webhooks.values()):
            if kind in webhook["subscriptions"] and webhook["status"] == "active":
                body = json.dumps(self._envelope(kind, ticket, actor, event)).encode()
                self._send(webhook, body, kind)

    def send_test(self, webhook: Json, request: Json) -> Json:
        """POST /webhooks/test: one call, told at once."""
        delivery = self._build(webhook, str(request.get("payload") or "").encode(), "test")
        answers: list[int | None] = []
        delivery.done = lambda _d, status, _o: answers.append(status)
        self.outgoing.post(delivery)
        return {"status": answers[0] if answers else None, "headers": [], "payload": ""}

    def _envelope(self, kind: str, ticket: Ticket, actor: User, event: Json) -> Json:
        now = self.account.clock()
        self._sequence += 1
        return {
            "type": kind,
            "account_id": self.account.account_id,
            "id": self.account.uuid(),
            "time": now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond * 1000:09d}Z",
            "zendesk_event_version": "2022-11-06",
            "subject": f"zen:ticket:{ticket.id}",
            "detail": _detail(self.account, ticket, actor),
            "event": {**event, "meta": {"sequence": {"id": f"{self._sequence:026d}", "position": 1}}},
        }

    def _send(self, webhook: Json, body: bytes, cause: str) -> None:
        self.outgoing.put(self._build(webhook, body, cause), self.policy)

    def _build(self, webhook: Json, body: bytes, cause: str) -> Delivery:
        self._last_invocation += 1
        timestamp = stamp(self.account.clock()) or ""
        headers = {
            "Content-Type": _CONTENT_TYPES.get(webhook["request_format"], "application/json"),
            "User-Agent": "Zendesk Webhook",
            **(webhook.get("custom_headers") or {}),
            **_authentication(webhook.get("authentication")),
            "x-zendesk-account-id": str(self.account.account_id),
            "x-zendesk-webhook-id": webhook["id"],
            "x-zendesk-webhook-invocation-id": str(self._last_invocation),
            "x-zendesk-webhook-signature": sign(self._secrets[webhook["id"]], timestamp, body),
            "x-zendesk-webhook-signature-timestamp": timestamp,
        }
        invocation: Json = {
            "id": str(self._last_invocation),
            "webhook_id": webhook["id"],
            "event_type": cause,
            "status": "accepted",
            "status_code": None,
            "latest_completed_at": None,
            "attempts": [],
        }
        self.invocations.append(invocation)
        return Delivery(
            service="zendesk",
            name=webhook["name"],
            method=webhook["http_method"],
            url=webhook["endpoint"],
            headers=headers,
            body=body,
            done=_recorder(invocation, self.account.clock),
            again=_again,
            info={"webhook_id": webhook["id"], "cause": cause},
        )


def _recorder(
    invocation: Json, clock: Callable[[], datetime]
) -> Callable[[Delivery, int | None, DeliveryOutcome], None]:
    def done(delivery: Delivery, status: int | None, outcome: DeliveryOutcome) -> None:
        now = stamp(clock())
        invocation.update(status=outcome, status_code=status, latest_completed_at=now)
        attempt = {
            "id": f"{invocation['id']}-{delivery.attempt}",
            "invocation_id": invocation["id"],
            "status": outcome,
            "status_code": status,
            "completed_at": now,
        }
        invocation["attempts"].append(attempt)

    return done


def _again(delivery: Delivery, status: int | None, retry_after: str | None, outcome: DeliveryOutcome) -> bool:
    if outcome == "timeout":
        return delivery.attempt <= 5
    if status == 409:
        return delivery.attempt <= 3
    if status in (429, 503):
        short = retry_after is not None and retry_after.isdigit() and int(retry_after) <= _SHORT_RETRY_AFTER
        return short and delivery.attempt <= 3
    return False


def _authentication(given: Json | None) -> dict[str, str]:
    kind, data = (given or {}).get("type"), (given or {}).get("data") or {}
    if kind == "bearer_token":
        return {"Authorization": f"Bearer {data.get('token', '')}"}
    if kind == "basic_auth":
        pair = f"{data.get('username', '')}:{data.get('password', '')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    if kind == "api_key":
        return {str(data.get("name", "")): str(data.get("value", ""))}
    return {}


def _detail(account: Account, ticket: Ticket, actor: User) -> Json:
    """Ids are strings and enumerations upper case here, unlike in the API."""
    return {
        "actor_id": str(actor.id),
        "assignee_id": str(ticket.assignee_id or ""),
        "brand_id": "1",
        "created_at": stamp(ticket.created_at),
        "custom_status": str(ticket.custom_status_id) if account.features.custom_statuses else None,
        "description": ticket.description,
        "external_id": ticket.external_id,
        "form_id": str(ticket.form_id),
        "group_id": str(ticket.group_id or ""),
        "id": str(ticket.id),
        "is_public": ticket.is_public,
        "organization_id": "0",
        "priority": (ticket.priority or "").upper() or None,
        "requester_id": str(ticket.requester_id),
        "status": ticket.status.upper(),
        "subject": ticket.subject,
        "submitter_id": str(ticket.submitter_id),
        "tags": list(ticket.tags) or None,
        "type": (ticket.type or "").upper() or None,
        "updated_at": stamp(ticket.updated_at),
        "via": {"channel": ticket.via["channel"]},
    }
