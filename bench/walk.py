"""From the webhook to tier 1, everything included: the desk's process on one core, the stand-ins on the other.

    python -m bench.walk [--on servers] [--cases 150] [--rounds 3]

`python -m sandbox` plays Zendesk and WorkMarket; `parley zendesk apply` sets its account up; `parley run` is the
desk, with SQLite (WAL, synchronous=FULL) and the queue in memory, or with PostgreSQL and RabbitMQ, which may use
both cores. All requests are sent in at once. A case counts once its message is posted, its ticket says tier 1 and
the requester has been told, and nothing of that is left to do. Its own updates come back as webhooks, and the looks
that follow are part of the load.

Then once more with 4 ms added to every fsync, as a slow disk has. That part needs a C compiler.
"""

from __future__ import annotations

import statistics
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench.calls import REQUEST
from bench.desk import assignment, desk, patiently
from bench.figures import Figure, leave, parser
from bench.machine import LAST_CORE, held_to, processor_seconds, slow_fsync_library
from bench.places import SERVERS, SQLITE, Place, add_place, place
from store import Tx

WANTED = {SQLITE: 70, SERVERS: 50}


@dataclass(frozen=True, slots=True)
class Walk:
    """What one run measured; times in seconds. `looks` are those after each case's first."""

    cases: int
    took: float
    busy: float
    calls: Counter[str]
    looks: int

    @property
    def rate(self) -> float:
        return self.cases / self.took

    @property
    def each_ms(self) -> float:
        return self.busy / self.cases * 1000


def arrived(tx: Tx, cases: int) -> bool:
    """Whether so many cases are in tier 1 and nothing of that is left to do."""
    if tx.cases.counts().get("tier_1", 0) < cases:
        return False
    return all(row.kind == "look" for row in tx.outbox.unfinished(cases * 4))


def walk(where: Place, cases: int, preload: Path | None = None) -> Walk:
    """Send so many requests in and wait for tier 1."""
    with desk(where, preload=preload) as running, held_to(LAST_CORE):
        door, store = running.door, running.store
        numbers = [assignment(door) for _ in range(cases)]
        running.rests()
        before, used, started = door.calls(), processor_seconds(running.pid), perf_counter()
        for number in numbers:
            door.post("requests", assignment_id=number, **REQUEST)
        patiently("not every case reached tier 1", lambda: store.read(lambda tx: arrived(tx, cases)))
        took, busy = perf_counter() - started, processor_seconds(running.pid) - used
        running.rests()
        if door.unexpected():
            raise SystemExit("The stand-ins were asked for something that they do not have.")
        return Walk(cases, took, busy, door.calls() - before, store.read(lambda tx: looks_made(tx, cases)))


def looks_made(tx: Tx, cases: int) -> int:
    """The looks of cases that exist: those after the first look, which finds the case."""
    found = tx.cases.list(limit=cases)
    return sum(row.attempts for case in found for row in tx.outbox.of_case(case.id) if row.kind == "look")


def report(title: str, made: Walk, wanted: float) -> None:
    print(
        f"{title}: {made.cases} requests to tier 1 in {made.took:.1f} s: {made.rate:.1f} cases a second "
        f"on one core (at least {wanted}); {made.each_ms:.1f} ms of its processor for each"
    )


def report_calls(made: Walk) -> None:
    each = ", ".join(f"{name} {number / made.cases:.2f}" for name, number in sorted(made.calls.items()))
    print(f"  calls for each case, echoes included: {each}")
    print(f"  echoes of our own updates, for each case: {made.looks / made.cases:.2f} looks")


def main() -> None:
    options = parser("bench.walk", __doc__)
    add_place(options)
    options.add_argument("--cases", type=int, default=150)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    wanted = WANTED[chosen.on]
    with place(chosen.on) as where:
        rounds = []
        for _ in range(chosen.rounds):
            rounds.append(walk(where, chosen.cases))
            report(f"walk on {where.words}", rounds[-1], wanted)
        report_calls(rounds[-1])
        rate, each = (
            statistics.median(figures) for figures in zip(*((w.rate, w.each_ms) for w in rounds), strict=True)
        )
        on = f", {where.words}"
        figures = [
            Figure(f"cases a second, webhook to tier 1{on}", f"{rate:.1f}", f"at least {wanted}", rate >= wanted),
            Figure("  milliseconds of processor time a case", f"{each:.1f}"),
            Figure("  looks that echoes of our updates cost a case", f"{rounds[-1].looks / chosen.cases:.2f}"),
        ]
    with tempfile.TemporaryDirectory() as name:
        slow = slow_fsync_library(Path(name))
        if slow is not None:
            # The slow disk is the database's.
            with place(chosen.on, preload=slow) as where:
                made = walk(where, chosen.cases, slow if chosen.on == SQLITE else None)
            report("walk, 4 ms added to each fsync", made, wanted)
            figures.append(Figure("  the same with 4 ms added to each fsync", f"{made.rate:.1f}"))
    print(f"Again: python -m bench.walk --on {chosen.on}")
    leave(figures)


if __name__ == "__main__":
    main()
