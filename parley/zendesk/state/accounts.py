"""What was found out about the Zendesk account, kept in the database and remembered for some seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from connector.errors import Misconfigured
from connector.zendesk import AccountIds
from parley.zendesk.state.signing_secrets import KEPT, SECRETS, Signing, damaged, keep_secrets, signing_of
from store import NotJson, Store, StoreUnavailable, Tx
from sync.reconciling.reconcile import first_begins

__all__ = ["IDS", "NOT_SET_UP", "REMEMBERED", "SECRETS", "AccountBook", "is_set_up"]

IDS = "ids"
UNREAD = "What is known of the Zendesk account could not be read yet; it is tried again."
NOT_SET_UP = "The Zendesk account is not set up: run `parley zendesk apply`."
REMEMBERED = timedelta(seconds=10)
"""What was read is good for so long; older than that it may be another's of now."""
DOORS_READ_EVERY = timedelta(seconds=5)
AGAIN = timedelta(seconds=1)
"""While a secret changes, the database is asked this often at most, however many forged requests come."""
FAILED = timedelta(seconds=3)
"""So long after a read that failed nobody tries again: a database that is silent holds up one, not everybody."""


def is_set_up(tx: Tx) -> bool:
    """Whether `parley zendesk apply` ever ran."""
    ids = tx.account.get(IDS)
    return isinstance(ids, dict) and bool(AccountIds.from_json(ids).form)


class AccountBook:
    """Ids and signing secrets. Read again after some seconds, so that `parley zendesk apply` reaches a running
    desk; while the database is away, what was read last holds. Before anything was read, asking raises
    StoreUnavailable: with no ids every ticket would look like nobody's.

    The doors' event loop waits for nothing: its secrets are those of `known_secrets` and `known_while_changing`,
    which ask memory alone, and `look` reads them anew beside it.
    """

    def __init__(self, store: Store, now: Callable[[], datetime], given: tuple[str, ...] = ()) -> None:
        self._store = store
        self._now = now
        self._given = given
        self._lock = threading.Lock()
        self._read_at: datetime | None = None
        self._written = 0
        self._failed_at: datetime | None = None
        self._known = False
        self._ids = AccountIds()
        self._signing = Signing()

    @property
    def given(self) -> bool:
        """Whether the signing secrets are set by hand."""
        return bool(self._given)

    def ids(self) -> AccountIds:
        """What `apply` found or made; nothing where it never ran."""
        self._refresh(REMEMBERED)
        return self._ids

    def ids_in_use(self) -> AccountIds:
        """The ids that tickets are read by. Raises Misconfigured where there are none yet, so that what needs them
        waits until `apply` has run: without them a ticket could only look like nobody's."""
        ids = self.ids()
        if not ids.form:
            raise Misconfigured(NOT_SET_UP)
        return ids

    def secrets(self) -> tuple[str, ...]:
        """The signing secrets that are valid now: those of the setting, else those that were stored."""
        if self._given:
            return self._given
        self._refresh(REMEMBERED)
        return self._signing.valid(self._now())

    def look(self) -> None:
        """Read what the doors go by, where that has grown old. To be called every second, beside the event loop."""
        if not self._given:
            changing = self._signing.is_changing(self._now())
            self._refresh(AGAIN if changing else DOORS_READ_EVERY, patient=True)

    def known_secrets(self) -> tuple[str, ...]:
        """`secrets` as they were read last."""
        if self._given:
            return self._given
        if not self._known:
            raise StoreUnavailable(UNREAD)
        return self._signing.valid(self._now())

    def known_while_changing(self) -> tuple[str, ...] | None:
        """While a secret changes, or may have been changed unseen since the last read: those known; else None."""
        if self._given:
            return None
        sure = self._is_fresh(REMEMBERED) and not self._signing.is_changing(self._now())
        return None if sure else self.known_secrets()

    def save(self, key: str, value: dict[str, Any]) -> None:
        """Keep what `apply` found or made. A signing secret that this replaces holds for a while."""

        def keep(tx: Tx) -> None:
            if key == SECRETS:
                keep_secrets(tx, value, self._now())
            else:
                tx.account.set(key, value, self._now())
            if key == IDS:
                first_begins(tx, self._now())

        self._store.write(keep)
        self.forget()

    def forget(self) -> None:
        """What was read, or is being read just now, is old: another wrote."""
        self._written += 1
        self._read_at = None

    def _is_fresh(self, remembered: timedelta) -> bool:
        return _is_within(self._read_at, self._now(), remembered)

    def _refresh(self, remembered: timedelta, *, patient: bool = False) -> None:
        """Read it anew where it has grown old; an impatient caller goes by what is known while another
        reads, unless that is known to be old."""
        patient = patient or not self._known or self._read_at is None
        if self._is_fresh(remembered) or not self._lock.acquire(blocking=patient):
            return
        try:
            if not self._is_fresh(remembered):
                self._read()
        finally:
            self._lock.release()

    def _read(self) -> None:
        now, written = self._now(), self._written
        try:
            if _is_within(self._failed_at, now, FAILED):
                raise StoreUnavailable(UNREAD)
            known = self._store.read(lambda tx: tx.account.some(IDS, *KEPT))
            ids, signing = _ids_of(known), signing_of(known)
        except StoreUnavailable:
            if not _is_within(self._failed_at, now, FAILED):
                self._failed_at = self._now()
            if not self._known:
                raise
            return
        self._ids, self._signing = ids, signing
        self._read_at = now if written == self._written else None
        self._failed_at = None
        self._known = True


def _ids_of(known: Mapping[str, Any]) -> AccountIds:
    """Raises StoreUnavailable where they are damaged: they are not none, and `apply` writes them anew."""
    ids = known.get(IDS, {})
    if isinstance(ids, NotJson) or not isinstance(ids, dict):
        raise StoreUnavailable(damaged(IDS))
    return AccountIds.from_json(ids)


def _is_within(moment: datetime | None, now: datetime, span: timedelta) -> bool:
    return moment is not None and timedelta(0) <= now - moment < span
