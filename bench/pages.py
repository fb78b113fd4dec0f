"""What it costs to read one case as a page, the sidebar or a command shows it, with 100,000 cases in the database;
and what comes due of all of them.

    python -m bench.pages [--cases 100000] [--on servers]

The cases are one that was lived through to tier 2, with all of its rows, again and again, with deadlines
over two weeks. Statements are counted in the driver: a page is one question.
"""

from __future__ import annotations

import json
import statistics
from datetime import datetime, timedelta
from time import perf_counter, process_time
from typing import Final, get_args

from bench.counting import Tracer, traced
from bench.figures import Figure, leave, parser
from bench.many_cases import fill
from bench.page_costs import PageCosts
from bench.places import Place, add_place, place
from escalation.telling.shapes import ReaderKind
from parley.case_view.case_reading import CaseViews
from parley.wiring.load_policy import load_rules
from store import Store
from tests.unit.escalation.case_world import in_tier

MOST_MS: Final = 5.0


def measured(where: Place, number: int, rounds: int) -> list[Figure]:
    """The figures of each audience, and of each page."""
    with where.database() as url:
        began = in_tier(2).now
        started = perf_counter()
        fill(url, number)  # untraced: each value of each row would be written down
        print(f"{where.words}: {number:,} cases written in {perf_counter() - started:.0f} s", flush=True)
        return read(where, url, began + timedelta(hours=1), number, rounds)


def read(where: Place, url: str, now: datetime, number: int, rounds: int) -> list[Figure]:
    with traced() as tracer, Store.open(url, now=lambda: now) as store:
        views = CaseViews(store, load_rules(None), store.now)
        views.of_ticket("0", "agent")  # from here on its policy is known
        found = [one_case(where, views, reader, tracer, number, rounds) for reader in get_args(ReaderKind)]
        return [*found, *PageCosts(where, store, views, tracer, number, rounds).figures()]


def one_case(
    where: Place, views: CaseViews, reader: ReaderKind, tracer: Tracer, number: int, rounds: int
) -> Figure:
    """The figure of a case as one of its audiences reads it."""
    times, spent, before = [], process_time(), tracer.asked()
    for turn in range(rounds):
        began = perf_counter()
        view = views.of_ticket(str(turn * 7919 % number), reader)
        times.append((perf_counter() - began) * 1000)
    spent, asked = (process_time() - spent) * 1000 / rounds, tracer.asked() - before
    if view is None:
        raise SystemExit("A case that was written is not there.")
    median = statistics.median(times)
    size, said = len(json.dumps(view).encode()), asked.statements / rounds
    print(
        f"{where.words}, {number:,} cases: a case for its {reader}: {median:.2f} ms, {spent:.2f} of the "
        f"processor, {size / 1000:.1f} kB of JSON, {said:.2f} statements",
        flush=True,
    )
    return Figure(
        f"{where.words}: a case for its {reader}, of {number:,}",
        f"{median:.2f} ms, {said:.2f} statements",
        f"under {MOST_MS:.0f} ms, 1",
        median < MOST_MS and said <= 1,
    )


def main() -> None:
    options = parser("bench.pages", __doc__)
    add_place(options)
    options.add_argument("--cases", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=500)
    chosen = options.parse_args()
    with place(chosen.on, broker=False) as where:
        leave(measured(where, chosen.cases, chosen.rounds))
    print(f"Again: python -m bench.pages --on {where.name}")


if __name__ == "__main__":
    main()
