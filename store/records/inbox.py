"""The inbox: what happened, each once, in order within its lane."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, islice, takewhile, zip_longest
from operator import itemgetter
from secrets import token_hex
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    case,
    delete,
    false,
    func,
    literal_column,
    select,
    update,
)

from store.records.fast import InboxValues, insert_inbox, values_of
from store.records.known import digest_of, is_known, known_among, may_come_again
from store.records.taking import COLUMNS, HANDLED, finish, finish_all, is_first_of_lane
from store.schema.rows import InboxRow, Receipt, Waiting
from store.schema.tables import inbox, is_dead, is_unhandled, still_unhandled
from store.sql import prepared
from store.sql.counting import counted
from store.sql.types import AT_ONCE

# So many rows of a lane that waits alone are handled together, to share commits; beside others fewer, since these
# are not to wait for it.
ALONE, BESIDE = 32, 4
# So many times as many rows as lanes are wanted are read to find the lanes that wait longest.
WINDOW = 4

_NEW, _DEAD = counted(inbox, is_unhandled(inbox)), counted(inbox, is_dead(inbox))
_LONGEST_DUE = (
    select(inbox.c.received_at)
    .where(is_unhandled(inbox))
    .order_by(inbox.c.due, inbox.c.id)
    .limit(literal_column("1"))
)

# The questions of every row, built once: SQLAlchemy takes longer to build a statement than to send it.
_ONE = inbox.c.id == bindparam("the_id")
_GET = select(*COLUMNS).where(_ONE)
_BY_KEY = select(*COLUMNS).where(inbox.c.key == bindparam("the_key"))
_BEHIND = (
    select(inbox.c.id, inbox.c.lane, inbox.c.due)
    .where(is_unhandled(inbox), inbox.c.lane > bindparam("after"))
    .order_by(inbox.c.lane, inbox.c.id)
    .limit(bindparam("most", type_=Integer))
)
_DUE = (
    select(inbox.c.id, inbox.c.lane, inbox.c.due)
    .where(is_unhandled(inbox), inbox.c.due <= bindparam("now"))
    .order_by(inbox.c.due, inbox.c.id)
    .limit(bindparam("most", type_=Integer))
    .subquery()
)
_PLACED = select(
    _DUE, func.row_number().over(partition_by=_DUE.c.lane, order_by=_DUE.c.id).label("place")
).subquery()
# Of each lane that has one among those that are due longest, its first. Looked up for one row of each lane only.
_LONGEST_DUE_FIRSTS = (
    select(_PLACED.c.id)
    .where(case((_PLACED.c.place == 1, is_first_of_lane(_PLACED)), else_=false()))
    .order_by(_PLACED.c.due, _PLACED.c.id)
    .limit(bindparam("wanted", type_=Integer))
)
_DONE = update(inbox).where(_ONE, still_unhandled(inbox)).values(HANDLED)


def _row(found: Any) -> InboxRow:
    return InboxRow(*found)


def _dealt(lanes: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """The first of each lane; where these are few, the second of each, and so on: each with its lane's first."""
    lanes = sorted(lanes, key=itemgetter(0))
    turns = islice(zip_longest(*lanes), ALONE if len(lanes) == 1 else BESIDE)
    dealt = ((row, lane[0]) for turn in turns for row, lane in zip(turn, lanes, strict=True) if row is not None)
    return list(islice(dealt, max(len(lanes), ALONE)))


def _due_lanes(page: Sequence[Any], now: datetime) -> Iterator[tuple[str, list[int]]]:
    """The lanes of a page whose first row is due, each with its rows as far as these are, and as one turn goes."""
    for lane, rows in groupby(page, key=itemgetter(1)):
        due = [row_id for row_id, _, _ in takewhile(lambda row: row[2] <= now, islice(rows, ALONE))]
        if due:
            yield lane, due


