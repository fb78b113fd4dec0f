"""The parts as we left them, each in a row of its own: an admin's edit can be told from a change of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, Protocol

from parley.zendesk.account.model.refs import PartKey
from parley.zendesk.account.planning.known_state import StateEntry
from parley.zendesk.state.accounts import IDS, SECRETS, AccountBook
from store import Store, Tx

ENTRY: Final = "made:"
BEGUN: Final = "begun"
BUILD: Final = "app_build"
"""The job by which an app is being made, and of which package: whoever comes after a crash waits for it."""


class StateBackend(Protocol):
    """Named JSON values that survive a crash at any call: each is written before `save` returns."""

    def read(self) -> Mapping[str, Any]: ...
    def save(self, key: str, value: Any) -> object: ...
    def forget(self, key: str) -> object: ...


class StoredState:
    """The state of an account in the desk's database. Ids and secrets go through the book that others read."""

    def __init__(self, store: Store, book: AccountBook, now: Any) -> None:
        self._store = store
        self._book = book
        self._now = now

    def read(self) -> Mapping[str, Any]:
        def look(tx: Tx) -> dict[str, Any]:
            return {
                **tx.account.all(ENTRY),
                **tx.account.some(BEGUN, BUILD, IDS, SECRETS),
            }

        return self._store.read(look)

    def save(self, key: str, value: Any) -> None:
        if key in (IDS, SECRETS):
            self._book.save(key, value)
        else:
            self._store.write(lambda tx: tx.account.set(key, value, self._at()))

    def forget(self, key: str) -> None:
        self._store.write(lambda tx: tx.account.forget(key))

    def _at(self) -> datetime:
        moment: datetime = self._now()
        return moment


class AccountState:
    """The state as the plan reads it. `account` is the account's address: other accounts' rows are not ours."""

    def __init__(self, backend: StateBackend, account: str) -> None:
        self._backend = backend
        self._account = account
        self.values = dict(backend.read())

    def entries(self) -> dict[PartKey, StateEntry]:
        found: dict[PartKey, StateEntry] = {}
        for key, row in self.values.items():
            if key.startswith(ENTRY) and isinstance(row, dict) and row.get("account") == self._account:
                kind, _, name = key.removeprefix(ENTRY).partition(":")
                # One that is damaged counts as not known: the part is found by its name.
                with suppress(LookupError, TypeError, ValueError):
                    properties = dict(row["properties"])
                    found[kind, name] = StateEntry(str(row["id"]), str(row["name"]), properties, bool(row["ours"]))
        return found

    def begun(self) -> frozenset[PartKey]:
        """What a run was about to create: should it be there and not be remembered, that run made it."""
        row = self.values.get(BEGUN)
        if not isinstance(row, dict) or row.get("account") != self._account:
            return frozenset()
        with suppress(LookupError, TypeError, ValueError):
            return frozenset((str(kind), str(key)) for kind, key in row["parts"])
        return frozenset()

    def given(self) -> dict[PartKey, Mapping[str, Any]]:
        """Of what was begun: what it was given that the account never shows."""
        row = self.values.get(BEGUN)
        if not self.begun() or not isinstance(row, dict) or not isinstance(row.get("given"), dict):
            return {}
        keys = {":".join(part_key): part_key for part_key in self.begun()}
        return {keys[key]: dict(found) for key, found in row["given"].items() if key in keys}

    def begin(self, parts: Iterable[PartKey], given: Mapping[PartKey, Mapping[str, Any]]) -> None:
        """What an earlier run gave stays said: should it be wrong, it is only given once more."""
        self._begin(self.begun() | {*parts}, {**given, **self.given()})

    def not_begun(self, parts: Iterable[PartKey]) -> None:
        """These were not created, or are remembered."""
        left = self.begun() - {*parts}
        if left:
            self._begin(left, self.given())
        else:
            self.end()

    def _begin(self, parts: frozenset[PartKey], given: Mapping[PartKey, Mapping[str, Any]]) -> None:
        said = {":".join(part_key): dict(found) for part_key, found in given.items() if found and part_key in parts}
        row = {"account": self._account, "parts": [list(one) for one in sorted(parts)]}
        self.save(BEGUN, {**row, "given": said} if said else row)

    def end(self) -> None:
        if BEGUN in self.values:
            self.forget(BEGUN)

    def build(self) -> tuple[str, str] | None:
        """A job that a run began, and the fingerprint of its package."""
        row = self.values.get(BUILD)
        if not isinstance(row, dict) or row.get("account") != self._account:
            return None
        return str(row.get("job")), str(row.get("package"))

    def begin_build(self, job: str, package: str) -> None:
        self.save(BUILD, {"account": self._account, "job": job, "package": package})

    def end_build(self) -> None:
        if BUILD in self.values:
            self.forget(BUILD)

    def keep(self, part_key: PartKey, entry: StateEntry) -> None:
        row = {
            "account": self._account,
            "id": entry.id,
            "name": entry.name,
            "properties": dict(entry.properties),
            "ours": entry.ours,
        }
        self.save(ENTRY + ":".join(part_key), row)

    def drop(self, part_key: PartKey) -> None:
        self.forget(ENTRY + ":".join(part_key))

    def save(self, key: str, value: Any) -> None:
        """Write a value, unless it stands there already."""
        if self.values.get(key) != value:
            self._backend.save(key, value)
            self.values[key] = value

    def forget(self, key: str) -> None:
        self._backend.forget(key)
        self.values.pop(key, None)
