"""Webhooks signed as their senders sign them."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime

from webhooks import intake_key, intake_mac, zendesk_mac

# Zendesk's published secret for testing.
SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
INTAKE_SECRET = "whsec_" + b64encode(b"k" * 32).decode()


def zendesk_headers(body: bytes, at: datetime, secret: str = SECRET) -> dict[str, str]:
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "x-zendesk-webhook-signature": zendesk_mac(secret.encode(), stamp.encode(), body).decode(),
        "x-zendesk-webhook-signature-timestamp": stamp,
    }


def intake_headers(body: bytes, webhook_id: str, at: datetime, secret: str = INTAKE_SECRET) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    signature = intake_mac(intake_key(secret), webhook_id.encode(), stamp.encode(), body).decode()
    return {"webhook-id": webhook_id, "webhook-timestamp": stamp, "webhook-signature": signature}
