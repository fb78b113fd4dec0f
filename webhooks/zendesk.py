"""POST /webhooks/zendesk: triggers, automations and event subscriptions."""

from __future__ import annotations

from webhooks import responses
from webhooks.endpoint import Headers, WebhookEndpoint
from webhooks.parsing import NewInboxRow, read_zendesk
from webhooks.responses import WebhookResponse
from webhooks.signatures import could_be_genuine, zendesk_is_genuine, zendesk_keys, zendesk_signed_at

SIGNATURE = b"x-zendesk-webhook-signature"
TIMESTAMP = b"x-zendesk-webhook-signature-timestamp"


class ZendeskEndpoint(WebhookEndpoint):
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

    def doubted(self, headers: Headers, body: bytes) -> WebhookResponse | None:
        """While a signing secret is being changed, an unknown signature may be the new one's, which Zendesk knows
        first; while nobody has said that our clock is right, one may seem too old that is not. It sends such an
        event again on a 503, and never on a 401. Who has the secret is told whose clock says what; else nobody."""
        secrets = self._doors.changing_secrets()
        given, now = (headers.get(SIGNATURE), headers.get(TIMESTAMP)), self._doors.now()
        signed_at = zendesk_signed_at(headers.get(TIMESTAMP))
        if signed_at is not None and zendesk_is_genuine(self._keys(), *given, body, signed_at):
            sure = self._doors.sure_of_time()
            return responses.of_another_time(signed_at, now) if sure else responses.UNSURE
        if secrets is None or not could_be_genuine(*given, now):
            return responses.UNAUTHORISED
        known = zendesk_is_genuine(zendesk_keys(tuple(secrets)), *given, body, now)
        return None if known else responses.CHANGING

    def read(self, headers: Headers, body: bytes) -> NewInboxRow:
        """The row it becomes."""
        return read_zendesk(body, (headers[SIGNATURE] or b"").decode("ascii"))
