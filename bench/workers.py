"""What four workers do of what one does, where calls take 50 ms, and whether any row was attempted twice.

    python -m bench.workers [--cases 60] [--rounds 3]

On PostgreSQL with RabbitMQ. Cases wait to be brought to tier 1; one worker does it, then four, taking turns, each
time on a new database. Each worker delivers on four threads instead of sixteen, so that the calls are what takes
time: two cores, which the stand-ins and the servers share, would not carry sixty-four.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

from bench.calls import REQUEST
from bench.desk import PARLEY, Door, assignment, free_port, patiently, process, settings, stand_ins
from bench.figures import Figure, leave, parser
from bench.places import SERVERS, Place, place
from bench.walk import arrived
from connector.broker.queue import BrokerQueue
from parley.commands.common import opened_app
from parley.wiring.roles import until_stopped
from parley.wiring.stopping import Stopping
from store import Store, Tx
from sync.runtime.heartbeats import HANDLING
from sync.runtime.loops import Worker

MANY, THREADS = 4, 4
ANSWERS_AFTER_MS = 50
WORK = "--work"


@dataclass(frozen=True, slots=True)
class Shift:
    """Cases a second, and how many rows were attempted more than once."""

    rate: float
    twice: int


def work() -> None:
    """One worker, until it is stopped."""
    with Stopping() as stopping, opened_app() as (app, _):
        hands = Worker(app.store, app.handler(), app.deliverer(), now=app.now, queue=app.queue, threads=THREADS)
        app.store.write(lambda tx: tx.marks.set(name_of(os.getpid()), None, app.now()))
        until_stopped(stopping, hands.run)


def name_of(pid: int) -> str:
    return f"{HANDLING} {pid}"


def begun(tx: Tx, pid: int) -> bool:
    return tx.marks.get(HANDLING) is not None and tx.marks.get(name_of(pid)) is not None


def shift(where: Place, workers: int, cases: int) -> Shift:
    """Let so many workers bring so many cases to tier 1."""
    with ExitStack() as stack:
        url = stack.enter_context(where.database())
        nobody = f"http://127.0.0.1:{free_port()}"
        zendesk, workmarket = stack.enter_context(stand_ins(nobody, "--answers-after-ms", str(ANSWERS_AFTER_MS)))
        environment = settings(url, zendesk, workmarket, nobody, where.broker)
        apply = [*PARLEY, "zendesk", "apply", "--yes"]
        subprocess.run(apply, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        door = stack.enter_context(Door(zendesk))
        door.post("losing", text="")
        tickets = [
            str(door.post("requests", assignment_id=assignment(door), **REQUEST)["ticket_id"]) for _ in range(cases)
        ]
        store = stack.enter_context(Store.open(url, now=lambda: datetime.now(UTC)))
        cores = sorted(os.sched_getaffinity(0))
        command = [sys.executable, "-m", "bench.workers", WORK]
        made = [
            stack.enter_context(process(command, cores[number % len(cores)], env=environment))
            for number in range(workers)
        ]
        # Starting Python takes longer than some of the cases: what is measured is all of them at work.
        patiently("not every worker runs", lambda: store.read(lambda tx: all(begun(tx, one.pid) for one in made)))
        started = perf_counter()
        announce(where, store, tickets)
        patiently("not every case reached tier 1", lambda: store.read(lambda tx: arrived(tx, cases)), 0.1)
        rate = cases / (perf_counter() - started)
        if door.unexpected():
            raise SystemExit("The stand-ins were asked for something that they do not have.")
        return Shift(rate, store.read(lambda tx: attempted_twice(tx, cases)))


def announce(where: Place, store: Store, tickets: list[str]) -> None:
    """Let the doors have heard of the tickets."""

    def keep(tx: Tx) -> None:
        now = store.now()
        for ticket in tickets:
            tx.inbox.record(ticket, "request.submitted", f"ticket:{ticket}", {"ticket_id": ticket}, now)

    store.write(keep)
    queue = BrokerQueue(where.broker)
    for number in range(1, len(tickets) + 1):
        queue.announce("inbox", number)
    queue.close()


def attempted_twice(tx: Tx, cases: int) -> int:
    found = tx.cases.list(limit=cases)
    return sum(row.attempts > 1 for case in found for row in tx.outbox.of_case(case.id))


def main() -> None:
    options = parser("bench.workers", __doc__)
    options.add_argument("--on", choices=[SERVERS], default=SERVERS, help="SQLite is for one process")
    options.add_argument("--cases", type=int, default=60)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    with place(SERVERS) as where:
        pairs = []
        for _ in range(chosen.rounds):
            pairs.append((shift(where, 1, chosen.cases), shift(where, MANY, chosen.cases)))
            one, many = pairs[-1]
            print(f"one worker {one.rate:.1f} cases a second, four {many.rate:.1f}", flush=True)
    ratio = statistics.median(many.rate / one.rate for one, many in pairs)
    twice = sum(shift.twice for pair in pairs for shift in pair)
    print(f"Four do {ratio:.1f} times what one does; rows attempted twice: {twice}.")
    print("Again: python -m bench.workers")
    leave(
        [
            Figure(
                "four workers, of what one does, calls of 50 ms", f"{ratio:.1f} times", "at least 3", ratio >= 3
            ),
            Figure("  rows that two of them attempted", f"{twice}", "none", twice == 0),
        ]
    )


if __name__ == "__main__":
    if sys.argv[1:] == [WORK]:
        work()
    else:
        main()
