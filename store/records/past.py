"""What is over and done with: found in pages by its age, and taken out of both boxes and the marks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Integer, Text, bindparam, cast, delete, func, or_, select

from escalation.model.effect_kinds import LOOK
from store.records.known import digest_of, effect_key, is_brief, may_come_again, remember
from store.schema.rows import PastRow, Size
from store.schema.states import SETTLED
from store.schema.tables import inbox, is_dead, is_unfinished, marks, outbox
from store.sql import prepared

_MOST = bindparam("most", type_=Integer)
# The last row of a box is never over: SQLite would give its number, which names cases and looks, once more.
_INBOX = (
    select(inbox.c.id, inbox.c.key, inbox.c.received_at, inbox.c.state, inbox.c.done_at, inbox.c.kind, inbox.c.fold)
    .where(inbox.c.id > bindparam("after"), inbox.c.id < select(func.max(inbox.c.id)).scalar_subquery())
    .order_by(inbox.c.id)
    .limit(_MOST)
)
_OUTBOX = (
    select(outbox.c.seq, outbox.c.id, outbox.c.kind, outbox.c.state, outbox.c.created_at, outbox.c.attempted_at)
    .where(outbox.c.seq > bindparam("after"), outbox.c.seq < select(func.max(outbox.c.seq)).scalar_subquery())
    .order_by(outbox.c.seq)
    .limit(_MOST)
)
_MARKS = (
    select(marks.c.name, marks.c.at)
    .where(marks.c.name > bindparam("after"), marks.c.name < bindparam("end"))
    .order_by(marks.c.name)
    .limit(_MOST)
)


_OVER = or_(
    marks.c.value < bindparam("moment", type_=marks.c.value.type),
    marks.c.at < bindparam("before", type_=marks.c.at.type),
)
_BEGINS = (marks.c.name > bindparam("after"), marks.c.name < bindparam("end"))
_OVER_NAMES = select(marks.c.name).where(*_BEGINS, _OVER).limit(_MOST)


class PastRows:
    """Verbs of what is over inside one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def inbox(self, after: int, most: int) -> list[PastRow]:
        """The next rows of the inbox behind a number but for its last one, in order, over or not."""
        found = prepared.rows(self._connection, _INBOX, {"after": after, "most": most})
        return [
            PastRow(number, key, at, done_at if state == "done" else None, is_brief(*hint), may_come_again(*hint))
            for number, key, at, state, done_at, *hint in found
        ]

    def outbox(self, after: int, most: int) -> list[PastRow]:
        """The next rows of the outbox, in the same way."""
        found = prepared.rows(self._connection, _OUTBOX, {"after": after, "most": most})
        return [
            PastRow(seq, name, at, (attempted_at or at) if state in SETTLED else None, kind == LOOK, kind != LOOK)
            for seq, name, kind, state, at, attempted_at in found
        ]

    def needed(self) -> frozenset[str]:
        """The ids of effects that something unsettled needs."""
        needs = [
            self._connection.execute(select(outbox.c.needs).where(condition, outbox.c.needs.is_not(None))).scalars()
            for condition in (is_unfinished(outbox), is_dead(outbox))
        ]
        return frozenset(name for found in needs for name in found if name is not None)

    def take_from_inbox(self, rows: Sequence[PastRow]) -> int:
        """Take handled rows out; the keys that a sender may send again stay known. How many."""
        numbers = [row.number for row in rows]
        lasting = [row.number for row in rows if row.stays]
        if lasting:
            # The text as it is stored: what comes again is compared with it.
            query = select(inbox.c.key, cast(inbox.c.body, Text)).where(inbox.c.id.in_(lasting))
            found = self._connection.execute(query).all()
            remember(self._connection, {key: digest_of(body) for key, body in found})
        gone = delete(inbox).where(inbox.c.id.in_(numbers), inbox.c.state == "done")
        return self._connection.execute(gone).rowcount

    def take_from_outbox(self, rows: Sequence[PastRow]) -> int:
        """Take settled effects out; the ids of all but looks stay known. How many."""
        remember(self._connection, {effect_key(row.key): None for row in rows if row.stays})
        numbers = [row.number for row in rows]
        gone = delete(outbox).where(outbox.c.seq.in_(numbers), outbox.c.state.in_(SETTLED))
        return self._connection.execute(gone).rowcount

    def marks(self, prefix: str, after: str, most: int) -> list[tuple[str, datetime]]:
        """The next marks whose names begin so, behind a name, with their moments."""
        values = {"after": max(prefix, after), "end": prefix + "\U0010ffff", "most": most}
        return [(name, at) for name, at in prepared.rows(self._connection, _MARKS, values)]

    def take_marks(self, names: Collection[str], before: datetime) -> int:
        """Take marks out that were not set anew meanwhile; how many."""
        gone = delete(marks).where(marks.c.name.in_(list(names)), marks.c.at < before)
        return self._connection.execute(gone).rowcount

    def marks_over(self, prefix: str, over: str, before: datetime, most: int) -> list[str]:
        """So many of the marks whose names begin so and whose value, a text, sorts before `over`, or which were set
        `before`, whatever they say."""
        values = {"after": prefix, "end": prefix + "\U0010ffff", "moment": over, "before": before, "most": most}
        return [name for (name,) in prepared.rows(self._connection, _OVER_NAMES, values)]

    def take_marks_over(self, names: Collection[str], over: str, before: datetime) -> int:
        """Take such marks out as far as they were not raised meanwhile; how many."""
        gone = delete(marks).where(marks.c.name.in_(list(names)), _OVER)
        return self._connection.execute(gone, {"moment": over, "before": before}).rowcount

    def size(self) -> Size:
        """What the database takes. A SQLite file does not shrink: what was taken out of it is used again."""
        if self._connection.dialect.name != "sqlite":
            query = "SELECT pg_database_size(current_database())"
            return Size(int(self._connection.exec_driver_sql(query).scalar_one()))
        pages, free, each = (
            int(self._connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        )
        return Size((pages - free) * each, free * each)
