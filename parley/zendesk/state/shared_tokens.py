"""Zendesk's access tokens in the database, so that all processes use the same token and one of them renews it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any, Final, TypeVar

from connector.zendesk import Token, TokenCacheUnavailable
from store import Store, StoreUnavailable, Tx

T = TypeVar("T")
KEY: Final = "token:"


class SharedTokens:
    """A `connector.zendesk.TokenCache`: one row for each scope set, kept where the signing secrets are.

    A token is as good as a password until it ends, so a backup of the database is worth guarding.
    """

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def get(self, name: str, client: str) -> Token | None:
        row = _used(lambda: self._store.read(lambda tx: tx.account.get(KEY + name)))
        return _token(row) if isinstance(row, dict) and row.get("client") == client else None

    def put(self, name: str, client: str, token: Token) -> None:
        row = {
            "client": client,
            "value": token.value,
            "renew_at": _text(token.renew_at),
            "expires_at": _text(token.expires_at),
        }
        _used(lambda: self._store.write(lambda tx: tx.account.set(KEY + name, row, self._now())))

    def drop(self, name: str, client: str, value: str) -> None:
        def drop(tx: Tx) -> None:
            row = tx.account.get(KEY + name)
            if isinstance(row, dict) and (row.get("client"), row.get("value")) == (client, value):
                tx.account.forget(KEY + name)

        _used(lambda: self._store.write(drop))

    @contextmanager
    def minting(self, name: str) -> Iterator[bool]:
        with ExitStack() as stack:
            yield _used(lambda: stack.enter_context(self._store.lock(KEY + name)))


def _used(use: Callable[[], T]) -> T:
    try:
        return use()
    except StoreUnavailable as error:
        raise TokenCacheUnavailable(str(error)) from error


def _token(row: dict[str, Any]) -> Token | None:
    try:
        return Token(str(row["value"]), _moment(row["renew_at"]), _moment(row["expires_at"]))
    except (KeyError, TypeError, ValueError):
        return None


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None
