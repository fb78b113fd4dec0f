"""The one hot statement: many events into the inbox at once, straight through the driver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from store.rows import Receipt
from store.types import AT_ONCE, clean, moment_to_text, to_json

# key, fold, kind, lane, body, received_at, state, attempts, due, error: ready for the driver.
InboxValues = tuple[str, str | None, str, str, str, str, str, int, str, str | None]
_AT_ONCE = moment_to_text(AT_ONCE)
_COLUMNS = "key, fold, kind, lane, body, received_at, state, attempts, due, error"


def values_of(
    key: str,
    kind: str,
    lane: str,
    body: Mapping[str, Any],
    now: datetime,
    *,
    fold: str | None = None,
    due: datetime | None = None,
    dead: str | None = None,
) -> InboxValues:
    """One event as the driver wants it; with `dead`, a sentence, it starts as a dead letter."""
    received = moment_to_text(now)
    return (
        clean(key),
        fold if fold is None else clean(fold),
        kind,
        clean(lane),
        to_json(body),
        received,
        "new" if dead is None else "dead",
        0,
        _AT_ONCE if due is None else moment_to_text(due),
        dead if dead is None else clean(dead),
    )


@lru_cache(maxsize=512)
def _statement(rows: int, mark: str, returning: bool) -> str:
    one = "(" + ", ".join([mark] * 10) + ")"
    tail = " RETURNING id, key" if returning else ""
    values = ", ".join([one] * rows)
    # The only parts that vary are the number of rows and the driver's parameter mark.
    return f"INSERT INTO inbox ({_COLUMNS}) VALUES {values} ON CONFLICT DO NOTHING{tail}"  # noqa: S608  # nosec B608


def insert_inbox(connection: Connection, rows: Sequence[InboxValues]) -> list[Receipt]:
    """Insert what is not known yet with one statement; one receipt for each row, in order.

    On SQLite no RETURNING is used: every returned row would hand the interpreter's lock to and fro, and
    ids of one transaction are consecutive anyway, since it is the only writer.
    """
    flat = tuple(value for row in rows for value in row)
    if connection.dialect.name != "sqlite":
        statement = _statement(len(rows), "%s", True)
        found = connection.exec_driver_sql(statement, flat).all()
        return _receipts(connection, rows, {key: row_id for row_id, key in found})
    result = connection.exec_driver_sql(_statement(len(rows), "?", False), flat)
    if result.rowcount == len(rows):
        first = result.lastrowid - len(rows) + 1
        return [Receipt(True, first + place) for place in range(len(rows))]
    if result.rowcount == 0:
        return _receipts(connection, rows, {})
    newest = connection.exec_driver_sql(
        "SELECT id, key FROM inbox WHERE id > ?", (result.lastrowid - result.rowcount,)
    )
    return _receipts(connection, rows, {key: row_id for row_id, key in newest})


def _receipts(connection: Connection, rows: Sequence[InboxValues], new: dict[str, int]) -> list[Receipt]:
    receipts = []
    for row in rows:
        # pop: of two twins in one batch the first is the new one.
        row_id = new.pop(row[0], None)
        receipts.append(Receipt(True, row_id) if row_id else Receipt(False, None, _differs(connection, row)))
    return receipts


def _differs(connection: Connection, row: InboxValues) -> bool:
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    query = f"SELECT body FROM inbox WHERE key = {mark}"  # noqa: S608  # nosec B608 # the driver's parameter mark
    known = connection.exec_driver_sql(query, (row[0],)).scalar()
    return known is not None and known != row[4]
