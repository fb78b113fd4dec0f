"""The desk as the demo's pages see it: its cases, its reports, and the clock that both share."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from config.companies import names_of
from escalation.explain import case_json
from escalation.model.case import JournalEntry
from parley.report.making import make_report
from parley.report.page import as_page
from parley.report.periods import last_whole, period_of
from parley.wiring.app import App
from parley.wiring.pace import Pace
from sandbox.pages import CaseView, DoneByDesk, ListedCase, ReportKind
from sandbox.shared.movable_clock import MovableClock
from store import CaseRow, Tx
from sync.shared.codec import decode_case

UNTIL_DONE: Final = timedelta(minutes=1)
"""By then what a deadline has set in motion is proved done, and the deadlines of the same minute were met."""


class DemoDesk:
    """The desk as the demo's pages see it."""

    elsewhere = False

    def __init__(self, app: App, clock: MovableClock, pace: Pace) -> None:
        self._app = app
        self._store = app.store
        self._clock = clock
        self._pace = pace

    def case_of(self, ticket_id: str) -> CaseView | None:
        def read(tx: Tx) -> CaseView | None:
            row = tx.cases.by_ticket(ticket_id)
            if row is None:
                return None
            lines = tx.journal.of_case(row.id)
            journal = [JournalEntry(line.at, line.actor, line.what, str(line.why)) for line in lines]
            return {"case": case_json(decode_case(row.body), journal)}

        return self._store.read(read)

    def cases(self) -> list[ListedCase]:
        return [self._row(row) for row in self._store.read(lambda tx: tx.cases.list())]

    def _row(self, row: CaseRow) -> ListedCase:
        told: dict[str, Any] = case_json(decode_case(row.body))
        return {
            "id": row.id,
            "ticket_id": row.ticket_id or "",
            "state": row.state,
            "next_deadline": next(iter(told["deadlines"]), None),
        }

    def now(self) -> datetime:
        return self._clock()

    def move(self, delta: timedelta) -> None:
        self._pace.move(delta)

    def done_since(self, moment: datetime) -> list[DoneByDesk]:
        def read(tx: Tx) -> list[DoneByDesk]:
            changed = [row for row in tx.cases.list() if row.changed_at >= moment]
            return [
                {"at": line.at, "ticket_id": row.ticket_id or "", "what": line.what, "why": str(line.why)}
                for row in changed
                for line in tx.journal.of_case(row.id)
                if line.at >= moment
            ]

        return sorted(self._store.read(read), key=lambda line: line["at"])

    def to_next_deadline(self) -> datetime | None:
        self._pace.settle()  # what was submitted a moment ago has a deadline only then
        rows = self._store.read(lambda tx: tx.cases.list(open=True))
        now, cases = self._clock(), [decode_case(row.body) for row in rows]
        due = [one.due for case in cases for one in case.deadlines.values() if one.due > now]
        if not due:
            return None
        self._pace.move_to(min(due) + UNTIL_DONE)
        return min(due)

    def report(self, kind: ReportKind, *, last: bool) -> str:
        now, policy = self._clock(), self._app.policy
        zone = policy.calendar.zone
        today = now.astimezone(ZoneInfo(zone)).date()
        period = last_whole(kind, now, zone) if last else period_of(kind, today, zone)
        names = names_of(self._app.values.companies)
        return as_page(make_report(self._store, policy, period, now, names=names))
