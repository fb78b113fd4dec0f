"""The journal: who did what, when and why. It only grows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from store.schema.rows import CountedLine, JournalRow, NewJournalRow
from store.schema.tables import journal
from store.sql import prepared
from store.sql.among import is_among, texts
from store.sql.upsert import insert_all

_COLUMNS = [journal.c[name] for name in JournalRow.__dataclass_fields__]
_OF_LINE = tuple(NewJournalRow.__dataclass_fields__)
# What is counted of a line. Its reason is left out: it is the longest part, and is for people.
_COUNTED = (journal.c.case_id, journal.c.at, journal.c.actor, journal.c.what)
_UNTIL = journal.c.at < bindparam("until", type_=journal.c.at.type)
_OF_NO_CASE = select(*_COUNTED).where(journal.c.case_id.is_(None), _UNTIL).order_by(journal.c.id)


@cache
def _of_cases(dialect: str) -> Select[Any]:
    its = is_among(dialect, journal.c.case_id, "the_cases")
    return select(*_COUNTED).where(its, _UNTIL).order_by(journal.c.case_id, journal.c.id)


def _row(found: Any) -> JournalRow:
    return JournalRow(*found)


def _case_of(found: Any) -> str:
    return str(found[0])


class Journal:
    """Verbs of the journal inside one transaction; there is none that changes a line."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(
        self,
        actor: str,
        what: str,
        at: datetime,
        *,
        case_id: str | None = None,
        ticket_id: str | None = None,
        why: Any = None,
        cause: str | None = None,
    ) -> None:
        """Add a line. `why` is any JSON value, `cause` the key of the inbox row behind it."""
        self.append_all([NewJournalRow(actor, what, at, case_id, ticket_id, why, cause)])

    def append_all(self, lines: Sequence[NewJournalRow]) -> None:
        """Add lines, in order."""
        rows = [{name: getattr(line, name) for name in _OF_LINE} for line in lines]
        insert_all(self._connection, journal, rows)

    def of_case(self, case_id: str, limit: int | None = None) -> list[JournalRow]:
        """Every line of a case, or so many, oldest first."""
        query = select(*_COLUMNS).where(journal.c.case_id == case_id).order_by(journal.c.id).limit(limit)
        return [_row(found) for found in self._connection.execute(query)]

    def of_ticket(self, ticket_id: str, limit: int | None = None) -> list[JournalRow]:
        """Every line of a ticket, with or without a case, or so many, oldest first."""
        query = select(*_COLUMNS).where(journal.c.ticket_id == ticket_id).order_by(journal.c.id).limit(limit)
        return [_row(found) for found in self._connection.execute(query)]

    def counted_of_cases(self, case_ids: Collection[str], until: datetime) -> dict[str, list[CountedLine]]:
        """By case, what its lines before a moment are counted by, oldest first; cases without one are left out."""
        asked = {"the_cases": texts(self._connection, case_ids), "until": until}
        found = prepared.rows(self._connection, _of_cases(self._connection.dialect.name), asked)
        return {case_id: [CountedLine(*line) for _, *line in lines] for case_id, lines in groupby(found, _case_of)}

    def counted_of_no_case(self, until: datetime) -> list[CountedLine]:
        """The same of the lines of no case."""
        return [CountedLine(*line) for _, *line in prepared.rows(self._connection, _OF_NO_CASE, {"until": until})]
