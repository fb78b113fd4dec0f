"""Sessions of people who signed in: kept by a hash of a cookie, for some hours, and ended by signing out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from parley.pages.desk.sealed import hash_of, is_ours, key_of, new_token, set_cookie
from parley.pages.desk.viewer import Viewer
from store import Store, Tx

COOKIE: Final = "__Host-parley-desk"
LASTS: Final = timedelta(hours=8)


class SignedIn:
    """`secret` is the sign-in's: where it is changed, everybody signs in anew. Every verb may block and may raise
    StoreUnavailable."""

    def __init__(self, store: Store, now: Callable[[], datetime], secret: str) -> None:
        self._store = store
        self._now = now
        self._key = key_of(secret, "sessions")

    def begin(self, viewer: Viewer, before: str = "") -> str:
        """Begin a session, and end the one that the browser had before; the Set-Cookie."""
        token, now = new_token(self._key), self._now()

        def work(tx: Tx) -> None:
            if is_ours(self._key, before):
                tx.sessions.end(hash_of(self._key, before))
            tx.sessions.begin(hash_of(self._key, token), viewer.to_json(), now + LASTS)

        self._store.write(work)
        return set_cookie(COOKIE, token, seconds=int(LASTS.total_seconds()))

    def viewer_of(self, token: str) -> Viewer | None:
        """Whose session it is. The store is asked only for a token that we made."""
        if not is_ours(self._key, token):
            return None
        kept = self._store.read(lambda tx: tx.sessions.get(hash_of(self._key, token), self._now()))
        return None if kept is None else Viewer.from_json(kept)

    def end(self, token: str) -> str:
        """End a session, if there is one; the Set-Cookie that takes it from the browser."""
        if is_ours(self._key, token):
            self._store.write(lambda tx: tx.sessions.end(hash_of(self._key, token)))
        return set_cookie(COOKIE, "", seconds=0)
