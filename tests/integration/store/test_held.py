"""How long the oldest lock is held, and since when an attempt is under way, whatever became of who made it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from parley.health.stuck import standing_still, stuck
from store import AT_ONCE, NewOutboxRow, Store
from tests.integration.store.conftest import NOW


def test_a_lock_that_is_held_is_told_for_as_long_as_it_is_held(store: Store) -> None:
    assert store.read(lambda tx: tx.longest_held_s()) is None
    with store.lock("ticket:7"):
        first = store.read(lambda tx: tx.longest_held_s())
        second = store.read(lambda tx: tx.longest_held_s())
    assert first is not None and second is not None and 0 <= first <= second < 300
    assert store.read(lambda tx: tx.longest_held_s()) is None


def test_the_file_that_a_killed_process_left_is_no_lock(sqlite_store: Store, tmp_path: Path) -> None:
    left = tmp_path / "parley.db.locks" / "left"
    left.parent.mkdir(exist_ok=True)
    left.touch()

    os.utime(left, (0, 0))
    assert sqlite_store.read(lambda tx: tx.longest_held_s()) is None


def test_an_attempt_under_way_and_a_lane_that_does_not_move_are_told_after_five_minutes(store: Store) -> None:
    effect = NewOutboxRow(id="e", lane="ticket:7", kind="look", body={}, due=NOW)
    store.write(lambda tx: tx.outbox.add([effect], NOW))
    told = [tell(store, minutes) for minutes in (4, 6)]
    assert [len(one) for one in told] == [0, 1]
    assert told[1][0].startswith("What waits for one ticket or assignment does not move for 6 minutes")
    store.write(lambda tx: tx.outbox.mark_in_flight("e", NOW))
    assert tell(store, 4) == []
    assert any(one.startswith("An attempt is under way for 6 minutes") for one in tell(store, 6))


def test_what_is_due_at_once_waits_since_it_is_there_and_hides_nothing(store: Store) -> None:
    at_once = [
        NewOutboxRow(id=f"e{lane}", lane=f"ticket:{lane}", kind="look", body={}, due=AT_ONCE) for lane in range(9)
    ]
    store.write(lambda tx: tx.outbox.add(at_once, NOW))
    assert tell(store, 0) == tell(store, 4) == []
    assert tell(store, 6)[0].startswith("What waits for one ticket or assignment does not move for 6 minutes")
    old = NewOutboxRow(id="old", lane="ticket:old", kind="look", body={}, due=NOW - timedelta(minutes=20))
    store.write(lambda tx: tx.outbox.add([old], NOW - timedelta(minutes=20)))
    assert "for 21 minutes" in tell(store, 1)[0]


def test_what_waits_its_turn_behind_much_else_does_not_stand_still(store: Store) -> None:
    store.write(lambda tx: tx.outbox.add([look(number) for number in range(9)], NOW))
    store.write(lambda tx: tx.outbox.mark_in_flight("e0", NOW + timedelta(minutes=8)))
    store.write(lambda tx: tx.outbox.done("e0"))
    assert tell(store, 9) == tell(store, 12) == []
    assert tell(store, 14)[0].startswith("What waits for one ticket or assignment does not move for 14 minutes")


def test_what_is_passed_over_by_what_came_later_stands_still(store: Store) -> None:
    store.write(lambda tx: tx.outbox.add([look(0)], NOW))
    store.write(lambda tx: tx.outbox.add([look(1)], NOW + timedelta(minutes=6)))
    store.write(lambda tx: tx.outbox.mark_in_flight("e1", NOW + timedelta(minutes=7)))
    store.write(lambda tx: tx.outbox.done("e1"))
    assert tell(store, 8)[0].startswith("What waits for one ticket or assignment does not move for 8 minutes")


def look(number: int) -> NewOutboxRow:
    return NewOutboxRow(id=f"e{number}", lane=f"ticket:{number}", kind="look", body={}, due=AT_ONCE)


def tell(store: Store, minutes: int) -> list[str]:
    found = store.read(lambda tx: standing_still(tx, NOW + timedelta(minutes=minutes)))
    return list(stuck({"standing_still": found}))


def test_a_lock_that_is_held_too_long_is_told() -> None:
    said = {"standing_still": {"in_flight_s": None, "lane_s": None, "lock_s": 301.0}}
    assert next(stuck(said)).startswith("A lock is held for 5 minutes")
