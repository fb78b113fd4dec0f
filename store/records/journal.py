"""The journal: who did what, when and why. It only grows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from store.schema.rows import JournalRow, NewJournalRow
from store.schema.tables import journal
from store.sql.upsert import insert_all

_COLUMNS = [journal.c[name] for name in JournalRow.__dataclass_fields__]
_OF_LINE = tuple(NewJournalRow.__dataclass_fields__)


def _row(found: Any) -> JournalRow:
    return JournalRow(*found)


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
