"""What a look at the timers costs with 100,000 open cases, against one with 1,000, when 10 are due in both.

python -m bench.tick [--rounds 31]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from store import CaseRow, Store, Timer, Tx, migrate
from sync.clock import tick

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
DUE = 10


def filled(folder: Path, cases: int) -> Store:
    """Return a store with so many open cases, each with three timers far ahead."""
    url = f"sqlite:///{folder}/{cases}.db"
    migrate(url)
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
                    kind: Timer(START + timedelta(days=30), 1)
                    for kind in ("next_update", "tier_ends", "month_ends")
                }
                tx.timers.replace(case, ahead)

        store.write(fill)
    return store


def one_round(store: Store, generation: int) -> float:
    """Make ten timers due and return the seconds that the tick takes which finds them."""

    def make_due(tx: Tx) -> None:
        for number in range(DUE):
            tx.timers.replace(f"C-{number}", {"next_update": Timer(START - timedelta(minutes=1), generation)})

    store.write(make_due)
    began = perf_counter()
    found = tick(store, START)
    took = perf_counter() - began
    if found != DUE:
        raise SystemExit(f"The tick found {found} timers, not {DUE}.")
    return took


def main(rounds: int = 31) -> None:
    with tempfile.TemporaryDirectory() as folder:
        small, large = filled(Path(folder), 1_000), filled(Path(folder), 100_000)
        times: dict[str, list[float]] = {"small": [], "large": []}
        for number in range(rounds + 1):
            for name, store in (("small", small), ("large", large)):
                took = one_round(store, number + 2)
                if number:
                    times[name].append(took)
        small.close()
        large.close()
    few, many = (statistics.median(times[name]) * 1000 for name in ("small", "large"))
    print(
        f"tick: 1,000 open cases {few:.2f} ms, 100,000 open cases {many:.2f} ms, ratio {many / few:.2f} (at most 2)"
    )
    print("      repeat with: .venv/bin/python -m bench.tick")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=31)
    main(parser.parse_args().rounds)
