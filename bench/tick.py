"""What a look at the timers costs with 100,000 open cases, against one with 1,000, when 10 are due in both.

python -m bench.tick [--on servers] [--rounds 31]
"""

from __future__ import annotations

import statistics
from datetime import UTC, datetime, timedelta
from time import perf_counter

from bench.figures import Figure, leave, parser
from bench.places import Place, add_place, place
from store import CaseRow, NewTimer, Store, Tx
from sync.runtime.clock import tick

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
DUE = 10
FEW = 1_000


def filled(url: str, cases: int) -> Store:
    """Return a store with so many open cases, each with three timers far ahead."""
    store = Store.open(url, now=lambda: START)
    for first in range(0, cases, 2000):

        def fill(tx: Tx, first: int = first) -> None:
            tx.policies.keep("policy", {})
            for number in range(first, min(first + 2000, cases)):
                case = f"C-{number}"
                row = CaseRow(
                    case, "tier_1", "policy", START, ticket_id=str(number), body={"ticket_id": str(number)}
                )
                tx.cases.save(row, 0)
                ahead = {
                    kind: NewTimer(START + timedelta(days=30), 1)
                    for kind in ("next_update", "tier_ends", "month_ends")
                }
                tx.timers.replace(case, ahead)

        store.write(fill)
    return store


def one_round(store: Store, generation: int) -> float:
    """Make ten timers due and return the seconds that the tick takes which finds them."""

    def make_due(tx: Tx) -> None:
        for number in range(DUE):
            tx.timers.replace(f"C-{number}", {"next_update": NewTimer(START - timedelta(minutes=1), generation)})

    store.write(make_due)
    began = perf_counter()
    found = tick(store, START)
    took = perf_counter() - began
    if found != DUE:
        raise SystemExit(f"The tick found {found} timers, not {DUE}.")
    return took


def medians(where: Place, rounds: int, cases: int) -> tuple[float, float]:
    """Milliseconds of a tick with 1,000 open cases and with so many, taking turns."""
    times: dict[str, list[float]] = {"few": [], "many": []}
    with (
        where.database() as a_small_one,
        where.database() as a_large_one,
        filled(a_small_one, FEW) as few,
        filled(a_large_one, cases) as many,
    ):
        for number in range(rounds + 1):
            for name, store in (("few", few), ("many", many)):
                took = one_round(store, number + 2)
                if number:
                    times[name].append(took)
    return statistics.median(times["few"]) * 1000, statistics.median(times["many"]) * 1000


def main() -> None:
    options = parser("bench.tick", __doc__)
    add_place(options)
    options.add_argument("--rounds", type=int, default=31)
    options.add_argument("--cases", type=int, default=100_000)
    chosen = options.parse_args()
    with place(chosen.on, broker=False) as where:
        few, many = medians(where, chosen.rounds, chosen.cases)
    print(
        f"{where.words}: tick with {DUE} due: {FEW:,} open cases {few:.2f} ms, "
        f"{chosen.cases:,} open cases {many:.2f} ms, ratio {many / few:.2f} (at most 2)"
    )
    print(f"Again: python -m bench.tick --on {where.name}")
    what = f"{where.words}: a tick with {chosen.cases:,} open cases, of one with {FEW:,}"
    leave([Figure(what, f"{many / few:.2f}", "at most 2", many / few <= 2)])


if __name__ == "__main__":
    main()
