"""Which trace a row belongs to: a column of both boxes that is read and written by statements of its own.

Only a desk that tells its traces to somebody asks any of this, so that what every row costs stays what it is.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from sqlalchemy import Column, Connection, Select, Update, bindparam, select, update

from store.schema.tables import inbox, outbox
from store.sql import prepared
from store.sql.among import is_among, numbers, table_of, texts

_OF_EFFECT = select(outbox.c.trace).where(outbox.c.id == bindparam("the_id"))
_OF_EVENT = select(inbox.c.trace).where(inbox.c.id == bindparam("the_id"))
_EVENT = update(inbox).where(inbox.c.id == bindparam("the_id")).values(trace=bindparam("the_trace"))


@cache
def _of_events(dialect: str) -> Select[tuple[int, str]]:
    asked = table_of(dialect, "id")
    return select(inbox.c.id, inbox.c.trace).join(asked, asked.c.id == inbox.c.id).where(inbox.c.trace.is_not(None))


@cache
def _begins(dialect: str, named_by: Column[str]) -> Update:
    """What belongs to a trace stays in it."""
    rows = named_by.table
    new = update(rows).where(is_among(dialect, named_by, "the_names"), rows.c.trace.is_(None))
    return new.values(trace=bindparam("the_trace"))


class TraceContexts:
    """Verbs of the column `trace` inside one transaction. What stands in it is the caller's own word."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_events(self, row_ids: Collection[int]) -> dict[int, str]:
        """What stands at rows of the inbox, for each that has something."""
        values = numbers(self._connection, ("id",), [(row_id,) for row_id in row_ids])
        return dict(prepared.rows(self._connection, _of_events(self._connection.dialect.name), values))

    def of_event(self, row_id: int) -> str | None:
        """What stands at a row of the inbox."""
        found: str | None = prepared.value(self._connection, _OF_EVENT, {"the_id": row_id})
        return found

    def of_effect(self, effect_id: str) -> str | None:
        """What stands at a row of the outbox."""
        found: str | None = prepared.value(self._connection, _OF_EFFECT, {"the_id": effect_id})
        return found

    def put_event(self, row_id: int, trace: str) -> None:
        """Write it at a row of the inbox, over what stands there."""
        prepared.change(self._connection, _EVENT, {"the_id": row_id, "the_trace": trace})

    def begin_events(self, keys: Collection[str], trace: str) -> None:
        """Write it at the rows of the inbox with these keys, where nothing stands yet."""
        self._begin(inbox.c.key, keys, trace)

    def begin_effects(self, effect_ids: Collection[str], trace: str) -> None:
        """Write it at these rows of the outbox, where nothing stands yet."""
        self._begin(outbox.c.id, effect_ids, trace)

    def _begin(self, named_by: Column[str], names: Collection[str], trace: str) -> None:
        if names:
            values = {"the_names": texts(self._connection, names), "the_trace": trace}
            prepared.change(self._connection, _begins(self._connection.dialect.name, named_by), values)
