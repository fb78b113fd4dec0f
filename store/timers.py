"""Timers: what is due when for which case; a tick costs what is due, not what is open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, delete, false, select, true, update

from store import prepared
from store.rows import Timer, TimerRow
from store.tables import timers
from store.upsert import insert_or_update

_COLUMNS = [timers.c[name] for name in TimerRow.__dataclass_fields__]
# Built once: SQLAlchemy takes longer to build a statement than to send it.
_OF_CASE = select(*_COLUMNS).where(timers.c.case_id == bindparam("the_case")).order_by(timers.c.due, timers.c.kind)
_DUE = (
    select(*_COLUMNS)
    .where(timers.c.fired == false(), timers.c.due <= bindparam("now"))
    .order_by(timers.c.due)
    .limit(bindparam("most", type_=Integer))
)
_NEXT_DUE = select(timers.c.due).where(timers.c.fired == false()).order_by(timers.c.due).limit(1)


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

    def replace(self, case_id: str, wanted: Mapping[str, Timer]) -> None:
        """Give a case exactly these timers; the others go. An unchanged one that fired stays fired."""
        known = {row.kind: row for row in self.of_case(case_id)}
        for kind in known.keys() - wanted.keys():
            gone = delete(timers).where(timers.c.case_id == case_id, timers.c.kind == kind)
            self._connection.execute(gone)
        for kind, timer in wanted.items():
            row = known.get(kind)
            same = row is not None and (row.due, row.generation) == (timer.due, timer.generation)
            if same and row is not None and row.why == timer.why:
                continue
            values = {
                "case_id": case_id,
                "kind": kind,
                "generation": timer.generation,
                "due": timer.due,
                "why": dict(timer.why),
                "fired": same and row is not None and row.fired,
            }
            insert_or_update(self._connection, timers, ("case_id", "kind"), values)

    def due(self, now: datetime, limit: int = 1000) -> list[TimerRow]:
        """Timers that are due and did not fire yet, soonest first."""
        return [_row(found) for found in prepared.rows(self._connection, _DUE, {"now": now, "most": limit})]

    def mark_fired(self, case_id: str, kind: str, generation: int) -> bool:
        """Remember that a timer's inbox row was written; False when it fired, or was set anew, meanwhile."""
        fired = (
            update(timers)
            .where(timers.c.case_id == case_id, timers.c.kind == kind)
            .where(timers.c.generation == generation, timers.c.fired == false())
            .values(fired=true())
        )
        return self._connection.execute(fired).rowcount == 1

    def next_due(self) -> datetime | None:
        """When the next timer is due."""
        due: datetime | None = prepared.value(self._connection, _NEXT_DUE)
        return due
