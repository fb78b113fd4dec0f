"""POST /webhooks/zendesk: triggers, automations and event subscriptions."""

from __future__ import annotations

from webhooks.door import Door, Headers
from webhooks.readings import Entry, read_zendesk
from webhooks.signatures import zendesk_is_genuine, zendesk_keys

SIGNATURE = b"x-zendesk-webhook-signature"
TIMESTAMP = b"x-zendesk-webhook-signature-timestamp"


class ZendeskDoor(Door):
    """Zendesk's door."""

    def _keys(self) -> tuple[bytes, ...]:
        return zendesk_keys(tuple(self._doors.zendesk_secrets()))

    def is_configured(self) -> bool:
        """Whether a signing secret is known."""
        return bool(self._keys())

    def is_genuine(self, headers: Headers, body: bytes) -> bool:
        """Whether Zendesk signed it, not long ago."""
        return zendesk_is_genuine(
            self._keys(), headers.get(SIGNATURE), headers.get(TIMESTAMP), body, self._doors.now()
        )

    def read(self, headers: Headers, body: bytes) -> Entry:
        """The row it becomes."""
        return read_zendesk(body, (headers[SIGNATURE] or b"").decode("ascii"))
