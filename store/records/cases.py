"""Cases, the policies they started with, and our record of WorkMarket's moments."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.exc import IntegrityError

from store.database.errors import VersionConflict
from store.records.whole_case import SHOWN, Key, WholeCase, whole_case
from store.schema.rows import CaseRow
from store.schema.tables import cases, moments, policies
from store.sql import prepared
from store.sql.among import is_among, texts
from store.sql.types import to_json
from store.sql.upsert import insert_or_ignore

ToldMoment = tuple[str, datetime, str | None]
"""What happened to an assignment, when, and which company's webhook told of it; None where there is one only."""

_FIELDS = tuple(CaseRow.__dataclass_fields__)
_COLUMNS = [cases.c[name] for name in _FIELDS]
# Built once: SQLAlchemy takes longer to build a statement than to send it.
_GET = select(*_COLUMNS).where(cases.c.id == bindparam("the_id"))
_BY_TICKET = select(*_COLUMNS).where(cases.c.ticket_id == bindparam("the_ticket"))
_WITH_CASES = select(cases.c.ticket_id).where(cases.c.ticket_id.in_(bindparam("the_tickets", expanding=True)))
_RIVAL = (
    select(*_COLUMNS)
    .where(
        cases.c.assignment_id == bindparam("the_assignment"),
        cases.c.party == bindparam("the_party"),
        cases.c.id != bindparam("not_this"),
        cases.c.open == true(),
        cases.c.blocks == true(),
    )
    .limit(1)
)
_COUNTS = select(cases.c.state, func.count()).where(cases.c.open == true()).group_by(cases.c.state)
_BY_COMPANY = select(cases.c.company, func.count()).where(cases.c.open == true()).group_by(cases.c.company)
_INSERT = insert(cases).inline()
_UPDATE = update(cases).where(cases.c.id == bindparam("the_id"), cases.c.version == bindparam("the_version"))
_POLICIES = select(policies.c.hash, policies.c.body).order_by(policies.c.hash)
_POLICY = select(policies.c.body).where(policies.c.hash == bindparam("the_hash"))
_MOMENTS = (
    select(moments.c.event, moments.c.at, moments.c.company)
    .where(moments.c.assignment_id == bindparam("the_assignment"))
    .order_by(moments.c.at, moments.c.id)
)
_ITS_RIVAL = _RIVAL.subquery("rival")
_CROSSED = (
    select(*_COLUMNS)
    .where(
        cases.c.assignment_id == bindparam("the_assignment"),
        cases.c.party != bindparam("the_party"),
        cases.c.open == true(),
    )
    .order_by(cases.c.blocks.desc(), cases.c.id)
    .limit(1)
    .subquery("crossed")
)
# None of them need be there: so all are beside a row that is nobody's.
_BESIDE = (
    select(moments.c.event, moments.c.at, moments.c.company.label("told_by"), *_ITS_RIVAL.c, *_CROSSED.c)
    .select_from(
        select(literal_column("1"))
        .subquery("asked")
        .outerjoin(_ITS_RIVAL, true())
        .outerjoin(_CROSSED, true())
        .outerjoin(moments, moments.c.assignment_id == bindparam("the_assignment"))
    )
    .order_by(moments.c.at, moments.c.id)
)


_ID, _TICKET = "id", "ticket"


@cache
def _ahead(dialect: str) -> Select[Any]:
    # Each by its own index.
    found = union_all(
        select(*_COLUMNS).where(is_among(dialect, cases.c.id, "the_ids")),
        select(*_COLUMNS).where(is_among(dialect, cases.c.ticket_id, "the_tickets")),
    ).subquery()
    return select(*found.c)


# What a list of cases may be asked by: a column's value, or what `id` is beyond.
_SUCH: dict[str, ColumnElement[bool]] = {
    **{
        name: cases.c[name] == bindparam(name, type_=cases.c[name].type)
        for name in ("open", "state", "assignment_id", "company")
    },
    "after": cases.c.id > bindparam("after"),
}


@cache
def _list_of(given: tuple[str, ...]) -> Select[Any]:
    query = select(*_COLUMNS).where(*(_SUCH[name] for name in given if name in _SUCH)).order_by(cases.c.id)
    return query.limit(bindparam("limit", type_=Integer)) if "limit" in given else query


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


