"""Several processes at once: each row is handled by exactly one of them, in order within its lane."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress

from store import Store, StoreUnavailable, Tx, VersionConflict
from tests.integration.store.conftest import NOW

LANES = 5
EACH = 8


def handle(tx: Tx, rows: Sequence[tuple[int, int]]) -> None:
    for row in tx.inbox.finish_all(rows, NOW):
        tx.journal.append("worker", "handled", NOW, ticket_id=row.lane, why=row.body["n"])


def work_until_nothing_is_new(url: str) -> None:
    with Store.open(url, now=lambda: NOW) as store:
        while rows := store.read(lambda tx: tx.inbox.waiting(32, NOW)).rows:
            for part in (rows[:8], rows[8:]):
                with suppress(VersionConflict, StoreUnavailable):
                    store.write(lambda tx, part=part: handle(tx, part))


def test_two_stores_handle_each_row_once_and_each_lane_in_order(url: str, store: Store) -> None:
    def fill(tx: Tx) -> None:
        for number in range(EACH):
            for lane in range(LANES):
                tx.inbox.record(f"{lane}-{number}", "k", f"lane {lane}", {"n": number}, NOW)

    store.write(fill)
    workers = [threading.Thread(target=work_until_nothing_is_new, args=(url,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    handled: dict[str, list[int]] = defaultdict(list)
    for lane in range(LANES):
        for line in store.read(lambda tx, lane=lane: tx.journal.of_ticket(f"lane {lane}")):  # type: ignore[misc]
            handled[str(line.ticket_id)].append(line.why)
    assert handled == {f"lane {lane}": list(range(EACH)) for lane in range(LANES)}


def test_many_doors_of_several_processes_keep_an_event_once(url: str) -> None:
    stores = [Store.open(url, now=lambda: NOW) for _ in range(3)]

    def keep(store: Store) -> int:
        kept = [
            store.submit(lambda tx, number=number: tx.inbox.record(f"e{number}", "k", "l", {}, NOW))  # type: ignore[misc]
            for number in range(50)
        ]
        return sum(future.result(60) for future in kept)

    counts: list[int] = []
    threads = [threading.Thread(target=lambda store=store: counts.append(keep(store))) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    for store in stores:
        store.close()
    assert sum(counts) == 50
