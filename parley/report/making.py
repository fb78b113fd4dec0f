"""Counts a period's figures from the journal, some hundred cases at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from escalation.engine.journaled import DIED
from escalation.policies.policy import Policy
from parley.report.facts import CaseFacts, facts_of
from parley.report.figures import FIGURES, Figure
from parley.report.history import SETTLED, history_of
from parley.report.periods import Period
from parley.report.tallies import Counted, FigureRow, Value
from store import CaseRow, CountedLine, Store, Tx
from sync.inbox.process import readable_policy

PAGE = 200


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """The figures of a period. `until` is its end, or the moment of counting where it was not over yet.

    `company` is the name of the one client company that it is about; empty where it is about all there are.
    """

    period: Period
    until: datetime
    company: str
    is_empty: bool
    figures: tuple[tuple[Figure, list[FigureRow]], ...]

    @property
    def is_whole(self) -> bool:
        """Whether the period was over when it was counted."""
        return self.until == self.period.end


def make_report(
    store: Store, policy: Policy, period: Period, now: datetime, *, company: str = "", names: Mapping[str, str]
) -> PeriodReport:
    """Count a period up to its end, or up to `now`; `names` are those of several client companies, by key.

    With a `company` nothing of another's case, and nothing that belongs to no case, is counted. Raises
    StoreUnavailable.
    """
    until = min(period.end, now)
    counting = _Counting(store, policy, period, until, company)
    cases = [facts for facts in counting.cases() if facts.is_told_of]
    loose = store.read(lambda tx: tx.journal.counted_of_no_case(until)) if not company else []
    told = [line for line in loose if period.has(line.at)]
    shown = {company: names.get(company, company)} if company else dict(names)
    died, settled = sum(line.what == DIED for line in told), sum(line.what in SETTLED for line in told)
    counted = Counted(period, cases, shown, died, settled)
    figures = tuple((figure, figure.rows(counted)) for figure in FIGURES if figure.key != "by_company" or shown)
    return PeriodReport(period, until, shown.get(company, ""), not cases and not died and not settled, figures)


def knows_company(store: Store, company: str) -> bool:
    """Whether any case was ever seen at a client company."""
    return bool(store.read(lambda tx: tx.cases.list(company=company, limit=1)))


class _Counting:
    def __init__(self, store: Store, policy: Policy, period: Period, until: datetime, company: str) -> None:
        self._store = store
        self._current = policy
        self._period = period
        self._until = until
        self._company = company
        self._policies: dict[tuple[str, str], Policy] = {}

    def cases(self) -> Iterator[CaseFacts]:
        after: str | None = None
        while page := self._store.read(lambda tx, after=after: self._page(tx, after)):  # type: ignore[misc]
            for row, lines in page:
                if found := self._facts(row, lines):
                    yield found
            after = page[-1][0].id

    def _page(self, tx: Tx, after: str | None) -> list[tuple[CaseRow, Sequence[CountedLine]]]:
        rows = tx.cases.list(company=self._company or None, limit=PAGE, after=after)
        lines = tx.journal.counted_of_cases([row.id for row in rows], self._until)
        return [(row, lines.get(row.id, ())) for row in rows]

    def _facts(self, row: CaseRow, lines: Sequence[CountedLine]) -> CaseFacts | None:
        history = history_of(lines)
        if history is None:
            return None
        company, reason = row.company or "", row.body.get("reason")
        policy = self._policy(row.policy, company)
        return facts_of(
            history, self._period, self._until, policy, company, reason if isinstance(reason, str) else ""
        )

    def _policy(self, digest: str, company: str) -> Policy:
        """The policy that a case began with; today's where that can't be read any more."""
        known = self._policies.get((digest, company))
        if known is None:
            body = self._store.read(lambda tx: tx.policies.get(digest))
            kept = readable_policy(body, self._current) if body is not None else None
            known = (kept or self._current).of_company(company)
            self._policies[digest, company] = known
        return known


def report_json(report: PeriodReport) -> dict[str, Any]:
    """Return the report as JSON values: spans in seconds, shares from 0 to 1, null where nothing was counted."""
    return {
        "period": report.period.name,
        "kind": report.period.kind,
        "from": report.period.start.isoformat(),
        "to": report.period.end.isoformat(),
        "zone": report.period.zone,
        "counted_until": report.until.isoformat(),
        "company": report.company or None,
        "empty": report.is_empty,
        "figures": {figure.key: _figure(figure, rows) for figure, rows in report.figures},
    }


def _figure(figure: Figure, rows: list[FigureRow]) -> dict[str, Any]:
    defined = {
        column.key: {"words": column.words, "definition": column.definition, "unit": column.unit}
        for column in figure.columns
    }
    return {"title": figure.title, "numbers": defined, "rows": [_row(figure, row) for row in rows]}


def _row(figure: Figure, row: FigureRow) -> dict[str, Any]:
    name, values = row
    counted = {column.key: _plain(value) for column, value in zip(figure.columns, values, strict=True)}
    return {figure.of: name, **counted} if figure.of else counted


def _plain(value: Value) -> float | None:
    return value.total_seconds() if isinstance(value, timedelta) else value
