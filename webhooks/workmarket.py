"""POST /webhooks/workmarket: hints that an assignment may have changed."""

from __future__ import annotations

from webhooks.endpoint import Headers, WebhookEndpoint
from webhooks.parsing import NewInboxRow, read_workmarket
from webhooks.signatures import bearer_is_genuine


class WorkMarketEndpoint(WebhookEndpoint):
    """WorkMarket's door."""

    def is_configured(self) -> bool:
        """Whether a token is set."""
        return bool(self._doors.workmarket_token() or self._doors.company_tokens())

    def is_genuine(self, headers: Headers, body: bytes) -> bool:  # noqa: ARG002
        """Whether it carries the token, or a client company's; WorkMarket signs nothing."""
        token = self._doors.workmarket_token()
        if token and bearer_is_genuine(token, headers.get(b"authorization")):
            return True
        return self._company(headers) is not None

    def read(self, headers: Headers, body: bytes) -> NewInboxRow:
        """The row it becomes."""
        return read_workmarket(body, self._company(headers) or "")

    def _company(self, headers: Headers) -> str | None:
        """Whose token it carries. Each is compared, so that the time tells nothing of which came near."""
        tokens, given = self._doors.company_tokens(), headers.get(b"authorization")
        found = [company for company, token in tokens.items() if bearer_is_genuine(token, given)]
        return found[0] if found else None
