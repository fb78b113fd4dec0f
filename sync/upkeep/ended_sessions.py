"""Takes out the sessions of people at the desk's page that are over, so that no list of who was there grows."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from store import Store

PAGE: Final = 100
# Pages in one go: what is left is the next one's.
MOST_PAGES: Final = 50


def drop_ended_sessions(store: Store, now: datetime) -> int:
    """How many were taken out. `now` is the moment by which they end. Costs one question where there is none.

    Who is at it at the same time takes out the same ones, which harms nobody. Raises StoreUnavailable.
    """
    taken = 0
    for _ in range(MOST_PAGES):
        ended = store.read(lambda tx: tx.sessions.ended(now, PAGE))
        if not ended:
            break
        taken += store.write(lambda tx, ended=ended: tx.sessions.drop(ended))  # type: ignore[misc]
    return taken
