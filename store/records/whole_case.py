"""A case and every row that is told with it, by one question: one round trip for one page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.types import TypeEngine

from escalation.model.effect_kinds import LOOK
from store.schema import states
from store.schema.rows import BudgetRow, CaseRow, JournalRow, OutboxRow
from store.schema.tables import budgets, cases, inbox, is_dead, is_unhandled, journal, outbox, progress_links
from store.sql import prepared
from store.sql.types import BodyText, JsonText, UtcMoment

Key = Literal["id", "ticket_id", "page"]
"""What a case is looked for by; `page` is the digest of the address of its requester's page."""
SHOWN: Final = 200
"""So many effects, and as many lines of the journal, are told: the youngest."""
LETTERS: Final = 20
"""So many dead letters, and as much that waits, are told."""
_CASE, _EFFECT, _LINE, _OTHER, _BUDGET, _LETTER, _WAITING = range(7)

# Of different tables, one shape: what each part puts where.
_COLUMNS: Final[dict[str, TypeEngine[Any]]] = {
    "part": Integer(),
    "number": Integer(),
    "id": Text(),
    "kind": Text(),
    "state": Text(),
    "body": BodyText(),
    "value": JsonText(),
    "error": Text(),
    "at": UtcMoment(),
    "due": UtcMoment(),
    "attempted_at": UtcMoment(),
    "waits_since": UtcMoment(),
    "attempts": Integer(),
    "lane": Text(),
}


@dataclass(frozen=True, slots=True)
class ToldEffect:
    """A row of the outbox, and since when it waits."""

    row: OutboxRow
    waits_since: datetime | None


@dataclass(frozen=True, slots=True)
class TicketNews:
    """A row of the inbox in the lane of a case's ticket: a dead letter, or one that waits to be handled."""

    number: int
    kind: str
    at: datetime
    attempts: int
    error: str


class WholeCase(NamedTuple):
    """`case` and `crossed`, the case of the assignment's other side, have no columns but those that a page needs.

    Effects and lines are the oldest first; of the inbox `letters` are dead, and `waiting` is yet to be handled.
    """

    case: CaseRow
    effects: tuple[ToldEffect, ...]
    journal: tuple[JournalRow, ...]
    crossed: CaseRow | None
    budgets: dict[str, BudgetRow]
    letters: tuple[TicketNews, ...]
    waiting: tuple[TicketNews, ...]


def whole_case(connection: Connection, key: Key, value: str, limit: int = SHOWN) -> WholeCase | None:
    """The case of a key with the youngest of what stands around it; None where there is none."""
    found = prepared.rows(connection, _question(key), {"wanted": value, "shown": limit})
    parts: dict[int, list[dict[str, Any]]] = {part: [] for part in range(7)}
    for row in found:
        named = dict(zip(_COLUMNS, row, strict=True))
        parts[named["part"]].append(named)
    if not parts[_CASE]:
        return None
    case = _case(parts[_CASE][0])
    return WholeCase(
        case,
        tuple(_in_order(map(_effect, parts[_EFFECT]), lambda one: one.row.seq)),
        tuple(_in_order((_line(one, case) for one in parts[_LINE]), lambda one: one.id)[-limit:]),
        next(map(_case, parts[_OTHER]), None),
        {one["id"]: BudgetRow(one["id"], one["at"], one["due"], one["number"], False) for one in parts[_BUDGET]},
        tuple(map(_news, parts[_LETTER])),
        tuple(map(_news, parts[_WAITING])),
    )


def _in_order(found: Iterable[Any], by: Any) -> list[Any]:
    return sorted(found, key=by)


def _case(told: dict[str, Any]) -> CaseRow:
    return CaseRow(
        told["id"], told["state"], told["error"] or "", told["at"], told["kind"],
        body=told["body"], version=told["number"], company=told["lane"],
    )  # fmt: skip


def _effect(told: dict[str, Any]) -> ToldEffect:
    row = OutboxRow(
        told["number"], told["id"], None, told["lane"], told["kind"], told["body"], told["state"], told["attempts"],
        told["due"], None, told["at"], told["attempted_at"], told["error"], told["value"],
    )  # fmt: skip
    return ToldEffect(row, told["waits_since"])


def _line(told: dict[str, Any], case: CaseRow) -> JournalRow:
    return JournalRow(
        told["number"], case.id, case.ticket_id, told["at"], told["lane"], told["kind"], told["value"], None
    )


def _news(told: dict[str, Any]) -> TicketNews:
    return TicketNews(told["number"], told["kind"], told["at"], told["attempts"], told["error"] or "")