class BesideCase(NamedTuple):
    """What stands beside a case: its `rival`, the open case of the assignment's other side, and the moments of the
    assignment, oldest first."""

    rival: CaseRow | None
    crossed: CaseRow | None
    moments: list[ToldMoment]


def _row(found: Any) -> CaseRow:
    return CaseRow(*found)


class Cases:
    """Verbs of the cases inside one transaction."""

    __slots__ = ("_connection", "_read", "_rivals", "_written")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # What was read or saved within this transaction, by id and by ticket.
        self._read: dict[tuple[str, str], CaseRow | None] = {}
        # Of those the ids of what is still as it was saved, not as it would be read.
        self._written: set[str] = set()
        self._rivals: dict[tuple[str, str, str], CaseRow | None] = {}

    def _one(self, query: Select[Any], **values: str) -> CaseRow | None:
        found = prepared.first(self._connection, query, values)
        return _row(found) if found else None

    def get(self, case_id: str) -> CaseRow | None:
        """The case, open or not; read once, and as it was saved since."""
        if (_ID, case_id) not in self._read:
            self._remember({(_ID, case_id)}, [self._one(_GET, the_id=case_id)])
        return self._as_read(self._read[_ID, case_id])

    def by_ticket(self, ticket_id: str) -> CaseRow | None:
        """The case of a ticket, in the same way."""
        if (_TICKET, ticket_id) not in self._read:
            self._remember({(_TICKET, ticket_id)}, [self._one(_BY_TICKET, the_ticket=ticket_id)])
        return self._as_read(self._read[_TICKET, ticket_id])

    def read_ahead(self, case_ids: Collection[str], ticket_ids: Collection[str]) -> None:
        """Read what `get` and `by_ticket` will be asked for by one question."""
        ids, tickets = (texts(self._connection, names) for names in (case_ids, ticket_ids))
        asked = {"the_ids": ids, "the_tickets": tickets}
        found = prepared.rows(self._connection, _ahead(self._connection.dialect.name), asked)
        wanted = {*((_ID, one) for one in case_ids), *((_TICKET, one) for one in ticket_ids)}
        self._remember(wanted, map(_row, found))

    def whole(self, key: Key, value: str, limit: int = SHOWN) -> WholeCase | None:
        """The case of an id, a ticket or a page, with what stands around it: by one question."""
        return whole_case(self._connection, key, value, limit)

    def _remember(self, asked: Collection[tuple[str, str]], found: Iterable[CaseRow | None]) -> None:
        self._read |= dict.fromkeys(asked)
        for row in found:
            if row is not None:
                self._written.discard(row.id)
                self._read[_ID, row.id] = row
                if row.ticket_id is not None:
                    self._read[_TICKET, row.ticket_id] = row

    def _as_read(self, row: CaseRow | None) -> CaseRow | None:
        """What was saved as it would be read: JSON values, cleaned. Most is not asked for in its transaction."""
        if row is None or row.id not in self._written:
            return row
        read = replace(row, body=json.loads(to_json(dict(row.body))))
        self._remember((), [read])
        return read

    def _forget(self, case: CaseRow) -> None:
        its = {(_ID, case.id), (_TICKET, case.ticket_id)}
        its |= {asked for asked, row in self._read.items() if row is not None and row.id == case.id}
        self._read = {asked: row for asked, row in self._read.items() if asked not in its}
        self._rivals.clear()

    def on_tickets(self, ticket_ids: Sequence[str]) -> frozenset[str]:
        """Those of the tickets, up to some thousand, that have a case."""
        asked = {"the_tickets": list(ticket_ids)}
        return frozenset(self._connection.execute(_WITH_CASES, asked).scalars()) if ticket_ids else frozenset()

    def rival(self, assignment_id: str, party: str, other_than: str) -> CaseRow | None:
        """The other open, blocking case of the same assignment and side; asked once until one is saved."""
        asked = (assignment_id, party, other_than)
        if asked not in self._rivals:
            self._rivals[asked] = self._one(
                _RIVAL, the_assignment=assignment_id, the_party=party, not_this=other_than
            )
        return self._rivals[asked]

    def beside(self, assignment_id: str, party: str, other_than: str) -> BesideCase:
        """What stands beside a case, by one question."""
        asked = (assignment_id, party, other_than)
        values = {"the_assignment": assignment_id, "the_party": party, "not_this": other_than}
        found = prepared.rows(self._connection, _BESIDE, values)
        rival, crossed = (found[0][first : first + len(_FIELDS)] for first in (3, 3 + len(_FIELDS)))
        self._rivals[asked] = None if rival[0] is None else _row(rival)
        return BesideCase(
            self._rivals[asked],
            None if crossed[0] is None else _row(crossed),
            [(event, at, by) for event, at, by, *_ in found if event is not None],
        )

    def save(self, case: CaseRow, expected_version: int) -> CaseRow:
        """Write a case whose stored version is `expected_version` (0: none yet); the row as stored now.

        Raises Conflict when it moved meanwhile, or when its ticket, or its assignment and side, have a
        blocking case already. Let it end the transaction: PostgreSQL takes nothing more in it.
        """
        stored = replace(case, version=expected_version + 1)
        self._forget(case)
        values = {name: getattr(stored, name) for name in _FIELDS}
        try:
            if expected_version == 0:
                prepared.change(self._connection, _INSERT, values)
                return self._saved(stored)
            same = {"the_id": case.id, "the_version": expected_version}
            if prepared.change(self._connection, _UPDATE, {**values, **same}) == 1:
                return self._saved(stored)
        except IntegrityError as error:
            if "foreign key" in str(error.orig).lower():
                raise
            raise VersionConflict(f"Case {case.id} collides with another one; read again.") from error
        raise VersionConflict(f"Case {case.id} was changed meanwhile; read again.")

    def _saved(self, stored: CaseRow) -> CaseRow:
        self._remember((), [stored])
        self._written.add(stored.id)
        return stored

    def open_by_assignment(self, assignment_id: str) -> list[CaseRow]:
        """Every open case of an assignment, either side's."""
        return self.list(open=True, assignment_id=assignment_id)

    def list(
        self,
        *,
        open: bool | None = None,
        state: str | None = None,
        assignment_id: str | None = None,
        company: str | None = None,
        limit: int | None = None,
        after: str | None = None,
    ) -> list[CaseRow]:
        """Every such case by id, or so many `after` the given one: a long list is read in pages."""
        such = {"open": open, "state": state, "assignment_id": assignment_id, "company": company}
        given = _given(**such, after=after, limit=limit)
        found = [_row(one) for one in prepared.rows(self._connection, _list_of(tuple(given)), given)]
        if assignment_id is not None:
            self._remember((), found)
        return found

    def counts(self) -> dict[str, int]:
        """How many open cases each state has."""
        return dict(prepared.rows(self._connection, _COUNTS))

    def open_by_company(self) -> dict[str | None, int]:
        """How many open cases each client company has; None is where none is known."""
        return dict(prepared.rows(self._connection, _BY_COMPANY))


