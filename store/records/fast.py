"""The one hot statement: many events into the inbox at once, straight through the driver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from store.records.known import may_come_again
from store.schema.rows import Receipt
from store.sql import prepared
from store.sql.arrays import TextArray
from store.sql.types import AT_ONCE, clean, moment_to_text, to_json

# key, fold, kind, lane, body, received_at, state, attempts, due, error: ready for the driver.
InboxValues = tuple[str, str | None, str, str, str, str, str, int, str, str | None]
_AT_ONCE = moment_to_text(AT_ONCE)
_ATTEMPTS = 7
_COLUMNS = "key, fold, kind, lane, body, received_at, state, attempts, due, error"


def values_of(
    key: str,
    kind: str,
    lane: str,
    body: Mapping[str, Any],
    now: datetime,
    *,
    dedupe_key: str | None = None,
    due: datetime | None = None,
    dead: str | None = None,
) -> InboxValues:
    """One event as the driver wants it; with `dead`, a sentence, it starts as a dead letter."""
    received = moment_to_text(now)
    return (
        clean(key),
        dedupe_key if dedupe_key is None else clean(dedupe_key),
        kind,
        clean(lane),
        to_json(body),
        received,
        "new" if dead is None else "dead",
        0,
        _AT_ONCE if due is None else moment_to_text(due),
        dead if dead is None else clean(dead),
    )


# One text for any number of rows, so that the server prepares it once. Numbers are given in the order in which the
# rows came, before they are sorted: rows go in in one order, by what may keep them out, so that two who store the
# same ones wait for each other one way round only.
_INSERT_MANY = """
INSERT INTO inbox (id, key, fold, kind, lane, body, received_at, state, attempts, due, error)
SELECT id, key, fold, kind, lane, body, received_at, state, 0, due, error
FROM (
  SELECT nextval('inbox_id_seq') AS id, event.*
  FROM unnest(
    %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[]
  ) AS event (key, fold, kind, lane, body, received_at, state, due, error)
) AS numbered
ORDER BY coalesce(fold, key) COLLATE "C", id
ON CONFLICT DO NOTHING RETURNING id, key
"""
_BODIES = "SELECT key, body FROM inbox WHERE key = ANY(%b::text[])"
_BODY = "SELECT key, body FROM inbox WHERE key = ?"


_UNLESS_KNOWN = "SELECT * FROM ({values}) WHERE column1 NOT IN (SELECT key FROM known_keys)"


@lru_cache(maxsize=1024)
def _insert_values(rows: int, *, unless_known: bool) -> str:
    values = "VALUES " + ", ".join(["(" + ", ".join("?" * 10) + ")"] * rows)
    rows_of = _UNLESS_KNOWN.format(values=values) if unless_known else values
    # The only part that varies is the number of rows.
    return f"INSERT INTO inbox ({_COLUMNS}) {rows_of} ON CONFLICT DO NOTHING"  # nosec B608


def insert_inbox(connection: Connection, rows: Sequence[InboxValues]) -> list[Receipt]:
    """Insert what is not known yet with one statement; one receipt for each row, in order.

    Keys whose rows were taken out are known to SQLite's statement alone, which nobody else writes beside.
    """
    insert = _insert_sqlite if connection.dialect.name == "sqlite" else _insert_postgres
    new = insert(connection, rows)
    # pop: of two twins in one batch the first is the new one.
    ids = [new.pop(row[0], None) for row in rows]
    # The key of a row with a dedupe key is made up for it: nothing else was ever kept under it.
    again = [row[0] for row, row_id in zip(rows, ids, strict=True) if row_id is None and row[1] is None]
    known = _bodies(connection, again)
    return [
        Receipt(True, row_id) if row_id is not None else Receipt(False, None, known.get(row[0], row[4]) != row[4])
        for row, row_id in zip(rows, ids, strict=True)
    ]


def _insert_postgres(connection: Connection, rows: Sequence[InboxValues]) -> dict[str, int]:
    columns = [TextArray(column) for place, column in enumerate(zip(*rows, strict=True)) if place != _ATTEMPTS]
    return {key: row_id for row_id, key in prepared.say(connection, _INSERT_MANY, columns).fetchall()}


def _insert_sqlite(connection: Connection, rows: Sequence[InboxValues]) -> dict[str, int]:
    """The ids by key of what was new.

    No RETURNING: every returned row would hand the interpreter's lock to and fro, and ids of one transaction are
    consecutive anyway, since it is the only writer.
    """
    # What may not come again was never taken out with its key kept: where all is such, nothing is looked up.
    insert = _insert_values(len(rows), unless_known=any(may_come_again(row[2], row[1]) for row in rows))
    result = prepared.say(connection, insert, [value for row in rows for value in row])
    if result.rowcount == len(rows):
        first = result.lastrowid - len(rows) + 1
        return {row[0]: first + place for place, row in enumerate(rows)}
    if result.rowcount == 0:
        return {}
    newest = prepared.say(
        connection, "SELECT key, id FROM inbox WHERE id > ?", [result.lastrowid - result.rowcount]
    )
    return dict(newest.fetchall())


def _bodies(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """The body that each of these keys is known with."""
    if not keys:
        return {}
    if connection.dialect.name != "sqlite":
        return dict(prepared.say(connection, _BODIES, [TextArray(keys)]).fetchall())
    return dict(row for key in keys for row in prepared.say(connection, _BODY, [key]).fetchall())
