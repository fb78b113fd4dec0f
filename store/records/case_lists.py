"""Lists of cases for people: any page of them and how many there are, by one question, however many that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    false,
    func,
    literal_column,
    select,
    true,
    union,
    update,
)

from store.schema.rows import CaseRow
from store.schema.tables import cases
from store.sql import prepared
from store.sql.among import is_among, texts

COUNTED_CASES: Final = 1_000
"""So many are counted for a page; more are more."""
Place = Literal["", "after", "before"]
"""Where a page is: at the beginning, or behind or before a case."""
_COLUMNS = [cases.c[name] for name in CaseRow.__dataclass_fields__]


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Some of the cases; None is any.

    `number` is the ticket's, the assignment's or the requester's; `ids`: one of these, of which there may be none;
    with both, either. `since`: opened then or later. `due_from` and `due_until`: what is due next is due then or
    later, and before; `undated`: nothing is due.
    """

    open: bool | None = None
    state: str | None = None
    tier: int | None = None
    company: str | None = None
    language: str | None = None
    assignment_id: str | None = None
    requester_email: str | None = None
    number: str | None = None
    ids: tuple[str, ...] | None = None
    since: datetime | None = None
    due_from: datetime | None = None
    due_until: datetime | None = None
    undated: bool | None = None


class CasePage(NamedTuple):
    """The cases of a page, and how many there are from its first on, up to `COUNTED_CASES` and one more. `begins`:
    it is the first page."""

    cases: list[CaseRow]
    of: int
    begins: bool


_BEYOND: Final[dict[str, ColumnElement[bool]]] = {
    "since": cases.c.opened_at >= bindparam("since", type_=cases.c.opened_at.type),
    "due_from": cases.c.next_due >= bindparam("due_from", type_=cases.c.next_due.type),
    "due_until": cases.c.next_due < bindparam("due_until", type_=cases.c.next_due.type),
    "undated": cases.c.next_due.is_(None),
}
_NAMED: Final = ("number", "ids")
_FILTERED: Final = tuple(one.name for one in fields(CaseFilter))


