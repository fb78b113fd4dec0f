"""The page `/desk/health`: how the desk is, what does not go on, since when, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from starlette.responses import Response

from parley.health.desk_checks import DEAD_LETTERS, Check
from parley.health.overview import BudgetCheck, DeskHealth, read_health
from parley.pages.desk.condition.lines import CheckLine, begun, line, lines, shown_moment
from parley.pages.desk.visit import DeskPage, DeskVisit
from store import COUNTED, Store, StoreUnavailable
from sync.limits.bucket import RateLimit

PATH: Final = "/health"


@dataclass(frozen=True, slots=True)
class HealthPage:
    """`readiness` gives what `/readyz` says; `companies` are names by key, where there are several; `zone` is
    the policy's."""

    store: Store
    limits: Mapping[str, RateLimit]
    companies: Mapping[str, str]
    public_url: str
    readiness: Callable[[], Mapping[str, Any]]
    now: Callable[[], datetime]
    zone: str

    def page(self) -> DeskPage:
        """Its row of the desk's pages."""
        about = "What does not go on, since when, and what to do: loops, what waits, budgets, companies."
        return DeskPage(PATH, self.show, name="Health", about=about)

    def show(self, visit: DeskVisit) -> Response:
        ready = self.readiness()
        try:
            found = self._read()
        except StoreUnavailable:
            found = None
        shown = _shown(found, self.zone) if found else None
        troubles = [str(one) for one in ready["troubles"]]
        return visit.page(
            "desk_health.html",
            title="Health",
            styles=("condition.css",),
            live=True,
            troubles=troubles,
            ready=bool(ready["ready"]),
            broker=str(ready["broker"]),
            database=str(ready["database"]),
            health=shown,
            at=shown_moment(self.now(), self.now(), self.zone),
        )

    def _read(self) -> DeskHealth:
        now = self.now()
        return self.store.read(lambda tx: read_health(tx, self.limits, self.companies, self.public_url, now))


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A budget as a row of the table."""

    line: CheckLine
    per_minute: str
    free: str


def _shown(found: DeskHealth, zone: str) -> Mapping[str, Any]:
    checks = (*found.loops, *found.lanes, *(one.check for one in found.budgets), *found.companies)
    clear = shown_moment(found.clear_at, found.at, zone) if found.clear_at else None
    return {
        "account": sum(one.found for one in checks),
        "others": [begun(one.what) for one in checks if one.grade != "ok" and not _has_its_page(one)],
        "events": _counted(found.events),
        "effects": f"{found.effects:,}",
        "letters": _counted(found.letters),
        "left_at": clear,
        "loops": lines(found.loops, found.at, zone),
        "lanes": lines(found.lanes, found.at, zone),
        "budgets": _budgets(found.budgets, found.at, zone),
        "companies": lines(found.companies, found.at, zone),
    }


def _has_its_page(check: Check) -> bool:
    return check.what == DEAD_LETTERS or bool(check.found)


def _counted(number: int) -> str:
    return f"{number:,} or more" if number >= COUNTED else f"{number:,}"


def _budgets(checks: Sequence[BudgetCheck], now: datetime, zone: str) -> list[BudgetLine]:
    return [
        BudgetLine(
            line(one.check, now, zone),
            f"{one.per_minute:,.0f}" if one.per_minute is not None else "no limit",
            f"{one.left:,.0f} of {one.at_once:,.0f}" if one.left is not None else "",
        )
        for one in checks
    ]