@cache
def _question(key: Key) -> Select[Any]:
    # Named by what is looked for, so that each part goes by an index of its own.
    its = select(cases.c.id, cases.c.ticket_id, cases.c.assignment_id, cases.c.party).where(_is_wanted(key))
    one = its.cte("wanted_case")
    parts = (
        _part(_CASE, _of_case()).where(_is_wanted(key)),
        _youngest(_effects(one), outbox.c.seq),
        _youngest(_lines(one), journal.c.id),
        _youngest(_lines_before(one), journal.c.id),
        _of_other(one),
        _part(
            _BUDGET,
            {
                "number": budgets.c.refusals,
                "id": budgets.c.name,
                "at": budgets.c.booked_until,
                "due": budgets.c.paused_until,
            },
        ),
        _news_of(one, _LETTER, is_dead(inbox)),
        _news_of(one, _WAITING, is_unhandled(inbox)),
    )
    found = union_all(*(select(part.subquery()) for part in parts)).subquery("told")
    told: list[ColumnElement[Any]] = [
        type_coerce(found.c[name], kind).label(name) for name, kind in _COLUMNS.items()
    ]
    return select(*told)


def _is_wanted(key: Key) -> ColumnElement[bool]:
    """A page is of its case while that is on the same ticket, and the ticket is the same person's."""
    wanted = bindparam("wanted", type_=Text)
    if key != "page":
        return cases.c[key] == wanted
    of = progress_links.c
    its = ((cases.c.id, of.case_id), (cases.c.ticket_id, of.ticket_id), (cases.c.requester_id, of.person))
    return and_(*(one == select(other).where(of.digest == wanted).scalar_subquery() for one, other in its))


def _part(number: int, of: dict[str, ColumnElement[Any]]) -> Select[Any]:
    """One part, NULL where it has nothing to put."""
    given: dict[str, ColumnElement[Any]] = {"part": literal_column(str(number), Integer()), **of}
    return select(
        *(
            (given[name] if name in given else cast(null(), _plain(kind))).label(name)
            for name, kind in _COLUMNS.items()
        )
    )


def _plain(kind: Any) -> Any:
    return kind if isinstance(kind, Integer | Text) else kind.impl


def _of_case() -> dict[str, ColumnElement[Any]]:
    return {
        "number": cases.c.version,
        "id": cases.c.id,
        "kind": cases.c.ticket_id,
        "state": cases.c.state,
        "body": cases.c.body,
        "error": cases.c.policy,
        "at": cases.c.changed_at,
        "lane": cases.c.company,
    }


def _effects(one: CTE) -> Select[Any]:
    """Looks are told while they wait only: a case makes hundreds."""
    settled: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in states.SETTLED]
    return _part(
        _EFFECT,
        {
            "number": outbox.c.seq,
            "id": outbox.c.id,
            "kind": outbox.c.kind,
            "state": outbox.c.state,
            "body": outbox.c.body,
            "value": outbox.c.result,
            "error": outbox.c.error,
            "at": outbox.c.created_at,
            "due": outbox.c.due,
            "attempted_at": outbox.c.attempted_at,
            "waits_since": outbox.c.waits_since,
            "attempts": outbox.c.attempts,
            "lane": outbox.c.lane,
        },
    ).where(
        outbox.c.case_id == select(one.c.id).scalar_subquery(),
        or_(outbox.c.kind != literal_column(f"'{LOOK}'"), outbox.c.state.not_in(settled)),
    )


def _lines(one: CTE) -> Select[Any]:
    return _lines_of(journal.c.case_id == select(one.c.id).scalar_subquery())


def _lines_before(one: CTE) -> Select[Any]:
    """What was done about its ticket while that had no case, such as trying the letter again that let it begin."""
    return _lines_of(journal.c.ticket_id == select(one.c.ticket_id).scalar_subquery(), journal.c.case_id.is_(None))


def _lines_of(*such: ColumnElement[bool]) -> Select[Any]:
    return _part(
        _LINE,
        {
            "number": journal.c.id,
            "kind": journal.c.what,
            "value": journal.c.why,
            "at": journal.c.at,
            "lane": journal.c.actor,
        },
    ).where(*such)


def _youngest(part: Select[Any], number: ColumnElement[int]) -> Select[Any]:
    return part.order_by(number.desc()).limit(bindparam("shown", type_=Integer))


def _of_other(one: CTE) -> Select[Any]:
    return (
        _part(_OTHER, _of_case())
        .where(
            cases.c.assignment_id == select(one.c.assignment_id).scalar_subquery(),
            cases.c.party != select(one.c.party).scalar_subquery(),
        )
        .order_by(cases.c.open.desc(), cases.c.blocks.desc(), cases.c.id.desc())
        .limit(literal_column("1"))
    )


def _news_of(one: CTE, part: int, such: ColumnElement[bool]) -> Select[Any]:
    ticket = select(one.c.ticket_id).scalar_subquery()
    return (
        _part(
            part,
            {
                "number": inbox.c.id,
                "kind": inbox.c.kind,
                "error": inbox.c.error,
                "at": inbox.c.received_at,
                "attempts": inbox.c.attempts,
            },
        )
        .where(inbox.c.lane == literal_column("'ticket:'").op("||")(ticket), such)
        .order_by(inbox.c.id.desc())
        .limit(literal_column(str(LETTERS)))
    )
