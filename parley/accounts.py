"""What was found out about the Zendesk account, kept in the database and remembered for some seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from connector.zendesk import AccountIds
from store import Store, StoreUnavailable

IDS, SECRETS = "ids", "secrets"
REMEMBERED = timedelta(seconds=10)


class AccountBook:
    """Ids and signing secrets. Read again after some seconds, so that `parley zendesk apply` reaches a running
    desk; while the database is away, what was read last holds. Before anything was read, asking raises
    StoreUnavailable: with no ids every ticket would look like nobody's."""

    def __init__(self, store: Store, now: Callable[[], datetime], given: tuple[str, ...] = ()) -> None:
        self._store = store
        self._now = now
        self._given = given
        self._lock = threading.Lock()
        self._read_at: datetime | None = None
        self._known = False
        self._ids = AccountIds()
        self._secrets: tuple[str, ...] = ()

    def ids(self) -> AccountIds:
        self._refresh()
        return self._ids

    def secrets(self) -> tuple[str, ...]:
        """The signing secrets that are valid now: those of the setting, else those that `apply` stored."""
        if self._given:
            return self._given
        self._refresh()
        return self._secrets

    def save(self, key: str, value: dict[str, Any]) -> None:
        """Keep what `apply` found or made."""
        self._store.write(lambda tx: tx.account.set(key, value, self._now()))
        self._read_at = None

    def _refresh(self) -> None:
        now = self._now()
        if self._read_at is not None and timedelta(0) <= now - self._read_at < REMEMBERED:
            return
        with self._lock:
            try:
                found = self._store.read(lambda tx: (tx.account.get(IDS), tx.account.get(SECRETS)))
            except StoreUnavailable:
                if not self._known:
                    raise
                return
            ids, secrets = found
            self._ids = AccountIds.from_json(ids or {})
            self._secrets = tuple(str(secret) for secret in (secrets or {}).values())
            self._read_at = now
            self._known = True
