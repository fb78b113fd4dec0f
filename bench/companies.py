"""What 200 client companies with 5,000 open cases cost: a round of reconcile, and a tick against one company's.

python -m bench.companies [--companies 200] [--cases 5000]
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from bench.counting import traced
from bench.figures import Figure, leave, parser
from parley.demo import sandbox_values
from parley.wiring.app import App
from parley.wiring.load_policy import load_rules
from sandbox.server import Sandbox
from sandbox.shared.movable_clock import MovableClock
from store import CaseRow, NewTimer, Tx, migrate
from sync.limits.companies import SeveralCompanies
from sync.reconciling.company_lists import CompaniesListing

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
DUE = 10
IDLE_PART = 5
"""Every so manieth company has no open case, and is not asked."""


@contextmanager
def desk(companies: int, cases: int) -> Iterator[tuple[App, Sandbox]]:
    """A desk whose companies share so many open cases; the assignment of every tenth has changed."""
    clock = MovableClock(START)
    with tempfile.TemporaryDirectory() as name, Sandbox(clock) as sandbox:
        names = [f"company-{number}" for number in range(companies)]
        for one in names:
            sandbox.workmarket.add_company(one)
        url = f"sqlite:///{Path(name) / 'companies.db'}"
        migrate(url)
        busy = [one for number, one in enumerate(names) if companies == 1 or number % IDLE_PART]
        with App(sandbox_values(sandbox, url), load_rules(None), now=clock) as app:
            for first in range(0, cases, 1000):
                app.store.write(lambda tx, first=first: _fill(tx, range(first, min(first + 1000, cases)), busy))  # type: ignore[misc]
            for number in range(0, cases, 10):
                sandbox.workmarket.add_assignment(number, company=busy[number % len(busy)])
            yield app, sandbox


def _fill(tx: Tx, numbers: range, busy: list[str]) -> None:
    tx.policies.keep("policy", {})
    for number in numbers:
        case, company = f"C-{number}", busy[number % len(busy)]
        tx.cases.save(
            CaseRow(
                case, "tier_1", "policy", START, ticket_id=str(number), assignment_id=str(number), company=company
            ),
            0,
        )
        due = START - timedelta(minutes=1) if number < DUE else START + timedelta(days=30)
        tx.timers.replace(case, {"next_update": NewTimer(due, 1)})


def round_of(app: App, sandbox: Sandbox) -> tuple[int, int, int, float]:
    """Most calls of a company in a round, companies asked, rows recorded, and seconds."""
    assert isinstance(app.workmarket, SeveralCompanies)
    listing = CompaniesListing(app.store, app.workmarket, lambda now: now - timedelta(hours=1))
    began = perf_counter()
    rows = listing.round(app.now())
    took = perf_counter() - began
    asked = [sum(one.asked.values()) for one in sandbox.workmarket.companies.values() if one.asked]
    return max(asked), len(asked), rows, took


def main() -> None:
    options = parser("bench.companies", __doc__)
    options.add_argument("--companies", type=int, default=200)
    options.add_argument("--cases", type=int, default=5000)
    chosen = options.parse_args()
    with traced() as tracer, desk(1, chosen.cases) as (app, _):
        before = tracer.asked().statements
        app.tick()
        one = tracer.asked().statements - before
    with traced() as tracer, desk(chosen.companies, chosen.cases) as (app, sandbox):
        before = tracer.asked().statements
        app.tick()
        many = tracer.asked().statements - before
        most, asked, rows, took = round_of(app, sandbox)
    print(
        f"{chosen.companies} companies, {chosen.cases:,} open cases: a round asks {asked}, each {most} times, "
        f"in {took:.1f} s, and finds {rows} cases; a tick takes {many} statements, with one {one}"
    )
    leave(
        [
            Figure(f"{chosen.companies} companies: calls of one in a round", str(most), "at most 2", most <= 2),
            Figure(f"{chosen.companies} companies: a round of reconcile", f"{took:.1f} s"),
            Figure("statements of a tick, of those with one company", f"{many} of {one}", "no more", many <= one),
        ]
    )


if __name__ == "__main__":
    main()
