"""A long lane: what is asked for one of its rows reads few of those that wait in it, whatever statistics say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine

from store import NewOutboxRow, Store, Tx
from store.records.fast import values_of
from tests.integration.store.conftest import NOW

LONG = 4000
MIDDLE = LONG + LONG // 2
EFFECTS = 1200
QUESTIONS: dict[str, Callable[[Tx], object]] = {
    "waiting": lambda tx: tx.inbox.waiting(64, NOW),
    "waiting, behind it": lambda tx: tx.inbox.waiting(64, NOW, "long"),
    "finish": lambda tx: tx.inbox.finish(LONG + 1, NOW),
    "finish, in the middle": lambda tx: tx.inbox.finish(MIDDLE, NOW, MIDDLE),
    "finish_all": lambda tx: tx.inbox.finish_all([(LONG + number, LONG + 1) for number in range(1, 9)], NOW),
    "finish_all, in the middle": lambda tx: tx.inbox.finish_all([(MIDDLE + n, MIDDLE) for n in range(8)], NOW),
    "mark_done": lambda tx: tx.inbox.mark_done(MIDDLE, NOW),
}


@pytest.fixture
def long_lane(store: Store, url: str) -> Store:
    """Statistics are from when everything was handled; since then much waits in one lane, and a bit beside it."""
    rows = [values_of(str(number), "x", "long", {}, NOW) for number in range(2 * LONG)]
    store.write(lambda tx: tx.inbox.record_many(rows[:LONG]))
    store.write(lambda tx: [tx.inbox.mark_done(number, NOW) for number in range(1, LONG + 1)])
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
    for first in range(LONG, 2 * LONG, 500):
        store.write(lambda tx, first=first: tx.inbox.record_many(rows[first : first + 500]))  # type: ignore[misc]
    store.write(lambda tx: tx.inbox.record("beside", "x", "other", {}, NOW))
    return store


def test_others_have_their_turn_beside_it(long_lane: Store) -> None:
    found = long_lane.read(lambda tx: tx.inbox.waiting(64, NOW))
    assert [row_id for row_id, _ in found.rows] == [LONG + 1, 2 * LONG + 1, LONG + 2, LONG + 3, LONG + 4]


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_read_does_not_grow_with_it(long_lane: Store, name: str) -> None:
    def asked(tx: Tx) -> int:
        effort = EFFORTS[tx.inbox._connection.dialect.name]
        return effort(tx.inbox._connection, lambda: QUESTIONS[name](tx))

    assert long_lane.write(asked) < LONG // 2


@pytest.fixture
def long_outbox(store: Store) -> Store:
    """Much is to be sent to one place, before two things to others."""
    lanes = ["m"] * EFFECTS + ["a", "z"]
    effects = [NewOutboxRow(f"{number}{lane}", lane, "post", {}, NOW) for number, lane in enumerate(lanes)]
    store.write(lambda tx: tx.outbox.add(effects, NOW))
    return store


def test_what_is_sent_elsewhere_goes_beside_a_long_lane(long_outbox: Store) -> None:
    assert [row.lane for row in long_outbox.read(lambda tx: tx.outbox.ready(NOW, 10))] == ["m", "a", "z"]
    assert [row.lane for row in long_outbox.read(lambda tx: tx.outbox.ready(NOW, 10, [("post", 1)]))] == [
        "m",
        "a",
        "z",
    ]
    assert long_outbox.read(lambda tx: tx.outbox.ready(NOW, 10, [("look", 1)])) == []


def test_so_it_does_where_the_long_lane_waits(long_outbox: Store) -> None:
    later = NOW + timedelta(minutes=1)
    long_outbox.write(lambda tx: tx.outbox.postpone("0m", "todo", later, "not yet"))
    assert [row.lane for row in long_outbox.read(lambda tx: tx.outbox.ready(NOW, 10))] == ["a", "z"]


def test_lanes_take_turns_where_there_are_more_than_are_looked_at(long_outbox: Store) -> None:
    first, after = long_outbox.read(lambda tx: tx.outbox.ready_from("", NOW, 2))
    second, _ = long_outbox.read(lambda tx: tx.outbox.ready_from("m", NOW, 2))
    assert [row.lane for row in first] == ["m", "a"]
    assert [row.lane for row in second] == ["m", "z"]
    assert after == ""


def test_what_is_read_of_the_outbox_does_not_grow_with_a_lane(long_outbox: Store) -> None:
    def asked(tx: Tx) -> int:
        connection = tx.inbox._connection
        return EFFORTS[connection.dialect.name](connection, lambda: tx.outbox.ready(NOW, 4))

    assert long_outbox.write(asked) < EFFECTS // 2


def steps_of_sqlite(connection: Connection, ask: Callable[[], object]) -> int:
    """Tens of steps of its machine, of which a row takes some."""
    steps = count()
    driver: Any = connection.connection.dbapi_connection
    driver.set_progress_handler(lambda: next(steps) < 0, 10)
    try:
        ask()
    finally:
        driver.set_progress_handler(None, 0)
    return next(steps)


def rows_of_postgres(connection: Connection, ask: Callable[[], object]) -> int:
    """The rows that were looked at, wanted or not."""
    query = "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables WHERE relname LIKE '%%box'"
    before = connection.exec_driver_sql(query).scalar_one()
    ask()
    return int(connection.exec_driver_sql(query).scalar_one() - before)


EFFORTS = {"sqlite": steps_of_sqlite, "postgresql": rows_of_postgres}
