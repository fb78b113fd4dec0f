"""One unit of work: the verbs of every table over one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from store.database.held import longest_held_s
from store.records.account_values import AccountValues, Marks
from store.records.budgets import BudgetRows
from store.records.case_lists import CaseLists
from store.records.cases import AssignmentEvents, Cases, PolicyRows
from store.records.inbox import Inbox
from store.records.journal import Journal
from store.records.letters import Letters
from store.records.outbox import Outbox
from store.records.parked import is_anything_parked
from store.records.past import PastRows
from store.records.progress_links import ProgressLinks
from store.records.sessions import Sessions
from store.records.settled import settle
from store.records.timers import Timers
from store.trace_contexts import TraceContexts


class Tx:
    """The verbs by table. Belongs to the function it was handed to, and ends with it."""

    __slots__ = (
        "_connection",
        "account",
        "budgets",
        "case_lists",
        "cases",
        "inbox",
        "journal",
        "letters",
        "marks",
        "moments",
        "outbox",
        "pages",
        "past",
        "policies",
        "sessions",
        "timers",
        "traces",
    )

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.inbox = Inbox(connection)
        self.cases = Cases(connection)
        self.case_lists = CaseLists(connection)
        self.policies = PolicyRows(connection)
        self.moments = AssignmentEvents(connection)
        self.timers = Timers(connection)
        self.outbox = Outbox(connection)
        self.past = PastRows(connection)
        self.pages = ProgressLinks(connection)
        self.journal = Journal(connection)
        self.letters = Letters(connection)
        self.account = AccountValues(connection)
        self.marks = Marks(connection)
        self.budgets = BudgetRows(connection)
        self.sessions = Sessions(connection)
        self.traces = TraceContexts(connection)

    def moment(self) -> datetime | None:
        """The moment by the database's own clock; None where that is the machine's, as with SQLite."""
        if self._connection.dialect.name == "sqlite":
            return None
        moment: datetime = self._connection.execute(select(func.clock_timestamp())).scalar_one()
        return moment.astimezone(UTC)

    def settle(
        self,
        effect_id: str,
        result: Any,
        now: datetime,
        *,
        mark: tuple[str, Any] | None = None,
        event: tuple[str, str, str, Mapping[str, Any]] | None = None,
    ) -> bool:
        """`outbox.done`, and with it a mark that is raised and an event for the inbox; False where nothing was."""
        return settle(self._connection, effect_id, result, now, mark=mark, event=event)

    def is_anything_parked(self, begun_after: datetime, due_after: datetime) -> bool:
        """Whether an effect waits since a moment after the one, or an event is to be handled after the other."""
        return is_anything_parked(self._connection, begun_after, due_after)

    def longest_held_s(self) -> float | None:
        """Seconds since the oldest lock that is held was taken; None where none is held."""
        return longest_held_s(self._connection)
