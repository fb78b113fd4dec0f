"""What a row costs in a long lane: 20,000 rows of one ticket, against 100 rows of as many tickets.

    python -m bench.lanes [--rows 20000] [--on servers]

Rows are handled as a worker does, by the listing and the transactions that it makes. Then, while as many rows wait
as at first, rows of other tickets come in one at a time: how long until each is handled.
"""

from __future__ import annotations

import statistics
from datetime import UTC, datetime
from time import perf_counter

from bench.figures import Figure, leave, parser
from bench.places import Place, add_place, place
from config.policy import load_policy
from config.texts import load_texts
from escalation.policies.policy import Policy
from escalation.policies.texts import Texts
from store import Store
from store.records.fast import values_of
from sync.inbox.handle import InboxHandler

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
FEW = 100
OTHERS = 30
MOST = 1.5
# Where a row costs so much that all of them would take hours, those of this many seconds have to do.
LONGEST_S = 6.0
TURNS = 10


def a_handler(store: Store) -> InboxHandler:
    texts = Texts.from_mapping(load_texts())
    return InboxHandler(store, Policy.from_mapping(load_policy(), holidays=(), texts=texts))


def record(store: Store, rows: int, name: str, ticket: str | None = None) -> None:
    """Note changes of one ticket or, without one, of as many tickets."""
    changes = []
    for number in range(rows):
        one = ticket or f"{number + 1}"
        body = {"ticket_id": one}
        changes.append(values_of(f"{name}:{number}", "ticket.changed", f"ticket:{one}", body, START))
    for first in range(0, rows, 1000):
        store.write(lambda tx, first=first: tx.inbox.record_many(changes[first : first + 1000]))  # type: ignore[misc]


def handled(store: Store, most: int) -> float:
    """Handle so many rows, or as many as there is time for; milliseconds for each."""
    handler, done, began = a_handler(store), 0, perf_counter()
    while done < most and perf_counter() - began < LONGEST_S:
        done += handler.handle_ready(START).rows
    return (perf_counter() - began) / max(done, 1) * 1000


def noticed(store: Store, name: str) -> float:
    """Milliseconds until a row of another ticket is handled."""
    handler, took = a_handler(store), []
    for number in range(OTHERS):
        key, ticket = f"{name}:{number}", str(10**6 + number)
        body, lane = {"ticket_id": ticket}, f"ticket:{ticket}"
        began = perf_counter()
        store.write(lambda tx, at=(key, "ticket.changed", lane, body, START): tx.inbox.record(*at))  # type: ignore[misc]
        while is_new(store, key):
            handler.handle_ready(START)
        took.append((perf_counter() - began) * 1000)
    return statistics.median(took)


def is_new(store: Store, key: str) -> bool:
    row = store.read(lambda tx: tx.inbox.by_key(key))
    return row is not None and row.state == "new"


def short_lanes(store: Store, name: str) -> float:
    record(store, FEW, name)
    return handled(store, FEW)


def opened(url: str) -> Store:
    return Store.open(url, now=lambda: START)


def measure(where: Place, rows: int) -> list[Figure]:
    """The two take turns, each on a database of its own, since other work may slow the machine."""
    with (
        where.database() as few_url,
        where.database() as many_url,
        opened(few_url) as few,
        opened(many_url) as many,
    ):
        short_lanes(few, "warm")
        alone = noticed(few, "other")
        record(many, rows, "many", "7")
        beside, left, took = noticed(many, "other"), rows - OTHERS * 4, []
        for turn in range(TURNS):
            took.append((short_lanes(few, f"few{turn}"), handled(many, left // TURNS)))
    short, long = (statistics.median(each) for each in zip(*took, strict=True))
    ratio = long / short
    print(
        f"{where.words}: {FEW} rows of as many tickets {short:.2f} ms a row, {rows:,} of one {long:.2f} ms, "
        f"ratio {ratio:.2f} (at most {MOST}); another's row {alone:.1f} ms alone, {beside:.1f} ms beside them"
    )
    return [
        Figure(
            f"a row among {rows:,} of one ticket, {where.words}", f"{ratio:.2f}", f"at most {MOST}", ratio <= MOST
        ),
        Figure("  milliseconds a row, and among 100 of as many tickets", f"{long:.2f}, {short:.2f}"),
        Figure("  ms until another ticket's row is handled, and alone", f"{beside:.1f}, {alone:.1f}"),
    ]


def main() -> None:
    options = parser("bench.lanes", __doc__)
    options.add_argument("--rows", type=int, default=20_000)
    add_place(options)
    chosen = options.parse_args()
    with place(chosen.on, broker=False) as where:
        figures = measure(where, chosen.rows)
    print("Again: python -m bench.lanes")
    leave(figures)


if __name__ == "__main__":
    main()