class PolicyRows:
    """The policies cases started with, by hash."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, digest: str, body: Mapping[str, Any]) -> None:
        """Keep a policy under its hash; keeping it twice is once."""
        insert_or_ignore(self._connection, policies, {"hash": digest, "body": dict(body)})

    def all(self) -> dict[str, dict[str, Any]]:
        """Every policy by its hash."""
        return dict(prepared.rows(self._connection, _POLICIES))

    def get(self, digest: str) -> dict[str, Any] | None:
        """The policy of a hash."""
        found: dict[str, Any] | None = prepared.value(self._connection, _POLICY, {"the_hash": digest})
        return found


class AssignmentEvents:
    """When WorkMarket's webhooks said that something happened to an assignment."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, assignment_id: str, event: str, at: datetime, company: str | None = None) -> bool:
        """Remember a moment, and whose webhook told of it; False when it is known."""
        values = {"assignment_id": assignment_id, "event": event, "at": at, "company": company}
        return insert_or_ignore(self._connection, moments, values)

    def of(self, assignment_id: str) -> list[tuple[str, datetime]]:
        """Event and moment of what happened to an assignment, oldest first."""
        return [(event, at) for event, at, _ in self.told(assignment_id)]

    def told(self, assignment_id: str) -> list[ToldMoment]:
        """Event, moment and company of what happened to an assignment, oldest first."""
        found = prepared.rows(self._connection, _MOMENTS, {"the_assignment": assignment_id})
        return [(event, at, company) for event, at, company in found]
