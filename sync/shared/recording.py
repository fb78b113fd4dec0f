"""Keeps a message in the inbox, as a row of a kind."""

from __future__ import annotations

from datetime import datetime

from escalation.model.messages import InboxMessage
from store import Tx
from sync.shared.codec import encode_message


def record(
    tx: Tx, key: str, kind: str, lane: str, message: InboxMessage, now: datetime, *, dedupe_key: str | None = None
) -> bool:
    """`Inbox.record` of a message; False when the key is known, or an unhandled row has the same dedupe key."""
    return tx.inbox.record(key, kind, lane, encode_message(kind, message), now, dedupe_key=dedupe_key)
