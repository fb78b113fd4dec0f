"""Timers: what is due when for which case; a tick costs what is due, not what is open."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Delete, Integer, and_, bindparam, delete, false, select, true, update
from sqlalchemy.sql import ColumnElement

from store.schema.rows import DueCount, NewTimer, TimerRow
from store.schema.tables import timers
from store.sql import prepared
from store.sql.arrays import TextArray
from store.sql.types import moment_to_text
from store.sql.upsert import insert_or_update_all

_HOUR: Final = timedelta(hours=1)
_COLUMNS = [timers.c[name] for name in TimerRow.__dataclass_fields__]
# Built once: SQLAlchemy takes longer to build a statement than to send it.
_OF_CASE = select(*_COLUMNS).where(timers.c.case_id == bindparam("the_case")).order_by(timers.c.due, timers.c.kind)
_DUE = (
    select(*_COLUMNS)
    .where(timers.c.fired == false(), timers.c.due <= bindparam("now"))
    .order_by(timers.c.due)
    .limit(bindparam("most", type_=Integer))
)
_FIRED = (
    update(timers)
    .where(timers.c.case_id == bindparam("the_case"), timers.c.kind == bindparam("the_kind"))
    .where(timers.c.generation == bindparam("the_generation", type_=Integer), timers.c.fired == false())
    .values(fired=true())
)
_NEXT_DUE = select(timers.c.due).where(timers.c.fired == false()).order_by(timers.c.due).limit(1)
# A kind's next one is found in the index, and what is due of it in an hour counted there: nothing is sorted, and no
# row is read.
_COUNTED = """WITH RECURSIVE kinds (kind) AS (
  SELECT min(kind) FROM timers WHERE fired = false
  UNION ALL
  SELECT (SELECT min(kind) FROM timers WHERE fired = false AND kind > kinds.kind) FROM kinds WHERE kind IS NOT NULL
), hours (place, begins, ends) AS ({hours})
SELECT place, kind, (
  SELECT count(*) FROM timers
   WHERE fired = false AND timers.kind = kinds.kind AND due >= begins AND due < ends
) FROM kinds, hours WHERE kind IS NOT NULL"""
_HOURS_JSON = """SELECT key, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)"""
_HOURS_ARRAYS = """SELECT place - 1, begins, ends
  FROM unnest(%b::text[], %b::text[]) WITH ORDINALITY AS given (begins, ends, place)"""
_COUNTED_JSON, _COUNTED_ARRAYS = _COUNTED.format(hours=_HOURS_JSON), _COUNTED.format(hours=_HOURS_ARRAYS)


@cache
def _others(number: int) -> Delete:
    wanted = [timers.c.kind != bindparam(f"kind_{one}") for one in range(number)]
    return delete(timers).where(timers.c.case_id == bindparam("the_case"), *wanted)


def _still_fired(new: Any) -> ColumnElement[bool]:
    return and_(timers.c.fired == true(), timers.c.due == new.due, timers.c.generation == new.generation)


def _row(found: Any) -> TimerRow:
    return TimerRow(*found)


class Timers:
    """Verbs of the timers inside one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_case(self, case_id: str) -> list[TimerRow]:
        """The timers of a case, soonest first."""
        return [_row(found) for found in prepared.rows(self._connection, _OF_CASE, {"the_case": case_id})]

    def replace(self, case_id: str, wanted: Mapping[str, NewTimer], known: Set[str] | None = None) -> None:
        """Give a case exactly these timers; the others go. An unchanged one that fired stays fired.

        `known` are the kinds that it has, where the caller knows them.
        """
        if known is None or not known <= wanted.keys():
            others = {f"kind_{number}": kind for number, kind in enumerate(wanted)}
            prepared.change(self._connection, _others(len(others)), {"the_case": case_id, **others})
        rows = [
            {
                "case_id": case_id,
                "kind": kind,
                "generation": timer.generation,
                "due": timer.due,
                "why": dict(timer.why),
                "fired": False,
            }
            for kind, timer in wanted.items()
        ]
        insert_or_update_all(self._connection, timers, ("case_id", "kind"), rows, fired=_still_fired)

    def due(self, now: datetime, limit: int = 1000) -> list[TimerRow]:
        """Timers that are due and did not fire yet, soonest first."""
        return [_row(found) for found in prepared.rows(self._connection, _DUE, {"now": now, "most": limit})]

    def mark_fired(self, case_id: str, kind: str, generation: int) -> bool:
        """Remember that a timer's inbox row was written; False when it fired, or was set anew, meanwhile."""
        values = {"the_case": case_id, "the_kind": kind, "the_generation": generation}
        return prepared.change(self._connection, _FIRED, values) == 1

    def due_by_hour(self, first: datetime, hours: int) -> list[DueCount]:
        """How many timers of each kind are due in each of so many hours from a moment on; what was due before, in
        the first."""
        begun = [first + number * _HOUR for number in range(hours)]
        # Before all moments in the order of texts is the empty one.
        begins, ends = ["", *map(moment_to_text, begun[1:])], [moment_to_text(at + _HOUR) for at in begun]
        if self._connection.dialect.name == "sqlite":
            asked = (json.dumps(list(zip(begins, ends, strict=True))),)
            found = prepared.say(self._connection, _COUNTED_JSON, asked)
        else:
            found = prepared.say(self._connection, _COUNTED_ARRAYS, (TextArray(begins), TextArray(ends)))
        return [DueCount(begun[place], kind, number) for place, kind, number in found.fetchall() if number]

    def next_due(self) -> datetime | None:
        """When the next timer is due."""
        due: datetime | None = prepared.value(self._connection, _NEXT_DUE)
        return due
