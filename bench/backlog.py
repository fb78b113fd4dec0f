"""What it costs to ask how the desk is, and what may leave, while 100,000 rows wait on either side.

    python -m bench.backlog [--rows 100000] [--on servers]

Half of what waits to leave are looks, and one row in a hundred was attempted before. Nothing of it may leave, since
all of it goes to Zendesk, which asked for a pause.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Final

from bench.figures import Figure, leave, parser
from bench.places import SERVERS, Place, add_place, place
from parley.health.vitals import vitals
from store import Store, Tx
from store.records.fast import values_of
from store.schema.tables import outbox
from sync.shared.priority import LEVELS

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
KINDS = ("look", "update_ticket")
MESSAGES: Final = [("post_message", level) for level in LEVELS]
MOST_MS: Final = {False: 10.0, True: 20.0}
ROUNDS = 15
AT_ONCE = 1000


def fill(store: Store, rows: int) -> None:
    for first in range(0, rows, AT_ONCE):
        numbers = range(first, first + AT_ONCE)
        arrived = [
            values_of(f"e:{n}", "ticket.changed", f"ticket:{n // 5}", {"ticket_id": str(n)}, START) for n in numbers
        ]
        leaving = [_effect(number) for number in numbers]

        def write(tx: Tx, arrived: list[Any] = arrived, leaving: list[Any] = leaving) -> None:
            tx.inbox.record_many(arrived)
            tx.outbox._connection.execute(outbox.insert(), leaving)

        store.write(write)


def _effect(number: int) -> dict[str, Any]:
    return {
        "id": f"T.{number}", "lane": f"ticket:{number // 5}", "kind": KINDS[number % 2], "body": {"ticket_id": "1"},
        "state": "todo", "attempts": 0, "due": START, "created_at": START, "priority": 1 - number % 2,
        "attempted_at": START if number % 100 == 0 else None,
    }  # fmt: skip


def best(ask: Callable[[], object]) -> float:
    """Milliseconds of the quickest time of several: the others shared the machine."""
    took = []
    for _ in range(ROUNDS):
        began = perf_counter()
        ask()
        took.append((perf_counter() - began) * 1000)
    return min(took)


def measure(where: Place, rows: int) -> list[Figure]:
    most = MOST_MS[where.name == SERVERS]
    questions: dict[str, Callable[[Tx], object]] = {
        "how the desk is": lambda tx: vitals(tx, START),
        "what may leave, Zendesk held": lambda tx: tx.outbox.ready(START, 80, MESSAGES),
    }
    with where.database() as url, Store.open(url, now=lambda: START) as store:
        fill(store, rows)
        took = {name: best(lambda ask=ask: store.read(ask)) for name, ask in questions.items()}  # type: ignore[misc]
    for name, ms in took.items():
        print(f"{where.words}, {rows:,} rows wait on either side: {name} {ms:.1f} ms (at most {most:.0f})")
    return [
        Figure(f"ms to ask {name}, {rows:,} rows, {where.words}", f"{ms:.1f}", f"at most {most:.0f}", ms <= most)
        for name, ms in took.items()
    ]


def main() -> None:
    options = parser("bench.backlog", __doc__)
    options.add_argument("--rows", type=int, default=100_000)
    add_place(options)
    chosen = options.parse_args()
    with place(chosen.on, broker=False) as where:
        figures = measure(where, chosen.rows)
    print("Again: python -m bench.backlog")
    leave(figures)


if __name__ == "__main__":
    main()
