"""POST /webhooks/workmarket: hints that an assignment may have changed."""

from __future__ import annotations

from webhooks.endpoint import Headers, WebhookEndpoint
from webhooks.parsing import NewInboxRow, read_workmarket
from webhooks.signatures import bearer_is_genuine


class WorkMarketEndpoint(WebhookEndpoint):
    """WorkMarket's door."""

    def is_configured(self) -> bool:
        """Whether a token is set."""
        return bool(self._doors.workmarket_token())

    def is_genuine(self, headers: Headers, body: bytes) -> bool:  # noqa: ARG002
        """Whether it carries the token; WorkMarket signs nothing."""
        token = self._doors.workmarket_token()
        return bool(token) and bearer_is_genuine(str(token), headers.get(b"authorization"))

    def read(self, headers: Headers, body: bytes) -> NewInboxRow:  # noqa: ARG002
        """The row it becomes."""
        return read_workmarket(body)
