"""Who is signed in to the desk's page, by a hash of what their browser holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from store.schema.tables import sessions
from store.sql import prepared

# Asked for each page, built once.
_BODY = select(sessions.c.body).where(
    sessions.c.hash == bindparam("the_hash"), sessions.c.ends_at > bindparam("the_moment")
)


class Sessions:
    """Sessions by hash. What is in a body is its reader's business, who also copes with one that is damaged."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, hash_of: str, body: Any, ends_at: datetime) -> None:
        """Keep a session."""
        self._connection.execute(insert(sessions).values(hash=hash_of, body=body, ends_at=ends_at))

    def get(self, hash_of: str, now: datetime) -> Any:
        """The body of a session that has not ended, or None."""
        return prepared.value(self._connection, _BODY, {"the_hash": hash_of, "the_moment": now})

    def end(self, hash_of: str) -> None:
        """End a session, if it is there."""
        self._connection.execute(delete(sessions).where(sessions.c.hash == hash_of))

    def ended(self, now: datetime, most: int) -> list[str]:
        """Hashes of those that have ended, the longest ago first, and at most so many."""
        found = select(sessions.c.hash).where(sessions.c.ends_at <= now).order_by(sessions.c.ends_at).limit(most)
        return list(self._connection.scalars(found))

    def drop(self, hashes: Sequence[str]) -> int:
        """Drop those; how many were still there."""
        return self._connection.execute(delete(sessions).where(sessions.c.hash.in_(hashes))).rowcount
