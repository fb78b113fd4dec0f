"""Idempotency-Key on ticket creation: kept for two hours, refused with other parameters.

https://developer.zendesk.com/api-reference/ticketing/introduction/#idempotency
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.shared.http import ApiReply
from sandbox.zendesk.records.errors import bad_request

KEPT = timedelta(hours=2)
HEADER = "x-idempotency-lookup"


@dataclass
class Idempotency:
    _known: dict[str, tuple[datetime, bytes, ApiReply]] = field(default_factory=dict)

    def lookup(self, key: str, raw: bytes, now: datetime) -> ApiReply | None:
        """The reply of the first call with this key. Raises 400 where the parameters differ."""
        if len(key) > 255:
            raise bad_request("IdempotentRequestError", "An idempotency key has up to 255 characters")
        known = self._known.get(key)
        if known is None or now - known[0] >= KEPT:
            return None
        if known[1] != raw:
            text = "Request parameters don't match the given idempotency key"
            raise bad_request("IdempotentRequestError", text)
        first = known[2]
        return ApiReply(first.status, first.body, {**first.headers, HEADER: "hit"})

    def keep(self, key: str, raw: bytes, now: datetime, reply: ApiReply) -> None:
        self._known[key] = (now, raw, reply)
        reply.headers[HEADER] = "miss"
