"""What the inbox promises: each event once, in order within its lane."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import text

from store import AT_ONCE, Store, Tx, VersionConflict
from store.records.fast import values_of
from tests.inboxes import next_rows
from tests.integration.store.conftest import NOW
from tests.integration.store.postgres import Server

LATER = NOW + timedelta(minutes=1)


def put(store: Store, key: str, lane: str = "ticket:1", dedupe_key: str | None = None) -> bool:
    return store.write(
        lambda tx: tx.inbox.record(key, "ticket.changed", lane, {"ticket_id": "1"}, NOW, dedupe_key=dedupe_key)
    )


def waiting(store: Store, limit: int = 100) -> list[str]:
    return [row.key for row in store.read(lambda tx: next_rows(tx, limit, NOW))]


def row_id(store: Store, key: str) -> int:
    row = store.read(lambda tx: tx.inbox.by_key(key))
    assert row is not None
    return row.id


def test_a_known_key_is_recorded_once_for_ever(store: Store) -> None:
    assert put(store, "a")
    done = row_id(store, "a")
    store.write(lambda tx: tx.inbox.mark_done(done, NOW))
    assert not put(store, "a")


def test_a_row_comes_back_as_it_was_put_in(store: Store) -> None:
    body = {"ticket_id": "1", "text": "Grüße 👋", "more": [1, 2.5, None, True]}
    store.write(lambda tx: tx.inbox.record("k", "assignment.post", "ticket:1", body, NOW))
    (row,) = store.read(lambda tx: next_rows(tx, 1, NOW))
    assert (row.key, row.kind, row.lane, dict(row.body)) == ("k", "assignment.post", "ticket:1", body)
    assert (row.received_at, row.due, row.state, row.attempts, row.done_at) == (NOW, AT_ONCE, "new", 0, None)


def test_what_postgresql_refuses_is_taken_out_of_a_body(store: Store) -> None:
    store.write(lambda tx: tx.inbox.record("k\0", "x", "l", {"te\0xt": "a\0b", "half": "\ud83d!"}, NOW))
    (row,) = store.read(lambda tx: next_rows(tx, 1, NOW))
    assert row.key == "k"
    assert dict(row.body) == {"text": "ab", "half": "?!"}


def test_lanes_take_turns_and_each_keeps_its_order(store: Store) -> None:
    for key, lane in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("a3", "a")):
        put(store, key, lane)
    assert waiting(store) == ["a1", "b1", "a2", "a3"]
    first = row_id(store, "a1")
    store.write(lambda tx: tx.inbox.mark_done(first, NOW))
    assert waiting(store) == ["a2", "b1", "a3"]


def test_behind_a_long_lane_a_limit_of_lanes_is_kept_and_the_next_time_goes_on_behind_them(store: Store) -> None:
    for number in range(20):
        put(store, str(number), lane="long")
    for lane in ("m", "n", "o", "p"):
        put(store, lane, lane=lane)
    found = store.read(lambda tx: [tx.inbox.waiting(2, NOW, after) for after in ("", "m", "o")])
    assert [{row for row, _ in part.rows} & {1, 21, 22, 23, 24} for part in found] == [{1, 21}, {22, 23}, {24}]
    assert [part.last for part in found] == ["m", "o", ""]


def test_where_many_lanes_wait_those_come_first_that_wait_longest(store: Store) -> None:
    for lane in ("9", "10", "2", "1"):
        put(store, lane, lane=lane)
        put(store, f"{lane}, once more", lane=lane)
    assert [row for row, _ in store.read(lambda tx: tx.inbox.waiting(2, NOW)).rows] == [1, 3]


def test_a_lane_whose_first_row_waits_for_later_holds_up_no_other(store: Store) -> None:
    for lane in ("a", "b"):
        put(store, f"{lane}, later", lane=lane)
        later = row_id(store, f"{lane}, later")
        store.write(lambda tx, later=later: tx.inbox.retry(later, NOW + timedelta(hours=1), "later"))
        put(store, lane, lane=lane)
    put(store, "c", lane="c")
    assert [row for row, _ in store.read(lambda tx: tx.inbox.waiting(1, NOW)).rows] == [5]


def test_a_long_lane_shares_a_turn_with_others_and_has_a_longer_one_alone(store: Store) -> None:
    for number in range(50):
        put(store, f"a{number}", "a")
    assert waiting(store, limit=5) == [f"a{number}" for number in range(32)]
    put(store, "b", "b")
    assert waiting(store, limit=5) == ["a0", "b", "a1", "a2", "a3"]


def test_of_a_lane_that_waits_no_row_is_next_however_long_it_is(store: Store) -> None:
    for number in range(50):
        put(store, f"a{number}", "a")
    put(store, "b", "b")
    first = row_id(store, "a0")
    store.write(lambda tx: tx.inbox.retry(first, LATER, "not yet"))
    assert waiting(store, limit=5) == ["b"]


def test_a_row_that_is_tried_again_later_holds_up_its_lane_only(store: Store) -> None:
    for key, lane in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        put(store, key, lane)
    first = row_id(store, "a1")
    store.write(lambda tx: tx.inbox.retry(first, LATER, "not yet"))
    assert waiting(store) == ["b1"]
    late = store.read(lambda tx: next_rows(tx, 9, LATER))[0]
    assert (late.key, late.attempts, late.error) == ("a1", 1, "not yet")


def test_a_dead_row_lets_its_lane_go_on(store: Store) -> None:
    put(store, "a1", "a")
    put(store, "a2", "a")
    first = row_id(store, "a1")
    store.write(lambda tx: tx.inbox.mark_dead(first, "no way"))
    assert waiting(store) == ["a2"]
    assert [row.error for row in store.read(lambda tx: tx.inbox.dead())] == ["no way"]


def test_a_row_is_done_once(store: Store) -> None:
    put(store, "a")
    first = row_id(store, "a")
    assert store.write(lambda tx: tx.inbox.mark_done(first, NOW))
    assert not store.write(lambda tx: tx.inbox.mark_done(first, NOW))


def test_a_replayed_dead_letter_is_next_again(store: Store) -> None:
    put(store, "a")
    first = row_id(store, "a")
    store.write(lambda tx: tx.inbox.mark_dead(first, "no way"))
    assert store.write(lambda tx: tx.inbox.replay(first, NOW))
    assert waiting(store) == ["a"]


def test_a_discarded_dead_letter_is_settled_and_keeps_its_error(store: Store) -> None:
    put(store, "a")
    first = row_id(store, "a")
    store.write(lambda tx: tx.inbox.mark_dead(first, "no way"))
    assert store.write(lambda tx: tx.inbox.discard(first, NOW))
    row = store.read(lambda tx: tx.inbox.get(first))
    assert row is not None and (row.state, row.error) == ("done", "no way")
    assert not put(store, "a")


def test_only_dead_letters_are_replayed_or_discarded(store: Store) -> None:
    put(store, "a")
    first = row_id(store, "a")
    assert not store.write(lambda tx: tx.inbox.replay(first, NOW))
    assert not store.write(lambda tx: tx.inbox.discard(first, NOW))


def test_equal_hints_wait_once_and_ask_again_once_handled(store: Store) -> None:
    assert put(store, "h1", dedupe_key="look:1")
    assert not put(store, "h2", dedupe_key="look:1")
    first = row_id(store, "h1")
    store.write(lambda tx: tx.inbox.mark_done(first, NOW))
    assert put(store, "h3", dedupe_key="look:1")
    assert waiting(store) == ["h3"]


def test_a_dead_hint_that_waits_anew_already_is_not_replayed_twice(store: Store) -> None:
    put(store, "h1", dedupe_key="look:1")
    first = row_id(store, "h1")
    store.write(lambda tx: tx.inbox.mark_dead(first, "no way"))
    put(store, "h2", dedupe_key="look:1")
    assert store.write(lambda tx: tx.inbox.replay(first, NOW))
    assert waiting(store) == ["h2"]


def test_a_row_is_handled_only_while_it_is_the_first_unhandled_one_of_its_lane(store: Store) -> None:
    put(store, "a1", "a")
    put(store, "a2", "a")
    first, second = row_id(store, "a1"), row_id(store, "a2")

    def handle(tx: Tx) -> list[str | None]:
        finished = [tx.inbox.finish(number, NOW) for number in (second, first, first, second)]
        return [row and row.key for row in finished]

    assert store.write(handle) == [None, "a1", None, "a2"]


def finished(store: Store, *rows: tuple[int, int]) -> list[str]:
    return [row.key for row in store.write(lambda tx: tx.inbox.finish_all(rows, NOW))]


def test_rows_of_several_lanes_are_handled_by_one_statement_in_the_order_asked_for(store: Store) -> None:
    for key in ("a1", "b1", "a2", "a3"):
        put(store, key, key[0])
    assert finished(store, (1, 1), (2, 2), (3, 1)) == ["a1", "b1", "a2"]
    assert finished(store, (1, 1), (4, 1)) == []
    assert finished(store, (4, 1), (2, 2)) == ["a3"]
    assert store.read(lambda tx: tx.inbox.counts())["new"] == 0


def test_none_of_them_is_handled_before_an_older_one_of_its_lane(store: Store) -> None:
    for key in ("a1", "a2", "a3", "b1"):
        put(store, key, key[0])
    assert finished(store, (2, 1), (3, 1), (4, 4)) == ["b1"]
    assert finished(store, (1, 1), (3, 1)) == ["a1"]
    assert finished(store, (2, 2), (3, 2)) == ["a2", "a3"]


def test_where_every_lane_is_held_up_none_is_asked_for_and_none_handled(store: Store) -> None:
    put(store, "a1", "a")
    assert finished(store) == []


def test_what_another_process_handles_is_left_to_it_with_all_that_stands_behind(
    postgres: Server, template: str
) -> None:
    """SQLite has one writer, so that nobody else can be in between."""
    url = postgres.create_database(template)
    with Store.open(url, now=lambda: NOW) as one, Store.open(url, now=lambda: NOW) as other:
        for key in ("a1", "a2", "b1"):
            put(one, key, key[0])

        def handle(tx: Tx) -> None:
            tx.inbox.finish(1, NOW)
            assert finished(other, (1, 1), (3, 3)) == ["b1"]
            with pytest.raises(VersionConflict):
                finished(other, (1, 1), (2, 1))

        one.write(handle)
        assert finished(one, (2, 2)) == ["a2"]
    postgres.drop_database(url)


@pytest.fixture
def doors(postgres: Server, template: str) -> Iterator[list[Store]]:
    """Three on one database."""
    url = postgres.create_database(template)
    with ExitStack() as stack:
        yield [stack.enter_context(Store.open(url, now=lambda: NOW)) for _ in range(3)]
    postgres.drop_database(url)


def waiting_for_locks(store: Store) -> int:
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    return store.read(lambda tx: int(tx.inbox._connection.execute(query).scalar_one()))


@pytest.mark.parametrize("hints", [False, True], ids=["events", "hints"])
def test_two_doors_that_store_the_same_in_another_order_do_not_lock_each_other_out(
    doors: list[Store], hints: bool
) -> None:
    """Both wait for a third that has stored one of them. Before, the server ended one of the two, as a deadlock."""

    def stored(door: int, names: str, then: Callable[[], object]) -> list[bool]:
        rows = [
            values_of(f"{door}{name}" if hints else name, "x", "a", {}, NOW, dedupe_key=name if hints else None)
            for name in names
        ]

        def keep(tx: Tx) -> list[bool]:
            found = [receipt.new for receipt in tx.inbox.record_many(rows)]
            then()
            return found

        return doors[door].submit_first(keep).result(30)

    ready, go = Event(), Event()
    with ThreadPoolExecutor(3) as pool:
        third = pool.submit(stored, 2, "m", lambda: (ready.set(), go.wait(30)))
        assert ready.wait(30)
        others = [pool.submit(stored, door, names, lambda: None) for door, names in enumerate(("amz", "zma"))]
        while waiting_for_locks(doors[2]) < 2:
            assert not any(one.done() for one in others)
        go.set()
        assert third.result() == [True]
        one, other = (found.result() for found in others)
    assert [a + b for a, b in zip(one, reversed(other), strict=True)] == [1, 0, 1]


def test_rows_are_numbered_in_the_order_in_which_they_came(store: Store) -> None:
    keys = ["m", "z", "a", "z", "k"]
    rows = [values_of(key, "ticket.changed", "a", {"n": place}, NOW) for place, key in enumerate(keys)]
    hints = [values_of(f"h{n}", "ticket.changed", "a", {}, NOW, dedupe_key=fold) for n, fold in enumerate("zbz")]
    receipts = store.write(lambda tx: tx.inbox.record_many([*rows, *hints]))
    assert [receipt.new for receipt in receipts] == [True, True, True, False, True, True, True, False]
    numbers = [receipt.id for receipt in receipts if receipt.id is not None]
    assert numbers == sorted(numbers)
    assert [store.read(lambda tx, n=n: tx.inbox.get(n)).body.get("n") for n in numbers[:3]] == [0, 1, 2]  # type: ignore[misc,union-attr]


def test_the_oldest_unhandled_moment_and_the_counts_are_known(store: Store) -> None:
    assert store.read(lambda tx: tx.inbox.oldest_new()) is None
    put(store, "a")
    put(store, "b")
    dead = row_id(store, "b")
    store.write(lambda tx: tx.inbox.mark_dead(dead, "no way"))
    assert store.read(lambda tx: tx.inbox.oldest_new()) == NOW
    assert store.read(lambda tx: tx.inbox.counts()) == {"new": 1, "dead": 1}


def test_a_rehearsal_leaves_nothing_behind_and_takes_no_place(store: Store) -> None:
    store.write(lambda tx: tx.inbox.rehearse(NOW))
    assert put(store, "a")
    assert store.read(lambda tx: tx.inbox.counts()) == {"new": 1, "dead": 0}
