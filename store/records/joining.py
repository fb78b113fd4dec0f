"""A look joins the one in its lane that nobody has started yet, or is taken along by the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache, reduce
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from escalation.model.effect_kinds import LOOK
from store.schema.rows import NewOutboxRow, OutboxRow
from store.schema.tables import is_unfinished, outbox
from store.sql import prepared
from store.sql.types import NotJson


def _united(older: Mapping[str, Any], younger: Mapping[str, Any]) -> dict[str, Any]:
    lists = {
        name: list(dict.fromkeys([*older[name], *asked]))
        for name, asked in younger.items()
        if isinstance(asked, list) and isinstance(older.get(name), list)
    }
    return {**older, **younger, **lists}


class WaitingLook(NamedTuple):
    """What a look that nobody started yet asks for."""

    id: str
    body: Mapping[str, Any]
    due: datetime
    priority: int

    def joined_by(self, effect: NewOutboxRow) -> WaitingLook:
        """The same, asking for what another asks for besides."""
        priority = min(self.priority, effect.priority)
        return WaitingLook(self.id, _united(self.body, effect.body), min(self.due, effect.due), priority)


_KNOWN = outbox.alias("known")
_WAITING_LOOK = (
    select(*(outbox.c[name] for name in WaitingLook._fields))
    .where(outbox.c.lane == bindparam("the_lane"), outbox.c.kind == LOOK, is_unfinished(outbox))
    .where(outbox.c.state == "todo", outbox.c.attempts == 0)
    .where(~select(1).where(_KNOWN.c.id == bindparam("but_for")).exists())
    .order_by(outbox.c.seq)
    .limit(1)
    .with_for_update()
)


@cache
def _unless_one_waits(dialect: str, columns: tuple[str, ...]) -> ReturningInsert[Any]:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    waits = outbox.alias("waits")
    waiting = select(1).where(waits.c.lane == bindparam("the_lane"), waits.c.kind == LOOK, is_unfinished(waits))
    nobody_began = waiting.where(waits.c.state == "todo", waits.c.attempts == 0)
    row = select(*(bindparam(f"new_{name}", type_=outbox.c[name].type) for name in columns))
    fresh = make(outbox).from_select(columns, row.where(~nobody_began.exists()), include_defaults=False)
    return fresh.on_conflict_do_nothing().returning(outbox.c.id)


# So many looks that wait behind one are taken along by it.
MOST_TAKEN = 1000
_BEHIND = outbox.alias("behind")
_WAITS_BEHIND = (
    _BEHIND.c.lane == bindparam("the_lane"),
    _BEHIND.c.seq > bindparam("the_seq", type_=Integer),
    _BEHIND.c.kind == LOOK,
    is_unfinished(_BEHIND),
    _BEHIND.c.state == "todo",
    _BEHIND.c.attempts == 0,
)
_THOSE_BEHIND = (
    select(_BEHIND.c.id, _BEHIND.c.body)
    .where(*_WAITS_BEHIND)
    .order_by(_BEHIND.c.seq)
    .limit(MOST_TAKEN)
    .with_for_update()
)


def looks_wait_behind() -> ColumnElement[bool]:
    """Whether looks that nobody started wait behind a row of a lane, `the_seq` of `the_lane`."""
    return select(1).where(*_WAITS_BEHIND).exists().label("looks_wait_behind")


_JOINED = update(outbox).where(outbox.c.id == bindparam("the_id"))


class WaitingLooks:
    """The looks of one transaction. One that was added or joined in it is not looked for again."""

    __slots__ = ("_connection", "_known")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, WaitingLook] = {}

    def added(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Effects were put in; others than looks do not matter."""
        looks = [row for row in rows if row["kind"] == LOOK]
        self._known |= {row["lane"]: WaitingLook(*(row[name] for name in WaitingLook._fields)) for row in looks}

    def forget(self) -> None:
        """Something else was done to an effect."""
        self._known.clear()

    def added_alone(self, row: Mapping[str, Any]) -> bool:
        """Put a look in where none waits that it could join; whether it was."""
        if row["lane"] in self._known:
            return False
        statement = _unless_one_waits(self._connection.dialect.name, tuple(row))
        values = {"the_lane": row["lane"], **{f"new_{name}": value for name, value in row.items()}}
        found = prepared.rows(self._connection, statement, values)
        self.added([row] if found else [])
        return bool(found)

    def joined(self, effect: NewOutboxRow) -> bool:
        """Whether there is one that nobody started, which asks for what both do from now on."""
        look = self._known.get(effect.lane) or self._waiting(effect)
        if look is None:
            return False
        both = look.joined_by(effect)
        if both != look:
            values = {"the_id": look.id, "body": both.body, "due": both.due, "priority": both.priority}
            prepared.change(self._connection, _JOINED, values)
        self._known[effect.lane] = both
        return True

    def taken_along(self, row: OutboxRow, body: Mapping[str, Any]) -> dict[str, Any]:
        """Settle the looks that wait behind one that begins; what it asks for from now on. One that is damaged
        stays for its own turn."""
        values = {"the_lane": row.lane, "the_seq": row.seq}
        found = [
            (look_id, asked)
            for look_id, asked in prepared.rows(self._connection, _THOSE_BEHIND, values)
            if not isinstance(asked, NotJson)
        ]
        served = update(outbox).where(outbox.c.id.in_([look_id for look_id, _ in found])).values(state="done")
        self._connection.execute(served)
        self.forget()
        return reduce(_united, (asked for _, asked in found), dict(body))

    def _waiting(self, effect: NewOutboxRow) -> WaitingLook | None:
        # One whose id is known is no new look.
        values = {"the_lane": effect.lane, "but_for": effect.id}
        found = prepared.first(self._connection, _WAITING_LOOK, values)
        return None if found is None else WaitingLook(*found)
