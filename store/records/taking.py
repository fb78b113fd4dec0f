"""Rows of the inbox are taken and handled by one statement, each as the first of its lane that waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Connection, Update, any_, bindparam, func, literal_column, select, update
from sqlalchemy.sql import FromClause

from store.database.errors import VersionConflict
from store.schema.rows import InboxRow
from store.schema.tables import inbox, is_unhandled, still_unhandled
from store.sql import prepared
from store.sql.among import numbers, table_of

COLUMNS = [inbox.c[name] for name in InboxRow.__dataclass_fields__]
HANDLED = {"state": "done", "done_at": bindparam("now"), "error": None, "attempts": inbox.c.attempts + 1}
_ASKED = ("id", "first", "place")
_OLDER = inbox.alias("older")
_MINE = inbox.alias("mine")


def is_first_of_lane(rows: FromClause) -> ColumnElement[bool]:
    """Whether nothing unhandled stands before a row in its lane, from a row on before which nothing did.

    Asked for in this way the oldest one is looked up by its lane; "there is none older" has PostgreSQL read all
    lanes, where statistics are from when little waited.
    """
    oldest = (
        select(_OLDER.c.id)
        .where(_OLDER.c.lane == rows.c.lane, _OLDER.c.id >= bindparam("first"), is_unhandled(_OLDER))
        .order_by(_OLDER.c.id)
        .limit(literal_column("1"))
    )
    return rows.c.id == oldest.scalar_subquery()


_TAKEN = (
    select(_MINE.c.id)
    .where(_MINE.c.id == bindparam("the_id"), still_unhandled(_MINE), is_first_of_lane(_MINE))
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_FINISH = update(inbox).where(inbox.c.id == _TAKEN).values(HANDLED).returning(*COLUMNS)


@cache
def _finish_all(dialect: str) -> Update:
    """Those of the rows asked for that are unhandled and stand in the place of their lane that they were given."""
    asked = table_of(dialect, *_ASKED)
    before = (_OLDER.c.lane == _MINE.c.lane, _OLDER.c.id.between(asked.c.first, _MINE.c.id), is_unhandled(_OLDER))
    taken = (
        select(_MINE.c.id)
        .select_from(asked.join(_MINE, _MINE.c.id == asked.c.id))
        .where(still_unhandled(_MINE), asked.c.place == select(func.count()).where(*before).scalar_subquery())
        .with_for_update(skip_locked=True, of=_MINE)
    )
    # As an array they are known before the table is looked at, and looked up by their ids whatever statistics say.
    array = any_(func.array(taken.scalar_subquery()))
    among = inbox.c.id.in_(taken) if dialect == "sqlite" else inbox.c.id == array
    return update(inbox).where(among).values(HANDLED).returning(*COLUMNS)


def finish(connection: Connection, row_id: int, now: datetime, first: int) -> InboxRow | None:
    """The row, handled with this transaction; None when it is not its turn, or another's. See `Inbox.finish`."""
    found = prepared.first(connection, _FINISH, {"the_id": row_id, "first": first, "now": now})
    return InboxRow(*found) if found else None


def finish_all(connection: Connection, rows: Sequence[tuple[int, int]], now: datetime) -> list[InboxRow]:
    """Those of the rows whose turn it is, handled with this transaction. See `Inbox.finish_all`."""
    if not rows:
        return []
    if len(rows) == 1:
        alone = finish(connection, rows[0][0], now, rows[0][1])
        return [] if alone is None else [alone]
    asked = [(*row, place) for row, place in zip(rows, _places(rows), strict=True)]
    values = {**numbers(connection, _ASKED, asked), "now": now}
    found = {
        row[0]: InboxRow(*row) for row in prepared.rows(connection, _finish_all(connection.dialect.name), values)
    }
    left: set[int] = set()
    for row_id, first in rows:
        if row_id not in found:
            left.add(first)
        elif first in left:
            raise VersionConflict("An older row of the lane is being handled elsewhere.")
    return [found[row_id] for row_id, _ in rows if row_id in found]


def _places(rows: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Which one of its lane's each of the rows is."""
    so_far: Counter[int] = Counter()
    for _, first in rows:
        so_far[first] += 1
        yield so_far[first]
