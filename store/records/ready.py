"""What of the outbox may go now: the first of each lane that is due, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    bindparam,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql import ColumnElement, FromClause

from store.schema.rows import OutboxRow
from store.schema.tables import is_unfinished, outbox, still_unfinished
from store.sql import prepared

# So many times as many rows as are wanted are read to find them; then lanes are, so many pages of them at once.
WINDOW, PAGES = 4, 4

_COLUMNS = [outbox.c[name] for name in OutboxRow.__dataclass_fields__]
_EARLIER = outbox.alias("earlier")
_NEEDED = outbox.alias("needed")
_MOST = bindparam("most", type_=Integer)


def _need_is_done(rows: FromClause) -> ColumnElement[bool]:
    needed = select(1).where(_NEEDED.c.id == rows.c.needs, _NEEDED.c.state == "done").exists()
    return or_(rows.c.needs.is_(None), needed)


def _is_first_of_lane(rows: FromClause) -> ColumnElement[bool]:
    first = (
        select(_EARLIER.c.seq)
        .where(_EARLIER.c.lane == rows.c.lane, is_unfinished(_EARLIER))
        .order_by(_EARLIER.c.seq)
        .limit(literal_column("1"))
        .scalar_subquery()
    )
    return rows.c.seq == first


_DUE = (
    select(*_COLUMNS)
    .where(is_unfinished(outbox), outbox.c.due <= bindparam("now"))
    .order_by(outbox.c.priority, outbox.c.due, outbox.c.seq)
    .limit(_MOST)
)
_GET = select(*_COLUMNS).where(outbox.c.seq == bindparam("the_seq"), still_unfinished(outbox))
_LANES = (
    select(outbox.c.seq, outbox.c.lane, outbox.c.due, outbox.c.kind, outbox.c.priority, _need_is_done(outbox))
    .where(is_unfinished(outbox), outbox.c.lane > bindparam("after"))
    .order_by(outbox.c.lane, outbox.c.seq)
    .limit(_MOST)
)


@lru_cache(maxsize=256)
def _ready_among(groups: tuple[tuple[str, int], ...] | None) -> Select[Any]:
    """What may go of so many rows that are due, and how many these were; of each lane one is held to its first.

    One question for each group, so that what all the others hold is not read, however much that is.
    """
    wanted = [_DUE] if groups is None else [
        _DUE.where(outbox.c.kind == kind, outbox.c.priority == priority) for kind, priority in groups
    ]  # fmt: skip
    found = union_all(*(select(one.subquery()) for one in wanted)).subquery()
    due = select(found).order_by(found.c.priority, found.c.due, found.c.seq).limit(_MOST).cte("due")
    place = func.row_number().over(partition_by=due.c.lane, order_by=due.c.seq).label("place")
    placed = select(due, place).subquery()
    first = case((placed.c.place == 1, _is_first_of_lane(placed)), else_=false())
    may_go = (
        select(*(placed.c[column.name] for column in _COLUMNS))
        .where(first, _need_is_done(placed))
        .order_by(placed.c.priority, placed.c.due, placed.c.seq)
        .limit(bindparam("wanted", type_=Integer))
        .subquery()
    )
    # How many were due is told, too, where none of them may go: the one row is empty then.
    many = select(func.count().label("many")).select_from(due).subquery()
    return (
        select(*may_go.c, many.c.many)
        .select_from(many.outerjoin(may_go, true()))
        .order_by(may_go.c.priority, may_go.c.due, may_go.c.seq)
    )


def ready(
    connection: Connection, after: str, now: datetime, limit: int, among: Collection[tuple[str, int]] | None
) -> tuple[list[OutboxRow], str]:
    """The first unfinished row of each lane that is due, may go and is `among` these kinds and priorities (None:
    any), by priority and age; and the lane behind which to look the next time.

    Some times as many rows are read as are wanted. Where most of them stand behind others in their lanes, and
    hide what stands beside, lanes are gone through in turn from `after` on, whatever stands in them.
    """
    if among is not None and not among:
        return [], after
    query = _ready_among(None if among is None else tuple(sorted(among)))
    most = WINDOW * limit
    found = prepared.rows(connection, query, {"now": now, "most": most, "wanted": limit})
    rows = {row[0]: OutboxRow(*row[:-1]) for row in found if row[0] is not None}
    if len(rows) == limit or found[0][-1] < most:
        return list(rows.values()), after
    beside, after = _beside(connection, after, now, most, among)
    for seq in beside:
        row = None if seq in rows else prepared.first(connection, _GET, {"the_seq": seq})
        if row is not None:
            rows[seq] = OutboxRow(*row)
    return sorted(rows.values(), key=lambda row: (row.priority, row.due, row.seq))[:limit], after


def _beside(
    connection: Connection, after: str, now: datetime, most: int, among: Collection[tuple[str, int]] | None
) -> tuple[list[int], str]:
    """What may go of the next lanes, and the last one of them: empty where the next time begins anew."""
    found: list[int] = []
    for _ in range(PAGES):
        page = prepared.rows(connection, _LANES, {"after": after, "most": most})
        for lane, rows in groupby(page, key=itemgetter(1)):
            after = lane
            seq, _, due, kind, priority, may_go = next(rows)
            if may_go and due <= now and (among is None or (kind, priority) in among):
                found.append(seq)
        if len(page) < most:
            return found, ""
    return found, after
