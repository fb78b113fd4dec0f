"""The card of costs of one case: straight to tier 1, and its whole life on a silent client, through every tier.

    python -m bench.card [--on servers] [--rounds 5] [--record] [--texts]

The desk works step by step on one thread and the clock is moved, so that the numbers are the same each time; the
webhooks that its own updates cause come back and are part of it. Statements, transactions and round trips are
counted in the database's driver. Milliseconds are processor time of the desk's threads, without the stand-ins';
they are compared by a yardstick of the machine's speed. Bytes are what the rows hold. `--record` keeps these
figures in bench/card.json, for later ones to be compared with. `--texts` shows the statements of PostgreSQL.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, inspect, text

from bench.counting import Asked, Tracer, traced
from bench.figures import Figure, leave, parser
from bench.machine import speed
from bench.places import Place, add_place, place
from escalation.policies.policy import Policy
from parley.wiring.load_policy import load_rules
from parley.wiring.pace import Pace
from store import Tx
from store.database.engines import Where
from tests.desk import Addresses, Desk

RECORDED = Path(__file__).with_name("card.json")
WORSE = 1.10
STORIES = ("to tier 1", "whole life")
OFF_THE_PLATFORM = datetime(2026, 4, 2, 16, 0, tzinfo=UTC)
UNITS = {
    "statements": "statements",
    "transactions": "transactions",
    "commits": "commits",
    "round_trips": "round trips to the database",
    "calls": "calls to the vendors",
    "looks": "looks",
    "kept": "bytes kept",
    "ms": "processor ms",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one case cost up to a moment."""

    statements: float
    transactions: float
    commits: float
    round_trips: float
    calls: float
    looks: float
    kept: float
    ms: float

    def __sub__(self, before: Cost) -> Cost:
        return Cost(**{name: value - getattr(before, name) for name, value in asdict(self).items()})


class Meter:
    """Reads what a desk has cost so far."""

    def __init__(self, desk: Desk, tracer: Tracer) -> None:
        self._desk = desk
        self._tracer = tracer
        self._stand_ins = next(thread for thread in threading.enumerate() if thread.name == "sandbox")
        self._pumped = 0.0
        self._own = Asked()
        app = desk.app
        desk.pace = Pace(desk.clock, app.store, app.desk(), app.tick, self._pump)

    def read(self) -> Cost:
        ms, so_far = self._desk_seconds() * 1000, self._tracer.asked()
        asked = so_far - self._own
        cost = Cost(
            asked.statements,
            asked.transactions,
            asked.commits,
            asked.round_trips,
            len(self._desk.calls("zendesk")) + len(self._desk.calls("workmarket")),
            self._desk.app.store.read(looks),
            held_bytes(self._desk.url),
            ms,
        )
        self._own += self._tracer.asked() - so_far
        return cost

    def _desk_seconds(self) -> float:
        assert self._stand_ins.ident is not None
        theirs = time.clock_gettime(time.pthread_getcpuclockid(self._stand_ins.ident))
        return time.process_time() - theirs - self._pumped

    def _pump(self) -> int:
        began = time.thread_time()
        try:
            return self._desk.sandbox.pump()
        finally:
            self._pumped += time.thread_time() - began


def looks(tx: Tx) -> int:
    return sum(row.kind == "look" for case in tx.cases.list() for row in tx.outbox.of_case(case.id))


def held_bytes(url: str) -> int:
    """Bytes of what the rows of all tables hold, as text, save for the policy, which all cases share."""
    engine = create_engine(Where.parse(url).url)
    kind = "octet_length(CAST({} AS text))" if engine.dialect.name == "postgresql" else "length(CAST({} AS BLOB))"
    found, total = inspect(engine), 0
    with engine.connect() as connection:
        for table in {*found.get_table_names()} - {"policies"}:
            names = [
                connection.dialect.identifier_preparer.quote(column["name"]) for column in found.get_columns(table)
            ]
            each = " + ".join(f"COALESCE({kind.format(name)}, 0)" for name in names)
            sums = text(f"SELECT COALESCE(SUM({each}), 0) FROM {table}")  # noqa: S608 # the names above
            total += connection.execute(sums).scalar_one()
    engine.dispose()
    return int(total)


