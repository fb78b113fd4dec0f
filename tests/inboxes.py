"""What waits in an inbox, as whole rows."""

from __future__ import annotations

from datetime import datetime

from store import InboxRow, Tx


def next_rows(tx: Tx, limit: int, now: datetime) -> list[InboxRow]:
    """The rows that are handled next, of up to `limit` lanes, in their order."""
    found = [tx.inbox.get(row_id) for row_id, _ in tx.inbox.waiting(limit, now).rows]
    return [row for row in found if row is not None]