class Inbox:
    """Verbs of the inbox inside one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record(
        self,
        key: str,
        kind: str,
        lane: str,
        body: Mapping[str, Any],
        now: datetime,
        *,
        dedupe_key: str | None = None,
        due: datetime | None = None,
    ) -> bool:
        """Keep an event under its key; False when the key is known, or an unhandled one has the same dedupe key."""
        values = values_of(key, kind, lane, body, now, dedupe_key=dedupe_key, due=due)
        return self.record_many([values])[0].new

    def record_many(self, rows: Sequence[InboxValues]) -> list[Receipt]:
        """Keep rows made by `store.records.fast.values_of` with one statement; a receipt for each, in order."""
        receipts = insert_inbox(self._connection, rows)
        # PostgreSQL's are looked for once they are in: whoever takes a row out meanwhile is waited for by its key,
        # and seen then. SQLite keeps none whose key is known, and what it did not keep may have been another body.
        in_doubt = self._connection.dialect.name != "sqlite"
        pairs = list(zip(rows, receipts, strict=True))
        asked = {row[0] for row, found in pairs if found.new is in_doubt and may_come_again(row[2], row[1])}
        known = known_among(self._connection, asked) if asked else {}
        return [self._unless_known(*pair, known) for pair in pairs] if known else receipts

    def _unless_known(self, row: InboxValues, receipt: Receipt, known: Mapping[str, str | None]) -> Receipt:
        """What is told of a row whose key was known before there was this row, which is taken out again."""
        if row[0] not in known:
            return receipt
        if receipt.new:
            self._connection.execute(delete(inbox).where(inbox.c.id == receipt.id))
        return Receipt(False, None, known[row[0]] != digest_of(row[4]))

    def rehearse(self, now: datetime) -> None:
        """Keep an event as any other and take it out again: what fails with it, would fail with any other."""
        key = f"rehearsal:{token_hex(8)}"
        insert_inbox(self._connection, [values_of(key, "rehearsal", key, {}, now, dead="It was never there.")])
        self._connection.execute(delete(inbox).where(inbox.c.key == key))

    def waiting(self, limit: int, now: datetime, after: str = "") -> Waiting:
        """The first unhandled rows of lanes, what is due longest at the front; a dead row holds nobody up.

        Where many lanes wait, those come whose first row is due longest. Where those that are due longest stand in
        few lanes, the lanes behind `after` are gone through in turn. A lane's rows are read only as far as a page
        goes, so that the cost is that of the lanes passed, however many rows wait in each. What fits in one page is
        read at once.
        """
        most = max(limit, ALONE)
        page = prepared.rows(self._connection, _BEHIND, {"after": after, "most": most})
        if after or len(page) == most or len(list(_due_lanes(page, now))) >= limit:
            asked = {"now": now, "most": WINDOW * limit, "first": 0, "wanted": limit}
            firsts = prepared.rows(self._connection, _LONGEST_DUE_FIRSTS, asked)
            if len(firsts) == limit:
                return Waiting([(row_id, row_id) for (row_id,) in firsts], after)
        lanes: list[list[int]] = []
        while True:
            for after, due in _due_lanes(page, now):
                lanes.append(due)
                if len(lanes) == limit:
                    return Waiting(_dealt(lanes), after)
            if len(page) < most:
                return Waiting(_dealt(lanes), "")
            page = prepared.rows(self._connection, _BEHIND, {"after": page[-1][1], "most": most})

    def get(self, row_id: int) -> InboxRow | None:
        """One row, whatever its state."""
        found = prepared.first(self._connection, _GET, {"the_id": row_id})
        return _row(found) if found else None

    def knows(self, key: str) -> bool:
        """Whether there ever was a row of this key, though it be taken out."""
        return self.by_key(key) is not None or is_known(self._connection, key)

    def by_key(self, key: str) -> InboxRow | None:
        """The row of a key."""
        found = prepared.first(self._connection, _BY_KEY, {"the_key": key})
        return _row(found) if found else None

    def finish(self, row_id: int, now: datetime, first: int = 0) -> InboxRow | None:
        """The row, handled with this transaction; None when it is handled, or being handled elsewhere.

        None also when an older row of its lane still waits; no older than `first`, where that was the lane's first
        one. PostgreSQL locks the row until the transaction ends; SQLite has one writer, so that nobody else can be
        in between.
        """
        return finish(self._connection, row_id, now, first)

    def finish_all(self, rows: Sequence[tuple[int, int]], now: datetime) -> list[InboxRow]:
        """`finish` of rows, each with its lane's first, by one statement; those that are handled, in this order.

        Of one lane they stand behind each other, nothing between them. Raises Conflict where another handles an
        older one of them than is left: then this transaction has to be taken back.
        """
        return finish_all(self._connection, rows, now)

    def mark_done(self, row_id: int, now: datetime) -> bool:
        """Handled. False when another process was first: raise `Conflict`, so that everything rolls back."""
        return prepared.change(self._connection, _DONE, {"the_id": row_id, "now": now}) == 1

    def retry(self, row_id: int, due: datetime, error: str) -> bool:
        """Handle again at `due`, which holds up its lane until then."""
        again = (
            update(inbox)
            .where(inbox.c.id == row_id, still_unhandled(inbox))
            .values(due=due, error=error, attempts=inbox.c.attempts + 1)
        )
        return self._connection.execute(again).rowcount == 1

    def wait_no_more(self, after: datetime) -> int:
        """Handle at once what would be handled again after a moment beyond any wait: a clock that was ahead said
        when. How many."""
        parked = update(inbox).where(is_unhandled(inbox), inbox.c.due > after).values(due=AT_ONCE)
        return self._connection.execute(parked).rowcount

    def mark_dead(self, row_id: int, error: str) -> bool:
        """Give up on a row until a person replays or discards it; its lane goes on."""
        dead = (
            update(inbox)
            .where(inbox.c.id == row_id, still_unhandled(inbox))
            .values(state="dead", error=error, attempts=inbox.c.attempts + 1)
        )
        return self._connection.execute(dead).rowcount == 1

    def dead(self, limit: int = 100) -> list[InboxRow]:
        """Dead letters, newest first."""
        query = select(*COLUMNS).where(is_dead(inbox)).order_by(inbox.c.id.desc()).limit(limit)
        return [_row(found) for found in self._connection.execute(query)]

    def replay(self, row_id: int, now: datetime) -> bool:
        """Handle a dead letter again. Where a waiting hint asks for the same, that one serves for both."""
        mine = select(inbox.c.fold).where(inbox.c.id == row_id).scalar_subquery()
        twin = self._connection.execute(select(1).where(inbox.c.fold == mine, is_unhandled(inbox))).first()
        if twin:
            return self.discard(row_id, now)
        again = (
            update(inbox)
            .where(inbox.c.id == row_id, is_dead(inbox))
            .values(state="new", due=AT_ONCE, attempts=0, error=None, done_at=None)
        )
        return self._connection.execute(again).rowcount == 1

    def discard(self, row_id: int, now: datetime) -> bool:
        """Settle a dead letter without handling it; its key stays known and its error readable."""
        gone = update(inbox).where(inbox.c.id == row_id, is_dead(inbox)).values(state="done", done_at=now)
        return self._connection.execute(gone).rowcount == 1

    def leave_room(self, numbers: int, key: str, now: datetime) -> None:
        """Leave so many ids unused, with a row of this key behind them that asks for nothing."""
        newest = self._connection.execute(select(func.max(inbox.c.id))).scalar() or 0
        number = newest + numbers
        row = inbox.insert().values(
            id=number, key=key, kind="restored", lane="restored", body={}, state="done", attempts=0,
            received_at=now, due=now, done_at=now,
        )  # fmt: skip
        self._connection.execute(row)
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(select(func.setval(func.pg_get_serial_sequence("inbox", "id"), number)))

    def oldest_new(self) -> datetime | None:
        """When the unhandled row was received that is due the longest."""
        found = prepared.first(self._connection, _LONGEST_DUE)
        return found[0] if found else None

    def counts(self) -> dict[str, int]:
        """How many rows wait and how many are dead, each counted up to `COUNTED`."""
        return {
            "new": prepared.value(self._connection, _NEW),
            "dead": prepared.value(self._connection, _DEAD),
        }
