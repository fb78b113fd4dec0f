"""An effect that is done, with what that brings: on PostgreSQL, by one statement, since each is a turn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from store.records.account_values import Marks
from store.records.fast import values_of
from store.records.inbox import Inbox
from store.records.outbox import Outbox
from store.schema.states import FINISHED, in_sql
from store.sql import prepared
from store.sql.types import clean, moment_to_text, to_json

# What is there after `done` finds nothing to take where that changed nothing, or where it is not asked for.
# The only part that varies is which states there are.
_SETTLE = f"""
WITH done AS (
  UPDATE outbox SET state = 'done', error = NULL, result = %s::text
  WHERE id = %s::text AND state NOT IN {in_sql(FINISHED)} RETURNING 1
), raised AS (
  INSERT INTO marks (name, value, at)
  SELECT name, value, at FROM done, (VALUES (%s::text, %s::text, %s::text)) AS mark (name, value, at)
  WHERE name IS NOT NULL
  ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at WHERE marks.value < excluded.value
), told AS (
  INSERT INTO inbox (key, fold, kind, lane, body, received_at, state, attempts, due, error)
  SELECT event.* FROM done, (
    VALUES (%s::text, %s::text, %s::text, %s::text, %s::text, %s::text, %s::text, %s::integer, %s::text, %s::text)
  ) AS event (key)
  WHERE key IS NOT NULL
  ON CONFLICT DO NOTHING
)
SELECT count(*) FROM done
"""  # noqa: S608  # nosec B608 # the constants of states
_NOTHING_TOLD = (None,) * 10


def settle(
    connection: Connection,
    effect_id: str,
    result: Any,
    now: datetime,
    *,
    mark: tuple[str, Any] | None,
    event: tuple[str, str, str, Mapping[str, Any]] | None,
) -> bool:
    """Done, with what came of it; False, and nothing of the rest, when the row was finished already.

    `mark`: one that is raised, by name and value. `event`: one of the desk's own, by key, kind, lane and body.
    """
    told = None if event is None else values_of(*event, now)
    if connection.dialect.name == "postgresql":
        marked = (None, None, None) if mark is None else (clean(mark[0]), to_json(mark[1]), moment_to_text(now))
        came_of_it = None if result is None else to_json(result)
        values = (came_of_it, effect_id, *marked, *(told or _NOTHING_TOLD))
        return bool(prepared.say(connection, _SETTLE, values).fetchone() == (1,))
    if not Outbox(connection).done(effect_id, result):
        return False
    if mark is not None:
        Marks(connection).raise_to(*mark, now)
    if told is not None:
        Inbox(connection).record_many([told])
    return True
