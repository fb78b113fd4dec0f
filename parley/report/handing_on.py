"""Hands the report of the last whole week or month on, once: a file in a folder, or a note on a ticket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from escalation.model.audience import Internal
from escalation.model.effects import Note, UpdateTicket
from escalation.policies.policy import Policy
from parley.report.figures import Figure
from parley.report.making import PeriodReport, make_report
from parley.report.page import as_page, written
from parley.report.periods import Period, last_whole
from parley.report.saving import file_name, put
from parley.report.tallies import FigureRow
from store import AT_ONCE, NewOutboxRow, Store, Tx
from sync.shared.codec import encode_effect
from sync.shared.failpoints import Crash, no_crash
from sync.shared.names import effect_lane, ticket_lane
from sync.shared.priority import SWEEP

log = structlog.get_logger()
MARK: Final = "report"
WAITS: Final = timedelta(hours=1)
"""After a period's end, for what happened at its end and is still being handled."""


class ReportSender:
    """Any number of clocks may have one. A note and the mark that it was asked for are one commit. A file is put in
    its place before the mark is set: who is killed between the two leaves the same to be put there again."""

    def __init__(
        self,
        store: Store,
        policy: Policy,
        now: Callable[[], datetime],
        names: Mapping[str, str],
        crash: Crash = no_crash,
    ) -> None:
        self._store = store
        self._policy = policy
        self._now = now
        self._names = names
        self._crash = crash

    def round(self) -> bool:
        """Hand the report on where that was not done yet; whether it was done now. Raises StoreUnavailable, and
        OSError where the folder can't be written to: the next round tries again."""
        to, now = self._policy.report_to, self._now()
        if not to:
            return False
        period = last_whole(self._policy.report_each, now, self._policy.calendar.zone)
        if now < period.end + WAITS or self._store.read(lambda tx: _was_sent(tx, period)):
            return False
        with self._store.lock(MARK) as free:
            if not free or self._store.read(lambda tx: _was_sent(tx, period)):
                return False
            report = make_report(self._store, self._policy, period, now, names=self._names)
            self._hand_on(to, report, now)
            return True

    def _hand_on(self, to: str, report: PeriodReport, now: datetime) -> None:
        if to.isdigit():
            self._store.write(lambda tx: self._note(tx, to, report, now))
        else:
            put(Path(to) / file_name(report.period), as_page(report))
            self._crash("report.after_file")
            self._store.write(lambda tx: _mark(tx, report.period, now))
        log.info("report_sent", part=report.period.name)

    def _note(self, tx: Tx, ticket_id: str, report: PeriodReport, now: datetime) -> None:
        name = f"report.{report.period.name}.{ticket_id}"
        effect = UpdateTicket(name, ticket_id, Note(Internal("\n".join(in_lines(report)))))
        body = encode_effect(effect, ticket_lane(ticket_id))
        row = NewOutboxRow(name, effect_lane(effect, None), effect.type, body, AT_ONCE, priority=SWEEP)
        tx.outbox.add([row], now)
        _mark(tx, report.period, now)
        self._crash("report.before_commit")


def in_lines(report: PeriodReport) -> Iterator[str]:
    """The report in lines, for a note."""
    yield f"Escalations: {report.period.title}"
    if report.is_empty:
        yield f"Nothing happened in this {report.period.kind}."
    for figure, rows in report.figures if not report.is_empty else ():
        yield ""
        yield figure.title
        yield from (_line(figure, row) for row in rows)
    yield ""
    yield (
        f"What each number means, and the page to print: parley report --{report.period.kind} "
        f"--on {report.period.first}"
    )


def _line(figure: Figure, row: FigureRow) -> str:
    name, values = row
    told = [
        f"{column.words} {written(column, value)}" for column, value in zip(figure.columns, values, strict=True)
    ]
    return f"{name}: {', '.join(told)}" if name else ", ".join(told)


def _was_sent(tx: Tx, period: Period) -> bool:
    mark = tx.marks.get(MARK)
    return mark is not None and mark.value == {"sent": period.name}


def _mark(tx: Tx, period: Period, now: datetime) -> None:
    tx.marks.set(MARK, {"sent": period.name}, now)
