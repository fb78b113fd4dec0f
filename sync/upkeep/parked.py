"""Frees what a clock that was ahead has parked: what waits for a moment that no right clock can have meant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from store import Store, Tx
from sync.inbox.handle import WAITS

SLACK: Final = timedelta(seconds=30)
"""The clocks of two processes may differ by less."""
LONGEST_IN_INBOX: Final = timedelta(seconds=max(WAITS))


def free_parked(store: Store, now: datetime) -> int:
    """Let what was parked wait as long as it was to wait, from now on; how many. Raises StoreUnavailable."""
    if not store.read(lambda tx: tx.is_anything_parked(now + SLACK, now + LONGEST_IN_INBOX + SLACK)):
        return 0
    return store.write(lambda tx: _free(tx, now))


def _free(tx: Tx, now: datetime) -> int:
    freed = tx.outbox.wait_anew(now + SLACK, now)
    return freed + tx.inbox.wait_no_more(now + LONGEST_IN_INBOX + SLACK)
