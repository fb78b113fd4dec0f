"""The outbox: what is to be done, each once, in order within its lane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Update,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    union_all,
    update,
)

from escalation.model.effect_kinds import LOOK
from store.records.joining import WaitingLooks, looks_wait_behind
from store.records.known import effect_key, effects_unknown, is_known
from store.records.ready import ready
from store.schema.rows import NewOutboxRow, OutboxRow
from store.schema.states import UNFINISHED, Postponed
from store.schema.tables import is_dead, is_unfinished, marks, outbox, still_unfinished, waits, was_attempted
from store.sql import prepared
from store.sql.counting import counted, some
from store.sql.types import AT_ONCE
from store.sql.upsert import insert_new

_COLUMNS = [outbox.c[name] for name in OutboxRow.__dataclass_fields__]
_UNFINISHED, _DEAD = counted(outbox, is_unfinished(outbox)), counted(outbox, is_dead(outbox))
_SOME = some(was_attempted(outbox), outbox.c.state, outbox.c.kind).subquery()
_ATTEMPTS = select(_SOME.c.state, _SOME.c.kind, func.count()).group_by(_SOME.c.state, _SOME.c.kind)
_OLDEST_IN_FLIGHT = select(func.min(outbox.c.attempted_at)).where(
    was_attempted(outbox), outbox.c.state == "in_flight"
)
_UNDER_WAY = (
    select(outbox.c.kind, func.count())
    .where(was_attempted(outbox), outbox.c.state == literal_column("'in_flight'"))
    .where(outbox.c.attempted_at <= bindparam("moment", type_=outbox.c.attempted_at.type))
    .group_by(outbox.c.kind)
)
# So many rows on each side of one are looked at: what waits is taken about in the order in which it came.
NEAR = 500
_NEWEST = select(func.max(outbox.c.seq)).scalar_subquery()
_AFTER = bindparam("moment", type_=outbox.c.attempted_at.type)
_NEAR = (
    (bindparam("first", type_=Integer), bindparam("last", type_=Integer)),
    (_NEWEST - literal_column(str(NEAR)), _NEWEST),
)
_MOVED = select(
    union_all(
        *(
            select(
                select(outbox.c.kind, outbox.c.priority, outbox.c.created_at)
                .where(outbox.c.seq > first, outbox.c.seq <= last, outbox.c.attempted_at > _AFTER)
                .order_by(outbox.c.seq.desc())
                .limit(literal_column("64"))
                .subquery()
            )
            for first, last in _NEAR
        )
    ).subquery()
)

# What is asked and written for every effect, built once: SQLAlchemy takes longer to build a statement than to
# send it.
_ONE = outbox.c.id == bindparam("the_id")
_GET = select(*_COLUMNS).where(_ONE)
_ATTEMPTED = (
    update(outbox)
    .where(_ONE, still_unfinished(outbox))
    .values(state="in_flight", attempts=outbox.c.attempts + 1, attempted_at=bindparam("now"))
)
_ATTEMPTED_ONCE_MORE = _ATTEMPTED.where(outbox.c.attempts == bindparam("so_far", type_=Integer))
_WAITS_STILL = _ATTEMPTED_ONCE_MORE.where(outbox.c.state == "todo", outbox.c.due <= bindparam("now"))
_BEGUN = _WAITS_STILL.returning(outbox.c.body)
# The same where a mark is there, and with what it says.
_THE_MARK = select(marks.c.value).where(marks.c.name == bindparam("the_mark")).scalar_subquery()
_BEGUN_MARKED = _WAITS_STILL.where(_THE_MARK.is_not(None)).returning(outbox.c.body, _THE_MARK)
_BEGUN_LOOK = _WAITS_STILL.returning(outbox.c.body, looks_wait_behind())
_DONE = (
    update(outbox)
    .where(_ONE, still_unfinished(outbox))
    .values(state="done", result=bindparam("came_of_it", type_=outbox.c.result.type), error=None)
)
# Columns are set by what is given for them.
_UNFINISHED_ONE = update(outbox).where(_ONE, still_unfinished(outbox))
_DEAD_ONE = update(outbox).where(_ONE, is_dead(outbox))
# The same, where no attempt was made later than now, whatever a clock has said.
_NOW = bindparam("now", type_=outbox.c.attempted_at.type)
_UNFINISHED_ONE_BY_NOW = _UNFINISHED_ONE.values(
    attempted_at=case((outbox.c.attempted_at > _NOW, _NOW), else_=outbox.c.attempted_at)
)

_WAITING_ROWS = (
    select(*_COLUMNS)
    .where(is_unfinished(outbox))
    .order_by(outbox.c.due, outbox.c.seq)
    .limit(bindparam("most", type_=Integer))
)
_LETTERS = (
    select(*_COLUMNS).where(is_dead(outbox)).order_by(outbox.c.seq.desc()).limit(bindparam("most", type_=Integer))
)


def _row(found: Any) -> OutboxRow:
    return OutboxRow(*found)


def _values(effect: NewOutboxRow, now: datetime) -> dict[str, Any]:
    return {
        "id": effect.id,
        "case_id": effect.case_id,
        "lane": effect.lane,
        "kind": effect.kind,
        "body": dict(effect.body),
        "state": "todo",
        "attempts": 0,
        "due": effect.due,
        "needs": effect.needs,
        "created_at": now,
        "priority": effect.priority,
    }


class Outbox:
    """Verbs of the outbox inside one transaction."""

    __slots__ = ("_connection", "_looks")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._looks = WaitingLooks(connection)

    def add(self, effects: Iterable[NewOutboxRow], now: datetime) -> list[str]:
        """Put effects in, in order; the ids that got a row of their own. A known id changes nothing.

        A look joins the look in its lane that nobody started yet, which then asks for what both ask: of
        lists everything, else what the younger says.
        """
        added: list[str] = []
        fresh: list[dict[str, Any]] = []
        for effect in effects:
            values = _values(effect, now)
            if effect.kind == LOOK:
                # A look may join one of those before it.
                added += self._insert(fresh)
                fresh = []
                if self._looks.added_alone(values):
                    added.append(effect.id)
                    continue
                if self._looks.joined(effect):
                    continue
            fresh.append(values)
        return added + self._insert(fresh)

    def _insert(self, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        new = {row_id for (row_id,) in insert_new(self._connection, outbox.c.id, rows)}
        self._looks.added(row for row in rows if row["id"] in new)
        return [row["id"] for row in rows if row["id"] in new]

    def _set(self, change: Update, effect_id: str, **values: Any) -> bool:
        self._looks.forget()
        return prepared.change(self._connection, change, {"the_id": effect_id, **values}) == 1

    def get(self, effect_id: str) -> OutboxRow | None:
        """One row, whatever its state."""
        found = prepared.first(self._connection, _GET, {"the_id": effect_id})
        return _row(found) if found else None

    def knows(self, effect_id: str) -> bool:
        """Whether there ever was such an effect, though its row be taken out."""
        return self.get(effect_id) is not None or is_known(self._connection, effect_key(effect_id))

    def know_all(self, effect_ids: Collection[str]) -> bool:
        """Whether there ever was each of these effects."""
        return not effect_ids or not effects_unknown(self._connection, effect_ids)

    def ready(self, now: datetime, limit: int, among: Collection[tuple[str, int]] | None = None) -> list[OutboxRow]:
        """The first unfinished row of each lane that is due and whose need is done: by priority, oldest first.

        Rows in flight are among them once due: whoever held the lane's lock may have been killed. `among`: only
        rows of these kinds and priorities.
        """
        return self.ready_from("", now, limit, among)[0]

    def ready_from(
        self, after: str, now: datetime, limit: int, among: Collection[tuple[str, int]] | None = None
    ) -> tuple[list[OutboxRow], str]:
        """`ready`, for who asks again and again: with the lane behind which to look the next time."""
        return ready(self._connection, after, now, limit, among)

    def mark_in_flight(self, effect_id: str, now: datetime, *, attempts: int | None = None) -> bool:
        """Remember an attempt before it is made; False when the row is finished.

        False also when another one was made since there were `attempts` of them: a lock can be lost unnoticed.
        """
        if attempts is None:
            return prepared.change(self._connection, _ATTEMPTED, {"the_id": effect_id, "now": now}) == 1
        values = {"the_id": effect_id, "now": now, "so_far": attempts}
        return prepared.change(self._connection, _ATTEMPTED_ONCE_MORE, values) == 1

    def begin(self, effect_id: str, now: datetime, *, attempts: int) -> Mapping[str, Any] | None:
        """Remember an attempt at a row that waits, before it is made; what is asked for now.

        None when it waits no more, is not due yet, or another attempt was made since there were `attempts`.
        """
        values = {"the_id": effect_id, "now": now, "so_far": attempts}
        asked: Mapping[str, Any] | None = prepared.value(self._connection, _BEGUN, values)
        return asked

    def begin_look(self, row: OutboxRow, now: datetime) -> Mapping[str, Any] | None:
        """`begin` of a look, which takes along those that wait behind it in its lane: one serves for all."""
        values = {"the_id": row.id, "now": now, "so_far": row.attempts, "the_lane": row.lane, "the_seq": row.seq}
        found = prepared.first(self._connection, _BEGUN_LOOK, values)
        if found is None:
            return None
        asked: Mapping[str, Any] = found[0]
        both = self._looks.taken_along(row, asked) if found[1] else asked
        if both != asked:
            self.rewrite(row.id, both)
        return both

    def begin_marked(
        self, effect_id: str, mark: str, now: datetime, *, attempts: int
    ) -> tuple[Mapping[str, Any], Any] | None:
        """`begin`, where there is a mark of this name, and what the mark says; None also where there is none."""
        values = {"the_id": effect_id, "now": now, "so_far": attempts, "the_mark": mark}
        found = prepared.first(self._connection, _BEGUN_MARKED, values)
        return None if found is None else (found[0], found[1])

    def done(self, effect_id: str, result: Any = None) -> bool:
        """Done, with what came of it; False when the row was finished already."""
        return prepared.change(self._connection, _DONE, {"the_id": effect_id, "came_of_it": result}) == 1

    def postpone(
        self,
        effect_id: str,
        state: Postponed,
        due: datetime,
        error: str,
        *,
        since: datetime | None = None,
        attempts: int | None = None,
    ) -> bool:
        """Go on with a row at `due`, as `todo` (nothing was sent) or `unclear` (read back first).

        `since`: when this wait begins; `attempts`: how many there were, where the last one does not count.
        """
        counted = {} if attempts is None else {"attempts": attempts}
        values = {"state": state, "due": due, "error": error, "waits_since": since, **counted}
        if since is None:
            return self._set(_UNFINISHED_ONE, effect_id, **values)
        return self._set(_UNFINISHED_ONE_BY_NOW, effect_id, **values, now=since)

    def rewrite(self, effect_id: str, body: Mapping[str, Any], *, state: Postponed | None = None) -> bool:
        """Say what a row that is not finished is to do, and in which state it is (None: as it was).

        One that is `todo` then was never attempted.
        """
        anew = {"attempts": 0, "attempted_at": None} if state == "todo" else {}
        values = {"body": dict(body), **({} if state is None else {"state": state}), **anew}
        return self._set(_UNFINISHED_ONE, effect_id, **values)

    def hold(self, effect_id: str, due: datetime, *, since: datetime | None = None) -> bool:
        """Leave a row as it is until `due`; nothing failed. The wait begins at `since`."""
        return self._set(_UNFINISHED_ONE, effect_id, due=due, waits_since=since)

    def wait_anew(self, after: datetime, now: datetime, limit: int = 500) -> int:
        """Let waits that began after a moment that is still to come begin now; how many.

        A clock that was ahead began them. Each lasts as long as it was to last, and no longer.
        """
        columns = (outbox.c.id, outbox.c.due, outbox.c.waits_since)
        found = self._connection.execute(select(*columns).where(waits(outbox, after)).limit(limit)).all()
        for effect_id, due, since in found:
            lasts = max(due - since, timedelta(0))
            self._set(_UNFINISHED_ONE_BY_NOW, effect_id, due=now + lasts, waits_since=now, now=now)
        return len(found)

    def dead(self, effect_id: str, error: str) -> bool:
        """Give up on a row until a person replays or discards it; its lane goes on."""
        return self._set(_UNFINISHED_ONE, effect_id, state="dead", error=error)

    def replay(self, effect_id: str) -> bool:
        """Try a dead effect again: read back first where an attempt was made, from the start where not."""
        row = self.get(effect_id)
        state = "unclear" if row is not None and row.attempted_at is not None else "todo"
        values = {"state": state, "due": AT_ONCE, "error": None, "attempts": 0}
        return self._set(_DEAD_ONE, effect_id, **values)

    def doubt(self, now: datetime) -> int:
        """Take it that everything but looks may have been attempted: it is read back before it is sent; how many.

        A dead letter is read back once it is replayed.
        """
        effect, moment = outbox.c.kind != LOOK, outbox.c.attempted_at
        attempted = func.coalesce(moment, literal(now, moment.type))
        dead = update(outbox).where(effect, is_dead(outbox)).values(attempted_at=attempted)
        self._connection.execute(dead)
        waiting = update(outbox).where(effect, is_unfinished(outbox))
        return self._connection.execute(
            waiting.values(state="unclear", due=AT_ONCE, attempted_at=attempted)
        ).rowcount

    def discard(self, effect_id: str) -> bool:
        """Settle a dead effect without doing it; its error stays readable."""
        return self._set(_DEAD_ONE, effect_id, state="discarded")

    def cancel_for_case(self, case_id: str, kinds: Collection[str] | None = None) -> int:
        """Discard what a case has not started yet, of these kinds (None: of any); how many."""
        self._looks.forget()
        cancelled = (
            update(outbox)
            .where(outbox.c.case_id == case_id, is_unfinished(outbox), outbox.c.state == "todo")
            .values(state="discarded")
        )
        if kinds is not None:
            cancelled = cancelled.where(outbox.c.kind.in_(list(kinds)))
        return self._connection.execute(cancelled).rowcount

    def of_case(self, case_id: str, limit: int = 1000) -> list[OutboxRow]:
        """Every effect of a case, oldest first."""
        query = select(*_COLUMNS).where(outbox.c.case_id == case_id).order_by(outbox.c.seq).limit(limit)
        return [_row(found) for found in self._connection.execute(query)]

    def behind(self, row: OutboxRow) -> list[OutboxRow]:
        """What is still to be done after a row in its lane, oldest first."""
        query = select(*_COLUMNS).where(outbox.c.lane == row.lane, outbox.c.seq > row.seq, is_unfinished(outbox))
        return [_row(found) for found in self._connection.execute(query.order_by(outbox.c.seq).limit(100))]

    def unfinished(self, limit: int = 100) -> list[OutboxRow]:
        """What is still to be done, what is due first at the front."""
        return [_row(found) for found in prepared.rows(self._connection, _WAITING_ROWS, {"most": limit})]

    def late(self) -> dict[str, int]:
        """How many of each kind were tried and wait to be tried again."""
        query = select(outbox.c.kind, func.count()).where(is_unfinished(outbox), outbox.c.error.is_not(None))
        query = query.where(outbox.c.state != "in_flight")
        return dict(self._connection.execute(query.group_by(outbox.c.kind)).all())

    def late_since(self, kinds: Collection[str]) -> datetime | None:
        """When the oldest of them came about, of these kinds."""
        query = select(func.min(outbox.c.created_at)).where(is_unfinished(outbox), outbox.c.error.is_not(None))
        query = query.where(outbox.c.state != "in_flight", outbox.c.kind.in_(kinds))
        found: datetime | None = self._connection.execute(query).scalar_one()
        return found

    def errors_of(self, kinds: Collection[str], limit: int) -> list[str]:
        """What so many of these kinds were told when they were tried last, what is due first at the front."""
        query = select(outbox.c.error).where(is_unfinished(outbox), outbox.c.error.is_not(None))
        query = query.where(outbox.c.kind.in_(kinds)).order_by(outbox.c.due, outbox.c.seq).limit(limit)
        return list(self._connection.execute(query).scalars())

    def dead_letters(self, limit: int = 100) -> list[OutboxRow]:
        """What was given up, newest first."""
        return [_row(found) for found in prepared.rows(self._connection, _LETTERS, {"most": limit})]

    def waiting_by_kind(self) -> dict[str, int]:
        """How many rows of each kind are still to be done."""
        query = select(outbox.c.kind, func.count()).where(is_unfinished(outbox)).group_by(outbox.c.kind)
        return dict(self._connection.execute(query).all())

    def refused_by_kind(self) -> dict[str, int]:
        """How many rows of each kind wait to be tried or read back again, counted up to `COUNTED` in all."""
        return {kind: rows for (state, kind), rows in self._attempted().items() if state != "in_flight"}

    def oldest_in_flight(self) -> datetime | None:
        """When the oldest attempt was begun of which nothing is noted yet."""
        found: datetime | None = prepared.value(self._connection, _OLDEST_IN_FLIGHT)
        return found

    def under_way_since(self, moment: datetime) -> dict[str, int]:
        """How many attempts of each kind were begun by then of which nothing is noted yet."""
        return dict(prepared.rows(self._connection, _UNDER_WAY, {"moment": moment}))

    def moved_since(self, moment: datetime, near: int) -> list[tuple[str, int, datetime]]:
        """Kind, priority and age of some of what was attempted since a moment, whatever became of it: of the newest
        rows, and of those that came about when the one with the number `near` did."""
        values = {"moment": moment, "first": near - NEAR, "last": near + NEAR}
        return [(row[0], row[1], row[2]) for row in prepared.rows(self._connection, _MOVED, values)]

    def counts(self) -> dict[str, int]:
        """How many rows there are of each unsettled state, each counted up to `COUNTED`."""
        found: dict[str, int] = dict.fromkeys((*UNFINISHED, "dead"), 0)
        for (state, _), rows in self._attempted().items():
            found[state] += rows
        begun = found["in_flight"] + found["unclear"]
        found["todo"] = max(found["todo"], prepared.value(self._connection, _UNFINISHED) - begun)
        found["dead"] = prepared.value(self._connection, _DEAD)
        return found

    def _attempted(self) -> dict[tuple[str, str], int]:
        """How many rows that were attempted there are still to be done, by state and kind."""
        found: Counter[tuple[str, str]] = Counter()
        for state, kind, rows in prepared.rows(self._connection, _ATTEMPTS):
            found[state, kind] += rows
        return found