def _such(given: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """All that is asked of each case but what names it."""
    return [
        _BEYOND[name] if name in _BEYOND else cases.c[name] == bindparam(name, type_=cases.c[name].type)
        for name in given
        if name not in _NAMED
    ]


def _named(dialect: str, given: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """What names a case: one of these has to hold, where there are any."""
    by_number = [cases.c[one] == bindparam("number") for one in ("ticket_id", "assignment_id", "requester_id")]
    by_id = [is_among(dialect, cases.c.id, "ids")]
    return [*(by_number if "number" in given else []), *(by_id if "ids" in given else [])]


def _among(
    dialect: str,
    given: tuple[str, ...],
    *more: ColumnElement[bool],
    last: bool = False,
    most: ColumnElement[int] | None = None,
) -> Select[Any]:
    """The ids of such cases, in order; `last`: from the last one on; `most`: so many of each name are enough.

    Each name is looked up by itself: with bitmaps off (`PLANS`) PostgreSQL reads the table for an OR over several.
    """
    such = [*_such(given), *more]

    def ids(named: Sequence[ColumnElement[bool]]) -> Select[Any]:
        found = select(cases.c.id).where(*such, *named).order_by(cases.c.id.desc() if last else cases.c.id)
        return found if most is None else found.limit(most)

    names = _named(dialect, given)
    if not names:
        return ids([])
    each = union(*(select(ids([one]).subquery().c.id) for one in names)).subquery("named")
    return select(each.c.id).order_by(each.c.id.desc() if last else each.c.id)


@cache
def _page_of(dialect: str, given: tuple[str, ...], place: Place) -> Select[Any]:
    """Gone through once, in an index that holds all that is asked for; only what is shown is looked up."""
    bounds: list[ColumnElement[bool]] = []
    begins: ColumnElement[bool] = true() if place == "" else false()
    if place == "after":
        bounds = [cases.c.id > bindparam("place")]
    elif place == "before":
        start = select(_last_before(dialect, given).c.id).scalar_subquery()
        bounds, begins = [cases.c.id > func.coalesce(start, "")], start.is_(None)
    most: ColumnElement[int] = literal_column(str(COUNTED_CASES + 1))
    found = _among(dialect, given, *bounds, most=most).limit(most).cte("found")
    shown = select(found.c.id).order_by(found.c.id).limit(bindparam("limit", type_=Integer)).subquery("shown")
    number = select(func.count()).select_from(found).scalar_subquery()
    of_page = shown.join(cases, cases.c.id == shown.c.id)
    return select(*_COLUMNS, number, begins).select_from(of_page).order_by(shown.c.id)


def _last_before(dialect: str, given: tuple[str, ...]) -> CTE:
    """The case behind which the page begins that ends before a place; none where that is the first page."""
    limit = bindparam("limit", type_=Integer)
    before = _among(dialect, given, cases.c.id < bindparam("place"), last=True, most=limit + 1)
    return before.offset(limit).limit(literal_column("1")).cte("last_before")


@cache
def _number_of(given: tuple[str, ...], dialect: str) -> Select[Any]:
    return select(func.count()).select_from(_among(dialect, given).order_by(None).subquery())


# Rows of before there were these columns.
_UNTOLD = (
    select(*_COLUMNS)
    .where(cases.c.requester_email.is_(None))
    .order_by(cases.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_TELL = update(cases).where(
    cases.c.id == bindparam("the_id"),
    cases.c.version == bindparam("the_version"),
    cases.c.requester_email.is_(None),
)


_AGES = (
    select(cases.c.state, cases.c.tier, func.count(), func.min(cases.c.opened_at))
    .where(cases.c.open == true())
    .group_by(cases.c.state, cases.c.tier)
    .order_by(cases.c.state, cases.c.tier)
)


class OpenCases(NamedTuple):
    """How many cases are open in a state and a tier, and when the oldest of them began; None where none did yet."""

    state: str
    tier: int | None
    many: int
    oldest: datetime | None


class CaseLists:
    """Lists of cases inside one transaction, in the order of their ids: the oldest first."""

    __slots__ = ("_connection", "_dialect")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect.name

    def page(
        self, which: CaseFilter, limit: int, after: str | None = None, *, before: str | None = None
    ) -> CasePage:
        """So many cases, behind the one of an id or before it where one is given, and how many there are from
        there on. Where fewer stand before it the first page is given."""
        given, named = self._given(which), after if before is None else before
        place: Place = "" if named is None else "after" if before is None else "before"
        values = {**given, "limit": limit, **({} if named is None else {"place": named})}
        found = prepared.rows(self._connection, _page_of(self._dialect, tuple(given), place), values)
        number, begins = found[0][-2:] if found else (0, place != "after")
        return CasePage([CaseRow(*row[:-2]) for row in found], number, bool(begins))

    def count(self, which: CaseFilter) -> int:
        """How many there are."""
        given = self._given(which)
        return int(prepared.value(self._connection, _number_of(tuple(given), self._dialect), given))

    def ages(self) -> list[OpenCases]:
        """The open cases by state and tier, each counted, and when the oldest of them began."""
        return [OpenCases(*row) for row in prepared.rows(self._connection, _AGES)]

    def untold(self, limit: int) -> list[CaseRow]:
        """Cases of before there were columns of what they are narrowed by."""
        return [CaseRow(*row) for row in prepared.rows(self._connection, _UNTOLD, {"limit": limit})]

    def tell(self, row: CaseRow, narrowed_by: dict[str, Any]) -> bool:
        """Fill these columns of a case in; False where it was saved meanwhile."""
        same = {"the_id": row.id, "the_version": row.version}
        return prepared.change(self._connection, _TELL, {**narrowed_by, **same}) == 1

    def _given(self, which: CaseFilter) -> dict[str, Any]:
        values = {name: getattr(which, name) for name in _FILTERED}
        if which.ids is not None:
            values["ids"] = texts(self._connection, which.ids)
        return {name: value for name, value in values.items() if value is not None}
