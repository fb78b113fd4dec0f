"""A long lane: what is asked for one of its rows reads few of those that wait in it, whatever statistics say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine

from store import Store, Tx
from store.fast import values_of
from tests.store.conftest import NOW

LONG = 2000
MIDDLE = LONG + LONG // 2
QUESTIONS: dict[str, Callable[[Tx], object]] = {
    "waiting": lambda tx: tx.inbox.waiting(64, NOW),
    "waiting, behind it": lambda tx: tx.inbox.waiting(64, NOW, "long"),
    "take": lambda tx: tx.inbox.take(LONG + 1),
    "take, in the middle": lambda tx: tx.inbox.take(MIDDLE, MIDDLE),
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
    query = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'inbox'"
    before = connection.exec_driver_sql(query).scalar_one()
    ask()
    return int(connection.exec_driver_sql(query).scalar_one() - before)


EFFORTS = {"sqlite": steps_of_sqlite, "postgresql": rows_of_postgres}
