"""What we know of the account (ids found, secrets, our user), and marks: cursors and heartbeats."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, select
from sqlalchemy.sql import ColumnElement

from store.schema.rows import Mark
from store.schema.tables import account, marks
from store.sql import prepared
from store.sql.among import is_among, texts
from store.sql.upsert import insert_or_update

# What every process asks all the time, built once: SQLAlchemy takes longer to build a statement than to send it.
_VALUE = select(account.c.value).where(account.c.key == bindparam("the_key"))
_MARK = select(marks.c.value, marks.c.at).where(marks.c.name == bindparam("the_name"))

_MARKS = (
    select(marks.c.name, marks.c.value, marks.c.at)
    .where(marks.c.name > bindparam("first"), marks.c.name < bindparam("beyond"))
    .order_by(marks.c.name)
)


@cache
def _marks_of(dialect: str) -> Select[Any]:
    return select(marks.c.name, marks.c.value, marks.c.at).where(is_among(dialect, marks.c.name, "the_names"))


@cache
def _values_of(number: int) -> Select[Any]:
    keys: list[ColumnElement[str]] = [bindparam(f"key_{one}") for one in range(number)]
    return select(account.c.key, account.c.value).where(account.c.key.in_(keys))


def _rises(new: Any) -> ColumnElement[bool]:
    rises: ColumnElement[bool] = marks.c.value < new.value
    return rises


class AccountValues:
    """Named values of the Zendesk account. Some are secrets: never log them."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> Any:
        """The value of a key, or None."""
        return prepared.value(self._connection, _VALUE, {"the_key": key})

    def some(self, *keys: str) -> dict[str, Any]:
        """Those of the keys that there are, each with its value."""
        asked = {f"key_{number}": key for number, key in enumerate(keys)}
        return dict(prepared.rows(self._connection, _values_of(len(asked)), asked))

    def set(self, key: str, value: Any, now: datetime) -> None:
        """Write a value (any JSON value but null) over what was there."""
        insert_or_update(self._connection, account, ("key",), {"key": key, "value": value, "at": now})

    def forget(self, key: str) -> None:
        """Drop a key."""
        self._connection.execute(delete(account).where(account.c.key == key))

    def all(self, prefix: str = "") -> dict[str, Any]:
        """Every key that starts with `prefix`, with its value."""
        query = select(account.c.key, account.c.value).order_by(account.c.key)
        found = self._connection.execute(query.where(account.c.key.startswith(prefix, autoescape=True)))
        return dict(found.all())


class Marks:
    """Named marks: how far a sweep came, when a loop was last alive."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> Mark | None:
        """The mark of a name."""
        found = prepared.first(self._connection, _MARK, {"the_name": name})
        return Mark(*found) if found else None

    def some(self, names: Collection[str]) -> dict[str, Mark]:
        """Those of the marks that there are."""
        asked = {"the_names": texts(self._connection, names)}
        found = prepared.rows(self._connection, _marks_of(self._connection.dialect.name), asked) if names else []
        return {name: Mark(value, at) for name, value, at in found}

    def beginning(self, prefix: str) -> dict[str, Mark]:
        """Every mark whose name begins so."""
        found = prepared.rows(self._connection, _MARKS, {"first": prefix, "beyond": prefix + "\U0010ffff"})
        return {name: Mark(value, at) for name, value, at in found if name.startswith(prefix)}

    def raise_to(self, name: str, value: Any, now: datetime) -> None:
        """Set a mark where it is new, or where the text of its value sorts before this one's."""
        insert_or_update(self._connection, marks, ("name",), {"name": name, "value": value, "at": now}, _rises)

    def forget(self, name: str) -> None:
        """Drop a mark."""
        self._connection.execute(delete(marks).where(marks.c.name == name))

    def set(self, name: str, value: Any, now: datetime) -> None:
        """Set a mark; the value may be None where only the moment matters."""
        insert_or_update(self._connection, marks, ("name",), {"name": name, "value": value, "at": now})
