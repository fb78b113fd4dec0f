"""The option Escalate of an assignment's menu: a request that the marketplace signs as Standard Webhooks says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.shared.outgoing import Delivery

TRIES = 5


@dataclass(frozen=True, slots=True)
class EscalateOption:
    """Where chosen requests go, and the secret that they are signed with: `whsec_` and base64."""

    url: str
    secret: str

    def delivery(self, webhook_id: str, at: datetime, body: dict[str, Any]) -> Delivery:
        """One request on its way; sent again, under its id, until it is taken or was tried often enough."""
        raw, moment = json.dumps(body).encode(), str(int(at.timestamp()))
        return Delivery(
            service="workmarket",
            name="escalate",
            method="POST",
            url=self.url,
            headers={
                "Content-Type": "application/json",
                "webhook-id": webhook_id,
                "webhook-timestamp": moment,
                "webhook-signature": self._signature(f"{webhook_id}.{moment}.".encode() + raw),
            },
            body=raw,
            again=lambda delivery, *_: delivery.attempt < TRIES,
        )

    def _signature(self, signed: bytes) -> str:
        key = b64decode(self.secret.removeprefix("whsec_"))
        return "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode()
