"""What we made last, part by part, so that an admin's edit can be told from a change of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol, cast

from connector.zendesk.account.setup import Kind
from parley.zendesk.state.accounts import IDS, SECRETS, AccountBook
from store import Store, Tx

MADE: Final = "made:"
BEGUN: Final = "begun"


@dataclass(frozen=True, slots=True)
class Made:
    """A part as we last left it. `ours`: we made it; otherwise it was there, and we look after it since."""

    id: str
    name: str
    properties: Mapping[str, Any]
    ours: bool


What = tuple[Kind, str]


class Memory(Protocol):
    """Named JSON values that survive a crash at any call: each is written before `save` returns."""

    def read(self) -> Mapping[str, Any]: ...
    def save(self, key: str, value: Any) -> object: ...
    def forget(self, key: str) -> object: ...


@dataclass(slots=True)
class OwnMemory:
    """A memory that ends with the process."""

    values: dict[str, Any] = field(default_factory=dict)

    def read(self) -> Mapping[str, Any]:
        return self.values

    def save(self, key: str, value: Any) -> None:
        self.values[key] = value

    def forget(self, key: str) -> None:
        self.values.pop(key, None)


class StoredMemory:
    """The memory of a desk, in its database. Ids and secrets go through the book, which others read them from."""

    def __init__(self, store: Store, book: AccountBook, now: Any) -> None:
        self._store = store
        self._book = book
        self._now = now

    def read(self) -> Mapping[str, Any]:
        def look(tx: Tx) -> dict[str, Any]:
            return {
                **tx.account.all(MADE),
                **{key: tx.account.get(key) for key in (BEGUN, IDS, SECRETS) if tx.account.get(key) is not None},
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


class Remembered:
    """The memory as the plan reads it. `account` is the account's address: what another one holds is not ours."""

    def __init__(self, memory: Memory, account: str) -> None:
        self._memory = memory
        self._account = account
        self.values = dict(memory.read())

    def made(self) -> dict[What, Made]:
        found: dict[What, Made] = {}
        for key, row in self.values.items():
            if key.startswith(MADE) and isinstance(row, dict) and row.get("account") == self._account:
                kind, _, name = key.removeprefix(MADE).partition(":")
                found[cast(Kind, kind), name] = Made(row["id"], row["name"], row["properties"], bool(row["ours"]))
        return found

    def begun(self) -> frozenset[What]:
        """What a run was about to create: should it be there and not be remembered, that run made it."""
        row = self.values.get(BEGUN)
        if not isinstance(row, dict) or row.get("account") != self._account:
            return frozenset()
        return frozenset((cast(Kind, kind), key) for kind, key in row["parts"])

    def begin(self, parts: Iterable[What]) -> None:
        self._begin(self.begun() | {*parts})

    def not_begun(self, parts: Iterable[What]) -> None:
        """These were not created, or are remembered."""
        left = self.begun() - {*parts}
        if left:
            self._begin(left)
        else:
            self.end()

    def _begin(self, parts: Iterable[What]) -> None:
        self.save(BEGUN, {"account": self._account, "parts": [list(one) for one in sorted(parts)]})

    def end(self) -> None:
        if BEGUN in self.values:
            self.forget(BEGUN)

    def keep(self, what: What, made: Made) -> None:
        row = {
            "account": self._account,
            "id": made.id,
            "name": made.name,
            "properties": dict(made.properties),
            "ours": made.ours,
        }
        self.save(MADE + ":".join(what), row)

    def drop(self, what: What) -> None:
        self.forget(MADE + ":".join(what))

    def save(self, key: str, value: Any) -> None:
        """Write a value, unless it stands there already."""
        if self.values.get(key) != value:
            self._memory.save(key, value)
            self.values[key] = value

    def forget(self, key: str) -> None:
        self._memory.forget(key)
        self.values.pop(key, None)