def one_life(where: Place, policy: Policy, *, texts: bool) -> dict[str, Cost]:
    """The costs of each story; the second goes on where the first ended, and holds it."""
    with where.database() as url, traced() as tracer:
        desk = Desk(Addresses(url, "memory://", over_http=True), policy)
        try:
            meter = Meter(desk, tracer)
            number = desk.assignment()
            before = meter.read()
            ticket = desk.submit(number)
            assert desk.state(ticket) == "tier_1"
            tier_1 = meter.read() - before
            desk.until(OFF_THE_PLATFORM)
            assert desk.state(ticket) == "off_platform"
            whole = meter.read() - before
        finally:
            desk.close()
        if texts:
            for said, times in tracer.texts().most_common(60):
                print(f"{times:6}  {said[:160]}")
        return dict(zip(STORIES, (tier_1, whole), strict=True))


def measured(where: Place, rounds: int, *, texts: bool) -> tuple[dict[str, Cost], float]:
    """The costs, milliseconds being the least of all rounds but the first, and the machine's speed meanwhile."""
    # Nobody asks before the end: the story is a month that ends by itself.
    policy = replace(load_rules(None), ask_before_end=False)
    lives, speeds = [], []
    for number in range(rounds + 1):
        speeds.append(speed())
        lives.append(one_life(where, policy, texts=texts and number == rounds))
    found = {}
    for story in STORIES:
        costs = [life[story] for life in lives[1:]]
        found[story] = replace(costs[-1], ms=round(min(cost.ms for cost in costs), 1))
    return found, max(speeds)


def recorded() -> dict[str, Any]:
    """What was recorded last, by place."""
    return dict(json.loads(RECORDED.read_text())) if RECORDED.exists() else {}


def record(where: Place, costs: Mapping[str, Cost], machine: float) -> None:
    """Keep these as the figures to compare with."""
    kept = {"machine": round(machine), **{story: asdict(cost) for story, cost in costs.items()}}
    RECORDED.write_text(json.dumps({**recorded(), where.name: kept}, indent=2, sort_keys=True) + "\n")


def compared(where: Place, costs: Mapping[str, Cost], machine: float) -> list[Figure]:
    """Each figure beside the recorded one; milliseconds as the recorded machine would have needed."""
    before = recorded().get(where.name)
    figures = []
    for story, cost in costs.items():
        for name, words in UNITS.items():
            value, told, kept = getattr(cost, name), "", None
            if before is not None and name in before[story]:
                old = before[story][name] * (before["machine"] / machine if name == "ms" else 1)
                kept = value <= old * WORSE
                told = f"at most 10 % over {old:,.0f}, as recorded"
            figures.append(Figure(f"one case on {where.words}, {story}: {words}", f"{value:,.0f}", told, kept))
    return figures


def main() -> None:
    options = parser("bench.card", __doc__)
    add_place(options)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--record", action="store_true", help="compare with these from now on")
    options.add_argument("--texts", action="store_true", help="show the statements too (PostgreSQL)")
    chosen = options.parse_args()
    with place(chosen.on, broker=False) as where:
        costs, machine = measured(where, chosen.rounds, texts=chosen.texts)
    figures = compared(where, costs, machine)
    print(
        f"One case on {where.words}; {machine:,.0f} rounds of the yardstick a second of this machine's processor."
    )
    for figure in figures:
        worse = "  WORSE BY MORE THAN 10 %" if figure.kept is False else ""
        print(f"  {figure.what}: {figure.measured}  {figure.promised}{worse}")
    if chosen.record:
        record(where, costs, machine)
    print(f"Again: python -m bench.card --on {where.name}")
    leave(figures)


if __name__ == "__main__":
    main()
