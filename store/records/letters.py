"""Dead letters of both boxes: any page of them, and how many there are, however many that is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    Text,
    and_,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from store.schema.rows import InboxRow, OutboxRow
from store.schema.tables import UNREADABLE_KINDS, inbox, is_dead, is_readable, outbox

LetterPosition = tuple[datetime, int]
"""Where a letter stands: when it came in or was to be sent, and the row's number."""

T = TypeVar("T")
_EVENT = [inbox.c[name] for name in InboxRow.__dataclass_fields__]
_EFFECT = [outbox.c[name] for name in OutboxRow.__dataclass_fields__]


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """Some of the letters: of a kind, begun since a moment, of some lanes or a case. None, or (): any."""

    kind: str | None = None
    since: datetime | None = None
    lanes: tuple[str, ...] = ()
    case_id: str | None = None


class LetterSummary(NamedTuple):
    """A dead letter without its body. `box` is `in` or `out`, `number` the row's, `name` what its id ends in."""

    box: str
    number: int
    name: str
    kind: str
    begun: datetime
    attempts: int
    error: str
    lane: str
    case_id: str | None


class Letters:
    """What can be asked of the dead letters inside one transaction; all is read by indexes of them alone."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def events(
        self, which: LetterFilter, limit: int, *, readable: bool, before: LetterPosition | None = None
    ) -> list[InboxRow]:
        """What could not be handled, youngest first: what could be read, or what could not."""
        older = list(_older(inbox, inbox.c.id, before))
        parts = [select(*_EVENT).where(*part, *older) for part in _events(which, readable)]
        rows = [[InboxRow(*found) for found in self._page(part, inbox, inbox.c.id, limit)] for part in parts]
        return _youngest(rows, lambda row: (row.received_at, row.id), limit)

    def effects(self, which: LetterFilter, limit: int, before: LetterPosition | None = None) -> list[OutboxRow]:
        """What could not be delivered, youngest first."""
        older = list(_older(outbox, outbox.c.seq, before))
        parts = [select(*_EFFECT).where(*part, *older) for part in _effects(which)]
        rows = [[OutboxRow(*found) for found in self._page(part, outbox, outbox.c.seq, limit)] for part in parts]
        return _youngest(rows, lambda row: (row.created_at, row.seq), limit)

    def summaries(self, which: LetterFilter, limit: int) -> list[LetterSummary]:
        """What was given up in either box, youngest first, and last what could not be read, by one question."""
        parts = [
            *(_summary(inbox, part, limit, r) for r in (True, False) for part in _events(which, r)),
            *(_summary(outbox, part, limit) for part in _effects(which)),
        ]
        both = union_all(*(select(part.subquery()) for part in parts)).subquery("letters")
        order = both.c.unread, both.c.begun.desc(), both.c.box.desc(), both.c.number.desc()
        query = select(*(both.c[name] for name in LetterSummary._fields)).order_by(*order).limit(limit)
        return [LetterSummary._make(row) for row in self._connection.execute(query)]

    def effect_names(self, numbers: Collection[int]) -> dict[int, str]:
        """The ids of rows of the outbox, up to some thousand, by their numbers."""
        asked = select(outbox.c.seq, outbox.c.id).where(outbox.c.seq.in_(list(numbers)))
        return dict(self._connection.execute(asked).all()) if numbers else {}

    def count(self, which: LetterFilter) -> int:
        """How many there are in both boxes."""
        both = LetterFilter() == which
        events = [(is_dead(inbox),)] if both else [*_events(which, True), *_events(which, False)]
        asked = [(inbox, part) for part in events] + [(outbox, part) for part in _effects(which)]
        queries = (select(func.count()).select_from(table).where(*part) for table, part in asked)
        return sum(self._connection.execute(query).scalar_one() for query in queries)

    def is_unreadable(self, kind: str) -> bool:
        """Whether rows of a kind are what the doors could not read."""
        return kind in UNREADABLE_KINDS

    def _page(self, query: Select[Any], table: Table, number: Column[int], limit: int) -> Iterable[Any]:
        return self._connection.execute(query.order_by(_begun(table).desc(), number.desc()).limit(limit))


def _summary(table: Table, such: LetterConditions, limit: int, readable: bool = True) -> Select[Any]:
    box, number = ("in", inbox.c.id) if table is inbox else ("out", outbox.c.seq)
    columns: list[ColumnElement[Any]] = [
        literal_column(f"'{box}'", Text).label("box"),
        number.label("number"),
        (cast(number, Text) if table is inbox else outbox.c.id).label("name"),
        table.c.kind,
        _begun(table).label("begun"),
        table.c.attempts,
        func.coalesce(table.c.error, literal_column("''", Text)).label("error"),
        table.c.lane,
        (cast(null(), Text) if table is inbox else outbox.c.case_id).label("case_id"),
        literal_column("0" if readable else "1", Integer).label("unread"),
    ]
    return select(*columns).where(*such).order_by(_begun(table).desc(), number.desc()).limit(limit)


def _youngest(parts: list[list[T]], place: Callable[[T], LetterPosition], limit: int) -> list[T]:
    return list(islice(merge(*parts, key=place, reverse=True), limit))


# Each part is found, in its order, by one index; together they would have to be sorted, or read whole.
LetterConditions = tuple[ColumnElement[bool], ...]


def _events(which: LetterFilter, readable: bool) -> Iterator[LetterConditions]:
    common = (is_dead(inbox), *_since(inbox, which))
    if which.lanes:
        kind = inbox.c.kind.concat("")  # not by the index of kinds
        unread = kind.not_in(UNREADABLE_KINDS) if readable else kind.in_(UNREADABLE_KINDS)
        asked = () if which.kind is None else (kind == which.kind,)
        yield (*common, inbox.c.lane.in_(which.lanes), unread, *asked)
    elif which.kind is None and readable:
        yield (*common, is_readable(inbox))
    else:
        kinds = UNREADABLE_KINDS if which.kind is None else (which.kind,)
        yield from ((*common, inbox.c.kind == one) for one in kinds if readable != (one in UNREADABLE_KINDS))


def _effects(which: LetterFilter) -> Iterator[LetterConditions]:
    common = (is_dead(outbox), *_since(outbox, which))
    if not which.lanes:
        yield common if which.kind is None else (*common, outbox.c.kind == which.kind)
        return
    asked = () if which.kind is None else (outbox.c.kind.concat("") == which.kind,)
    yield (*common, *asked, outbox.c.lane.in_(which.lanes))
    if which.case_id is not None:
        yield (*common, *asked, outbox.c.case_id == which.case_id, outbox.c.lane.not_in(which.lanes))


def _begun(table: Table) -> Column[datetime]:
    return inbox.c.received_at if table is inbox else outbox.c.created_at


def _since(table: Table, which: LetterFilter) -> Iterator[ColumnElement[bool]]:
    if which.since is not None:
        yield _begun(table) >= which.since


def _older(table: Table, number: Column[int], before: LetterPosition | None) -> Iterator[ColumnElement[bool]]:
    if before is not None:
        at, row = before
        # The first bounds the range of the index, the second leaves out what the page before showed.
        yield and_(_begun(table) <= at, or_(_begun(table) < at, number < row))
